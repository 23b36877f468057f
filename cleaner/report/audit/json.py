"""
The audit for programs: `cleaner.audit/1`, whose schema lies in ../schema and does not change its meaning.

It holds every finding whatever its status, and no text of an item: what two texts differ in stands in `differences`.
"""

from __future__ import annotations

import re
from typing import Any

from cleaner.feeds.item import Item, Source
from cleaner.model import Difference
from cleaner.report.audit import AuditView
from cleaner.report.audit.figures import BOILERPLATE, Share, counts, matrix, shares
from cleaner.report.entries import title as name
from cleaner.report.json import located, text
from cleaner.stories.model import Aside, Audit, Boilerplate, Change, Cluster, Member

SCHEMA = "cleaner.audit/1"


def document(audit: Audit, view: AuditView | None = None) -> dict[str, Any]:
    """
    Build the audit as plain values.

    Returns:
        A document that the published schema describes (`schema()`). Lone surrogates, which few readers of JSON accept, are
        U+FFFD in it; the name of a source is given exactly beside it where that matters.
    """
    from cleaner import __version__

    version = view.version if view and view.version else __version__
    found: dict[str, Any] = _sound(
        {
            "schema": SCHEMA,
            "version": version,
            "items": counts(audit).items,
            "sources": [_source(share, audit) for share in shares(audit)],
            "clusters": [_cluster(cluster) for cluster in audit.clusters],
            "not_duplicates": [_aside(aside) for aside in audit.asides],
            "boilerplate": [_boilerplate(passage) for passage in audit.boilerplate],
            "changes": [_change(change) for change in audit.changes],
            "repeats": [
                {"source": one, "original_source": other, "items": number}
                for (one, other), number in sorted(matrix(audit).items())
            ],
            "notes": list(audit.notes),
            "errors": [{**located(problem.path), "message": problem.message} for problem in audit.errors],
            "summary": {**counts(audit)._asdict(), "seconds": round(audit.seconds, 3)},
        }
    )
    return found


def dumps(audit: Audit, view: AuditView | None = None) -> str:
    """Write the audit as one JSON document."""
    return text(document(audit, view), indent=1) + "\n"


def one_a_line(audit: Audit, view: AuditView | None = None) -> str:
    """Write one JSON object a line: a finding, with "kind" to tell which; a member of a cluster with its original beside it."""
    whole = document(audit, view)
    rows: list[dict[str, Any]] = []
    for cluster in whole["clusters"]:
        original, *members = cluster["items"]
        about = {key: cluster[key] for key in ("why", "keep")}
        rows += [{"kind": "duplicate", **item, "cluster": cluster["id"], "original": original, **about} for item in members]
    rows += [{"kind": "change", **change} for change in whole["changes"]]
    rows += [{"kind": "boilerplate", **passage} for passage in whole["boilerplate"]]
    rows += [{"kind": "not-duplicate", **aside} for aside in whole["not_duplicates"]]
    rows += [{"kind": "error", **error} for error in whole["errors"]]
    return "".join(text(row) + "\n" for row in rows)


def schema() -> str:
    """Return the JSON Schema of `cleaner.audit/1`."""
    from importlib.resources import files

    return files("cleaner.report").joinpath("schema/audit-1.json").read_text(encoding="utf-8")


def _source(share: Share, audit: Audit) -> dict[str, Any]:
    source: Source = share.source
    exact = located(source.name)
    return {
        "name": exact["path"],
        **({"name_bytes": exact["path_bytes"]} if "path_bytes" in exact else {}),
        "kind": source.kind,
        "title": source.title,
        "site": source.site,
        "items": len(source.items),
        "fresh": sum(item.key in audit.fresh for item in source.items) if audit.history else len(source.items),
        "copies": share.copies,
        "updates": share.updates,
        "ratio": round(share.ratio, 4),
        "unchanged": source.unchanged,
        "notes": list(source.notes),
    }


def _cluster(cluster: Cluster) -> dict[str, Any]:
    original = {**_item(cluster.original), "relation": "original", "rule": None, "name": None, "scores": None}
    return {
        "id": cluster.id,
        "relation": cluster.relation if cluster.members else None,
        "original": cluster.original.key,
        "why": cluster.why,
        "keep": cluster.keep.key,
        "items": [
            {**original, "differences": [], "evidence": [], "advice": "", "finding": None, "status": None},
            *(_member(member) for member in cluster.members),
        ],
    }


def _member(member: Member) -> dict[str, Any]:
    return {**_item(member.item), "relation": member.relation, **_judged(member)}


def _change(change: Change) -> dict[str, Any]:
    return {**_judged(change), "item": _item(change.item), "before": _item(change.before)}


def _judged(finding: Member | Change) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "name": name(finding.rule),
        "scores": finding.scores._asdict() if finding.scores else None,
        "differences": _differences(finding.differences),
        "evidence": list(finding.evidence),
        "advice": finding.advice,
        "finding": finding.id,
        "status": finding.status,
    }


def _aside(aside: Aside) -> dict[str, Any]:
    return {
        "rule": aside.rule,
        "name": name(aside.rule),
        "reason": aside.reason,
        "items": [_item(item) for item in aside.items],
        "differences": _differences(aside.differences),
        "finding": aside.id,
        "status": aside.status,
    }


def _boilerplate(passage: Boilerplate) -> dict[str, Any]:
    return {
        "rule": BOILERPLATE,
        "name": name(BOILERPLATE),
        "source": passage.source,
        "text": passage.text,
        "items": passage.items,
        "of": passage.of,
        "keys": list(passage.keys),
        "advice": passage.advice,
        "finding": passage.id,
        "status": passage.status,
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "key": item.key,
        "source": item.source,
        "number": item.number,
        "id": item.id,
        "url": item.url,
        "canonical": item.canonical,
        "title": item.title,
        "published": item.published,
        "updated": item.updated,
        "seen": item.seen,
        "notes": list(item.notes),
    }


def _differences(differences: tuple[Difference, ...]) -> list[dict[str, str]]:
    return [difference._asdict() for difference in differences]


_LONE = re.compile("[\ud800-\udfff]")


def _sound(value: Any) -> Any:
    """Return plain values with each lone surrogate replaced."""
    if isinstance(value, str):
        return value if value.isascii() else _LONE.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, list):
        return [_sound(each) for each in value]
    return {key: _sound(each) for key, each in value.items()} if isinstance(value, dict) else value
