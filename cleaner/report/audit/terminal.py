"""
The audit that a person reads: how much of each source repeats what, then story by story, and what to do about it.

    Storm halts the ferry                                     1 copy, 1 update to keep
      XX"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from cleaner.feeds.item import Item
from cleaner.model import Difference, Scores
from cleaner.report.audit import AuditView
from cleaner.report.audit.figures import (
    BOILERPLATE,
    CHANGES,
    Counts,
    Share,
    Story,
    advice,
    counts,
    label,
    shares,
    shown,
    stories,
)
from cleaner.report.entries import title as name
from cleaner.report.terminal import aligned, count, percent
from cleaner.report.visible import Paint, clip, columns, flow, snippet, visible
from cleaner.stories.model import Aside, Audit, Boilerplate, Change, Member

#: How far what belongs to a finding stands in.
_INDENT = 6
#: Rows of a word diff that are shown; the page and the texts themselves hold the rest.
_ROWS = 4


def full(audit: Audit, view: AuditView | None = None) -> str:
    """Write the sources, the stories told more than once, changes, boilerplate, what is no duplicate, errors, and the sum."""
    view = view or AuditView()
    paint = Paint(view.color)
    parts = [
        _section("Sources", _sources(audit, view, paint), paint),
        _section("Told more than once", _stories(audit, view, paint), paint),
        _section("Changed since they were last read", _changes(audit, view, paint), paint),
        _section("In many items", _boilerplate(audit, view, paint), paint),
        _section("Not duplicates", _asides(audit, view, paint), paint),
        _section("What to do", _advice(audit, view, paint), paint),
        _section("Not read", _errors(audit, view, paint) if view.errors else (), paint),
    ]
    closing = [*_known(audit, view, paint), *(paint.bold(row) for row in flow(sentence(counts(audit)), view.width))]
    return "\n".join([*(part for part in parts if part), "".join(row + "\n" for row in closing)])


def concise(audit: Audit, view: AuditView | None = None) -> str:
    """Write a line a finding: the item's key, the rule, how it relates, the title, and the key of the original."""
    view = view or AuditView()
    paint = Paint(view.color)
    listed, left = stories(audit, view)
    rows = [
        f"{paint.bold(visible(member.item.key))}: {paint.red(member.rule)} {_label(member, paint)}: "
        f"“{snippet(titled(member.item), 60)}” {_verb(member)} {visible(story.cluster.original.key)}"
        for story in listed
        for member in story.members
    ]
    rows += [
        f"{paint.bold(visible(change.item.key))}: {paint.red(change.rule)} {changed(change)}: “{snippet(titled(change.item), 60)}”"
        for change in audit.changes
        if shown(change.status, view)
    ]
    if left:
        rows.append(paint.dim(left_out(left)))
    return "".join(row + "\n" for row in rows)


def summary(audit: Audit, view: AuditView | None = None) -> str:
    """Say in a line what was read and what was found; "" where nothing was read."""
    paint, found = Paint(view.color if view else False), counts(audit)
    return paint.bold(sentence(found)) + "\n" if found.sources or found.errors else ""


def sentence(found: Counts) -> str:
    """
    Say what was found, in one line.

    >>> sentence(Counts(2, 40, 3, 4, 1, 0, 0, 0, 0, new=2, known=3, accepted=0))
    '4 copies of 3 stories and 1 update to keep among 40 items of 2 sources; 2 new'
    """
    read = f"among {count(found.items, 'item')} of {count(found.sources, 'source')}"
    parts = [told(found.copies, found.updates, found.stories)] if found.stories else []
    parts += [count(found.changes, "changed item")] if found.changes else []
    parts += [count(found.boilerplate, "passage") + " of boilerplate"] if found.boilerplate else []
    line = f"{_listed(parts)} {read}" if parts else f"nothing found {read}"
    if parts and (found.known or found.accepted):
        line += f"; {found.new} new"
    if found.errors:
        line += f"; {count(found.errors, 'source')} could not be read"
    return line


