"""
What mkdocs is told beyond mkdocs.yml: the order of the pages, the pages that are made, and links that lead out of docs/.

The pages are written for the repository: their links are paths in it, and a link's fragment is what a forge makes of a heading. Both
are kept here, so that one text serves both places.
"""

from __future__ import annotations

import json
import posixpath
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

import live  # noqa: E402 - beside this file, which mkdocs loads by its path
import make  # noqa: E402
import plots  # noqa: E402

#: Sections with their pages, in reading order; a page that is not there yet is left out, and one that is not named comes last.
NAV: dict[str, dict[str, str]] = {
    "Start": {
        "index.md": "Overview",
        "readme.md": "In two minutes",
        "why.md": "Why",
        "install.md": "Installing",
        "tutorial.md": "Tutorial",
    },
    "How to": {
        "clean.md": "Clean articles",
        "check.md": "Keep a repository clean",
        "across.md": "Compare files with each other",
        "audit.md": "Audit feeds and collections",
        "collections.md": "Clean a collection of millions",
        "scale.md": "From one machine to a cluster",
        "reports.md": "Reports as pages and pictures",
        "review.md": "Review in a browser",
        "editors.md": "Editors",
        "ci.md": "Continuous integration",
    },
    "Rules": {},
    "Reference": {
        "formats.md": "Formats",
        "api.md": "From Python",
        "reference.md": "Python reference",
        "schemas.md": "JSON schemas",
    },
    "How good it is": {
        "accuracy.md": "Accuracy",
        "accuracy-across.md": "Accuracy across files",
        "benchmarks.md": "Benchmarks",
        "profiles.md": "Where time goes",
        "comparison.md": "Beside other tools",
    },
    "Project": {
        "design.md": "Design",
        "contributing.md": "Contributing",
        "changelog.md": "Changes",
    },
}

#: Files of the repository that are pages of the site.
_HOME = {"README.md": "readme.md", "CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md"}
_LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
_RULE = re.compile(r"rules\.md#([a-z]\d{3})-[\w-]+")
_OF_FENCE = re.compile(r"^(`{3,}).*?^\1$", re.MULTILINE | re.DOTALL)
_PLOT = re.compile(r"<!-- plot: (.*?) -->")


def slug(text: str, separator: str) -> str:
    """Return the fragment of a heading as forges make it: no hyphen is folded, and letters stay what they are."""
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", separator)


def on_config(config: Any) -> Any:
    """Set what YAML cannot say: how fragments are made, and which pages there are."""
    config.mdx_configs.setdefault("toc", {})["slugify"] = slug
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").glob("*.md")} | set(made())
    nav: list[Any] = []
    for section, titles in NAV.items():
        there = [{title: name} for name, title in titles.items() if name in pages]
        if section == "Rules":
            there = [{"All rules": "rules.md"}, *({family: [{f"{code} {name}": f"rules/{code}.md"} for code, name in rows]} for family, rows in families())]
        nav.append({section: there})
    named = {name for titles in NAV.values() for name in titles} | {"rules.md"}
    others = sorted(name for name in pages - named if "/" not in name)
    if others:
        nav.append({"More": others})
    config.nav = nav
    return config


