"""
What all our pages have in common: how a text gets onto one, and what keeps it a text there.

Nothing of an article can become part of a page. Three walls, each enough alone: every text is escaped by the template
engine, behind `shown`; what could be run is only what stands in our own files, since the policy of the page names their
digests; and the page may load nothing. Links lead to http and https alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from cleaner.report.visible import visible

if TYPE_CHECKING:
    from jinja2 import Environment

#: Characters of any one text.
LONGEST = 2_000

#: They tell a browser where a word may break and which way it runs, and move nothing outside of their own text.
_HARMLESS = (
    "\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}\N{WORD JOINER}\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}\N{ARABIC LETTER MARK}"
)
_SHOWN = re.compile(f"[^{_HARMLESS}\n]+")

#: By package. To compile templates takes many times as long as to write a page; who reviews or audits asks for many.
_engines: dict[str, Environment] = {}


def written(package: str, values: Mapping[str, Any], filters: Mapping[str, Callable[..., Any]]) -> str:
    """
    Write a page: `page.html` of a package's templates, with the style that all pages share, its own style and its script.

    Args:
        package: Where the templates are, such as "cleaner.report.audit".
        values: What the template shows; `style`, `script` and `policy` come from here.
        filters: What it may call, besides `number`, `count` and `percent`; the same for all pages of a package.
    """
    from markupsafe import Markup

    style = asset("cleaner.report", "base.css") + asset(package, "page.css")
    script = asset(package, "page.js")
    whole = _engine(package, filters).get_template("page.html").render(
        **values,
        style=Markup(style),  # our own
        script=Markup(script),
        policy=policy(style, script),
    )
    return whole if whole.endswith("\n") else whole + "\n"


def policy(style: str, script: str) -> str:
    """Return a page's content security policy: nothing is loaded, and nothing runs but these two texts."""
    from base64 import b64encode
    from hashlib import sha256

    hashes = [b64encode(sha256(text.encode("utf-8")).digest()).decode("ascii") for text in (script, style)]
    return (
        f"default-src 'none'; script-src 'sha256-{hashes[0]}'; style-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )


def shown(text: str) -> str:
    """
    Return a text as a page may hold it: of bounded length, and without what could reorder, hide or break it.

    Control characters, overrides and lone surrogates become escapes, as at a terminal; soft hyphens and marks of
    direction stay, since a browser knows what to do with them.
    """
    cut = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return cut if cut.isprintable() else _SHOWN.sub(lambda found: visible(found.group()), cut)


def link(address: str) -> str:
    """
    Return an address that may be a link; "" for all that leads elsewhere than to a plain http or https page.

    >>> link("https://example.org/a?b=c#d"), link("javascript:alert(1)"), link("https://bank.test@evil.test/")
    ('https://example.org/a?b=c#d', '', '')
    """
    if not re.match(r"(?i)https?://[^/?#\\\s@]", address) or len(address) >= LONGEST:
        return ""
    if shown(address) != address or re.search(f"[\\s\\\\<>\"'`{_HARMLESS}]", address):
        return ""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(address)
        sound = bool(parts.hostname) and "@" not in parts.netloc and (parts.port is None or parts.port > 0)
    except ValueError:
        return ""
    return address if sound else ""


def asset(package: str, name: str) -> str:
    """Return a file of a package's templates, as text: line ends are those that a browser sees, so digests hold on any system."""
    from importlib.resources import files

    return (files(package) / "templates" / name).read_text(encoding="utf-8")


def _engine(package: str, filters: Mapping[str, Callable[..., Any]]) -> Environment:
    """Return what knows the templates of a package, made once."""
    if (known := _engines.get(package)) is not None:
        return known
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    from cleaner.report.terminal import count, percent

    engine = Environment(
        loader=FunctionLoader(lambda name: asset("cleaner.report" if name == "shared.html" else package, name)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    engine.filters.update({"number": lambda number: f"{number:,}", "count": count, "percent": percent, **filters})
    return _engines.setdefault(package, engine)


def _finalize(value: Any) -> Any:
    """Let no text onto a page that `shown` has not seen; what the engine has escaped already, and our own files, pass."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return shown(value)
    return value
