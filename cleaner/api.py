"""
The jobs as functions: `clean` for one article, `check` for a look without layout, `audit` for feeds, `copies` for many texts.

Nothing is written to disk, but for the history of an audit where one is asked for.
"""

from __future__ import annotations

import os
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal

from cleaner.model import Article, Report
from cleaner.options import Options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleaner.corpus.model import Copy
    from cleaner.stories.model import Audit


def clean(source: str | bytes | os.PathLike[str], options: Options | None = None, **settings: Any) -> Report:
    """
    Clean an article: repair it, and plan the canonical text with each thing said once.

    Args:
        source: A text, the bytes of a file in any encoding, or a path (as `pathlib.Path`; a `str` is always a text).
        options: What may be done; None: `Options(layout="canonical", prose_is_article=True)`.
        settings: Single options by name, over the others: `pedantic=True`, `profile="article"`, `format="markdown"`.

    Returns:
        A report with one file. `report.text` is the cleaned article, `report.findings` says what was found, and
        `report.files[0].plan` what is done about each and why.

    Raises:
        InputError: If the bytes or the file cannot be read as text.
        OptionsError: If a setting is unknown or has a value that is not allowed.

    Example:
        >>> clean("**Rain stops play**\\n**Rain stops play**\\n\\nThe match was called off at noon today.").text
        '# Rain stops play\\n\\nThe match was called off at noon today.'
    """
    chosen = options if options is not None else Options(layout="canonical", prose_is_article=True)
    return _run(source, _varied(chosen, settings))


def check(source: str | bytes | os.PathLike[str], options: Options | None = None, **settings: Any) -> Report:
    """
    Look for repeats and damage, leaving the layout as it is; arguments and result as for `clean`.

    Example:
        >>> report = check("It was the the best of times, and we all knew it at once.")
        >>> [(finding.rule, finding.safety) for finding in report.findings]
        [('D121', 'safe')]
    """
    chosen = options if options is not None else Options()
    return _run(source, _varied(chosen, settings))


def audit(
    *sources: str | os.PathLike[str],
    options: Options | None = None,
    history: str | os.PathLike[str] = "",
    priority: Sequence[str] = (),
    since: str = "",
    allow_private: bool = False,
) -> Audit:
    """
    Find what feeds and collections say twice: inside each, between them and, with a history, over time.

    Args:
        sources: Paths of feeds, lists of feeds, sitemaps, tables and folders, and http(s) addresses of such.
        options: `max_bytes` and `extract` count.
        history: A file that remembers what was seen; it is made where there is none, and written.
        priority: Names of sources, as given, whose items are the originals before all others'.
        since: Only what is dated on this day or later is told, "2026-11-23".
        allow_private: Whether addresses of this machine and of private networks may be fetched.

    Returns:
        Stories that are told more than once, each with its original, and what only looks like a copy, with the reason. A source that
        could not be read is in `errors`; the others are audited.

    Example:
        >>> result = audit("seeds")
        >>> len(result.items), len(result.clusters)
        (4, 0)
    """
    from datetime import UTC, datetime

    from cleaner.feeds.collect import Plans
    from cleaner.feeds.fetch import DEFAULTS
    from cleaner.stories.run import Wishes, run

    chosen = options if options is not None else Options()
    limits = DEFAULTS._replace(size=chosen.max_bytes, allow_private=allow_private)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return run([os.fspath(source) for source in sources], Plans(chosen, limits), Wishes(os.fspath(history), tuple(priority), since, (), now))


def copies(
    texts: Sequence[str], *, threshold: float = 0.8, fewest: int = 8, keep: Literal["longest", "first"] = "longest", processes: int = 1
) -> list[Copy]:
    """
    Find which of many texts are copies of others: what `cleaner audit --by text` does, for a list in memory.

    Args:
        texts: Any number of texts, plain.
        threshold: Jaccard similarity of word triples from which two are near, more than 0 and at most 1.
        fewest: Texts of fewer words match nothing.
        keep: Of near texts the longest stays, or the first.
        processes: That share the work; 0: as many as there are processors.

    Returns:
        The copies, in the order of `texts`. Leaving them out leaves each thing said once. A near text that differs in a fact, or that
        says something its keeper does not, is none.

    Raises:
        OptionsError: If the threshold is none.

    Example:
        >>> news = "The ferry leaves the old stone quay at noon and comes back at six."
        >>> copies([news, news.upper(), news.replace("noon", "one"), "Something else stands here, in as many words."])
        [Copy(number=1, keeper=0, relation='normalised', jaccard=1.0)]
    """
    from cleaner.corpus.model import Copy, Measure
    from cleaner.engines.memory import compare, keepers

    found = compare(texts, Measure(threshold, fewest, keep), processes=processes)
    return [Copy(number, *rest) for number, rest in sorted(keepers(found, texts).items())]


def _varied(options: Options, settings: dict[str, Any]) -> Options:
    if not settings:
        return options
    checked = Options.of(**settings)
    return options._replace(**{name: getattr(checked, name) for name in map(_field, settings)})


def _field(name: str) -> str:
    return name.replace("-", "_")


def _run(source: str | bytes | os.PathLike[str], options: Options) -> Report:
    from cleaner.pipeline import clean_article

    start = perf_counter()
    cleaned = clean_article(_article(source, options), options)
    return Report((cleaned,), (), perf_counter() - start)


def _article(source: str | bytes | os.PathLike[str], options: Options) -> Article:
    from cleaner import source as files

    if isinstance(source, str):
        return _text(source, options)
    if isinstance(source, bytes | bytearray):
        return files.decode(bytes(source), "bytes", options)
    return files.read(source, options)


def _text(text: str, options: Options) -> Article:
    from hashlib import sha256

    from cleaner.model import Origin
    from cleaner.source import sniff

    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Article(text, options.format or sniff(text), Origin("text", "utf-8", b"", digest))
