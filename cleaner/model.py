"""
The nouns. Frozen values, in the order in which the work meets them; nothing of ours is imported here.

Every offset is a *code point* in one article's text, which is kept exactly as decoded (line ends untouched), and every
span is half open. Named tuples rather than dataclasses: they start faster, and a commit hook starts a hundred times a day.
"""

from typing import Literal, NamedTuple

Format = Literal["markdown", "html", "text", "rst", "asciidoc"]
Profile = Literal["article", "docs", "list"]
Safety = Literal["safe", "unsafe", "report"]
Confidence = Literal["shown", "pedantic"]
Relation = Literal["exact", "normalised", "near", "contained"]
Status = Literal["fixed", "open", "suppressed", "baseline", "skipped"]

Kind = Literal[
    "paragraph",
    "heading",
    "item",  # a list item's own lines: its marker and its first paragraph
    "row",  # a table row
    "quote",  # a paragraph in a block quote
    "code",
    "html",  # markup that is not prose: tags standing alone, comments
    "front",  # front matter
    "directive",  # template tags, admonitions, shortcodes, components
    "definition",  # link and footnote definitions
    "break",  # a thematic break
    "conflict",  # a merge conflict marker
]
Role = Literal["title", "deck", "byline", "caption", "body", "pull-quote", "summary", "boilerplate"]

#: Kinds that hold prose: what is compared. All others are opaque: never compared alone, never edited inside.
PROSE: frozenset[str] = frozenset({"paragraph", "heading", "item", "row", "quote"})


class Span(NamedTuple):
    """A stretch of an article's text, in code points, half open."""

    start: int
    end: int

    def holds(self, other: "Span") -> bool:
        """Whether the other span lies wholly inside this one (equal spans hold each other)."""
        return self.start <= other.start and other.end <= self.end


class Origin(NamedTuple):
    """Where a text came from, and all that is needed to turn it back into the same bytes."""

    path: str
    encoding: str  # a Python codec name; for UTF-16 and UTF-32 with the byte order in it
    bom: bytes  # the byte order mark as found; b"" where there is none
    sha256: str  # of the file's bytes
    sure: bool = True  # False: the encoding is a guess; only byte-identical text may be touched
    declared: str | None = None  # the encoding the file claims for itself


class Article(NamedTuple):
    """One text to clean, exactly as decoded."""

    text: str
    format: Format
    origin: Origin

    def said(self, span: Span) -> str:
        """Return the text that a span covers."""
        return self.text[span.start : span.end]


class Block(NamedTuple):
    """
    A paragraph, heading, list item, row... of an article. Blocks are disjoint and in reading order.

    Attributes:
        number: Its place among the article's blocks, from 0.
        kind: What it is; see `Kind`.
        span: What goes when the block is removed, from the start of its first line to the end of its last line
            without the line end (in HTML: from the opening to the closing tag).
        inner: The prose inside the span, without list marker, heading marks, cell borders or outer tags.
        level: 1 to 6 for headings; the nesting depth, from 1, for list items and quotes; 0 otherwise.
        group: Which list, table or quote it stands in: a number that all blocks of that container share; 0: none.
        section: The number of the heading that governs it; -1 before the first heading.
        role: What it is for the reader.
    """

    number: int
    kind: Kind
    span: Span
    inner: Span
    level: int = 0
    group: int = 0
    section: int = -1
    role: Role = "body"


class Scores(NamedTuple):
    """How alike two texts are. Ratios from 0 to 1; higher is more alike."""

    jaccard: float  # shared shingles / all shingles
    ratio: float  # normalised Indel similarity of the two word lists
    containment: float  # shared shingles / shingles of the shorter


SAME = Scores(1.0, 1.0, 1.0)


class Match(NamedTuple):
    """Two blocks that say the same. The keeper stays, and matches the duplicate directly, never through a third."""

    duplicate: int
    keeper: int
    relation: Relation
    scores: Scores


class Difference(NamedTuple):
    """One place in which a near copy differs from the copy that stays. An empty side: only the other says it."""

    kind: str  # number, date, name, negation, unit, quotation, modality... are facts; word, typo, case... are not
    keeper: str
    duplicate: str


