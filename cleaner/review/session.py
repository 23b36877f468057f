"""
A review: the files, what is found in them as they are now, and what may be done about it.

Each action is carried out at once and on disk before anybody is told. So the file is whole and up to date at every moment,
each action can be taken back alone while its file is as it left it, and nothing waits for an end that may never come.
Nothing is kept of what a file said: findings are found anew whenever its bytes are others.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from threading import RLock
from typing import NamedTuple
from unicodedata import category

from cleaner.decisions import Decision
from cleaner.errors import ChangedError, CleanerError, InputError
from cleaner.fingerprint import place
from cleaner.known import Known, Told
from cleaner.lines import Lines, line_end
from cleaner.model import Article, Block, Cleaned, Edit, Finding, Report, Span
from cleaner.options import Options
from cleaner.page import Page
from cleaner.plan import apply
from cleaner.report import View
from cleaner.report.entries import Entry, identified, slim
from cleaner.report.visible import snippet
from cleaner.review.journal import Action, Journal
from cleaner.segment import segment

#: What a person may do about a finding, and how the list says that it was done.
DONE = {
    "accept": "accepted",
    "other": "other copy kept",
    "edit": "edited",
    "meant": "meant",
    "duplicate": "confirmed",
    "reject": "left for now",
}
#: A text box keeps these, and they move nothing outside of their own text. All else that does not print is for an editor.
_KEPT = (
    "\n\t\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}\N{WORD JOINER}"
    "\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}\N{ARABIC LETTER MARK}"
)
#: Spans of more characters are not for a text box.
LONGEST = 20_000


class Item(NamedTuple):
    """A finding with the id by which every report names it."""

    mark: str
    entry: Entry

    @property
    def finding(self) -> Finding:
        return self.entry.finding


class Look(NamedTuple):
    """
    A file as it was last looked at.

    Attributes:
        cleaned: What was found; None where it could not be read.
        problem: Why not.
        items: All its findings, in reading order.
        known: What people had said of them.
        fresh: Whether the text was read for this review. What an earlier run kept is shown, and never acted upon.
    """

    cleaned: Cleaned | None
    problem: str
    items: tuple[Item, ...]
    known: Known
    fresh: bool

    @property
    def digest(self) -> str:
        return self.cleaned.article.origin.sha256 if self.cleaned else ""

    def find(self, mark: str) -> Item | None:
        """Return a finding by its id."""
        return next((item for item in self.items if item.mark == mark), None)


class Place(NamedTuple):
    """Where in a review somebody is: the number of a file, and the id of a finding in it."""

    file: int
    mark: str


class Project(NamedTuple):
    """
    What a review is about, as settled before it begins.

    Attributes:
        files: As they were named or found, in order.
        options: Of each file.
        root: The project's folder.
        baseline: Findings known before, by path and id.
        view: How findings are shown.
    """

    files: Sequence[str]
    options: Callable[[str], Options]
    root: str
    baseline: Mapping[str, Mapping[str, object]]
    view: View

    def place(self, file: int) -> str:
        """Return a file's path as it is fingerprinted."""
        return place(self.files[file], self.root)


