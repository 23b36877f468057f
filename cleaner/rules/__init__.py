"""
The rules, by family. Each module finds; each rule documents itself in the module's `DOCS` or in docs.py.
"""

from __future__ import annotations

CODES: dict[str, str] = {
    "D101": "repeated-paragraph",
    "D102": "near-repeated-paragraph",
    "D103": "repeated-run",
    "D104": "contained-paragraph",
    "D105": "conflicting-copy",
    "D110": "repeated-title",
    "D111": "repeated-heading",
    "D120": "repeated-sentence",
    "D121": "doubled-word",
    "D130": "repeated-list-item",
    "D131": "repeated-table-row",
    "D140": "repeated-key",
    "D141": "repeated-entry",
    "D201": "repeated-article",
    "D202": "shared-passage",
    "D203": "boilerplate",
    "E001": "mojibake",
    "E002": "wrong-encoding",
    "E003": "invisible-character",
    "E004": "html-entity",
    "E005": "typographic-quote",
    "E006": "ligature",
    "E007": "character-width",
    "E008": "line-break",
    "E009": "normal-form",
    "E010": "c1-control",
    "L401": "title-first",
    "L402": "title-as-heading",
    "L403": "blank-lines",
    "M801": "merge-conflict",
    "S901": "unused-suppression",
    "S902": "unused-decision",
}

#: What `cleaner audit` finds across items. They are no rules of a text: --select does not know them.
AUDIT: dict[str, str] = {
    "F301": "same-id",
    "F302": "same-link",
    "F303": "changed-id",
    "F304": "republished",
    "F305": "corrected-title",
    "F306": "updated",
    "F307": "syndicated",
    "F308": "contained",
    "F309": "copied-text",
    "F310": "feed-boilerplate",
    "F311": "series",
    "F312": "same-title",
    "F313": "reused-id",
    "F314": "reused-link",
    "F315": "differing-facts",
    "F316": "other-recording",
    "F320": "silently-changed",
}

#: Rules that run only when they are asked for by --select or --extend-select.
OPT_IN: frozenset[str] = frozenset({"E005", "E006", "E007", "E008", "E009", "E010"})


def explain(code: str) -> str:
    """
    Return a rule's own documentation, as Markdown.

    Raises:
        KeyError: If there is no such rule.
    """
    name = CODES.get(code) or AUDIT[code]
    from importlib import import_module

    written: dict[str, str] = {}
    for module in ("docs", "encoding", "words", "feeds"):
        written |= import_module(f"cleaner.rules.{module}").DOCS
    assert written[code].startswith(f"# {code} {name}"), code
    return written[code]