class Edit(NamedTuple):
    """Replace the text of a span. `text[span] == before` always holds; an insertion has an empty span."""

    span: Span
    before: str
    after: str


class Place(NamedTuple):
    """A passage in another file. The lines are told here, since whoever shows the finding does not hold that file's text."""

    path: str
    span: Span
    start_line: int  # from 1
    end_line: int  # inclusive


class Finding(NamedTuple):
    """
    Something an article says twice, or a damage in it: what, where, how sure, and how to mend it.

    Attributes:
        rule: Code, such as "D101".
        span: The copy that may go (or the damaged text).
        message: One sentence for a person.
        safety: What may be done without asking; see docs/design.md.
        edits: Happen all or not at all; empty where the tool only reports.
        confidence: Whether it is shown by default.
        keeper: The copy that stays; None where there is none.
        relation: How the copies relate; None where nothing is compared.
        scores: None where nothing is compared.
        differences: For near copies, what differs.
        words: Number of words that the span holds.
        key: What identifies the finding across edits elsewhere in the file: a digest of content, never a place.
        because: Why this copy goes and the other stays, in a few words.
        elsewhere: For what is found across files, where it stands in others: the copy that stays first, then further ones.
            `keeper` is None then.
    """

    rule: str
    span: Span
    message: str
    safety: Safety
    edits: tuple[Edit, ...] = ()
    confidence: Confidence = "shown"
    keeper: Span | None = None
    relation: Relation | None = None
    scores: Scores | None = None
    differences: tuple[Difference, ...] = ()
    words: int = 0
    key: str = ""
    because: str = ""
    elsewhere: tuple[Place, ...] = ()


class Skipped(NamedTuple):
    """A finding that is not carried out, and why. `winner` is the finding that made it moot, where there is one."""

    finding: Finding
    status: Status
    reason: str
    winner: Finding | None = None


class Plan(NamedTuple):
    """What will be done to an article. Every finding is in exactly one of the two lists; taken edits are disjoint."""

    taken: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]

    @property
    def edits(self) -> tuple[Edit, ...]:
        """All edits of the taken findings, sorted by place; insertions at one place keep the findings' order."""
        every = [edit for finding in self.taken for edit in finding.edits]
        return tuple(sorted(every, key=lambda edit: edit.span))


class Counts(NamedTuple):
    """What a report says of an article's blocks and text, where these themselves are not kept."""

    blocks: int
    opaque: tuple[tuple[str, int], ...]  # how many of each kind were not compared, sorted
    removed: int  # blocks that the plan removes because another copy stays
    language: str | None = None  # None: nobody asked


class Cleaned(NamedTuple):
    """
    One article with its plan: everything a report or a writer needs to know about it.

    A run over thousands of files keeps of each only what its report shows: `counts` instead of the blocks, and no text where
    there is nothing to show.
    """

    article: Article
    blocks: tuple[Block, ...]
    profile: Profile
    plan: Plan
    notes: tuple[str, ...] = ()  # what was not looked at, and why
    counts: Counts | None = None

    @property
    def language(self) -> str:
        """The article's language as an ISO 639-1 code; "" where it cannot be told."""
        if self.counts is not None and self.counts.language is not None:
            return self.counts.language
        from cleaner.language import guess

        return guess(self.article.text)

    @property
    def text(self) -> str:
        """The article's text with every taken edit carried out."""
        from cleaner.plan import apply

        return apply(self.article.text, self.plan.edits)


class Problem(NamedTuple):
    """An input that could not be handled: it is left alone, and the run goes on."""

    path: str
    message: str


class Report(NamedTuple):
    """What a run found and did, file by file."""

    files: tuple[Cleaned, ...]
    errors: tuple[Problem, ...] = ()
    seconds: float = 0.0

    @property
    def text(self) -> str:
        """The cleaned text of the only article; for a report of several use `files`."""
        if len(self.files) != 1:
            raise ValueError(f"this report holds {len(self.files)} articles, not one; look through report.files")
        return self.files[0].text

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding of every file, in reading order, whatever became of it."""
        return tuple(
            finding
            for cleaned in self.files
            for finding in sorted(
                [*cleaned.plan.taken, *(skipped.finding for skipped in cleaned.plan.skipped)],
                key=lambda finding: (finding.span, finding.rule),
            )
        )