class Session:
    """One review. Whoever asks holds `lock` meanwhile: pages and actions come one after the other."""

    def __init__(self, project: Project, journal: Journal) -> None:
        self.project = project
        self.journal = journal
        self.lock = RLock()
        self._decided: tuple[Decision, ...] = ()
        self._decided_digest = ""
        self.refresh()
        self._looks: dict[int, Look] = {}
        self._numbers = {project.place(file): file for file in range(len(project.files))}

    def begin(self, found: Sequence[Cleaned | str]) -> None:
        """Take over what a run found in each file, or why it could not be read; else a file is read when it is first asked for."""
        for file, one in enumerate(found):
            cleaned, problem = (one, "") if isinstance(one, Cleaned) else (None, one)
            self._looks[file] = Look(cleaned, problem, self._items(cleaned), self.known(file), fresh=False)

    # --- what there is ----------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Hear what others have done since: decisions, and lines in the journal."""
        self.journal.refresh()
        data = _content(self._decisions_path())
        digest = _digest(data or b"")  # no file and an empty one say the same
        if digest != self._decided_digest:
            from cleaner.decisions import read

            self._decided = tuple(read(self._decisions_path())) if data is not None else ()
            self._decided_digest = digest

    def look(self, file: int) -> Look:
        """Return what is in a file now: it is read each time, and looked through again when it is another one."""
        from cleaner.pipeline import clean_article
        from cleaner.source import content, decode

        known, last = self.known(file), self._looks.get(file)
        path, options = self.project.files[file], self.project.options(self.project.files[file])
        try:
            data = content(path, options)
            if last is not None and last.fresh and last.known == known and last.digest == _digest(data):
                return last
            article = decode(data, path, options)
            cleaned = slim(clean_article(article, options, Told(known)), self.project.view)
            look = Look(cleaned, "", self._items(cleaned), known, fresh=True)
        except CleanerError as error:
            look = Look(None, str(error).removeprefix(f"{path}: "), (), known, fresh=True)
        except Exception as error:  # noqa: BLE001 - law 9: a mistake of ours costs one file, and not the review
            look = Look(None, f"left alone: an error of our own ({type(error).__name__}: {error}); please report it", (), known, fresh=True)
        self._looks[file] = look
        return look

    def seen(self, file: int) -> Look:
        """Return what was in a file when it was last looked at."""
        return self._looks.get(file) or self.look(file)

    def left(self, file: int) -> list[Item]:
        """Return the findings of a file that nobody has decided yet."""
        return [item for item in self._open(file) if not self._set_aside(file, item)]

    def aside(self, file: int) -> list[Item]:
        """Return the findings of a file that are left for now."""
        return [item for item in self._open(file) if self._set_aside(file, item)]

    def _open(self, file: int) -> list[Item]:
        return [item for item in self.seen(file).items if item.entry.status == "open"]

    def _set_aside(self, file: int, item: Item) -> bool:
        return (self.seen(file).known.path, item.mark) in self.journal.aside()

    def standing(self) -> list[Action]:
        """Return what was done to the files of this review and still stands, in the order in which it was done."""
        found = [*self.journal.standing("", self._decided_digest, decisions=True), *self.journal.aside().values()]
        found = [each for each in found if each.place in self._numbers]
        for own in self.journal.places & self._numbers.keys():
            found += self.journal.standing(own, self.seen(self._numbers[own]).digest)
        return self.journal.rank(found)

    def undoable(self, action: Action) -> bool:
        """Whether an action can be taken back now: its file is as it left it."""
        if action.file is None:
            return True
        if action.decisions:
            return action.after == self._decided_digest
        return action.after == self.seen(self._numbers[action.place]).digest

    def start(self) -> Place | None:
        """Return where to go on: behind what was done last; None where nothing is left to decide."""
        done = self.standing()
        last = done[-1] if done else None
        for file in range(len(self.project.files)):
            if last is not None and self.project.place(file) == last.place:
                lines = self._lines(file)
                for item in self.left(file):
                    if lines(item) >= last.line:
                        return Place(file, item.mark)
                return self._from(file + 1)
        return self._from(0)

    def beside(self, at: Place, step: int) -> Place | None:
        """Return the next (1) or the previous (-1) finding that is left; None where there is no other."""
        every = [Place(file, item.mark) for file in range(len(self.project.files)) for item in self._stations(file, at)]
        if at not in every or len(every) < 2:
            return None
        return every[(every.index(at) + step) % len(every)]

    def _stations(self, file: int, at: Place) -> list[Item]:
        """Return a file's findings that are left, and the one where somebody is."""
        left = self.left(file)
        if file != at.file or any(item.mark == at.mark for item in left):
            return left
        marks = {item.mark for item in left} | {at.mark}
        return [item for item in self.seen(file).items if item.mark in marks]

    def _from(self, first: int) -> Place | None:
        number = len(self.project.files)
        for file in (*range(first, number), *range(min(first, number))):
            for item in self.left(file):
                return Place(file, item.mark)
        return None

    def _lines(self, file: int) -> Callable[[Item], int]:
        cleaned = self.seen(file).cleaned
        lines = Lines(cleaned.article.text if cleaned else "")
        return lambda item: lines.at(item.finding.span.start)[0]

    # --- what may be done -------------------------------------------------------------------------------------------

    def act(self, do: str, at: Place, digest: str, *, text: str = "", side: str = "copy", reason: str = "") -> Place | None:
        """
        Do something about a finding, on disk.

        Args:
            do: One of `DONE`.
            at: The finding.
            digest: Of the file as the person saw it.
            text: What a block shall say, for "edit".
            side: Which block that is: "copy" or "keeper".
            reason: Why it is meant, or a duplicate.

        Returns:
            Where to go on; None where nothing is left.

        Raises:
            ChangedError: If the file is not what the person saw. Nothing was written.
            InputError: If it cannot be done; says why. Nothing was written.
        """
        self.refresh()
        look = self.look(at.file)
        if look.cleaned is None:
            raise InputError(f"{self.project.files[at.file]}: {look.problem}")
        item = look.find(at.mark)
        if look.digest != digest:
            raise ChangedError("the file was changed since this page was shown; nothing was written. It has been read again: look once more")
        if item is None or item.entry.status != "open":
            raise ChangedError("this finding is decided already; nothing was written")
        before = [each.mark for each in self.left(at.file)]
        if do == "reject":
            self.journal.add(self._action(do, at, item))
        elif do in ("meant", "duplicate"):
            self._decide(do, at, item, look.cleaned, reason)
        else:
            finding = self._finding(do, item.finding, look.cleaned, text, side)
            self._carry_out(do, at, item, look.cleaned, finding)
        self.refresh()
        self.look(at.file)
        return self._after(at, before)

    def undo(self, id: str) -> Place | None:
        """
        Take an action back; files get their bytes of before.

        Args:
            id: Of the action; "": the last one.

        Returns:
            The finding that it was about, where it is there again.

        Raises:
            ChangedError: If the file was changed since.
            InputError: If there is nothing to take back.
        """
        from cleaner.source import write
        from cleaner.undo import restore

        self.refresh()
        for own in self.journal.places & self._numbers.keys():
            self.look(self._numbers[own])
        done = self.standing()
        action = next((each for each in reversed(done) if id in ("", each.id)), None)
        if action is None:
            raise InputError("there is nothing to take back" if not id else "that is taken back already")
        file = self._numbers[action.place]
        if action.file is None:
            self.journal.add({"undo": action.id})
        else:
            path = self._decisions_path() if action.decisions else self.project.files[file]
            data = _content(path)
            if data is None or _digest(data) != action.after:
                raise ChangedError(f"{path}: was changed since; take back what came after it first, or put it right by hand")
            restored = restore(action.file, data)
            self.journal.settle(action.place, action.after, decisions=action.decisions)
            self.journal.add({"undo": action.id})
            try:
                if action.made:
                    os.unlink(path)
                else:
                    write(path, restored, action.after)
            except (OSError, CleanerError):
                self.journal.add({"kept": action.id})
                raise
        self.refresh()
        look = self.look(file)
        return Place(file, action.finding) if look.find(action.finding) else None

    def offers(self, item: Item, cleaned: Cleaned, page: Page) -> frozenset[str]:
        """Return what may be done about a finding: of `DONE`, and "edit-copy" and "edit-keeper"."""
        if item.entry.status != "open":
            return frozenset()
        finding = item.finding
        found = {"reject", "meant"}
        if finding.edits and finding.safety != "report":
            found.add("accept")
            if _other(page, finding) is not None:
                found.add("other")
        if finding.safety != "safe":
            found.add("duplicate")
        for side, span in (("edit-copy", finding.span), ("edit-keeper", finding.keeper)):
            if span is not None and cleaned.article.origin.sure and box(page, span) is not None:
                found.add(side)
        return frozenset(found)

    def page(self, file: int, article: Article) -> Page:
        """Return a file's text cut into blocks."""
        return Page(article, segment(article), self.project.options(self.project.files[file]))

    def _finding(self, do: str, finding: Finding, cleaned: Cleaned, text: str, side: str) -> Finding:
        """Return a finding as it is to be carried out."""
        if do in ("accept", "other") and (finding.safety == "report" or not finding.edits):
            raise InputError("left as it is: this finding is only shown; edit the text by hand")
        if do == "accept":
            return finding
        article = cleaned.article
        page = Page(article, segment(article), Options())
        if do == "other":
            swapped = _other(page, finding)
            if swapped is None:
                raise InputError("the other copy is no block of its own, so only this one can go; edit it by hand")
            return swapped
        span = finding.keeper if side == "keeper" else finding.span
        held = box(page, span) if span is not None else None
        if held is None:
            raise InputError("there is no text here that a box could hold; edit the file, and this page will read it again")
        edit = _typed(page, held, text)
        return finding._replace(span=held, edits=(edit,), safety="unsafe", keeper=None, relation=None, because="edited by hand")

    def _carry_out(self, do: str, at: Place, item: Item, cleaned: Cleaned, finding: Finding) -> None:
        """Plan and prove one finding, and write it: the journal first, then the file."""
        from cleaner.pipeline import alone
        from cleaner.report.json import document
        from cleaner.source import decode, encode, write

        path = self.project.files[at.file]
        options = self.project.options(path)
        article = cleaned.article
        plan = alone(article, options, finding)
        if not plan.taken:
            _, status, reason, _ = plan.skipped[0]
            if do == "edit" and status == "skipped":  # so says the proof
                reason = "that would change how the text around it reads; keep to the words of this one block"
            raise InputError(f"left as it is: {reason}")
        text = apply(article.text, plan.edits)
        if text == article.text:
            raise InputError("nothing was changed")
        data = encode(article, text)
        if decode(data, path, options).text != text:
            raise InputError("left as it is: the file would not be read as the same text again; save it as UTF-8 first")
        done = Cleaned(article, (), cleaned.profile, plan, cleaned.notes, cleaned.counts)
        report = document(Report((done,)), View(fixed=True, pedantic=True, root=self.project.root))
        action = self._action(do, at, item)._replace(file=report["files"][0])
        self.journal.settle(action.place, action.before, decisions=action.decisions)
        self.journal.add(action)
        try:
            write(path, data, article.origin.sha256)
        except (OSError, CleanerError):
            self.journal.add({"void": action.id})
            raise

    def _decide(self, kind: str, at: Place, item: Item, cleaned: Cleaned, reason: str) -> None:
        """Record a decision, as `check --accept` and `--confirm` do."""
        from cleaner.decisions import NAME, written
        from cleaner.report.decided import decisions
        from cleaner.source import write

        path = self._decisions_path()
        data = _content(path)
        every = {decision.id: decision for decision in self._decided}
        for decision in decisions(kind, item.mark, cleaned, item.entry, self.project.root, reason):
            every[decision.id] = decision
        now = written(every.values())
        if now == data:
            raise InputError("that is recorded already")
        edit = _change((data or b"").decode("utf-8"), now.decode("utf-8"))
        entry = {
            "path": NAME,
            "format": "text",
            "encoding": "utf-8",
            "bom": "",
            "sha256": _digest(data or b""),
            "sha256_after": _digest(now),
            "findings": [{"status": "fixed", "edits": [{"start": edit.span.start, "end": edit.span.end, "before": edit.before, "after": edit.after}]}],
        }
        action = self._action(kind, at, item)._replace(file=entry, decisions=True, made=data is None)
        self.journal.settle(action.place, action.before, decisions=action.decisions)
        self.journal.add(action)
        try:
            write(path, now, None if data is None else _digest(data))
        except (OSError, CleanerError):
            self.journal.add({"void": action.id})
            raise

    def _action(self, do: str, at: Place, item: Item) -> Action:
        from datetime import UTC, datetime

        look = self.seen(at.file)
        text = look.cleaned.article.text if look.cleaned else ""
        span = item.finding.span
        line = Lines(text).at(span.start)[0]
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        said = snippet(text[span.start : span.end])
        return Action(os.urandom(8).hex(), do, self.project.place(at.file), item.mark, item.finding.rule, line, said, now)

    def _after(self, at: Place, before: Sequence[str]) -> Place | None:
        """Return where to go on after a finding: the one that stood next to it, as far as it is still there."""
        now = [item.mark for item in self.left(at.file)]
        if at.mark in now:
            return at
        behind = before[before.index(at.mark) + 1 :] if at.mark in before else []
        for mark in (*behind, *(mark for mark in now if mark not in before)):
            if mark in now:
                return Place(at.file, mark)
        return self._from(at.file + 1)

    def _items(self, cleaned: Cleaned | None) -> tuple[Item, ...]:
        if cleaned is None:
            return ()
        every = (Item(mark, entry) for mark, entry in identified(cleaned, self.project.view))
        return tuple(sorted(every, key=lambda item: (item.finding.span, item.finding.rule, item.mark)))

    def known(self, file: int) -> Known:
        """Return what people have said of a file's findings."""
        own = self.project.place(file)
        return Known.of(own, self.project.baseline.get(own, ()), self._decided)

    def _decisions_path(self) -> str:
        from cleaner.decisions import place as lies

        return lies(self.project.root)


