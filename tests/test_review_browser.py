"""`cleaner review` as a person meets it: the command, a real browser, and no hand but on the keyboard."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from browser import browser, faint, overflow, wait
from hostile import PAYLOADS

pytest.importorskip("flask", reason="Flask is needed (pip install '.[review]')")

FERRY = "The first ferry leaves the harbour at noon, and the last one when the captain has eaten his supper."
SEATS = "There are seats for forty people on board, most of them on deck, and two in the warm cabin below."
DOGS = "Dogs travel for nothing if they are carried, and for half the fare if they walk on board themselves."
FOG = f"{FERRY} On Monday 12 people were hurt when it met the pier in thick fog, the harbour office of Westhaven said."
STORY = f"# The Ferry\n\n{FERRY}\n\n{SEATS}\n\n{FERRY}\n\n{DOGS}\n\n{SEATS}\n"


class Server:
    """The command, running in a folder until it is stopped."""

    def __init__(self, folder: Path, *given: str) -> None:
        command = [sys.executable, "-m", "cleaner", "review", "--no-browser", "--profile", "article", *given]
        self.process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")
        assert self.process.stderr is not None
        self.said: list[str] = []
        for row in self.process.stderr:
            self.said.append(row)
            if row.startswith("http://127.0.0.1:"):
                break
        else:
            raise AssertionError(f"no address: {self.said}")
        self.address = self.said[-1].strip()
        self.port = re.match(r"http://127\.0\.0\.1:(\d+)/", self.address)[1]
        Thread(target=lambda: self.said.extend(self.process.stderr), daemon=True).start()

    def stop(self, how: int = signal.SIGINT) -> int:
        self.process.send_signal(how)
        return self.process.wait(timeout=20)


@pytest.fixture
def start(tmp_path) -> Iterator[Any]:
    """Return what starts the command in a folder; whatever still runs at the end is stopped."""
    running: list[Server] = []

    def begin(*given: str) -> Server:
        running.append(Server(tmp_path, *(given or (".",))))
        return running[-1]

    yield begin
    for server in running:
        if server.process.poll() is None:
            server.process.kill()
            server.process.wait(timeout=20)


def enter(browser: Any, server: Server, *, width: int = 1200, dark: bool = False) -> None:
    """Open the printed address, as a person does who clicks it."""
    features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}, {"name": "prefers-reduced-motion", "value": "reduce"}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "screen", "features": features})
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500})
    browser.get_log("browser")
    browser.get(server.address)
    wait(lambda: "/enter/" not in browser.current_url and "cleaner review" in browser.title)


def press(browser: Any, *keys: str) -> None:
    """Press keys where the focus is: nothing is looked for, nothing is clicked."""
    from selenium.webdriver import ActionChains

    ActionChains(browser).send_keys(*keys).perform()


def control(browser: Any, key: str) -> None:
    """Press a key together with Control."""
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.keys import Keys

    ActionChains(browser).key_down(Keys.CONTROL).send_keys(key).key_up(Keys.CONTROL).perform()


def act(browser: Any, *keys: str) -> None:
    """Press keys that lead to another page, and wait for it."""
    browser.execute_script("window.before = true")
    press(browser, *keys)
    wait(lambda: not browser.execute_script("return window.before") and browser.execute_script("return document.readyState") == "complete")


def body(browser: Any) -> str:
    return str(browser.execute_script("return document.querySelector('main').innerText"))


def test_from_the_first_finding_to_the_last(browser, start, tmp_path):
    """Keyboard only: accept, undo, keep the other, edit, meant; each is on disk when the page says so, and Ctrl-C ends it."""
    from selenium.webdriver.common.keys import Keys

    story = tmp_path / "story.md"
    story.write_text(STORY, encoding="utf-8", newline="")
    server = start()
    enter(browser, server)
    assert "Line 7 repeats the paragraph in line 3" in body(browser)

    act(browser, "a")
    assert story.read_text(encoding="utf-8") == STORY.replace(f"{FERRY}\n\n{DOGS}", DOGS)
    assert "accepted: D101" in body(browser) and "Line 9 repeats the paragraph in line 5" in body(browser)
    act(browser, "u")
    assert story.read_text(encoding="utf-8") == STORY and "Line 7 repeats" in body(browser)

    act(browser, "o")
    assert story.read_text(encoding="utf-8") == STORY.replace(f"{FERRY}\n\n{SEATS}", SEATS, 1)
    act(browser, "u")
    assert story.read_text(encoding="utf-8") == STORY

    press(browser, "e")
    wait(lambda: browser.switch_to.active_element.tag_name == "textarea")
    assert browser.switch_to.active_element.get_attribute("value") == FERRY
    press(browser, "a", "u", "m")  # in a box keys are letters
    press(browser, Keys.ESCAPE)
    wait(lambda: browser.switch_to.active_element.tag_name == "summary")
    press(browser, "e")
    wait(lambda: browser.switch_to.active_element.tag_name == "textarea")
    control(browser, "a")
    press(browser, "The last ferry waits for nobody.")
    control(browser, Keys.ENTER)
    wait(lambda: "edited: D101" in body(browser))
    assert story.read_text(encoding="utf-8") == STORY.replace(f"{FERRY}\n\n{DOGS}", f"The last ferry waits for nobody.\n\n{DOGS}")

    act(browser, "m")
    assert "[[meant]]" in (tmp_path / "cleaner-decisions.toml").read_text(encoding="utf-8")
    assert "Nothing is left to decide" in body(browser)
    act(browser, "u")
    assert not (tmp_path / "cleaner-decisions.toml").exists()
    act(browser, "u")
    assert story.read_text(encoding="utf-8") == STORY
    assert server.stop() == 130
    assert not [row for row in server.said if "Traceback" in row or "GET" in row]
    assert not list(tmp_path.glob(".*cleaner-*"))


def test_moving_about(browser, start, tmp_path):
    """n and p, j and k lead from finding to finding, ? shows the keys, and single keys can be switched off for good."""
    (tmp_path / "a.md").write_text(STORY, encoding="utf-8")
    (tmp_path / "b.md").write_text(STORY, encoding="utf-8")
    enter(browser, start())
    first = browser.current_url
    act(browser, "n")
    second = browser.current_url
    act(browser, "j")
    assert "b.md" in body(browser) and len({first, second, browser.current_url}) == 3
    act(browser, "k")
    assert browser.current_url == second
    act(browser, "p")
    assert browser.current_url == first

    press(browser, "?")
    assert browser.execute_script("return document.getElementById('help').open")
    from selenium.webdriver.common.keys import Keys

    press(browser, "a")  # nothing happens behind the list of keys
    press(browser, Keys.SPACE)  # its first field is the switch
    assert browser.execute_script("return document.getElementById('keys-on').checked") is False
    press(browser, Keys.ESCAPE)
    press(browser, "a", "n")
    browser.refresh()
    press(browser, "a", "n")
    time.sleep(0.3)
    assert browser.current_url == first and (tmp_path / "a.md").read_text(encoding="utf-8") == STORY
    press(browser, "?", Keys.SPACE, Keys.ESCAPE)
    act(browser, "n")
    assert browser.current_url == second


def test_a_key_that_is_held_decides_one_finding(browser, start, tmp_path):
    """Pressing a again before the page has answered does not accept what nobody has seen."""
    path = tmp_path / "a.md"
    path.write_text(STORY, encoding="utf-8", newline="")
    enter(browser, start())
    browser.execute_script("window.before = true; for (let at = 0; at < 5; at++) document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'a', bubbles: true, repeat: at > 2}))")
    wait(lambda: not browser.execute_script("return window.before"))
    assert path.read_text(encoding="utf-8") == STORY.replace(f"{FERRY}\n\n{DOGS}", DOGS)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_reload_kill_and_begin_again(browser, start, tmp_path):
    """A reload shows the same; after kill -9 the file is whole, and a new review goes on where it was, undo included."""
    path = tmp_path / "a.md"
    path.write_text(STORY, encoding="utf-8", newline="")
    server = start()
    enter(browser, server)
    act(browser, "a")
    done = path.read_text(encoding="utf-8")
    said = body(browser)
    browser.refresh()
    assert body(browser) == said and path.read_text(encoding="utf-8") == done
    server.stop(signal.SIGKILL)
    assert path.read_text(encoding="utf-8") == done

    again = start("--port", server.port, ".")  # at the same place, with other keys
    browser.refresh()
    assert "That did not work" in body(browser)
    enter(browser, again)
    assert "accepted: D101" in body(browser) and "Line 9 repeats" in body(browser)
    act(browser, "u")
    assert path.read_text(encoding="utf-8") == STORY and "Line 7 repeats" in body(browser)


def test_a_file_changed_meanwhile(browser, start, tmp_path):
    """Who decides about a file that somebody else has written is told so, and sees the file of now."""
    path = tmp_path / "a.md"
    path.write_text(STORY, encoding="utf-8", newline="")
    enter(browser, start())
    changed = STORY.replace("captain", "skipper")
    path.write_text(changed, encoding="utf-8", newline="")
    act(browser, "a")
    assert "was changed since" in body(browser) and path.read_text(encoding="utf-8") == changed
    browser.get(browser.current_url.partition("/do")[0] + "/")
    assert "skipper" in body(browser)
    act(browser, "a")
    assert path.read_text(encoding="utf-8") == changed.replace(f"{FERRY.replace('captain', 'skipper')}\n\n{DOGS}", DOGS)


def test_nothing_of_an_article_is_live(browser, start, tmp_path):
    """Texts and names made to break out of a page stay texts, in both columns, the lists, the boxes and what was typed."""
    texts = [re.sub(r"\s+", " ", text.encode("utf-8", "ignore").decode()).strip() for text in PAYLOADS]
    texts = [text for text in texts if "\x00" not in text]
    blocks = [f"{FERRY} {' '.join(texts[number : number + 2])} {number}" for number in range(0, len(texts), 2)]  # two on a page: each page takes a second
    (tmp_path / "a.txt").write_text("\n\n".join([*blocks, SEATS, *reversed(blocks)]) + "\n", encoding="utf-8")
    odd = tmp_path / "<img src=x onerror=document.title='pwned'>.txt" if os.name != "nt" else tmp_path / "&lt;b&gt;.txt"
    odd.write_text("\n\n".join([blocks[0], SEATS, blocks[0]]) + "\n", encoding="utf-8")
    enter(browser, start("--select", "D1,E", "."))
    seen = 0
    while "Nothing is left" not in body(browser):
        assert not browser.execute_script("return window.pwned") and browser.title != "pwned"
        assert browser.execute_script("return document.querySelectorAll('script, img, svg, iframe, object, embed, base, link, math').length") == 1
        seen += 1
        if seen % 3:
            act(browser, "r")
        else:
            press(browser, "e")
            act_by_form(browser)
    assert seen > 20
    assert not [row for row in browser.get_log("browser") if "Content Security Policy" in row["message"] or "pwned" in row["message"]]


def act_by_form(browser: Any) -> None:
    """Leave a finding for now: with a box open the keys are letters, so with the button itself."""
    browser.execute_script("window.before = true; document.querySelector('[data-key=r]').click()")
    wait(lambda: not browser.execute_script("return window.before") and browser.execute_script("return document.readyState") == "complete")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(browser, start, tmp_path, dark):
    """axe-core finds no violation on the page of a pair, of facts, of a mend, with boxes and keys open, nor at the end."""
    axe_module = pytest.importorskip("axe_core_python.selenium", reason="axe-core-python is needed (pip install '.[test]')")
    axe = axe_module.Axe()

    def clean() -> None:
        found = axe.run(browser)["violations"]
        assert not found, [(each["id"], [node["html"] for node in each["nodes"]][:3]) for each in found]
        assert not faint(browser) or all(row.startswith("only") for row in faint(browser)), faint(browser)

    (tmp_path / "a.md").write_text(f"{STORY}\nAt the the pier.\n\n{FOG}\n\nCoffee is sold.\n\n{FOG.replace('12', '21')}\n", encoding="utf-8")
    (tmp_path / "b.md").write_text(STORY, encoding="utf-8")
    (tmp_path / "c.md").write_bytes(b"\x00\x01\x02")
    enter(browser, start(), dark=dark)
    assert len(browser.find_elements("css selector", "nav .rows a")) >= 3
    kinds = set()
    for page in range(8):
        clean()  # opens all boxes, too
        kinds.add(browser.title[:4])
        press(browser, "?")
        if page < 2:  # the keys are the same on every page
            clean()
        browser.execute_script("document.getElementById('help').close(); document.activeElement.blur()")
        act(browser, "a") if browser.find_elements("css selector", "[data-key=a]") and "D101" in kinds and len(kinds) > 1 else act(browser, "n")
    assert {"D101", "D105", "D121"} <= kinds
    while browser.find_elements("css selector", "[data-key=r]"):
        act(browser, "r")
    assert "Nothing is left to decide" in body(browser) and "could not be read" in body(browser)
    clean()


@pytest.mark.parametrize("width", [360, 800, 1200])
def test_no_page_is_wider_than_its_window(browser, start, tmp_path, width):
    """On a telephone, a small and a large window nothing sticks out, long words and names included."""
    long = "Donaudampfschifffahrtsgesellschaftskapitän" * 6
    (tmp_path / f"{long[:120]}.md").write_text(STORY.replace("captain", long), encoding="utf-8")
    (tmp_path / "b.md").write_text(f"# Fog\n\n{FOG}\n\n{SEATS}\n\n{FOG.replace('12', '21')}\n", encoding="utf-8")
    enter(browser, start(), width=width)
    for _ in range(3):
        assert overflow(browser) <= 0
        browser.execute_script("document.activeElement.blur()")
        act(browser, "n")


def test_without_script_all_can_still_be_done(browser, start, tmp_path):
    """The page is forms and links; where scripts are switched off only the keys are missing."""
    path = tmp_path / "a.md"
    path.write_text(STORY, encoding="utf-8", newline="")
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(start().address)
        wait(lambda: browser.find_elements("css selector", "[value=accept]"))
        browser.find_element("css selector", "[value=accept]").click()
        wait(lambda: browser.find_elements("css selector", ".last"))
        assert path.read_text(encoding="utf-8") != STORY
        browser.find_element("css selector", ".last button").click()
        wait(lambda: path.read_text(encoding="utf-8") == STORY)
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
