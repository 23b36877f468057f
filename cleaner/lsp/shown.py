"""
What was found, in the words of the protocol: diagnostics, actions, hovers. Pure: a look and what the client can show go in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from time import perf_counter
from typing import Any, NamedTuple

from lsprotocol import types

from cleaner.lsp.look import Found, Looked, keeping
from cleaner.model import Edit, Finding, Span
from cleaner.report.entries import said, title
from cleaner.report.markdown import escaped
from cleaner.report.terminal import aligned, alike
from cleaner.report.visible import Paint, clip, snippet, visible
from cleaner.report.words import compare

SHOW = "cleaner.showOther"
RECORD = "cleaner.recordMeant"
FIX_ALL = "source.fixAll.cleaner"

_ROWS = 24  # of a word diff in a hover: about as much as an editor shows without scrolling
_WIDTH = 76
_MOST = 8  # findings that are acted on at once: each comment is tried out, and a menu of hundreds helps nobody
_PATIENCE = 0.5  # seconds after which no further comment is tried out: large documents take as long for each as for a look
_SAFETY = {"safe": "safe to mend", "unsafe": "may be meant", "report": "for you to judge"}


class Client(NamedTuple):
    """What the client can show; by default as little as the protocol lets it."""

    versions: bool = False  # edits that name the version of the document they are for
    related: bool = False
    unnecessary: bool = False
    documents: bool = False  # window/showDocument
    markdown: bool = False

    @classmethod
    def of(cls, said: types.ClientCapabilities) -> Client:
        workspace, document, window = said.workspace, said.text_document, said.window
        editing = workspace and workspace.workspace_edit
        publish = document and document.publish_diagnostics
        tags = publish and publish.tag_support
        hover = document and document.hover
        formats = (hover and hover.content_format) or ()
        return cls(
            bool(editing and editing.document_changes),
            bool(publish and publish.related_information),
            bool(tags and types.DiagnosticTag.Unnecessary in tags.value_set),
            bool(window and window.show_document and window.show_document.support),
            bool(formats) and formats[0] == types.MarkupKind.Markdown,
        )


class Named(NamedTuple):
    """A look with what the client calls the document."""

    uri: str
    version: int | None
    looked: Looked

    def range(self, span: Span) -> types.Range:
        return types.Range(types.Position(*self.looked.position(span.start)), types.Position(*self.looked.position(span.end)))


def diagnostics(document: Named, client: Client) -> list[types.Diagnostic]:
    """Return what is open in a document."""
    return [_diagnostic(document, found, client) for found in document.looked.found]


def actions(document: Named, wanted: types.Range, only: Sequence[str] | None, client: Client) -> list[types.CodeAction]:
    """Return what can be done about what is found in a range, and about all that is safe to mend."""
    made: list[types.CodeAction] = []
    if _asked(types.CodeActionKind.QuickFix.value, only):
        until = perf_counter() + _PATIENCE
        for number, found in enumerate(_at(document, wanted)[:_MOST]):
            made += _quick(document, found, client, keep=number == 0 or perf_counter() < until)
    if _asked(FIX_ALL, only) and document.looked.cleaned is not None and (edits := document.looked.cleaned.plan.edits):
        number = len(document.looked.cleaned.plan.taken)
        name = "Mend everything that is safe to mend" + (f" ({number})" if number > 1 else "")
        made.append(types.CodeAction(name, kind=FIX_ALL, edit=_edit(document, edits, client)))
    return made


def hover(document: Named, position: types.Position, client: Client) -> types.Hover | None:
    """Return what is to be said of the text at a position; None where nothing was found there."""
    here = _at(document, types.Range(position, position))
    if not here or document.looked.cleaned is None:
        return None
    parts = [_told(document, found, client.markdown) for found in here[:4]]
    kind = types.MarkupKind.Markdown if client.markdown else types.MarkupKind.PlainText
    divided = "\n\n---\n\n" if client.markdown else "\n\n"
    return types.Hover(types.MarkupContent(kind, divided.join(parts)), document.range(here[0].entry.finding.span))


def _diagnostic(document: Named, found: Found, client: Client) -> types.Diagnostic:
    finding = found.entry.finding
    because = f" ({visible(finding.because)})" if finding.because else ""
    related = None
    if client.related and finding.keeper is not None:
        where = types.Location(document.uri, document.range(finding.keeper))
        related = [types.DiagnosticRelatedInformation(where, "the other copy" if finding.safety == "report" else "the copy that stays")]
    gone = client.unnecessary and finding.safety == "safe" and _removal(finding)
    return types.Diagnostic(
        document.range(finding.span),
        visible(finding.message) + because,
        severity=_severity(finding),
        code=finding.rule,
        source="cleaner",
        tags=[types.DiagnosticTag.Unnecessary] if gone else None,
        related_information=related,
        data=found.id,
    )


def _severity(finding: Finding) -> types.DiagnosticSeverity:
    if finding.confidence == "pedantic":
        return types.DiagnosticSeverity.Hint
    return types.DiagnosticSeverity.Warning if finding.safety == "safe" else types.DiagnosticSeverity.Information


def _removal(finding: Finding) -> bool:
    """Whether a finding takes away a copy and nothing else."""
    return finding.keeper is not None and bool(finding.edits) and not any(edit.after.strip() for edit in finding.edits)


def _at(document: Named, wanted: types.Range) -> list[Found]:
    """Return what was found in a range, or where it touches one."""
    low, high = (wanted.start.line, wanted.start.character), (wanted.end.line, wanted.end.character)
    position = document.looked.position
    spans = ((found, found.entry.finding.span) for found in document.looked.found)
    return [found for found, span in spans if position(span.start) <= high and position(span.end) >= low]


def _asked(kind: str, only: Sequence[str] | None) -> bool:
    return only is None or any(kind == each or not each or kind.startswith(each + ".") for each in only)


def _quick(document: Named, found: Found, client: Client, *, keep: bool) -> Iterator[types.CodeAction]:
    entry, looked = found.entry, document.looked
    finding = entry.finding

    def action(name: str, **what: Any) -> types.CodeAction:
        return types.CodeAction(name, kind=types.CodeActionKind.QuickFix, diagnostics=[_diagnostic(document, found, client)], **what)

    if finding.edits and _allowed(document, found):
        name = "Remove this copy" if _removal(finding) else f"Mend this {title(finding.rule).replace('-', ' ')}"
        if finding.keeper is not None and _removal(finding):
            name += f"; line {looked.position(finding.keeper.start)[0] + 1:,} stays"
        yield action(name, is_preferred=finding.safety == "safe" or None, edit=_edit(document, finding.edits, client))
    meant = "Keep both: the repeat is meant" if finding.keeper is not None else "Keep this: it is meant"
    if (comment := keeping(looked, found) if keep else None) is not None:
        yield action(meant, edit=_edit(document, [comment], client))
    elif keep and looked.draft.path:
        name = f"{meant} (recorded in cleaner-decisions.toml)"
        yield action(name, command=types.Command(name, RECORD, arguments=[document.uri, found.id]))
    if client.documents and finding.keeper is not None:
        place = document.range(finding.keeper)
        numbers = [place.start.line, place.start.character, place.end.line, place.end.character]
        name = f"Show the other copy, line {place.start.line + 1:,}"
        yield action(name, command=types.Command(name, SHOW, arguments=[document.uri, *numbers]))


def _allowed(document: Named, found: Found) -> bool:
    """Whether an editor may carry out a finding's edits when asked to: what may be meant, yes; what would break the text, never."""
    if found.entry.mendable:
        return True
    cleaned = document.looked.cleaned
    conflict = cleaned is None or any(block.kind == "conflict" for block in cleaned.blocks)
    return found.entry.finding.safety != "report" and not conflict