def covered(page: Page, span: Span) -> list[Block]:
    """Return the blocks that a span reaches into."""
    return [block for block in page.blocks if block.span.start < span.end and span.start < block.span.end]


def box(page: Page, span: Span) -> Span | None:
    """
    Return the text that a person may edit for a finding: of one block its prose, of several all that stands there.

    None where a text box could not hold it: front matter, a very long text, characters that a box shows as something else.
    """
    blocks = covered(page, span)
    if not blocks or any(block.kind == "front" for block in blocks):
        return None
    held = blocks[0].inner if len(blocks) == 1 else Span(blocks[0].span.start, blocks[-1].span.end)
    text = page.article.said(held)
    return held if len(text) <= LONGEST and boxed(text) is not None else None


def boxed(text: str) -> str | None:
    """Return a text as a text box gives it back, with line feeds; None where it could not."""
    plain = re.sub(r"\r\n?", "\n", text)
    return plain if plain.isprintable() or all(char.isprintable() or char in _KEPT or category(char) == "Zs" for char in plain) else None


def _typed(page: Page, held: Span, text: str) -> Edit:
    """Return the edit that a person typed: with the line ends of the file; an emptied box removes its blocks."""
    from cleaner.rules.cut import Gone, cut

    before = page.article.said(held)
    plain = re.sub(r"\r\n?", "\n", text)
    if boxed(plain) is None:
        raise InputError("the text holds characters that do not print; nothing was written")
    if not plain.strip():
        blocks = covered(page, held)
        return cut(page, blocks[0].number, blocks[-1].number, Gone(()))
    if plain == boxed(before):
        raise InputError("nothing was changed")
    end = line_end(before) if re.search(r"[\r\n]", before) else line_end(page.article.text)
    return Edit(held, before, plain.replace("\n", end))


