"""The laws of docs/design.md as one function: what must hold for any article, whatever it says."""

from __future__ import annotations

from hashlib import sha256

from cleaner import source
from cleaner.errors import CleanerError
from cleaner.model import Article, Cleaned, Format, Origin
from cleaner.options import Options
from cleaner.pipeline import clean_article
from cleaner.plan import apply, inverse


def article(text: str, format: Format) -> Article:
    """Return a text as an article in UTF-8."""
    return Article(text, format, Origin(f"a.{format}", "utf-8", b"", sha256(text.encode("utf-8", "surrogatepass")).hexdigest()))


def holds(text: str, format: Format = "markdown", options: Options = Options()) -> Cleaned:
    """Clean a text and assert laws 1, 2, 3, 5, 6 and 7; return what was cleaned."""
    cleaned = clean_article(article(text, format), options)
    edits = cleaned.plan.edits
    for edit in edits:  # law 2
        assert text[edit.span.start : edit.span.end] == edit.before
    for one, other in zip(edits, edits[1:]):
        assert one.span.end <= other.span.start, "edits overlap"
    after = cleaned.text
    assert apply(after, inverse(edits)) == text  # law 1
    assert all(skipped.reason for skipped in cleaned.plan.skipped)  # law 3
    assert not set(cleaned.plan.taken) & {skipped.finding for skipped in cleaned.plan.skipped}
    if not edits:
        assert after == text  # law 6
    removals = [edit for finding in cleaned.plan.taken if finding.rule[0] != "L" for edit in finding.edits]  # layout moves
    for finding in cleaned.plan.taken:  # law 7
        if finding.keeper is not None and finding.rule[0] == "D":
            for edit in removals:
                overlap = min(edit.span.end, finding.keeper.end) - max(edit.span.start, finding.keeper.start)
                assert overlap < finding.keeper.end - finding.keeper.start, "the keeper went too"
    again = clean_article(article(after, format), options)
    assert again.text == after, f"cleaning twice changes more: {[f.rule for f in again.plan.taken]}"  # law 5
    return cleaned


def survives(data: bytes, options: Options) -> None:
    """Bytes in, bytes out: laws 1 and 10, or one clear error."""
    try:
        read = source.decode(data, "a.md", options)
    except CleanerError:
        return
    assert source.encode(read, read.text) == data
    cleaned = clean_article(read, options)
    written = source.encode(read, cleaned.text)
    assert written.startswith(read.origin.bom)
    again = source.decode(written, "a.md", options)
    if again.origin.encoding == read.origin.encoding:
        assert apply(again.text, inverse(cleaned.plan.edits)) == read.text
