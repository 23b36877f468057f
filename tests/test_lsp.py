"""The language server, talked to as an editor does: a real client, the real command, over a pipe."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.lsp.positions import Text

types = pytest.importorskip("lsprotocol.types", reason="pygls is needed (pip install '.[lsp]')")

ENCODINGS = ("utf-8", "utf-16", "utf-32")
ONE = "The council approved the new bridge on Monday after a long debate about its cost and the noise."
TWO = "Residents on the northern bank had asked for it since the old ferry was sold to another town."
THREE = "Work is to begin in spring, and the first cars are expected to cross the river two years later."
FOUR = "A petition against the bridge was signed by forty people, most of whom own a boat of their own."
ARTICLE = [f"# A bridge at last {chr(0x1F309)}", "", ONE, "", TWO, "", THREE, "", FOUR, "", ONE, ""]
CJK = "評議会は長い議論の末に月曜日、新しい橋の建設を承認しました。費用と騒音が問題でした。"
SEVERITY = types.DiagnosticSeverity


class Editor:
    """A client with open documents, which it edits as it is told."""

    def __init__(self, client: Any, encoding: str) -> None:
        self.client = client
        self.encoding = encoding
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.told: dict[str, list[Any]] = {}
        self.messages: list[str] = []
        self.shown: list[Any] = []
        self.heard = asyncio.Condition()

    async def open(self, uri: str, text: str, language: str = "markdown") -> list[Any]:
        """Open a document, and return its diagnostics."""
        self.texts[uri], self.versions[uri] = text, 1
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, language, 1, text)))
        return await self.diagnostics(uri)

    def type(self, uri: str, offset: int, new: str, gone: int = 0) -> None:
        """Write a text at an offset, in place of so many characters."""
        text = self.texts[uri]
        place = types.Range(self.position(text, offset), self.position(text, offset + gone))
        self.texts[uri] = text[:offset] + new + text[offset + gone :]
        self.versions[uri] += 1
        name = types.VersionedTextDocumentIdentifier(self.versions[uri], uri)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(name, [types.TextDocumentContentChangePartial(place, new)]))

    def apply(self, edit: Any) -> None:
        """Carry out a WorkspaceEdit as the protocol says: all its edits are about the text as it is now."""
        [part] = edit.document_changes
        uri = part.text_document.uri
        assert part.text_document.version == self.versions[uri]
        text = self.texts[uri]
        edits = [(self.offset(text, each.range.start), self.offset(text, each.range.end), each.new_text) for each in part.edits]
        for start, end, new in reversed(sorted(edits, key=lambda each: each[:2])):
            self.type(uri, start, new, end - start)

    async def diagnostics(self, uri: str) -> list[Any]:
        """Return the diagnostics of the newest version, once they are there."""
        return list((await self.until(lambda: self.newest(uri))).diagnostics)

    def newest(self, uri: str) -> Any:
        told = self.told.get(uri, [])
        return told[-1] if told and told[-1].version == self.versions[uri] else None

    async def until(self, true: Callable[[], Any]) -> Any:
        async with asyncio.timeout(30), self.heard:
            while not (found := true()):
                await self.heard.wait()
            return found

    async def actions(self, uri: str, line: int, only: list[str] | None = None) -> dict[str, Any]:
        """Return what can be done where a line (from 0) begins, by the first word of each title."""
        text = re.split("\r\n|\n|\r", self.texts.get(uri, ""))[line:]
        place = types.Position(line, len(text[0]) - len(text[0].lstrip(" ")) if text else 0)
        params = types.CodeActionParams(types.TextDocumentIdentifier(uri), types.Range(place, place), types.CodeActionContext([], only=only))
        return {action.title.split()[0]: action for action in await self.client.text_document_code_action_async(params)}

    async def hover(self, uri: str, line: int) -> str:
        found = await self.client.text_document_hover_async(types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(line, 1)))
        return found.contents.value if found else ""

    async def run(self, action: Any) -> None:
        await self.client.workspace_execute_command_async(types.ExecuteCommandParams(action.command.command, action.command.arguments))

    def position(self, text: str, offset: int) -> Any:
        line, at, column = 0, 0, 0
        while at < offset:
            if text[at] == "\n" or (text[at] == "\r" and text[at + 1 : at + 2] != "\n"):
                line, column = line + 1, 0
            elif text[at] != "\r":
                column += units(text[at], self.encoding)
            at += 1
        return types.Position(line, column)

    def offset(self, text: str, position: Any) -> int:
        return next(at for at in range(len(text) + 1) if self.position(text, at) == position)

    def place(self, uri: str, found: Any) -> str:
        """Return the text that a range covers."""
        text = self.texts[uri]
        return text[self.offset(text, found.start) : self.offset(text, found.end)]


def units(character: str, encoding: str) -> int:
    return len(character.encode(encoding + "-le" if encoding != "utf-8" else encoding, "surrogatepass")) // {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]


def converter() -> Any:
    """Return lsprotocol's converter, which takes each action that has a command for a bare command; ours never are."""
    from pygls.protocol import default_converter

    made = default_converter()
    made.register_structure_hook(types.Command | types.CodeAction, lambda data, _: made.structure(data, types.CodeAction))
    import typing

    made.register_structure_hook(typing.Union[types.Command, types.CodeAction], lambda data, _: made.structure(data, types.CodeAction))
    return made