def _other(page: Page, finding: Finding) -> Finding | None:
    """Return a finding turned round, so that the copy stays and its keeper goes; None where that is not possible."""
    from cleaner.rules.cut import Gone, cut

    if finding.keeper is None or any(edit.after.strip() for edit in finding.edits):
        return None
    copies, keepers = _whole(page, finding.span), _whole(page, finding.keeper)
    if not copies or not keepers or len(copies) != len(keepers) or {*copies} & {*keepers}:
        return None
    if any(block.kind == "front" for block in (*copies, *keepers)) or not any(edit.span.holds(finding.span) for edit in finding.edits):
        return None
    edit = cut(page, keepers[0].number, keepers[-1].number, Gone(()))
    return finding._replace(span=finding.keeper, keeper=finding.span, edits=(edit,), because="the other copy is kept")


def _whole(page: Page, span: Span) -> list[Block]:
    """Return the blocks that make up a span; none where it begins or ends inside one."""
    blocks = covered(page, span)
    exact = blocks and blocks[0].span.start == span.start and blocks[-1].span.end == span.end
    return blocks if exact else []


def _change(before: str, after: str) -> Edit:
    """Return the one edit that makes a text another, as small as it can be."""
    start = next((at for at, (one, other) in enumerate(zip(before, after)) if one != other), min(len(before), len(after)))
    most = min(len(before), len(after)) - start
    tail = next((at for at in range(most) if before[-1 - at] != after[-1 - at]), most)
    return Edit(Span(start, len(before) - tail), before[start : len(before) - tail], after[start : len(after) - tail])


def _content(path: str) -> bytes | None:
    """Return the bytes of a file; None where there is none."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _digest(data: bytes | None) -> str:
    return sha256(data).hexdigest() if data is not None else ""