def told(copied: int, updated: int, stories: int = 0) -> str:
    """
    Say how many copies and updates there are; with a number of stories, also of how many.

    >>> told(2, 1), told(0, 2, 1)
    ('2 copies and 1 update to keep', '2 updates of 1 story to keep')
    """
    of = f" of {stories:,} {'story' if stories == 1 else 'stories'}" if stories else ""
    parts = [f"{copied:,} {'copy' if copied == 1 else 'copies'}{of}"] if copied else []
    if updated:
        parts.append(f"{count(updated, 'update')}{'' if copied else of} to keep")
    return " and ".join(parts)


def titled(item: Item) -> str:
    """Return what to call an item: its title, else its address, else its key."""
    return item.title.strip() or item.url or item.key


def when(item: Item) -> str:
    """Return the day on which an item was published, as far as it says."""
    return (item.date or "no date")[:10]


def alike(scores: Scores | None, relation: str = "near") -> str:
    """Say how much two texts are alike: "the same text", "96 % alike", "100 % of it stands in the other"; "" where unknown."""
    if scores is None:
        return ""
    if relation == "contained":
        return f"{percent(scores.containment)} of the shorter one stands in the other"
    return "the same words" if scores.ratio == 1 else f"{percent(scores.ratio)} alike"


def likeness(finding: Member | Change) -> str:
    """Say how much a member is like its original, or an item like what it was; "" where the evidence says it already."""
    if any("%" in said or said == "the same text" for said in finding.evidence):
        return ""
    return alike(finding.scores, finding.relation if isinstance(finding, Member) else "near")


def differing(differences: Iterable[Difference]) -> list[str]:
    """Say in what two texts differ: "number: 12 → 14", the original's first."""
    return [f"{each.kind}: {each.keeper or '(nothing)'} → {each.duplicate or '(nothing)'}" for each in differences]


def left_out(number: int) -> str:
    """Say that a limit left stories out."""
    return f"… and {number:,} more {'story' if number == 1 else 'stories'} with fewer copies; --limit shows more"


def _section(title: str, rows: Iterable[str], paint: Paint) -> str:
    body = "".join(row + "\n" for row in rows)
    return f"{paint.bold(paint.cyan(title))}\n{body}" if body else ""


def _sources(audit: Audit, view: AuditView, paint: Paint) -> Iterator[str]:
    for share in shares(audit):
        source = share.source
        about = f"{visible(source.kind)}, {count(len(source.items), 'item')}"
        called = f"  “{snippet(source.title, 60)}”" if source.title else ""
        yield f"  {paint.bold(clip(visible(source.name), view.width - 4))}"
        yield f"    {paint.dim(clip(about + called, view.width - 4))}"
        for row in flow(visible(_share(share)), view.width - 4):
            yield f"    {paint.yellow(row) if share.copies else row}"
        for note in (*source.notes, *(["the server says that it has not changed"] if source.unchanged else [])):
            for row in flow(visible(note), view.width - 4):
                yield "    " + paint.dim(row)
    for note in audit.notes:
        for row in flow(visible(note), view.width - 2):
            yield "  " + paint.dim(row)


def _share(share: Share) -> str:
    """Say how much of a source is duplicated, and with whom. What it lacks, its notes say."""
    parts = []
    if share.copies:
        whom = [f"{number:,} {'repeats' if number == 1 else 'repeat'} {_whom(share, name)}" for name, number in share.repeats[:3]]
        more = len(share.repeats) - 3
        whom += [f"and so on with {count(more, 'other source')}"] if more > 0 else []
        parts.append(f"{share_of(share)} duplicated: {', '.join(whom)}")
    parts += [f"{count(share.updates, 'update')} to keep"] if share.updates else []
    return "; ".join(parts)


def share_of(share: Share) -> str:
    """Return how much of a source is duplicated: "12 %", and "under 1 %" rather than none."""
    return "under 1 %" if 0 < share.ratio < 0.01 else percent(share.ratio)


def _whom(share: Share, name: str) -> str:
    return "items of its own" if name == share.source.name else name


def _stories(audit: Audit, view: AuditView, paint: Paint) -> Iterator[str]:
    listed, left = stories(audit, view)
    for number, story in enumerate(listed):
        if number:
            yield ""
        yield from _story(story, view, paint)
    if left:
        yield ""
        yield "  " + paint.dim(left_out(left))
    if any(len(set(_texts(story.cluster.original, member))) > 1 for story in listed for member in story.members):
        yield ""
        yield f"  {paint.gone('only in the original')} {paint.kept('only in the item below it')}"


