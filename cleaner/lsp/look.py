"""
One version of a document, looked at: what `check` would find in it, were it saved now.
"""

from __future__ import annotations

from typing import NamedTuple

from cleaner import marks
from cleaner.digest import sha256
from cleaner.errors import InputError, OptionsError
from cleaner.known import Told
from cleaner.lines import line_end
from cleaner.lsp.positions import Text
from cleaner.lsp.project import Project
from cleaner.model import Article, Block, Cleaned, Edit, Format, Origin, Span
from cleaner.options import Options
from cleaner.pipeline import clean_article
from cleaner.report import View
from cleaner.report.entries import Entry, identified
from cleaner.source import format_of

#: What editors call our formats; of other names the suffix and the text itself decide.
_LANGUAGES: dict[str, Format] = {
    "markdown": "markdown",
    "mdx": "markdown",
    "html": "html",
    "restructuredtext": "rst",
    "rst": "rst",
    "asciidoc": "asciidoc",
    "adoc": "asciidoc",
    "plaintext": "text",
    "text": "text",
}
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


class Draft(NamedTuple):
    """
    A document as the editor has it.

    Attributes:
        path: Of its file; "" where it is none yet.
        language: What the editor calls its format.
        text: All of it.
    """

    path: str
    language: str
    text: Text


class Found(NamedTuple):
    """One finding that is to be shown: by its id, as `check -v` shows it."""

    id: str
    entry: Entry


class Looked(NamedTuple):
    """
    What was found in a document.

    Attributes:
        draft: The document.
        project: What was said of it.
        cleaned: The plan; None where the settings pass over the file.
        found: What is open, in reading order.
        shift: How many characters stand before the article: 1 where the editor shows the byte order mark.
    """

    draft: Draft
    project: Project
    cleaned: Cleaned | None
    found: tuple[Found, ...] = ()
    shift: int = 0

    def position(self, offset: int) -> tuple[int, int]:
        """Return the client's line and column of a place in the article."""
        return self.draft.text.position(offset + self.shift)


def look(draft: Draft, project: Project) -> Looked:
    """
    Find what a document says twice and what is damaged in it.

    Raises:
        OptionsError: If the settings cannot be used.
        InputError: If the text is too large.
    """
    if project.error:
        raise OptionsError(project.error)
    if draft.path and project.excluded(draft.path):
        return Looked(draft, project, None)
    options = project.options(draft.path)
    if len(draft.text.text) > options.max_bytes:
        raise InputError(f"is larger than {options.max_bytes:,} bytes; raise max-bytes to have it looked at")
    shift = int(draft.text.text.startswith(_BOM))
    cleaned = _cleaned(draft.text.text[shift:], draft, project, options)
    view = View(pedantic=options.pedantic, root=project.root)
    found = tuple(Found(own, entry) for own, entry in identified(cleaned, view) if entry.status == "open")
    return Looked(draft, project, cleaned, found, shift)


def keeping(looked: Looked, found: Found) -> Edit | None:
    """
    Return the edit that writes the author's comment above what was found, so that it is kept and no longer shown.

    None where there is no place for one: inside a list, a table, a quote or front matter it would change what is around it; in
    a plain text that has a file every reader would see it. Whether it does what it should is tried out first.
    """
    cleaned, finding = looked.cleaned, found.entry.finding
    if cleaned is None or (cleaned.article.format == "text" and looked.draft.path):
        return None
    article = cleaned.article
    edit = _comment(article, cleaned.blocks, finding.span, finding.rule)
    if edit is None:
        return None
    text = article.text[: edit.span.start] + edit.after + article.text[edit.span.start :]
    after = _cleaned(text, looked.draft, looked.project, looked.project.options(looked.draft.path))
    place = Span(edit.span.start, edit.span.start + len(edit.after))
    others = [block.kind for block in after.blocks if not place.holds(block.span)]
    kept = any(skip.status == "suppressed" and (skip.finding.rule, skip.finding.key) == (finding.rule, finding.key) for skip in after.plan.skipped)
    return edit if kept and others == [block.kind for block in cleaned.blocks] else None


def _comment(article: Article, blocks: tuple[Block, ...], span: Span, rule: str) -> Edit | None:
    block = next((block for block in blocks if block.span.start <= span.start < max(block.span.end, block.span.start + 1)), None)
    if block is None or block.kind not in ("paragraph", "heading", "code", "item", "quote", "row"):
        return None
    text, at = article.text, block.span.start
    start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    before, end = text[start:at], line_end(text)
    comment = marks.comment(article.format, rule, article.origin.path)
    if article.format == "html":
        return Edit(Span(at, at), "", comment + (end + before if not before.strip() else ""))
    first = block.number == 0 or blocks[block.number - 1].group != block.group
    if before.strip(" ") or len(before) > 3 or (block.group and not (first and block.level <= 1 and block.kind != "row")):
        return None
    blank = "" if article.format == "asciidoc" else end
    return Edit(Span(start, start), "", comment + end + blank)


def _cleaned(text: str, draft: Draft, project: Project, options: Options) -> Cleaned:
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    format = options.format or (_LANGUAGES.get(draft.language) if not draft.path else None) or format_of(text, draft.path or "-")
    # In an editor there are characters and no bytes: what a file says of its own encoding is neither right nor wrong here.
    article = Article(text, format, Origin(draft.path, "utf-8", b"", digest))
    known = project.known(draft.path) if draft.path else None
    return clean_article(article, options, Told(known) if known else None)