def _edit(document: Named, edits: Iterable[Edit], client: Client) -> types.WorkspaceEdit:
    made = [types.TextEdit(document.range(edit.span), edit.after) for edit in edits]
    if not client.versions:
        return types.WorkspaceEdit(changes={document.uri: made})
    named = types.OptionalVersionedTextDocumentIdentifier(document.uri, document.version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(named, made)])


def _told(document: Named, found: Found, markdown: bool) -> str:
    """Return what is to be said of one finding. Of an article only what cannot become markup or steer anything."""
    looked, finding = document.looked, found.entry.finding
    assert looked.cleaned is not None
    article = looked.cleaned.article
    plain = escaped if markdown else visible
    name = f"{finding.rule} {title(finding.rule)}"
    head = f"**{escaped(name)}**: {plain(finding.message)}" if markdown else f"{name}: {visible(finding.message)}"
    parts = [part for part in (alike(finding), _SAFETY[finding.safety], finding.because) if part]
    rows: list[str] = []
    if finding.keeper is not None:
        near = finding.relation in ("near", "contained") or finding.differences
        pieces = compare(said(article, finding.span), said(article, finding.keeper)) if near else None
        if pieces is not None:
            rows = list(aligned(pieces, _WIDTH, Paint(False)))
        else:
            line = looked.position(finding.keeper.start)[0] + 1
            rows = [f"line {line:,}: {snippet(said(article, finding.keeper), _WIDTH - 12)}"]
    rows += [f"{kind}: {_cell(keeper)} / {_cell(duplicate)}" for kind, keeper, duplicate in finding.differences]
    if len(rows) > _ROWS:
        rows = [*rows[:_ROWS], f"and {len(rows) - _ROWS:,} rows more"]
    body = "\n".join(rows)
    if markdown and body:
        fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", body)), 3)
        body = f"{fence}text\n{body}\n{fence}"
    return "\n\n".join(part for part in (head, plain("; ".join(parts)), body) if part)


def _cell(text: str) -> str:
    return clip(visible(text), 32) or "—"