def capabilities(encoding: str, markdown: bool) -> Any:
    kinds = [types.MarkupKind.Markdown, types.MarkupKind.PlainText] if markdown else [types.MarkupKind.PlainText]
    tags = types.ClientDiagnosticsTagOptions([types.DiagnosticTag.Unnecessary])
    return types.ClientCapabilities(
        general=types.GeneralClientCapabilities(position_encodings=[encoding]),
        window=types.WindowClientCapabilities(show_document=types.ShowDocumentClientCapabilities(support=True)),
        workspace=types.WorkspaceClientCapabilities(workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True)),
        text_document=types.TextDocumentClientCapabilities(
            hover=types.HoverClientCapabilities(content_format=kinds),
            publish_diagnostics=types.PublishDiagnosticsClientCapabilities(related_information=True, tag_support=tags),
        ),
    )


@asynccontextmanager
async def editor(folder: Path | None = None, encoding: str = "utf-16", markdown: bool = True) -> AsyncIterator[Editor]:
    """Start the server as an editor does that has opened a folder, and end it politely."""
    from pygls.lsp.client import LanguageClient

    client = LanguageClient("test", "1", converter_factory=converter)
    own = Editor(client, encoding)

    async def heard() -> None:
        async with own.heard:
            own.heard.notify_all()

    @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    async def publish(params: Any) -> None:
        own.told.setdefault(params.uri, []).append(params)
        await heard()

    @client.feature(types.WINDOW_SHOW_MESSAGE)
    async def message(params: Any) -> None:
        own.messages.append(params.message)
        await heard()

    @client.feature(types.WINDOW_SHOW_DOCUMENT)
    async def show(params: Any) -> Any:
        own.shown.append(params)
        return types.ShowDocumentResult(True)

    await client.start_io(sys.executable, "-m", "cleaner", "lsp", "--stdio")
    folders = [types.WorkspaceFolder(folder.as_uri(), "folder")] if folder else None
    result = await client.initialize_async(types.InitializeParams(capabilities(encoding, markdown), workspace_folders=folders))
    assert result.capabilities.position_encoding == encoding
    client.initialized(types.InitializedParams())
    yield own
    await client.shutdown_async(None)
    client.exit(None)
    server = client._server
    assert await asyncio.wait_for(server.wait(), 30) == 0
    assert (await server.stderr.read()).decode() == ""
    await client.stop()


def talk(talking: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(talking(), 90))  # type: ignore[arg-type]


def project(folder: Path, settings: str = 'profile = "article"\n') -> Path:
    (folder / "cleaner.toml").write_text(settings, encoding="utf-8")
    return folder