def _story(story: Story, view: AuditView, paint: Paint) -> Iterator[str]:
    original, pad, width = story.cluster.original, " " * _INDENT, view.width - _INDENT
    tail = told(story.copies, story.updates)
    head = clip(visible(titled(original)), max(view.width - columns(tail) - 4, 20))
    yield f"  {paint.bold(head)}  {paint.dim(tail)}"
    yield from _rows(
        f"{paint.green('original')}  ", f"{_place(original)} · {visible(story.cluster.why)}", "original  ", view
    )
    if original.url:
        yield pad + paint.dim(clip(visible(original.url), 200))
    for member in story.members:
        code = f"{member.rule} {label(member)}"
        yield from _rows(f"{paint.red(member.rule)} {_label(member, paint)}  ", _place(member.item) + _status(member), code + "  ", view)
        if member.item.title != original.title and not _corrected(member):
            yield pad + f"“{snippet(titled(member.item), width - 2)}”"
        if member.item.url and member.item.url != original.url:
            yield pad + paint.dim(clip(visible(member.item.url), 200))
        for row in flow(visible(" · ".join(filter(None, [*member.evidence, likeness(member)]))), width):
            yield pad + row
        yield from (pad + row for row in _changed_words(original, member, width, paint))
        if view.verbose and member.id:
            yield pad + paint.dim(f"id {visible(member.id)}")
    if story.cluster.keep.key != original.key:
        keep = f"to keep only one, keep the newest update: {story.cluster.keep.key}"
        yield from (f"    {paint.green(row)}" for row in flow(visible(keep), view.width - 4))


def _rows(head: str, text: str, plain: str, view: AuditView) -> Iterator[str]:
    """Yield a text with a head in front of its first row; `plain` is the head as it counts for the width."""
    first, *rest = flow(text, max(view.width - 4 - columns(plain), 20)) or [""]
    yield f"    {head}{first}"
    for row in rest:
        yield " " * _INDENT + row


def _label(member: Member, paint: Paint) -> str:
    return paint.green(label(member)) if member.relation == "updated" else label(member)


def _verb(member: Member) -> str:
    return {"updated": "updates", "contained": "shares its text with"}.get(member.relation, "repeats")


def _place(item: Item) -> str:
    read = f", last read {visible(item.seen[:10])}" if item.seen else ""
    return f"{visible(item.source)}, {visible(when(item))}{read}"


def _status(finding: Member | Change | Boilerplate | Aside) -> str:
    return "" if finding.status == "new" else f"  ({finding.status})"


def _corrected(member: Member) -> bool:
    """Whether titles differ as a correction does, and not as those of two newsrooms do."""
    return member.relation not in ("syndicated", "contained")


def _texts(original: Item, member: Member) -> tuple[str, str]:
    """Return the texts whose words are held against each other: those that are nearly the same, and corrected titles."""
    if member.relation in ("near", "updated") and original.text and member.item.text:
        return original.text, member.item.text
    return "", ""


def _changed_words(original: Item, member: Member, width: int, paint: Paint) -> Iterator[str]:
    if _corrected(member) and original.title and member.item.title:
        yield from _diff(original.title, member.item.title, width, paint)
    one, other = _texts(original, member)
    rows = list(_diff(one, other, width, paint))
    yield from rows
    if not rows:
        yield from flow(visible(" · ".join(differing(member.differences[:6]))), width)


def _diff(one: str, other: str, width: int, paint: Paint) -> Iterator[str]:
    """Yield a few rows that show two texts as one; nothing where they are equal or too long."""
    from cleaner.report.words import compare

    one, other = " ".join(one.split()), " ".join(other.split())
    if one == other or not one or not other:
        return
    pieces = compare(one, other)
    if pieces is None:
        yield paint.dim("too long to be shown word by word")
        return
    rows = list(islice(aligned(pieces, width - 2, paint), _ROWS + 1))
    yield from rows[:_ROWS]
    if len(rows) > _ROWS:
        yield paint.dim("…")


