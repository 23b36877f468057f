"""
The conversation with an editor: it opens documents and types, we look at the newest version and say what is in it.

The protocol is read and written on one thread, documents are looked at on others. What was begun for a version that is no
longer the newest is not begun at all where it still waits, and not shown where it does not.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from time import perf_counter
from typing import Any, Literal, TypeVar

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method
from pygls.uris import to_fs_path

from cleaner import __version__
from cleaner.errors import CleanerError, OptionsError
from cleaner.lsp import shown
from cleaner.lsp.look import Draft, Looked, look
from cleaner.lsp.positions import Encoding, Text
from cleaner.lsp.project import Projects
from cleaner.lsp.shown import Client, Named
from cleaner.report.visible import visible

#: Seconds of quiet before a document is looked at. A key that repeats comes every 33 ms, and an article takes less than that.
_QUIET = 0.02
_MOST_QUIET = 2.0  # of documents that take long

_WATCHED = ("**/cleaner.toml", "**/pyproject.toml", "**/cleaner-decisions.toml")


_Answer = TypeVar("_Answer")


class Document:
    """One open document, and what is known of it."""

    def __init__(self, item: types.TextDocumentItem, encoding: Encoding) -> None:
        self.uri = item.uri
        self.path = os.path.abspath(path) if (path := to_fs_path(item.uri)) else ""
        self.language = item.language_id
        self.version: int | None = item.version
        self.text = Text(item.text, encoding)
        #: The newest look and the text it was about.
        self.looked: Looked | None = None
        self.seconds = 0.0
        self.task: asyncio.Task[None] | None = None
        self.running: Future[Looked] | None = None
        self.complaint = ""

    @property
    def fresh(self) -> bool:
        return self.looked is not None and self.looked.draft.text is self.text


class Protocol(LanguageServerProtocol):
    """As pygls has it, but documents are kept by us: see `positions`."""

    _server: Server

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        self._server.opened(params.text_document)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        self._server.changed(params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        self._server.closed(params.text_document.uri)


class Server(LanguageServer):
    """The server of one editor."""

    def __init__(self, projects: Projects) -> None:
        super().__init__("cleaner", __version__, protocol_cls=Protocol, max_workers=2)
        self.documents: dict[str, Document] = {}
        self.client = Client()
        self.ended = False  # the client has said that it will go
        self._projects = projects
        self._trouble: set[str] = set()  # with settings, as long as nothing could be looked at since
        # Two: a large document must not keep a small one waiting. Of each document one version is looked at at a time.
        self._workers = ThreadPoolExecutor(2, "look")

    def begin(self) -> None:
        """Take note of what the client can do and which folders it has open."""
        self.client = Client.of(self.client_capabilities)
        self.refold()
        self._workers.submit(_warm)

    def refold(self) -> None:
        uris = [folder.uri for folder in self.workspace.folders.values()] or [self.workspace.root_uri or ""]
        self._projects.folders = tuple(os.path.abspath(path) for uri in uris if (path := to_fs_path(uri)))

    # --- documents --------------------------------------------------------------------------------------------------

    def opened(self, item: types.TextDocumentItem) -> None:
        self.closed(item.uri, tell=False)
        self.documents[item.uri] = Document(item, self._encoding())
        self._later(self.documents[item.uri], 0.0)

    def changed(self, params: types.DidChangeTextDocumentParams) -> None:
        document = self.documents.get(params.text_document.uri)
        if document is None:
            return
        for change in params.content_changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                start, end = change.range.start, change.range.end
                document.text = document.text.changed((start.line, start.character), (end.line, end.character), change.text)
            else:
                document.text = Text(change.text, document.text.encoding)
        document.version = params.text_document.version
        self._later(document, min(max(_QUIET, document.seconds), _MOST_QUIET))

    def closed(self, uri: str, *, tell: bool = True) -> None:
        document = self.documents.pop(uri, None)
        if document is None:
            return
        if document.task is not None:
            document.task.cancel()
        if tell:
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    def again(self) -> None:
        """Look at every document anew: settings, decisions or a baseline may have changed."""
        for document in self.documents.values():
            document.looked = None
            self._later(document, 0.0)

    async def newest(self, uri: str) -> Named | None:
        """Return the look at a document's newest version, once there is one; None where it is closed or cannot be looked at."""
        while (document := self.documents.get(uri)) is not None and not document.fresh:
            if document.task is None or document.task.done():
                if document.complaint:
                    return None
                self._later(document, 0.0)
            assert document.task is not None
            await asyncio.wait([document.task])
        return None if document is None or document.looked is None else Named(uri, document.version, document.looked)

    async def apart(self, work: Callable[..., _Answer], *given: Any) -> _Answer:
        """Do what may take a moment beside the conversation."""
        return await asyncio.get_running_loop().run_in_executor(self._workers, work, *given)

    def _encoding(self) -> Encoding:
        said = str(getattr(self.workspace.position_encoding, "value", self.workspace.position_encoding))
        return said if said in ("utf-8", "utf-32") else "utf-16"  # type: ignore[return-value]

    def _later(self, document: Document, quiet: float) -> None:
        if document.task is not None:
            document.task.cancel()
        document.task = asyncio.get_running_loop().create_task(self._look(document, quiet))

    async def _look(self, document: Document, quiet: float) -> None:
        """Look at a document after so many seconds; cancelled by the next version."""
        await asyncio.sleep(quiet)
        while document.running is not None and not document.running.done():
            await asyncio.wait([asyncio.wrap_future(document.running)])
        draft = Draft(document.path, document.language, document.text)
        began = perf_counter()
        document.running = self._workers.submit(self._work, draft)
        try:
            document.looked = await asyncio.wrap_future(document.running)
            document.complaint = ""
            self._trouble.clear()
        except CleanerError as error:
            self._complain(document, error)
        except Exception as error:  # law 9: no document ends the server, also not through a mistake of ours
            logging.getLogger("cleaner").debug("looking at %s failed", document.uri, exc_info=True)
            self._complain(document, CleanerError(f"left alone: an error of our own ({type(error).__name__}: {error}); please report it"))
        document.seconds = perf_counter() - began
        found = [] if document.looked is None else shown.diagnostics(Named(document.uri, document.version, document.looked), self.client)
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(document.uri, found, document.version))

    def _work(self, draft: Draft) -> Looked:
        return look(draft, self._projects.of(draft.path))

    def _complain(self, document: Document, error: CleanerError) -> None:
        """Say what is wrong with a document, once; what is wrong with settings once for all documents."""
        document.looked = None
        message, before = str(error), document.complaint
        document.complaint = message
        if isinstance(error, OptionsError):
            if message not in self._trouble:
                self.say(message)
            self._trouble.add(message)
        elif message != before:
            self.say(f"{os.path.basename(document.path) or document.uri}: {message}")

    def say(self, message: str, kind: types.MessageType = types.MessageType.Warning) -> None:
        self.window_show_message(types.ShowMessageParams(kind, f"cleaner: {visible(message)}"))

    # --- commands ---------------------------------------------------------------------------------------------------

    async def record(self, uri: str, own: str) -> None:
        """Write down that a finding is meant, for this and every later run."""
        document = await self.newest(uri)
        if document is None or document.looked.cleaned is None:
            return
        entry = next((found.entry for found in document.looked.found if found.id == own), None)
        if entry is None:
            self.say("what is to be kept is no longer found; nothing was recorded")
            return
        from cleaner import decisions
        from cleaner.report.decided import decisions as decided
        from cleaner.source import write

        root = document.looked.project.root
        path = decisions.place(root)
        try:
            every = {decision.id: decision for decision in decisions.read(path)}
            every.update((decision.id, decision) for decision in decided("meant", own, document.looked.cleaned, entry, root))
            write(path, decisions.written(every.values()), None)
        except CleanerError as error:
            self.say(str(error))
        self.again()

    async def show(self, uri: str, place: types.Range) -> None:
        """Bring a place before the reader's eyes."""
        await self.window_show_document_async(types.ShowDocumentParams(uri, take_focus=True, selection=place))