def check(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "cleaner", "check", *arguments], cwd=folder, capture_output=True, text=True, encoding="utf-8", env={**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": os.pathsep.join(filter(None, [str(Path(__file__).resolve().parents[1]), os.environ.get("PYTHONPATH", "")]))})


texts = st.text(st.sampled_from("ab \n\r\x0c\u2028\x85é渡\U0001f600\U00020000\u0301\u200d\ufeff"), max_size=40)


@given(texts, st.sampled_from(ENCODINGS))
def test_positions_convert_back_and_forth(text: str, encoding: Any) -> None:
    """Every offset but that between \\r and \\n comes back from the client's line and column, which is what a reader counts."""
    counted = Text(text, encoding)
    plain = Editor(None, encoding)
    for offset in range(len(text) + 1):
        if text[offset - 1 : offset + 1] != "\r\n" or offset == 0:
            position = plain.position(text, offset)
            assert counted.position(offset) == (position.line, position.character)
            assert counted.offset(position.line, position.character) == offset


@given(texts, texts, st.integers(0, 40), st.integers(0, 10), st.sampled_from(ENCODINGS))
def test_a_change_is_what_the_editor_did(text: str, new: str, start: int, length: int, encoding: Any) -> None:
    """Replacing a stretch by positions gives what replacing it by offsets gives."""
    start = min(start, len(text))
    end = min(start + length, len(text))
    if "\r\n" in (text[max(start - 1, 0) : start + 1], text[max(end - 1, 0) : end + 1]):
        return
    counted = Text(text, encoding)
    assert counted.changed(counted.position(start), counted.position(end), new).text == text[:start] + new + text[end:]


@given(texts, st.integers(0, 50), st.integers(0, 50), st.sampled_from(ENCODINGS))
def test_no_position_is_out_of_reach(text: str, line: int, column: int, encoding: Any) -> None:
    """A column behind the line's end is that end, a line below the last the text's; half a character is none."""
    counted = Text(text, encoding)
    offset = counted.offset(line, column)
    assert 0 <= offset <= len(text)
    if line < len(counted.lines):
        assert counted.position(offset)[0] == line and counted.position(offset)[1] <= column


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_halves_of_surrogate_pairs_do_no_harm(encoding: Any) -> None:
    """A text with half a pair, as JSON can hold it, is counted as the client counts it."""
    counted = Text("a\ud800b\udc00", encoding)
    assert counted.position(3)[1] == sum(units(each, encoding) for each in "a\ud800b")
    assert counted.text.encode("utf-8")


def test_diagnostics_come_while_typing(tmp_path: Path) -> None:
    """What stands twice is shown at once, goes when it is typed over and comes back; lines above move it."""
    uri = (project(tmp_path) / "bridge.md").as_uri()

    async def talking() -> None:
        async with editor(tmp_path) as own:
            text = "\n".join(ARTICLE)
            [found] = await own.open(uri, text)
            assert (found.code, found.source, found.severity) == ("D101", "cleaner", SEVERITY.Warning)
            assert (found.range.start.line, found.range.end.line) == (10, 10) and own.place(uri, found.range) == ONE
            assert list(found.tags) == [types.DiagnosticTag.Unnecessary] and found.code_description is None
            [other] = found.related_information
            assert other.location.uri == uri and other.location.range.start.line == 2 and other.message == "the copy that stays"
            own.type(uri, 0, "\n\n")
            [found] = await own.diagnostics(uri)
            assert found.range.start.line == 12 and "line 13 repeats the paragraph in line 5" in found.message
            at = own.texts[uri].rindex("Monday")
            own.type(uri, at, "Never before had anybody in this town seen so many people with umbrellas in one small room. ")
            assert not [each for each in await own.diagnostics(uri) if each.code == "D101"]
            own.type(uri, at, "", 92)
            assert [each.code for each in await own.diagnostics(uri)] == ["D101"]
            own.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))
            await own.until(lambda: not own.told[uri][-1].diagnostics)

    talk(talking)


def test_the_newest_version_wins(tmp_path: Path) -> None:
    """Of many keys in a row some versions are passed over, none is shown after a newer one, and the last one is shown."""
    uri = (project(tmp_path) / "bridge.md").as_uri()

    async def talking() -> None:
        async with editor(tmp_path) as own:
            await own.open(uri, "\n".join(ARTICLE))
            for _ in range(60):
                own.type(uri, 0, "x")
            [found] = await own.diagnostics(uri)
            seen = [each.version for each in own.told[uri]]
            assert seen == sorted(set(seen)) and len(seen) < 20
            assert own.place(uri, found.range) == ONE

    talk(talking)


