"""
START HERE. The whole flow on one page:

    bytes -> Article -> Blocks -> mends inside blocks -> keys -> repeats between blocks -> Plan -> proof -> layout -> Cleaned

`clean_article` is that line, read from top to bottom. It is pure: the same article and options give the same answer,
alone or in a batch, on any machine. Reading and writing files is `source`'s work, showing them `report`'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import repeat

from cleaner import keys, marks, roles
from cleaner.fingerprint import keyed, renumbered
from cleaner.known import Told
from cleaner.lines import Lines
from cleaner.model import PROSE, Article, Cleaned, Edit, Finding, Plan, Skipped, Span
from cleaner.options import Options
from cleaner.page import Memory, Page, passed
from cleaner.plan import Verdict, apply, compose, resolve, standing
from cleaner.segment import with_twins

# Nearly every article is done after one more reading; texts made of copies of copies have been seen to take three.
MOST_READINGS = 8
# Rules that are only shown without --unsafe-fixes: the readings that follow the first look for edits alone.
NEVER_TAKEN = ("D102", "D104", "D105")


def clean_article(article: Article, options: Options, told: Told | None = None) -> Cleaned:
    """
    Find what an article says twice and what is damaged in it, and plan what to do about it.

    Args:
        article: The text, as decoded; see `cleaner.source.read`.
        options: What the run may do.
        told: What people have said of this file's findings: those it knows as old or as meant are never carried out.

    Returns:
        The article with its plan. `Cleaned.text` is the article with the plan carried out; nothing is written.
    """
    memory = Memory({}, set())
    page, plan = _examine(article, options, told, memory)
    # The cleaned text is read once more: what only now shows (a sentence that lost its doubled word meets its twin)
    # joins the plan, in places of the original text. So cleaning a cleaned article finds nothing, which is law 5.
    again = options if options.unsafe_fixes or told is not None else options._replace(ignore=(*options.ignore, *NEVER_TAKEN))
    for _ in range(MOST_READINGS):
        if not plan.edits:
            break
        after = article._replace(text=apply(article.text, plan.edits))
        _, more = _examine(after, again, told, memory)
        grown = compose(article.text, plan, more)
        if grown is plan:
            break
        plan = renumbered(grown)
    _forget()
    plan = standing(article.text, plan)
    if plan.taken or plan.skipped:
        lines = page.lines
        plan = Plan(
            tuple(_worded(finding, lines) for finding in plan.taken),
            tuple(skip._replace(finding=_worded(skip.finding, lines), winner=skip.winner and _worded(skip.winner, lines)) for skip in plan.skipped),
        )
    return Cleaned(article, page.blocks, page.profile, plan, _notes(page))


def alone(article: Article, options: Options, finding: Finding) -> Plan:
    """
    Plan one finding because a person asks for it, and prove it as any other.

    Whoever asks may carry out what may be meant. All other reasons to leave it alone hold: the author's comment, a finding
    that is only shown, a guessed encoding, a merge conflict, a text around it that would read differently.

    Args:
        article: The text, as decoded.
        options: What the run may do.
        finding: Found in this very text, or made for it by hand.

    Returns:
        A plan in which the finding is taken, or skipped with the reason.
    """
    page = _read(article, options._replace(unsafe_fixes=True, pedantic=True))
    said = marks.Marks(marks.read(article.text, article.format, page.blocks))
    decide = partial(_fate, page, said, page.conflicts, None)
    plan = _proved(page, [finding], decide)
    _forget()
    return plan


def _examine(article: Article, options: Options, told: Told | None, memory: Memory) -> tuple[Page, Plan]:
    """Read an article once, and plan what to do about what shows."""
    page = _read(article, options)._replace(memory=memory)
    said = marks.Marks(marks.read(article.text, article.format, page.blocks))
    decide = partial(_fate, page, said, page.conflicts, told)

    inside = list(_inside(page, decide, told))
    page = _mended(page, resolve(inside, decide).edits)
    between = _known(page, list(_between(page)), told)

    plan = _proved(page, [*inside, *between], decide)
    if options.layout == "canonical":
        plan = _laid_out(page, plan, decide)
    return page, _with_unused(page, plan, said, told)


def _worded(finding: Finding, lines: Lines) -> Finding:
    """Put the lines of the original text into a finding's message."""
    if "{" not in finding.message:
        return finding
    here = lines.named(finding.span)
    there = lines.named(finding.keeper) if finding.keeper else ""
    said = finding.message.replace("{here}", here).replace("{there}", there)
    return finding._replace(message=said.replace("{repeats}", "repeat" if "-" in here else "repeats"))


def _read(article: Article, options: Options) -> Page:
    """Cut the article into blocks."""
    blocks, twins = with_twins(article)
    return Page(article, blocks, options, twins=twins)


def _known(page: Page, findings: list[Finding], told: Told | None) -> list[Finding]:
    """Give findings their keys, by which they are known in every run, and hear what people have confirmed."""
    if not findings:
        return findings
    findings = keyed(page.article.text, findings)
    return findings if told is None else [told.judged(finding) for finding in findings]


def _inside(page: Page, decide: Verdict, told: Told | None) -> Iterator[Finding]:
    """What is to be mended inside blocks: damaged text, doubled words; then sentences, as they read once mended."""
    from cleaner.rules import encoding, sentences, words
    from cleaner.rules import marks as conflicts

    first = _known(page, [*encoding.find(page), *words.find(page)], told)
    yield from first
    yield from _known(page, [*sentences.find(page, resolve(first, decide).edits), *conflicts.find(page)], told)


def _between(page: Page) -> Iterator[Finding]:
    """What stands again from block to block."""
    from cleaner.rules import headings, links, repeats, titles

    yield from repeats.find(page)
    yield from titles.find(page)
    yield from headings.find(page)
    yield from links.find(page)
    if page.blocks and page.blocks[0].kind == "front":
        from cleaner.rules import front

        yield from front.find(page)


