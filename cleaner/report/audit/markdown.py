"""
The audit in Markdown, for an issue, a pull request or a message to a publisher.

What comes from an item is shown, never interpreted: a link, an image or a tag in a title must not become one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cleaner.feeds.item import Item
from cleaner.report.audit import AuditView
from cleaner.report.audit.figures import Story, advice, counts, label, shares, shown, stories
from cleaner.report.audit.terminal import changed, differing, left_out, likeness, sentence, share_of, titled, told, when
from cleaner.report.markdown import code, escaped
from cleaner.report.visible import snippet
from cleaner.stories.model import Audit, Boilerplate, Change, Member


def page(audit: Audit, view: AuditView | None = None) -> str:
    """Write the sum, a table of the sources, the stories told more than once with what to do, and all else that was found."""
    view = view or AuditView()
    found = counts(audit)
    rows = ["# Duplicate audit", "", escaped(sentence(found)[0].upper() + sentence(found)[1:]) + ".", ""]
    if not view.verbose and (found.known or found.accepted):
        rows += [f"Not shown: {found.known:,} known from earlier runs, {found.accepted:,} accepted as meant.", ""]
    rows += _section("Not read", (f"- {code(each.path)}: {escaped(each.message)}" for each in audit.errors))
    rows += _section("Sources", _sources(audit))
    rows += _section("Told more than once", _stories(audit, view))
    rows += _section("Changed since they were last read", _changes(audit, view))
    rows += _section("In many items", _boilerplate(audit, view))
    rows += _section("Not duplicates", _asides(audit, view))
    rows += _section("Notes", (f"- {escaped(note)}" for note in audit.notes))
    return "\n".join(rows)


def _section(title: str, rows: Iterable[str]) -> list[str]:
    body = list(rows)
    return [f"## {title}", "", *body, ""] if body else []


def _sources(audit: Audit) -> Iterator[str]:
    if not audit.sources:
        return
    yield "| source | kind | items | copies | duplicated | updates | no id | no date |"
    yield "|---|---|---:|---:|---:|---:|---:|---:|"
    for share in shares(audit):
        source = share.source
        numbers = (share.copies, share_of(share), share.updates, share.lacking("id"), share.lacking("date"))
        # Escaped rather than a code span: a bar ends a cell of a table even inside of one.
        yield f"| {escaped(source.name)} | {escaped(source.kind)} | {len(source.items)} | {' | '.join(map(str, numbers))} |"
    for share in shares(audit):
        for note in share.source.notes:
            yield ""
            yield f"{escaped(share.source.name)}: {escaped(note)}"


def _stories(audit: Audit, view: AuditView) -> Iterator[str]:
    listed, left = stories(audit, view)
    for number, story in enumerate(listed):
        if number:
            yield ""
        yield from _story(story)
    if left:
        yield ""
        yield left_out(left)


def _story(story: Story) -> Iterator[str]:
    original, keep = story.cluster.original, story.cluster.keep
    yield f"### {escaped(snippet(titled(original), 120))}"
    yield ""
    yield f"{told(story.copies, story.updates).capitalize()}."
    yield ""
    yield f"- **original** {_place(original)}: {escaped(story.cluster.why)}"
    for member in story.members:
        same = member.item.title == original.title
        called = "" if same else f": {escaped(snippet(titled(member.item), 120))}"
        yield f"- **{label(member)}** ({member.rule}{_status(member)}) {_place(member.item)}{called}"
        said = [*member.evidence, likeness(member), *differing(member.differences[:12])]
        if text := "; ".join(part for part in said if part):
            yield f"  {escaped(text)}"
    if keep.key != original.key:
        yield ""
        yield f"To keep only one, keep the newest update: {code(keep.key)}."
    yield from _advice(story.members)


def _advice(findings: Iterable[Member | Change | Boilerplate]) -> Iterator[str]:
    for text, _ in advice(findings):
        yield ""
        yield f"What to do: {escaped(text)}"


def _changes(audit: Audit, view: AuditView) -> Iterator[str]:
    found = [change for change in audit.changes if shown(change.status, view)]
    for change in found:
        yield f"- **{changed(change)}** ({change.rule}{_status(change)}) {_place(change.item)}: {escaped(snippet(titled(change.item), 120))}"
        said = [*change.evidence, *differing(change.differences[:12])]
        if change.before.title != change.item.title:
            said.insert(0, f"was: {snippet(titled(change.before), 120)}")
        if said:
            yield f"  {escaped('; '.join(said))}"
    yield from _advice(found)


def _boilerplate(audit: Audit, view: AuditView) -> Iterator[str]:
    found = [passage for passage in audit.boilerplate if shown(passage.status, view)]
    for passage in found:
        where = f"{code(passage.source)}, {passage.items:,} of {passage.of:,} items"
        yield f"- {where}: {escaped(snippet(passage.text, 200))}"
    yield from _advice(found)


def _asides(audit: Audit, view: AuditView) -> Iterator[str]:
    for aside in audit.asides:
        if shown(aside.status, view):
            titles = ", ".join(f"“{snippet(titled(item), 60)}”" for item in aside.items[:3])
            more = f" and {len(aside.items) - 3:,} more" if len(aside.items) > 3 else ""
            said = "; ".join([aside.reason, *differing(aside.differences[:3])])
            yield f"- {aside.rule}: {escaped(titles)}{more}: {escaped(said)}"


def _place(item: Item) -> str:
    """Return where an item stands; its address is shown in full, and is no link: whoever reads it decides."""
    address = f" {code(item.url)}" if item.url else ""
    return f"{code(item.source)}, {escaped(when(item))}{address}"


def _status(finding: Member | Change) -> str:
    return "" if finding.status == "new" else f", {finding.status}"