def make(projects: Projects) -> Server:
    """Return a server that answers to what editors ask."""
    server = Server(projects)

    @server.feature(types.INITIALIZED)
    async def initialized(ls: Server, params: types.InitializedParams) -> None:
        ls.begin()
        workspace = ls.client_capabilities.workspace
        watching = workspace and workspace.did_change_watched_files
        if watching and watching.dynamic_registration:
            watchers = [types.FileSystemWatcher(glob) for glob in _WATCHED]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            wish = types.Registration("cleaner-settings", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
            await ls.client_register_capability_async(types.RegistrationParams([wish]))

    @server.feature(types.SHUTDOWN)
    def shutdown(ls: Server, params: Any) -> None:
        ls.ended = True

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(ls: Server, params: types.DidSaveTextDocumentParams) -> None:
        if params.text_document.uri.endswith(".toml"):  # settings or decisions; not every client watches files
            ls.again()

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def watched(ls: Server, params: types.DidChangeWatchedFilesParams) -> None:
        ls.again()

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def configured(ls: Server, params: types.DidChangeConfigurationParams) -> None:
        ls.again()

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def refolded(ls: Server, params: types.DidChangeWorkspaceFoldersParams) -> None:
        ls.refold()
        ls.again()

    kinds: list[types.CodeActionKind | str] = [types.CodeActionKind.QuickFix, shown.FIX_ALL]

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=kinds))
    async def act(ls: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
        document = await ls.newest(params.text_document.uri)
        only = params.context.only and [str(getattr(kind, "value", kind)) for kind in params.context.only]
        return await ls.apart(shown.actions, document, params.range, only, ls.client) if document else []

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(ls: Server, params: types.HoverParams) -> types.Hover | None:
        document = await ls.newest(params.text_document.uri)
        return await ls.apart(shown.hover, document, params.position, ls.client) if document else None

    @server.command(shown.SHOW)
    async def show(ls: Server, uri: str, line: int, column: int, last: int, end: int) -> None:
        await ls.show(uri, types.Range(types.Position(line, column), types.Position(last, end)))

    @server.command(shown.RECORD)
    async def record(ls: Server, uri: str, own: str) -> None:
        await ls.record(uri, own)

    return server


def serve(projects: Projects, *, debug: bool = False) -> Literal[0, 1]:
    """Talk to an editor over standard input and output until it says goodbye (0) or is gone without a word (1)."""
    logging.basicConfig(stream=sys.stderr, level=logging.DEBUG if debug else logging.CRITICAL)
    server = make(projects)
    # A stdout of its own, because pygls closes it at the end and we still flush ours.
    with suppress(OSError), os.fdopen(os.dup(sys.stdout.fileno()), "wb") as stdout:
        server.start_io(sys.stdin.buffer, stdout)
    return 0 if server.ended else 1


def _warm() -> None:
    """Load what the first look needs while the editor is still opening its first document."""
    from cleaner.model import Article, Origin
    from cleaner.options import Options
    from cleaner.pipeline import clean_article

    text = "# Harbour\n\nThe ferry left the northern pier at dawn on Monday.\n\nThe ferry left the northern pier at dawn on Monday.\n"
    clean_article(Article(text, "markdown", Origin("", "utf-8", b"", "")), Options())
