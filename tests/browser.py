"""
A real browser for tests of pages: headless Chromium, driven by selenium. `from browser import browser` brings the fixture.

Where there is no browser, each test that asks for it is skipped by name and says what to install.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--force-device-scale-factor=1",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Yield a headless Chromium; its console is in `browser.get_log("browser")`."""
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    driver = shutil.which("chromedriver")
    if found is None or driver is None:
        pytest.skip("no browser: Chromium and chromedriver are needed (Debian: apt-get install chromium chromium-driver)")
    selenium = pytest.importorskip("selenium.webdriver", reason="selenium is needed (pip install '.[test]')")
    from selenium.webdriver.chrome.service import Service

    options = selenium.ChromeOptions()
    options.binary_location = found
    for option in _OPTIONS:
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    opened = selenium.Chrome(options=options, service=Service(driver))
    opened.set_script_timeout(300)  # a busy machine is no failure
    try:
        yield opened
    finally:
        opened.quit()


def show(browser: Any, page: str, folder: Path, *, width: int = 1200, dark: bool = False, media: str = "screen", script: bool = True) -> None:
    """Open a page from a file, as wide as said, in light or dark, on a screen or on paper, with or without script."""
    path = folder / "page.html"
    path.write_text(page, encoding="utf-8", newline="")
    # Without motion, so that nothing is clicked while it still moves.
    features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}, {"name": "prefers-reduced-motion", "value": "reduce"}]
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not script})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500})
    browser.get_log("browser")  # what an earlier page said
    browser.get(path.as_uri())


def overflow(browser: Any) -> int:
    """Return by how many pixels a page is wider than its window, after opening all that can be opened."""
    return int(
        browser.execute_script(
            "for (const each of document.querySelectorAll('details')) each.open = true;"
            "const page = document.documentElement;"
            "return Math.max(page.scrollWidth, document.body.scrollWidth) - page.clientWidth;"
        )
    )


def faint(browser: Any) -> list[str]:
    """Return each text with too little contrast for WCAG 2.2 AA (4.5, or 3 where it is large): ratio, colours, text."""
    return list(browser.execute_script(_FAINT))


def barriers(browser: Any) -> list[str]:
    """Return what axe-core finds wrong for people who do not see, point or hear as others do, after opening all that can be opened."""
    axe = pytest.importorskip("axe_core_python.selenium", reason="axe-core-python is needed (pip install '.[test]')").Axe()
    browser.execute_script("for (const each of document.querySelectorAll('details')) each.open = true;")
    found = axe.run(browser)
    assert len(found["passes"]) > 15, "axe-core looked at next to nothing"
    return [f"{each['id']}: {each['help']}: {node['html'][:200]}" for each in found["violations"] for node in each["nodes"][:3]]


_FAINT = """
const parse = (text) => { const n = text.match(/[\\d.]+/g).map(Number); return [n[0], n[1], n[2], n.length > 3 ? n[3] : 1]; };
const light = ([r, g, b]) => {
  const [x, y, z] = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
};
const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
const behind = (element) => {
  const layers = [];
  for (let each = element; each; each = each.parentElement) layers.push(parse(getComputedStyle(each).backgroundColor));
  return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
};
for (const each of document.querySelectorAll('details')) each.open = true;
const found = new Set();
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
let seen = 0;
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
  const element = node.parentElement, style = getComputedStyle(element);
  if (!node.data.trim() || element.closest('script, style, svg, .unseen, option') || element.getClientRects().length === 0) continue;
  seen += 1;
  const size = parseFloat(style.fontSize), bold = Number(style.fontWeight) >= 700;
  const back = behind(element), ink = over(parse(style.color), back);
  const [a, b] = [light(ink), light(back)].sort((x, y) => y - x);
  const ratio = (a + 0.05) / (b + 0.05), needed = size >= 24 || (bold && size >= 18.66) ? 3 : 4.5;
  if (ratio < needed) found.add(`${ratio.toFixed(2)} ${style.color} on ${back} <${element.localName} class="${element.className}"> ${node.data.trim().slice(0, 40)}`);
}
if (seen < 50) found.add(`only ${seen} texts were looked at`);
return [...found];
"""


def wait(true: Any, seconds: float = 15) -> None:
    """Wait until something is true; a page that is just being left answers with an error."""
    from selenium.common.exceptions import WebDriverException

    end = monotonic() + seconds
    while True:
        try:
            if true():
                return
        except WebDriverException:
            pass
        assert monotonic() < end, "waited in vain"
        sleep(0.05)


def focus(browser: Any) -> str:
    """Return the finding that the focus is in, or what it is on: its id, its name, or its tag."""
    at: str = browser.execute_script("const at = document.activeElement; return at.closest('details.finding') ? at.closest('details.finding').id : at.id || at.name || at.localName")
    return at


def rests(browser: Any, name: str) -> bool:
    """Wait until the focus comes to rest there, which is told where it does not: where a link goes, the browser drops it first, and the page takes it up again."""
    wait(lambda: focus(browser) == name, 30)
    return True