def _changes(audit: Audit, view: AuditView, paint: Paint) -> Iterator[str]:
    for change in audit.changes:
        if not shown(change.status, view):
            continue
        pad, width = " " * _INDENT, view.width - _INDENT
        yield f"  {paint.bold(clip(visible(titled(change.item)), view.width - 4))}"
        plain = f"{change.rule} {changed(change)}  "
        read = f"{_place(change.item)}, was read {visible(change.before.seen[:10])}" if change.before.seen else _place(change.item)
        yield from _rows(f"{paint.red(change.rule)} {changed(change)}  ", read + _status(change), plain, view)
        for row in flow(visible(" · ".join(filter(None, [*change.evidence, likeness(change)]))), width):
            yield pad + row
        yield from (pad + row for row in _diff(change.before.title, change.item.title, width, paint))
        yield from (pad + row for row in _diff(change.before.text, change.item.text, width, paint))
        if view.verbose and change.id:
            yield pad + paint.dim(f"id {visible(change.id)}")


def changed(change: Change) -> str:
    return CHANGES.get(change.rule) or name(change.rule)


def _boilerplate(audit: Audit, view: AuditView, paint: Paint) -> Iterator[str]:
    for passage in audit.boilerplate:
        if shown(passage.status, view):
            share = f"{passage.items:,} of {count(passage.of, 'item')}"
            yield f"  {clip(visible(passage.source), max(view.width - columns(share) - 6, 20))}  {paint.dim(share)}{_status(passage)}"
            yield f"    “{snippet(passage.text, view.width - 6)}”"


def _asides(audit: Audit, view: AuditView, paint: Paint) -> Iterator[str]:
    """Yield what only looks like a copy: a reason once, with the first titles it is about."""
    reasons: dict[tuple[str, str], list[Aside]] = {}
    for aside in audit.asides:
        if shown(aside.status, view):
            reasons.setdefault((aside.rule, aside.reason), []).append(aside)
    few = None if view.verbose else 3
    for (rule, reason), asides in reasons.items():
        first, *rest = flow(visible(reason), view.width - 3 - columns(rule)) or [""]
        yield f"  {rule} {first}"
        yield from (f"    {row}" for row in rest)
        for aside in asides[:few]:
            tail = f"({count(len(aside.items), 'item')})"
            titles = clip(visible(titled(aside.items[0])), max(view.width - 7 - columns(tail), 20))
            yield f"    “{titles}” {paint.dim(tail)}"
            for row in flow(visible(" · ".join(differing(aside.differences[:3]))), view.width - _INDENT):
                yield " " * _INDENT + row
        if few is not None and len(asides) > few:
            yield paint.dim(f"    and {len(asides) - few:,} more like these")


def _advice(audit: Audit, view: AuditView, paint: Paint) -> Iterator[str]:
    """Yield each advice once, with the kind it is for and how often that was found."""
    listed, _ = stories(audit, view)
    kinds: dict[str, list[Member | Change | Boilerplate]] = {}
    for story in listed:
        for member in story.members:
            kinds.setdefault(f"{member.rule} {label(member)}", []).append(member)
    for change in audit.changes:
        if shown(change.status, view):
            kinds.setdefault(f"{change.rule} {changed(change)}", []).append(change)
    passages = [passage for passage in audit.boilerplate if shown(passage.status, view)]
    if passages:
        kinds[f"{BOILERPLATE} boilerplate"] = [*passages]
    for kind, findings in kinds.items():
        for text, number in advice(findings):
            yield f"  {paint.bold(kind)} {paint.dim(f'({number:,})')}"
            yield from (f"    {row}" for row in flow(visible(text), view.width - 4))


def _errors(audit: Audit, view: AuditView, paint: Paint) -> Iterator[str]:
    for problem in audit.errors:
        first, *rest = flow(f"{visible(problem.path)}: {visible(problem.message)}", view.width - 4) or [""]
        yield f"  {paint.red(first)}"
        yield from (f"    {paint.red(row)}" for row in rest)


def _known(audit: Audit, view: AuditView, paint: Paint) -> Iterator[str]:
    """Yield a line on what is only counted."""
    found = counts(audit)
    parts = [f"{found.known:,} known from earlier runs"] if found.known else []
    parts += [f"{found.accepted:,} accepted as meant"] if found.accepted else []
    if parts and not view.verbose:
        yield paint.dim(f"not shown: {_listed(parts)}; -v shows them")


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + f" and {parts[-1]}" if parts else ""
