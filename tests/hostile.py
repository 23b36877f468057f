"""Texts that try to become part of a page, and a walker that says what a page is made of."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from html.parser import HTMLParser

RUN = "document.title='pwned';window.pwned=1"

# Written for this project, after the ways in which markup gets out of text, attributes, scripts, styles, comments and addresses.
PAYLOADS = [
    f"<script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f"</style><script>{RUN}</script>",
    f"</title><script>{RUN}</script>",
    f"</textarea></select></option><script>{RUN}</script>",
    f"--><script>{RUN}</script><!--",
    f"<!--><img src=x onerror={RUN}>-->",
    f"]]><script>{RUN}</script>",
    f"<img src=x onerror=\"{RUN}\">",
    f"<img/src=x/onerror={RUN}>",
    f"<svg onload={RUN}>",
    f"<svg/onload={RUN}//",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<svg><script href=data:,{RUN} /></svg>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={RUN}>",
    f"<body onload={RUN}>",
    f"<details open ontoggle={RUN}><summary>x</summary></details>",
    f"<input autofocus onfocus={RUN}>",
    f"<iframe srcdoc=\"<script>parent.{RUN}</script>\"></iframe>",
    "<object data=javascript:window.pwned=1><embed src=javascript:window.pwned=1>",
    "<base href=//evil.test/><meta http-equiv=refresh content='0;url=//evil.test'>",
    "<link rel=stylesheet href=//evil.test/x.css><style>*{display:none}</style>",
    "<form action=//evil.test><button>x</button></form>",
    "<template shadowrootmode=open><b>x</b></template>",
    f"\" onmouseover=\"{RUN}\" x=\"",
    f"' onmouseover='{RUN}' x='",
    f"` onmouseover={RUN} x=`",
    f" autofocus onfocus={RUN} tabindex=1 ",
    f"x\" style=\"position:fixed;inset:0\" onclick=\"{RUN}",
    f"javascript:{RUN}",
    f"JaVaScRiPt:{RUN}",
    f"java\tscript:{RUN}",
    f"java\nscript:{RUN}",
    f"\x01javascript:{RUN}",
    f" javascript:{RUN}",
    f"javascript://example.org/%0a{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    f"data:image/svg+xml;base64,{base64.b64encode(b'<svg onload=alert(1)>').decode()}",
    f"vbscript:{RUN}",
    f"https://example.org/\"onclick=\"{RUN}",
    f"https://example.org/><script>{RUN}</script>",
    f"//evil.test/<script>{RUN}</script>",
    f"&lt;script&gt;{RUN}&lt;/script&gt; &#60;script&#62; &quot; &amp;",
    "{{ 7*7 }} {% include 'x' %} ${7*7} #{7*7} <%= 7*7 %>",
    f"\x00<script>{RUN}</script>\x00",
    f"\ud800<script>{RUN}</script>\udfff",
    f"＜script＞{RUN}＜/script＞",
    f"\u202e>tpircs/<{RUN}>tpircs<\u2066\u2069\u200b\ufeff",
    "\x1b]0;pwned\x07\x9b31m\x7f\x85\u2028\u2029",
    "é\N{COMBINING ACUTE ACCENT}" * 40 + "\U000e0041\U0001f469\u200d\U0001f680\ufe0f",
    "<" * 300 + ">" * 300,
    "A" * 5000,
]


class Walk(HTMLParser):
    """Collects what a page is made of."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.made: set[tuple[str, str]] = set()
        self.rows: list[tuple[str, dict[str, str | None]]] = []
        self.raw: dict[str, str] = {}
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.made |= {(tag, name) for name, _ in attrs} | {(tag, "")}
        self.rows.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open[-1:] in (["script"], ["style"]):
            self.raw[self.open[-1]] = self.raw.get(self.open[-1], "") + data
        else:
            self.texts.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_comment(self, data: str) -> None:
        self.made.add(("comment", data))

    def handle_pi(self, data: str) -> None:
        self.made.add(("pi", ""))

    def attributes(self, name: str) -> list[str]:
        return [attributes[name] or "" for _, attributes in self.rows if name in attributes]


def policed(walk: Walk) -> None:
    """Hold a page to its policy: first in its head, with the digests of its one script and its one style, and nothing else allowed."""
    [policy] = [row["content"] for tag, row in walk.rows if row.get("http-equiv") == "Content-Security-Policy"]
    digests = {name: base64.b64encode(hashlib.sha256(raw.encode("utf-8")).digest()).decode() for name, raw in walk.raw.items()}
    assert policy == (
        f"default-src 'none'; script-src 'sha256-{digests['script']}'; style-src 'sha256-{digests['style']}'; base-uri 'none'; form-action 'none'"
    )
    names = [tag if "http-equiv" not in row else "policy" for tag, row in walk.rows]
    assert names.index("policy") < min(names.index("style"), names.index("script"), names.index("title"))
    assert Counter(names)["script"] == Counter(names)["style"] == 1


def loads_nothing(walk: Walk) -> None:
    """Hold a page to loading nothing: no source, style attribute, import or handler, and no script that makes markup of text."""
    assert not {name for _, name in walk.made} & {"src", "srcset", "style", "action", "ping", "poster", "background"}
    assert not any(name.startswith("on") for _, name in walk.made)
    assert not re.search(r"@import|url\(|expression", walk.raw["style"])
    assert "innerHTML" not in walk.raw["script"] and "eval" not in walk.raw["script"]
