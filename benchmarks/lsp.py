"""
What an editor's user waits for: from a keystroke to the diagnostics of that version, over stdio, as an editor sees it.

    python benchmarks/lsp.py [--keys 50] [--size 50000] [--json FILE]

Starts `cleaner lsp`, opens an article of 50 KB, types into the middle of it one character at a time, waits after each for the
diagnostics of that very version, and prints medians: prose and mixed Markdown, HTML and text, with and without repeats. The time
holds what the server waits for quiet, which is 20 ms. Needs `pip install '.[lsp]'`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import time
from pathlib import Path

from startup import article, mixed


def documents(size: int) -> dict[str, tuple[str, str]]:
    """Return what is typed into: by name the language and the text."""
    plain = article(size, 1)
    twice = [*plain[:-6], *plain[4:8], plain[10], plain[12].replace(" the ", " a ", 1)]
    paragraphs = "\n".join(f"<p>{each}</p>" for each in twice)
    return {
        "Markdown, prose": ("markdown", "# A plan for the harbour\n\n" + "\n\n".join(plain) + "\n"),
        "Markdown, prose with repeats": ("markdown", "# A plan for the harbour\n\n" + "\n\n".join(twice) + "\n"),
        "Markdown, mixed": ("markdown", mixed(size, 4)),
        "HTML with repeats": ("html", f"<html><body><h1>A plan</h1>\n{paragraphs}\n</body></html>\n"),
        "text, one line a paragraph": ("plaintext", "\n".join(twice) + "\n"),
    }


async def typed(language: str, text: str, keys: int) -> tuple[float, list[float]]:
    """Return the seconds to the first diagnostics after the start, and those after each key."""
    from lsprotocol import types
    from pygls.lsp.client import LanguageClient

    client = LanguageClient("benchmark", "1")
    told: asyncio.Queue[tuple[int, float]] = asyncio.Queue()

    @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    def publish(params: types.PublishDiagnosticsParams) -> None:
        told.put_nowait((params.version or 0, time.perf_counter()))

    async def until(version: int) -> float:
        while True:
            seen, when = await asyncio.wait_for(told.get(), 60)
            if seen == version:
                return when

    began = time.perf_counter()
    await client.start_io(sys.executable, "-m", "cleaner", "lsp", "--isolated")
    await client.initialize_async(types.InitializeParams(types.ClientCapabilities()))
    client.initialized(types.InitializedParams())
    uri = "untitled:benchmark"
    client.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, language, 0, text)))
    opened = await until(0) - began
    lines = text.split("\n")
    row = max(range(len(lines) // 2, len(lines)), key=lambda number: len(lines[number]) > 80)
    column = lines[row].index(" ", len(lines[row]) // 2)
    seconds = []
    for number in range(1, keys + 1):
        place = types.Position(row, column)
        change = types.TextDocumentContentChangePartial(types.Range(place, place), "abcdefg "[number % 8])
        start = time.perf_counter()
        client.text_document_did_change(types.DidChangeTextDocumentParams(types.VersionedTextDocumentIdentifier(number, uri), [change]))
        seconds.append(await until(number) - start)
        column += 1
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()
    return opened, seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keys", type=int, default=50)
    parser.add_argument("--size", type=int, default=50_000)
    parser.add_argument("--json")
    options = parser.parse_args()
    print("| document | characters | start to first diagnostics, ms | a keystroke, ms: median (90 %, longest) |\n|---|---|---|---|")
    results = {}
    for name, (language, text) in documents(options.size).items():
        opened, seconds = asyncio.run(typed(language, text, options.keys))
        median, most, worst = statistics.median(seconds), sorted(seconds)[int(len(seconds) * 0.9) - 1], max(seconds)
        print(f"| {name} | {len(text):,} | {opened * 1000:,.0f} | {median * 1000:.0f} ({most * 1000:.0f}, {worst * 1000:.0f}) |")
        results[name] = {"characters": len(text), "opened": opened, "median": median, "ninety": most, "longest": worst}
    if options.json:
        Path(options.json).write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