def _mended(page: Page, edits: Sequence[Edit]) -> Page:
    """Give each block its text as it will read once mended, and the key made from that."""
    text, format = page.article.text, page.article.format
    pending = list(edits)
    at, following = 0, pending[0].span.start if pending else len(text) + 1
    mended: list[str] = []
    made: list[str] = []
    known = page.memory.keys if page.memory is not None else {}  # a line said a million times is held once
    twins = bytearray(page.twins)
    rest = iter(page.blocks)
    for block in rest:
        start, end = block.inner
        said = text[start:end]
        if following < end:
            while at < len(pending) and pending[at].span.end <= start:
                at += 1
            own: list[Edit] = []
            while at < len(pending) and pending[at].span.start < end:
                own.append(pending[at])
                at += 1
            following = pending[at].span.start if at < len(pending) else len(text) + 1
            if own and all(block.inner.holds(edit.span) for edit in own):
                shifted = [edit._replace(span=Span(edit.span.start - start, edit.span.end - start)) for edit in own]
                said = apply(said, shifted)
        if block.kind in PROSE:
            both = known.get(said)
            if both is None:
                both = known[said] = said, keys.key(said, format)
            more = page.past_twins(block.number) - block.number
            if following < page.blocks[block.number + more - 1].inner.end:
                more = 1
        else:
            both, more = (said, f"{block.kind}\0{text[block.span.start : block.span.end]}"), 1
        if page.is_twin(block.number) and both != (mended[-1], made[-1]):
            twins[block.number] = 0  # no longer
        mended.extend(repeat(both[0], more))
        made.extend(repeat(both[1], more))
        passed(rest, more - 1)
    page = page._replace(mended=tuple(mended), keys=tuple(made), twins=bytes(twins))
    # What a block is for, and what kind of text this is, is told from the text as it will read.
    page = page._replace(blocks=roles.assign(page))
    return page._replace(profile=page.options.profile or roles.profile(page))


def _fate(page: Page, said: marks.Marks, conflict: bool, told: Told | None, finding: Finding) -> tuple[str, str] | None:
    """Say why a finding is not carried out; None where it may be."""
    options = page.options
    if (mark := said.first(finding.rule, finding.span)) is not None:
        return "suppressed", mark.reason or "kept by the author"
    if told is not None and (fate := told(finding)) is not None:
        return fate
    if not finding.edits or finding.safety == "report":
        return "open", finding.because or "shown only"
    if finding.confidence == "pedantic" and not options.pedantic:
        return "open", "not sure enough to act on; --pedantic includes it"
    if finding.safety == "unsafe" and not options.unsafe_fixes:
        return "open", "may be meant; --unsafe-fixes carries it out"
    if not page.article.origin.sure and finding.relation != "exact":
        return "open", "the encoding is a guess, so only byte-identical text is touched"
    if conflict and finding.rule.startswith("D"):
        return "open", "the file holds a merge conflict; resolve it first"
    return None


def _proved(page: Page, findings: Sequence[Finding], decide: Verdict) -> Plan:
    """Resolve the findings, and prove that the text around the edits still reads as it did; what fails that is left alone."""
    from cleaner.proof import failing

    refused: set[Finding] = set()

    def verdict(finding: Finding) -> tuple[str, str] | None:
        if finding in refused:
            return "skipped", "removing it would change how the text around it reads"
        return decide(finding)

    plan = resolve(findings, verdict)
    while plan.taken and (failed := failing(page, plan)):
        refused |= failed
        plan = resolve(findings, verdict)
    return plan


def _forget() -> None:
    from cleaner.proof import forget

    forget()


def _laid_out(page: Page, plan: Plan, decide: Verdict) -> Plan:
    """Let layout speak last, over what the plan leaves."""
    from cleaner.proof import same_words
    from cleaner.rules import layout

    skipped = list(plan.skipped)
    taken: list[Finding] = []
    for finding in _known(page, list(layout.find(page, plan.edits)), None):
        fate = decide(finding)
        if fate is None:
            taken.append(finding)
        else:
            skipped.append(Skipped(finding, fate[0], fate[1]))  # type: ignore[arg-type]
    if not taken:
        return plan._replace(skipped=tuple(skipped))
    whole = Plan((*plan.taken, *taken), tuple(skipped))
    if same_words(page, plan, whole):
        return whole
    reason = "laying it out anew would change how it reads"
    return plan._replace(skipped=(*skipped, *(Skipped(finding, "skipped", reason) for finding in taken)))


def _with_unused(page: Page, plan: Plan, said: marks.Marks, told: Told | None) -> Plan:
    """Report the author's comments that kept nothing."""
    from cleaner.rules import marks as comments

    if not said.said:
        return plan
    kept = ((skip.finding.rule, skip.finding.span) for skip in plan.skipped if skip.status == "suppressed")
    idle = [mark for mark in said.idle(kept) if not mark.elsewhere]
    found = _known(page, list(comments.unused(page, idle)), told)
    fates = [(told and told(finding)) or ("open", "shown only") for finding in found]
    more = (Skipped(finding, *fate) for finding, fate in zip(found, fates))  # type: ignore[arg-type]
    return plan._replace(skipped=(*plan.skipped, *more))


def _notes(page: Page) -> tuple[str, ...]:
    """Say what was not looked at, and why."""
    notes: list[str] = []
    if not page.article.origin.sure:
        notes.append(f"the encoding could not be told for sure; read as {page.article.origin.encoding}, only byte-identical text is touched")
    if page.conflicts:
        notes.append("merge conflict markers: nothing was de-duplicated")
    return tuple(notes)