SAMPLES = {
    "plain.md": "\n".join(ARTICLE),
    "crlf.md": "\r\n".join(ARTICLE),
    "cr.txt": "\r".join([ONE, "", TWO, "", ONE, "", f"{chr(0x1F309)} It was the the best of bridges.", ""]),
    "cjk.md": f"# 橋\U00020000\n\n{CJK}\n\n渡し船は売られました。\U0001f600 今年の春に工事が始まる予定です。\n\n{CJK}\n",
    "run.md": "\n\n".join([f"# \U0001f600 {TWO[:20]}", ONE, TWO, THREE, FOUR, ONE, TWO, f"\U0001f600 Last. {THREE}"]) + "\n",
    "mojibake.md": f"# Caf\u00c3\u00a9 \U0001f600\n\n\U0001f600 The caf\u00c3\u00a9 at the the river.\n\n{ONE}\n\n{TWO}\n\n{ONE}\n",
    "page.html": f"<html><body><h1>\U0001f309</h1>\r\n<p>{ONE}</p>\r\n<p>\U0001f600 {TWO}</p>\r\n<p>{ONE}</p></body></html>\r\n",
    "separators.md": f"# A\x0cB\u2028C\n\n{ONE}\u2028{TWO}\n\n{THREE}\x0c{FOUR}\n\n{ONE}\u2028{TWO}\n",
    "bom.md": "\ufeff" + "\n".join(ARTICLE),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_mending_everything_is_check_fix(tmp_path: Path, encoding: str) -> None:
    """The source action leaves in the editor what `check --fix` leaves in the file, to the byte, whatever is counted in."""
    project(tmp_path)
    for name, text in SAMPLES.items():
        (tmp_path / name).write_bytes(text.encode("utf-8"))
    check(tmp_path, "--fix", *SAMPLES)

    async def talking() -> None:
        async with editor(tmp_path, encoding) as own:
            for name, text in SAMPLES.items():
                uri = (tmp_path / name).as_uri()
                assert await own.open(uri, text), name
                actions = await own.actions(uri, 0, ["source.fixAll"])
                own.apply(actions["Mend"].edit)
                fixed = (tmp_path / name).read_bytes().decode("utf-8")
                assert own.texts[uri] == fixed != text, name
                await own.diagnostics(uri)
                assert await own.actions(uri, 0, ["source.fixAll"]) == {}

    talk(talking)


def test_one_copy_is_removed_alone(tmp_path: Path) -> None:
    """The quick fix of one finding mends that one; what is safe is preferred, and says which copy stays."""
    uri = (project(tmp_path) / "bridge.md").as_uri()

    async def talking() -> None:
        async with editor(tmp_path) as own:
            await own.open(uri, "\n".join([*ARTICLE, "It was the the end.", ""]))
            actions = await own.actions(uri, 10, ["quickfix"])
            assert actions["Remove"].title == "Remove this copy; line 3 stays" and actions["Remove"].is_preferred
            assert [each.code for each in actions["Remove"].diagnostics] == ["D101"]
            own.apply(actions["Remove"].edit)
            assert own.texts[uri] == "\n".join([*ARTICLE[:-2], "It was the the end.", ""])
            assert [each.code for each in await own.diagnostics(uri)] == ["D121"]
            actions = await own.actions(uri, 10)
            assert actions["Mend"].kind == "source.fixAll.cleaner"

    talk(talking)


def test_what_may_be_meant_is_offered_and_not_preferred(tmp_path: Path) -> None:
    """An edit that may be meant can be asked for; a conflict of facts and a merge conflict offer none."""
    uri = (project(tmp_path) / "bridge.md").as_uri()
    near = TWO.replace("on the northern", "of the northern")
    other = ONE.replace("Monday", "Tuesday")

    async def talking() -> None:
        async with editor(tmp_path) as own:
            found = await own.open(uri, "\n\n".join(["# A bridge", TWO, ONE, THREE, near, FOUR, other]) + "\n")
            assert {(each.code, each.severity) for each in found} == {("D102", SEVERITY.Information), ("D105", SEVERITY.Information)}
            unsafe = await own.actions(uri, 8)
            assert not unsafe["Remove"].is_preferred
            assert not {"Remove", "Mend"} & set(await own.actions(uri, 12))
            own.type(uri, 0, f"<<<<<<< a\n{FOUR}\n=======\n{FOUR} No.\n>>>>>>> b\n\n")
            await own.diagnostics(uri)
            for line in range(20):
                assert not {"Remove", "Mend"} & set(await own.actions(uri, line))

    talk(talking)


KEPT = {
    "a.md": ("\n".join(ARTICLE), 10, "<!-- cleaner: keep D101 -->\n\n"),
    "b.md": ("\r\n".join(ARTICLE), 10, "<!-- cleaner: keep D101 -->\r\n\r\n"),
    "c.mdx": ("\n".join(ARTICLE), 10, "{/* cleaner: keep D101 */}\n\n"),
    "d.rst": ("\n".join(["Bridge", "======", *ARTICLE[1:]]), 11, ".. cleaner: keep D101\n\n"),
    "e.adoc": ("\n".join(["= Bridge", *ARTICLE[1:]]), 10, "// cleaner: keep D101\n"),
    "f.html": (f"<html><body><h1>A bridge</h1>\n  <p>{ONE}</p>\n  <p>{TWO}</p>\n  <p>{ONE}</p>\n</body></html>\n", 3, "<!-- cleaner: keep D101 -->\n  "),
}


def test_meant_is_said_in_the_file_s_own_comments(tmp_path: Path) -> None:
    """Keep both writes the author's comment above the block; then nothing is shown, to the editor nor to `check`."""
    project(tmp_path)

    async def talking() -> None:
        async with editor(tmp_path) as own:
            for name, (text, line, comment) in KEPT.items():
                uri = (tmp_path / name).as_uri()
                assert [each.code for each in await own.open(uri, text)] == ["D101"], name
                edit = (await own.actions(uri, line))["Keep"].edit
                assert edit.document_changes[0].edits[0].new_text == comment
                own.apply(edit)
                assert await own.diagnostics(uri) == [], name
                (tmp_path / name).write_bytes(own.texts[uri].encode("utf-8"))

    talk(talking)
    done = check(tmp_path, *KEPT)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout


def test_meant_is_recorded_where_no_comment_can_stand(tmp_path: Path) -> None:
    """In a list and in a plain text a decision is recorded, which `check` reads; equal findings are told apart."""
    project(tmp_path)
    rows = [ONE, "", TWO, "", ONE, ""]
    items = "\n".join(["Things to see:", "", *(f"- {each}" for each in (ONE, TWO, THREE, ONE)), "", FOUR, ""])
    (tmp_path / "a.txt").write_text("\n".join(rows), encoding="utf-8")
    (tmp_path / "b.md").write_text(items, encoding="utf-8")

    async def talking() -> None:
        async with editor(tmp_path) as own:
            for name, text, line in (("a.txt", "\n".join(rows), 4), ("b.md", items, 5)):
                uri = (tmp_path / name).as_uri()
                assert await own.open(uri, text), name
                keep = (await own.actions(uri, line))["Keep"]
                assert keep.edit is None and "cleaner-decisions.toml" in keep.title
                await own.run(keep)
                await own.until(lambda: not own.told[uri][-1].diagnostics)

    talk(talking)
    assert (tmp_path / "cleaner-decisions.toml").read_text(encoding="utf-8").count("[[meant]]") == 2
    done = check(tmp_path, "a.txt", "b.md")
    assert (done.returncode, done.stdout) == (0, "")


def test_the_other_copy_is_shown(tmp_path: Path) -> None:
    """The client is asked to show the document with the other copy selected."""
    uri = (project(tmp_path) / "bridge.md").as_uri()

    async def talking() -> None:
        async with editor(tmp_path) as own:
            await own.open(uri, "\n".join(ARTICLE))
            await own.run((await own.actions(uri, 10))["Show"])
            [shown] = own.shown
            assert shown.uri == uri and own.place(uri, shown.selection) == ONE

    talk(talking)


HOSTILE = (
    "````js",
    "**bold**",
    "[click](command:evil)",
    "<img src=x onerror=alert(1)>",
    "![x](https://example.org/x.png)",
    "\x1b[31m",
    "\u202e",
    "`tick`",
    "~~~",
)


@pytest.mark.parametrize("markdown", [True, False])
def test_hover_has_the_word_diff_and_nothing_of_an_article_gets_out(tmp_path: Path, markdown: bool) -> None:
    """Near copies are shown word by word, in a fence longer than any in the text, or plain for a client that wants that."""
    uri = (project(tmp_path) / "bridge.md").as_uri()

    async def talking() -> None:
        async with editor(tmp_path, markdown=markdown) as own:
            for number, evil in enumerate(HOSTILE):
                one = f"{TWO} {evil} {ONE}"
                uri = f"untitled:{number}"
                await own.open(uri, "\n\n".join(["# A bridge", FOUR, one, THREE, one.replace("The council", "The town council")]) + "\n")
                said = await own.hover(uri, 8)
                assert await own.hover(uri, 2) == ""
                assert "[-town-]" in said, said
                assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", said)
                if not markdown:
                    assert said.startswith("D102 near-repeated-paragraph: ")
                    continue
                from markdown_it import MarkdownIt

                tokens = MarkdownIt("commonmark").parse(said)
                assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"] * 2 + ["fence"]
                assert evil.isprintable() <= (evil[-6:] in tokens[-1].content)
                assert {child.type for token in tokens for child in token.children or []} <= {"text", "strong_open", "strong_close", "text_special"}

    talk(talking)


def test_settings_are_those_of_check(tmp_path: Path) -> None:
    """Ignores by path, what is excluded, profile and baseline say the same as to `check`, and are read again when they change."""
    text = "\n".join(ARTICLE)
    for name in ("a.md", "quiet/b.md", "drafts/c.md", "known.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    settings = 'profile = "article"\nbaseline = "known.txt"\nextend-exclude = ["drafts/"]\nper-file-ignores = {"quiet/**" = ["D101"]}\n'
    (tmp_path / "cleaner.toml").write_text(settings, encoding="utf-8")
    check(tmp_path, "--add-baseline", "known.md")

    async def talking() -> None:
        async with editor(tmp_path) as own:
            for name, codes in (("a.md", ["D101"]), ("quiet/b.md", []), ("drafts/c.md", []), ("known.md", [])):
                assert [each.code for each in await own.open((tmp_path / name).as_uri(), text)] == codes, name
            uri = (tmp_path / "a.md").as_uri()
            (tmp_path / "cleaner.toml").write_text('ignore = ["D"]\n', encoding="utf-8")
            event = types.FileEvent((tmp_path / "cleaner.toml").as_uri(), types.FileChangeType.Changed)
            own.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
            await own.until(lambda: not own.told[uri][-1].diagnostics)
            (tmp_path / "cleaner.toml").write_text('ignore = ["D"]\nprofil = "article"\n', encoding="utf-8")
            own.type(uri, 0, "x")  # clients that watch no files: the next key finds out
            [said] = await own.until(lambda: own.messages)
            assert "unknown setting 'profil'" in said
            own.type(uri, 0, "x")
            assert await own.diagnostics(uri) == [] and len(own.messages) == 1
            assert await own.actions(uri, 10) == {} and await own.hover(uri, 10) == ""
            (tmp_path / "cleaner.toml").write_text('profile = "article"\n', encoding="utf-8")
            own.type(uri, 0, "x")
            assert [each.code for each in await own.diagnostics(uri)] == ["D101"]

    talk(talking)


def test_a_document_that_is_no_file_is_looked_at(tmp_path: Path) -> None:
    """An untitled document has the format of its language; it can be mended, and kept by a comment even where it is plain text."""
    project(tmp_path)

    async def talking() -> None:
        async with editor(tmp_path) as own:
            for number, (language, line) in enumerate((("markdown", 10), ("plaintext", 10), ("", 10))):
                uri = f"untitled:Untitled-{number}"
                assert [each.code for each in await own.open(uri, "\n".join(ARTICLE), language)] == ["D101"]
                actions = await own.actions(uri, line)
                assert "Remove" in actions
                own.apply(actions["Keep"].edit)
                assert await own.diagnostics(uri) == []

    talk(talking)


def test_no_document_ends_the_server(tmp_path: Path) -> None:
    """Too large, full of controls, hostile or never opened: a message or nothing, and the next document is looked at."""
    project(tmp_path, 'profile = "article"\nmax-bytes = 100000\n')
    uri = (tmp_path / "a.md").as_uri()

    async def talking() -> None:
        async with editor(tmp_path) as own:
            large = (tmp_path / "large\u202e.md").as_uri()
            assert await own.open(large, "x" * 100_001) == []
            assert len(own.messages) == 1 and "raise max-bytes" in own.messages[0] and "\u202e" not in own.messages[0]
            assert await own.actions(large, 0) == {}
            own.type(large, 0, "", 2)
            assert await own.diagnostics(large) == [] and len(own.messages) == 1
            for number, text in enumerate(("", "\0" * 50, "\ud800" * 10, "> " * 5000, "[" * 20000, "\x1b]8;;x\x07" * 20, "<!--" * 500)):
                await own.open(f"untitled:{number}", text)
            await own.hover("untitled:0", 99)
            unknown = types.VersionedTextDocumentIdentifier(7, "untitled:never")
            own.client.text_document_did_change(types.DidChangeTextDocumentParams(unknown, [types.TextDocumentContentChangeWholeDocument("x")]))
            assert await own.actions("untitled:never", 3) == {}
            with pytest.raises(Exception, match="not defined"):
                await own.client.workspace_execute_command_async(types.ExecuteCommandParams("rm"))
            await own.client.workspace_execute_command_async(types.ExecuteCommandParams("cleaner.recordMeant", arguments=["untitled:never", "x"]))
            assert [each.code for each in await own.open(uri, "\n".join(ARTICLE))] == ["D101"]

    talk(talking)


def framed(*messages: dict[str, Any]) -> bytes:
    parts = [json.dumps({"jsonrpc": "2.0", **message}).encode() for message in messages]
    return b"".join(b"Content-Length: %d\r\n\r\n%s" % (len(part), part) for part in parts)


START = {"id": 1, "method": "initialize", "params": {"capabilities": {}, "processId": None, "rootUri": None}}


@pytest.mark.parametrize(
    ("messages", "status"),
    [
        ((START, {"id": 2, "method": "shutdown"}, {"method": "exit"}), 0),
        ((START, {"method": "exit"}), 1),
        ((START,), 1),
    ],
)
def test_the_status_says_how_it_ended(messages: tuple[dict[str, Any], ...], status: int) -> None:
    """0 after shutdown and exit; 1 where the client leaves without a word; never a traceback."""
    done = subprocess.run([sys.executable, "-m", "cleaner", "lsp"], input=framed(*messages), capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (status, b"")
    assert done.stdout.startswith(b"Content-Length: ")


def test_a_whole_document_of_findings_is_acted_on_at_once(tmp_path: Path) -> None:
    """Asked about everything in a document of hundreds of findings, the server answers for the first few, and soon."""
    uri = (project(tmp_path) / "many.md").as_uri()
    text = "\n\n".join(f"Visitor number {number} of the old pier said that the the ferry was late." for number in range(200)) + "\n"

    async def talking() -> None:
        async with editor(tmp_path) as own:
            assert len([each for each in await own.open(uri, text) if each.code == "D121"]) == 200
            everything = types.Range(types.Position(0, 0), types.Position(9999, 0))
            params = types.CodeActionParams(types.TextDocumentIdentifier(uri), everything, types.CodeActionContext([]))
            found = await asyncio.wait_for(own.client.text_document_code_action_async(params), 30)
            assert len({each.diagnostics[0].range.start.line for each in found if each.diagnostics}) == 8
            assert [each.title for each in found if each.kind == "source.fixAll.cleaner"] == ["Mend everything that is safe to mend (200)"]

    talk(talking)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals there")
def test_a_person_is_told_that_this_is_for_editors() -> None:
    """Started by hand in a terminal, it says so and leaves."""
    ours, theirs = os.openpty()
    done = subprocess.run([sys.executable, "-m", "cleaner", "lsp"], stdin=theirs, capture_output=True, timeout=30, check=False)
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 2 and b"docs/editors.md" in done.stderr and b"Traceback" not in done.stderr


def test_without_the_extra_it_says_what_to_install() -> None:
    """Where pygls is not installed one line says how to get it, and the status is 2."""
    run = "import sys; sys.modules['pygls'] = None\nfrom cleaner.cli import main\nmain(['lsp'])"
    done = subprocess.run([sys.executable, "-c", run], input=b"", capture_output=True, check=False)
    assert done.returncode == 2
    assert done.stderr.decode().strip() == "cleaner: the language server needs pygls: pip install 'cleaner[lsp]'"


def test_documented_snippets_are_sound() -> None:
    """Each editor's snippet in docs/editors.md starts `cleaner lsp`; what is JSON or TOML is read as such."""
    page = (Path(__file__).resolve().parents[1] / "docs" / "editors.md").read_text(encoding="utf-8")
    for section in ("Neovim", "Emacs", "Helix", "VS Code"):
        said = page.split(f"\n## {section}\n")[1].split("\n## ")[0]
        assert re.search(r'"cleaner"[^a-z]*(?:args[^a-z]*)?"lsp"', said), section
    assert len([json.loads(block) for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL)]) == 2
    assert [tomllib.loads(block) for block in re.findall(r"```toml\n(.*?)```", page, re.DOTALL)]