def families() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the families of rules, each with its codes and names."""
    from cleaner.rules import AUDIT, CODES

    every = sorted((CODES | AUDIT).items())
    titles = {"F": "Audits"}
    return [(titles.get(letter, family), [row for row in every if row[0].startswith(letter)]) for letter, family in make.FAMILIES.items()]


@cache
def made() -> dict[str, str]:
    """Return the pages and files that are made, by their place in the site."""
    pages = {page: (ROOT / name).read_text(encoding="utf-8") for name, page in _HOME.items()}
    pages["reference.md"] = _reference()
    pages["schemas.md"] = _schemas()
    for name in _schema_files():
        pages[f"schemas/{name}"] = (ROOT / "cleaner" / "report" / "schema" / name).read_text(encoding="utf-8")
    for code, shown in live.everything().items():
        words = live.words(code).rstrip()
        pages[f"rules/{code}.md"] = f"{words}\n\n## As the program sees it\n\nThis was run when the page was made.\n\n{shown}"
    for path in sorted((ROOT / "docs").glob("*.md")):
        for asked in _PLOT.findall(path.read_text(encoding="utf-8")):
            name, picture = plots.plotted(path.read_text(encoding="utf-8"), asked)
            pages[f"plots/{path.stem}-{name}.svg"] = picture
    return pages


def on_files(files: Files, config: Any) -> Files:
    """Add what is made."""
    for name, text in made().items():
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    """Let links lead where they lead in the repository, and put plots where they were asked for."""
    name = page.file.src_uri
    # A generated page of the top speaks of the repository from there, all others from docs/ or from where they are made.
    at_top = name in _HOME.values()

    def told(found: re.Match[str]) -> str:
        text, target = found[1], found[2]
        if name == "rules.md" and target.startswith("#"):
            target = "rules.md" + target
        if "://" in target or target.startswith(("#", "mailto:")):
            return found[0]
        path, mark, fragment = target.partition("#")
        inside = posixpath.normpath(posixpath.join("" if at_top else posixpath.join("docs", posixpath.dirname(name)), path))
        if rule := _RULE.fullmatch(posixpath.basename(target)):
            goal = f"rules/{rule[1].upper()}.md"
        elif inside in _HOME:
            goal = _HOME[inside] + mark + fragment
        elif inside.startswith("docs/"):
            goal = inside.removeprefix("docs/") + mark + fragment
        else:
            return text  # a file of the repository that is not part of the site
        return f"[{text}]({posixpath.relpath(goal, posixpath.dirname(name) or '.')})"

    def picture(found: re.Match[str]) -> str:
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        title, _ = plots.plotted(text, found[1])
        return f"![{plots.said(text, found[1])}](plots/{Path(name).stem}-{title}.svg)"

    if name == "rules.md":
        markdown = _overview(markdown)
    kept = _outside(markdown, lambda part: _PLOT.sub(picture, _LINK.sub(told, part)))
    return re.sub(r"(?m)^(#+ .*)<!--.*?-->$", r"\1", kept)


def _outside(markdown: str, change: Any) -> str:
    """Change a page outside of its fenced blocks."""
    parts, at = [], 0
    for fence in _OF_FENCE.finditer(markdown):
        parts += [change(markdown[at : fence.start()]), fence[0]]
        at = fence.end()
    return "".join([*parts, change(markdown[at:])])


def _overview(markdown: str) -> str:
    """Return the page of all rules without what has a page of its own here."""
    return re.split(r"(?m)^## [A-Z]\d{3} ", markdown)[0]


_REFERENCE = {
    "Functions": ("cleaner.api.clean", "cleaner.api.check", "cleaner.api.audit", "cleaner.api.copies", "cleaner.corpus.model.Copy"),
    "Options": ("cleaner.options.Options",),
    "What a run returns": tuple(
        f"cleaner.model.{name}" for name in ("Report", "Cleaned", "Article", "Origin", "Block", "Finding", "Edit", "Plan", "Skipped", "Difference", "Scores", "Span", "Problem", "Place")
    ),
    "What an audit returns": tuple(f"cleaner.stories.model.{name}" for name in ("Audit", "Cluster", "Member", "Aside", "Boilerplate", "Change")),
    "Plans and edits": ("cleaner.plan.apply", "cleaner.plan.inverse"),
    "Reports": ("cleaner.report.render", "cleaner.report.View"),
    "Errors": ("cleaner.errors",),
}


def _reference() -> str:
    rows = ["# Python reference\n", "Made of the docstrings; [From Python](api.md) shows them at work. What is not here may change in any version.\n"]
    for title, names in _REFERENCE.items():
        rows.append(f"## {title}\n")
        rows += [f"::: {name}\n" for name in names]
    return "\n".join(rows)


def _schema_files() -> list[str]:
    return sorted(path.name for path in (ROOT / "cleaner" / "report" / "schema").glob("*.json"))


def _schemas() -> str:
    """Return the page of the JSON schemas: each as a file, and as tables."""
    rows = ["# JSON schemas\n", "What programs may rely on. Keys may be added within a version; none is taken away, and none changes its meaning.\n"]
    for name in _schema_files():
        schema = json.loads((ROOT / "cleaner" / "report" / "schema" / name).read_text(encoding="utf-8"))
        rows += [f"## {schema['title']}\n", f"{schema['description']}\n", f"The schema: [{name}](schemas/{name}).\n"]
        for title, part in {"The document": schema, **schema.get("$defs", {})}.items():
            if part.get("properties"):
                rows += _table(schema["title"], title, part)
    return "\n".join(rows)


def _table(document: str, title: str, part: dict[str, Any]) -> list[str]:
    heading = title if title == "The document" else f"`{title}`"
    rows = [f"### {heading} of {document}\n", f"{part['description']}\n" if "description" in part and title != "The document" else "", "| key | value | |", "|---|---|---|"]
    needed = set(part.get("required", ()))
    for key, value in part["properties"].items():
        optional = "" if key in needed else " (may be absent)"
        rows.append(f"| `{key}` | {_kind(value)}{optional} | {_cell(value.get('description', ''))} |")
    return [*rows, ""]


def _kind(value: dict[str, Any]) -> str:
    """Say in a few words what a value may be."""
    if "const" in value:
        return f"`{json.dumps(value['const'])}`"
    if "enum" in value:
        return ", ".join(f"`{json.dumps(each)}`" for each in value["enum"])
    if "$ref" in value:
        return f"`{value['$ref'].rpartition('/')[2]}`"
    for several in ("anyOf", "oneOf"):
        if several in value:
            return " or ".join(_kind(each) for each in value[several])
    kind = value.get("type", "anything")
    if kind == "array":
        return f"list of {_kind(value.get('items', {}))}"
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
