"""
Hostile files, bred: all kinds that a fixer of texts has to live through, each with what must hold of it.

    python tests/breeds.py FOLDER [SEED]      lays them out: FOLDER/hostile/*, and an index that says what must hold

A seed changes words, numbers, gaps and which codecs and structures meet; `bred(seed)` gives the files of one. Each has one of these fates:

    stays        nothing to find: the bytes, the inode and the time of change are as they were
    one goes     one paragraph stands twice: one stretch of bytes goes, or it is said why not (the exit status is not 0)
    both stay    two paragraphs look alike and are not the same text: neither goes
    ends         whatever it is: an answer, and at most edits that undo gives back
"""

from __future__ import annotations

import base64
import codecs
import json
import random
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Breed(NamedTuple):
    """A hostile file: what it is called, what is in it, and what must become of it."""

    kind: str
    name: str
    data: bytes
    fate: str


#: Two paragraphs for each language, of our own, and codecs that it was written in before UTF-8.
SAID: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "english": (
        "The warden of the canal shut the upper lock on Thursday, when the flood had torn two of its paddles away and nobody could mend them.",
        "Barges bound for the mills are to wait below the bridge until the carpenters come back from the fair.",
        ("ascii", "cp437"),
    ),
    "german": (
        "Die Schleusenwärterin schloß am Donnerstag die obere Schleuse, weil das Hochwasser zwei Schützen fortgerissen hatte und niemand sie flicken konnte.",
        "Kähne für die Mühlen müssen unterhalb der Brücke warten, bis die Zimmerleute vom Jahrmarkt zurück sind.",
        ("cp1252", "latin-1", "iso8859-15", "cp850", "mac-roman"),
    ),
    "french": (
        "L’éclusière a fermé jeudi l’écluse du haut, car la crue avait arraché deux vannes et personne n’était là pour les réparer.",
        "Les péniches qui vont aux moulins attendront sous le pont, jusqu’à ce que les charpentiers reviennent de la foire.",
        ("cp1252", "mac-roman"),
    ),
    "polish": (
        "Dozorczyni zamknęła w czwartek górną śluzę, bo powódź wyrwała dwie zasuwy i nie było nikogo, kto by je naprawił.",
        "Barki płynące do młynów poczekają pod mostem, aż cieśle wrócą z jarmarku.",
        ("cp1250", "iso8859-2"),
    ),
    "russian": (
        "Смотрительница закрыла в четверг верхний шлюз: паводок сорвал два затвора, и починить их было некому.",
        "Баржи, идущие к мельницам, подождут под мостом, пока плотники не вернутся с ярмарки.",
        ("cp1251", "koi8-r", "iso8859-5", "cp866", "mac-cyrillic"),
    ),
    "ukrainian": (
        "Доглядачка зачинила у четвер верхній шлюз, бо повінь зірвала дві засувки, а полагодити їх не було кому.",
        "Баржі, що йдуть до млинів, чекатимуть під мостом, доки теслі не повернуться з ярмарку.",
        ("cp1251", "koi8-u"),
    ),
    "greek": (
        "Η φύλακας έκλεισε την Πέμπτη την πάνω δεξαμενή, γιατί η πλημμύρα ξήλωσε δύο θυρίδες και κανείς δεν μπορούσε να τις φτιάξει.",
        "Οι μαούνες για τους μύλους θα περιμένουν κάτω από τη γέφυρα, ώσπου να γυρίσουν οι μαραγκοί από το πανηγύρι.",
        ("cp1253", "iso8859-7"),
    ),
    "turkish": (
        "Görevli perşembe günü yukarı havuzu kapattı, çünkü taşkın iki kapağı koparmıştı ve onları onaracak kimse yoktu.",
        "Değirmenlere giden mavnalar, marangozlar panayırdan dönene kadar köprünün altında bekleyecek.",
        ("cp1254", "iso8859-9"),
    ),
    "hebrew": (
        "השומרת סגרה ביום חמישי את הסכר העליון, כי השיטפון עקר שני שערים ולא היה מי שיתקן אותם.",
        "דוברות בדרכן לטחנות ימתינו מתחת לגשר עד שהנגרים ישובו מן היריד.",
        ("cp1255", "iso8859-8"),
    ),
    "arabic": (
        "أغلقت الحارسة الهويس العلوي يوم الخميس لأن الفيضان اقتلع بوابتين ولم يكن هناك من يصلحهما.",
        "ستنتظر المراكب المتجهة إلى الطواحين تحت الجسر حتى يعود النجارون من السوق.",
        ("cp1256", "iso8859-6"),
    ),
    "persian": (
        "نگهبان روز پنج‌شنبه آب‌بند بالایی را بست، زیرا سیل دو دریچه را کنده بود و کسی نمی‌توانست آن‌ها را درست کند.",
        "قایق‌هایی که به آسیاب‌ها می‌روند زیر پل می‌مانند تا نجارها از بازار برگردند.",
        (),
    ),
    "hindi": (
        "पहरेदार ने गुरुवार को ऊपर का फाटक बंद कर दिया, क्योंकि बाढ़ दो पल्ले बहा ले गई थी और उन्हें ठीक करने वाला कोई न था।",
        "चक्कियों को जाने वाली नावें पुल के नीचे रुकेंगी, जब तक बढ़ई मेले से नहीं लौटते।",
        (),
    ),
    "thai": (
        "ผู้ดูแลปิดประตูน้ำบนเมื่อวันพฤหัสบดีเพราะน้ำหลากพัดบานประตูไปสองบานและไม่มีใครซ่อมได้",
        "เรือที่ไปโรงสีต้องรออยู่ใต้สะพานจนกว่าช่างไม้จะกลับจากงานวัด",
        ("tis-620", "cp874"),
    ),
    "vietnamese": (
        "Người gác cống đã đóng cửa trên hôm thứ Năm vì nước lũ cuốn mất hai tấm ván và không ai sửa được.",
        "Thuyền đi về phía cối xay phải chờ dưới cầu cho đến khi thợ mộc trở về từ hội chợ.",
        ("cp1258",),
    ),
    "japanese": (
        "番人は木曜日に上の水門を閉じた。増水で扉が二枚も流され、直せる者がいなかったからである。",
        "水車小屋へ向かう荷船は、大工が市から戻るまで橋の下で待つことになった。",
        ("shift_jis", "cp932", "euc_jp", "iso2022_jp"),
    ),
    "chinese": (
        "看守人星期四关上了上游的水闸，因为洪水冲走了两块闸板，没有人能够修好。",
        "开往磨坊的驳船要在桥下等着，等木匠们从集市回来再说。",
        ("gb18030", "gbk", "gb2312"),
    ),
    "taiwanese": (
        "看守人星期四關上了上游的水閘，因為洪水沖走了兩塊閘板，沒有人能夠修好。",
        "開往磨坊的駁船要在橋下等著，等木匠們從市集回來再說。",
        ("big5", "big5hkscs"),
    ),
    "korean": (
        "수문지기는 목요일에 위쪽 갑문을 닫았다. 홍수로 문짝 두 개가 떠내려갔고 고칠 사람이 없었기 때문이다.",
        "방앗간으로 가는 거룻배는 목수들이 장에서 돌아올 때까지 다리 아래에서 기다려야 한다.",
        ("euc_kr", "cp949", "johab"),
    ),
}

FIRST, SECOND, _ = SAID["english"]
#: What each seed says in its own way, so that no two packs are the same text.
_WHO = ("warden", "keeper", "foreman", "harbour clerk", "ferrywoman", "bell-ringer")
_WHAT = ("lock", "sluice", "gate", "weir", "dock", "culvert")
_WHEN = ("on Thursday", "before dawn", "at noon", "last week", "in the second watch", "after the fair")


class _Dice(random.Random):
    """Chance that is the same for the same seed and kind."""

    def said(self) -> str:
        """Return a paragraph that is worth removing where it stands twice."""
        return (
            f"The {self.choice(_WHO)} of basin {self.randint(2, 99)} shut the {self.choice(_WHAT)} {self.choice(_WHEN)}, when the flood had torn"
            f" {self.randint(3, 40)} planks away and nobody at hand knew how to mend them."
        )


def bred(seed: int = 0) -> Iterator[Breed]:
    """Yield the files of one seed, kind after kind."""
    for kind, breeder in BREEDERS.items():
        dice = _Dice(f"{seed} {kind}")
        for name, data, fate in breeder(dice):
            yield Breed(kind, name, data, fate)


_Litter = Iterator[tuple[str, bytes, str]]


def _twice(said: str, other: str, gap: str = "\n\n", end: str = "\n") -> str:
    return f"{said}{gap}{other}{gap}{said}{end}"


def _line_ends(dice: _Dice) -> _Litter:
    ends = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}
    for name, end in ends.items():
        for last in ("", end, end * 3):
            label = f"{name}-{len(last) // len(end)}"
            yield f"ends-{label}-twice.md", _twice(dice.said(), dice.said(), end * 2, last).encode(), "one goes"
            yield f"ends-{label}-once.md", f"{dice.said()}{end * 2}{dice.said()}{last}".encode(), "stays"
    yield "ends-mixed-once.md", f"{dice.said()}\r\n\n{dice.said()}\r{dice.said()}\n".encode(), "stays"
    yield "ends-mixed-twice.md", f"{(said := dice.said())}\r\n\r\n{dice.said()}\n\n{said}\r\r{dice.said()}".encode(), "one goes"
    odd = {"nel": "\x85", "ls": "\u2028", "ps": "\u2029", "vt": "\v", "ff": "\f", "fs": "\x1c", "gs": "\x1d", "rs": "\x1e", "us": "\x1f"}
    for name, mark in odd.items():
        said = f"{dice.said()}{mark}{dice.said()}"
        yield f"ends-{name}-once.md", f"{said}\n\n{dice.said()}\n".encode(), "stays"
        yield f"ends-{name}-twice.md", _twice(said, dice.said()).encode(), "one goes"
        yield f"ends-{name}-alone.txt", (mark * 3 + dice.said() + mark).encode(), "stays"
    for name, data in {"empty": b"", "lf": b"\n", "spaces": b"   ", "crs": b"\r\r\r", "tabs": b"\t\n\t\n", "letter": b"a"}.items():
        yield f"edge-{name}.md", data, "stays"
    yield "edge-trailing-spaces.md", f"{dice.said()}  \n{dice.said()} \n\n\n\n{dice.said()}   ".encode(), "stays"
    yield "edge-no-final-newline.md", (said := dice.said()).encode() + b"\n\n" + said.encode(), "one goes"


def _encodings(dice: _Dice) -> _Litter:
    for language, (one, other, legacy) in SAID.items():
        one = f"{one[:-1]} ({dice.randint(100, 999)}){one[-1]}"
        for codec in ("utf-8", *legacy):
            try:
                twice, once = _twice(one, other).encode(codec), f"{one}\n\n{other}\n".encode(codec)
            except UnicodeEncodeError:
                twice, once = _twice(one, other).encode(codec, "ignore"), f"{one}\n\n{other}\n".encode(codec, "ignore")
            yield f"enc-{language}-{codec}-twice.txt", twice, "one goes"
            yield f"enc-{language}-{codec}-once.txt", once, "stays"
    one, other, _ = SAID[dice.choice(["german", "russian", "japanese", "hindi"])]
    marks = {
        "utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE,
        "utf-32-le": codecs.BOM_UTF32_LE, "utf-32-be": codecs.BOM_UTF32_BE,
    }  # fmt: skip
    for codec, mark in marks.items():
        for end in ("\n", "\r\n"):
            label = f"bom-{codec}-{len(end)}"
            yield f"enc-{label}-twice.txt", mark + _twice(one, other, end * 2, end).encode(codec), "one goes"
            yield f"enc-{label}-once.txt", mark + f"{one}{end * 2}{other}{end}".encode(codec), "stays"
        yield f"enc-bom-twice-{codec}.md", mark + mark + f"{one}\n\n{other}\n".encode(codec), "stays"
        yield f"enc-bom-alone-{codec}.md", mark, "stays"
    yield "enc-utf16-bare.txt", FIRST.encode("utf-16-le"), "stays"
    yield "enc-utf16-cut.txt", codecs.BOM_UTF16_LE + one.encode("utf-16-le") + b"\x00", "stays"
    yield "enc-utf16-surrogate.txt", codecs.BOM_UTF16_LE + one.encode("utf-16-le") + b"\x00\xd8a\x00", "stays"
    yield "enc-utf8-cut.txt", one.encode()[:-1], "stays"
    yield "enc-utf8-mixed.txt", f"{one}\n\n".encode() + "naïve café, für ein paar Tage".encode("cp1252") + f"\n\n{one}\n".encode(), "ends"
    yield "enc-utf8-overlong.txt", FIRST.encode() + b" \xc0\xaf \xe0\x80\xaf \xed\xa0\x80\n", "stays"
    yield "enc-utf7.txt", b"Hi Mom +Jjo-!\n\nItem 3 is +AKM-1.\n\n+ADw-b+AD4-\n", "stays"
    yield "enc-hz.txt", one.encode("hz", "ignore") + b"\n", "ends"
    yield "enc-declared-wrong.html", f'<meta charset="utf-8"><p>{SAID["german"][0]}</p>'.encode("cp1252"), "stays"
    yield "enc-declared-none.html", f"<html><body><p>{SAID['german'][0]}</p></body></html>".encode(), "stays"
    yield "enc-declared-late.html", f"<!-- {'x' * 3000} --><meta charset=utf-8><p>{SAID['french'][0]}</p>".encode(), "stays"
    yield "enc-declared-silly.html", f'<meta charset="unicode_escape"><p>\\x3cb\\x3e {SAID["french"][0]}</p>'.encode("latin-1", "ignore"), "stays"
    yield "enc-random.bin", dice.randbytes(900), "stays"
    yield "enc-random-high.txt", bytes(dice.randrange(128, 256) for _ in range(600)), "stays"
    yield "enc-nul.txt", f"{one}\x00{other}\n".encode(), "stays"
    yield "enc-fffd.txt", f"{one} \N{REPLACEMENT CHARACTER} {other}\n".encode(), "stays"
    yield "enc-c1.txt", f"It’s \x93quoted\x94 {dice.said()}\n".encode(), "ends"


#: Two spellings of one look or one meaning: which differ, and no safe edit may choose between them.
LOOKS = {
    "kelvin": ("20 \N{KELVIN SIGN}", "20 K"),
    "angstrom": ("5 \N{ANGSTROM SIGN}", "5 Å"),
    "ohm": ("9 \N{OHM SIGN}", "9 Ω"),
    "superscript": ("10\N{SUPERSCRIPT TWO} m", "102 m"),
    "circled": ("\N{CIRCLED DIGIT ONE} door", "1 door"),
    "fraction": ("\N{VULGAR FRACTION ONE HALF} hour", "1/2 hour"),
    "fullwidth": ("\uff21\uff22", "AB"),
    "ligature": ("\N{LATIN SMALL LIGATURE FI}sh", "fish"),
    "soft hyphen": ("weather\N{SOFT HYPHEN}vane", "weathervane"),
    "no-break space": ("7\N{NO-BREAK SPACE}km", "7 km"),
    "thin space": ("7\N{THIN SPACE}km", "7 km"),
    "joined": ("می\N{ZERO WIDTH NON-JOINER}رود", "میرود"),
    "conjunct": ("क्\N{ZERO WIDTH JOINER}ष", "क्ष"),
    "family": ("\U0001f469\N{ZERO WIDTH JOINER}\U0001f467", "\U0001f469\U0001f467"),
    "picture": ("\N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16}", "\N{HEAVY BLACK HEART}"),
    "ideograph": ("葛\U000e0100", "葛"),
    "compatibility": ("\ufa10", "\u585a"),
    "marked": ("(1)\N{RIGHT-TO-LEFT MARK} א", "(1) א"),
    "varia": ("\N{GREEK SMALL LETTER ALPHA WITH VARIA}", "\N{GREEK SMALL LETTER ALPHA}\N{COMBINING GRAVE ACCENT}"),
    "question": ("Πού\N{GREEK QUESTION MARK}", "Πού;"),
    "dotless": ("ISPARTA ısparta", "İSPARTA isparta"),
    "hangul": (unicodedata.normalize("NFD", "한글"), "한글"),
    "tones": (unicodedata.normalize("NFD", "tiếng Việt"), "tiếng Việt"),
    "tags": ("\U0001f3f4\U000e0067\U000e0062\U000e007f", "\U0001f3f4"),
    "sharp s": ("Straße", "Strasse"),
    "final sigma": ("ΟΔΟΣ οδος", "ΟΔΟΣ οδοσ"),
    "minus": ("−5 °C", "5 °C"),
    "prime": ("5′ long", "5″ long"),
    "homoglyph": ("\N{CYRILLIC SMALL LETTER A}bc", "abc"),
}


def _unicode(dice: _Dice) -> _Litter:
    for name, (one, other) in LOOKS.items():
        label = name.replace(" ", "-")
        said = dice.said()
        for which, word in (("one", one), ("other", other)):
            yield f"uni-{label}-{which}.md", f"{word} {said}\n\n{dice.said()}\n".encode(), "stays"
        yield f"uni-{label}-pair.md", f"{one} {said}\n\n{dice.said()}\n\n{other} {said}\n".encode(), "both stay"
        yield f"uni-{label}-twice.md", _twice(f"{one} {said}", dice.said()).encode(), "one goes"
    yield "uni-combining.md", ("a" + "\N{COMBINING ACUTE ACCENT}\N{COMBINING DOT BELOW}" * 2000 + "\n").encode(), "ends"
    yield "uni-combining-mojibake.md", ("Ã©" + "\N{COMBINING ACUTE ACCENT}\N{COMBINING DOT BELOW}" * 2000 + "\n").encode(), "ends"
    yield "uni-noncharacters.md", f"{dice.said()} \ufffe \uffff \U0001fffe \ufdd0\n".encode(), "stays"
    yield "uni-private.md", f"{dice.said()} \ue000 \U0010fffd\n".encode(), "stays"


def _terminal(dice: _Dice) -> _Litter:
    steers = {
        "colour": "\x1b[31m", "title": "\x1b]0;owned\x07", "clear": "\x1b[2J\x1b[H", "link": "\x1b]8;;http://a.example\x1b\\", "bell": "\x07", "back": "\x08\x08\x08",
        "delete": "\x7f", "csi": "\x9b31m", "nel": "\x85", "osc": "\x9d0;owned\x9c", "override": "\u202e", "isolate": "\u2066", "embed": "\u202b", "mark": "\u200f",
        "line": "\u2028", "tag": "\U000e0041", "bom": "\ufeff", "zero": "\u200b", "shift": "\x0e\x0f",
    }  # fmt: skip
    for name, mark in steers.items():
        said = f"{dice.said()[:-1]} {mark}at the end."
        yield f"term-{name}.md", f"# {mark} title\n\n{_twice(said, dice.said())}".encode(), "ends"
        yield f"term-{name}-word.md", f"{mark}the the {mark} {dice.said()} It was {mark} {mark} so.\n".encode(), "ends"
        yield f"term-{name}-near.md", f"{said}\n\n{said.replace('planks', 'beams')}\n".encode(), "ends"
        yield f"term-{name}-front.md", f"---\ntitle: {mark} x\ntags: [{mark}a, {mark}a]\n---\n\n{said}\n".encode(), "ends"


def _mojibake(dice: _Dice) -> _Litter:
    broken = "cafÃ© and donâ€™t"
    said = dice.said()
    yield "moji-front.md", f'---\ntitle: "Er sagte „{broken}“"\n---\n\n{said}\n'.encode(), "stays"
    yield "moji-code.md", f"{said}\n\n```\n{broken}\n```\n\n    {broken}\n".encode(), "stays"
    yield "moji-span.md", f"{said} It shows as `{broken}` there.\n".encode(), "stays"
    yield "moji-address.md", f"{said} See <https://a.example/cafÃ©> and [it](https://a.example/cafÃ©).\n".encode(), "ends"
    yield "moji-quoted.md", f"{said} Old programs write “cafÃ©” for “café”.\n".encode(), "ends"
    yield "moji-lossy.md", f"cafÃ\N{REPLACEMENT CHARACTER} and donâ\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}t {said}\n".encode(), "ends"
    yield "moji-entities.md", f"{said} Write &lt;script&gt; and &amp;amp; so.\n".encode(), "stays"
    yield "moji-plain.txt", f"{said} The {broken}.\n".encode(), "ends"
    yield "moji-nested.md", f"{said} {'cafÃ©'.encode().decode('cp1252')}\n".encode(), "ends"


_AROUND = {
    "bullets": "- one of them\n- another of them",
    "bullets loose": "- one of them\n\n- another of them",
    "numbers": "1. one of them\n2. another of them",
    "quote": "> said somebody",
    "nested quote": "> > said somebody else\n> again",
    "code": "    indented code",
    "fence": "```\nfenced code\n```",
    "open fence": "```\nfenced code that never ends",
    "rule": "---",
    "stars": "* * *",
    "heading": "## A part of it",
    "setext": "A part of it\n---",
    "bare underline": "===",
    "markup": "<div>\nin it\n</div>",
    "open markup": "<div>",
    "comment": "<!-- a note -->",
    "open comment": "<!-- a note",
    "definition": "[here]: https://a.example 'title'",
    "footnote": "[^1]: A note at the foot.",
    "table": "| a | b |\n|---|---|\n| c | d |",
    "text": "A line that leads on",
    "link": "See [here] and[^1].",
    "math": "$$\nx = y\n$$",
    "shortcode": "{{< figure >}}",
    "admonition": "!!! note\n\n    Inside it.",
    "marker": "-",
    "hard break": "A line with a break  ",
    "directive": ":::tip\nIn it.\n:::",
}


def _markdown(dice: _Dice) -> _Litter:
    names = list(_AROUND)
    for name, around in _AROUND.items():
        said = dice.said()
        above, below = (_AROUND[dice.choice(names)] for _ in range(2))
        label = name.replace(" ", "-")
        for gap in ("\n\n", "\n"):
            tight = f"{label}-{len(gap)}"
            yield f"md-between-{tight}.md", f"{said}{gap}{around}{gap}{said}{gap}{below}\n".encode(), "ends"
            yield f"md-below-{tight}.md", f"{above}{gap}{said}{gap}{said}{gap}{around}\n".encode(), "ends"
            inside = around.replace("\n", "\n  ")
            yield f"md-inside-{tight}.md", f"- {inside}{gap}  {said}{gap}  {said}{gap}- end\n".encode(), "ends"
    yield "md-fence-twice.md", "```sh\nmake\nmake install\n```\n\nThen:\n\n```sh\nmake\nmake install\n```\n".encode(), "stays"
    yield "md-rules.md", "---\n\n***\n\n---\n\n***\n\n---\n".encode(), "stays"
    yield "md-song.md", "Row on, row on\n\nto the far bank\n\nRow on, row on\n\nand home again\n\nRow on, row on\n".encode(), "stays"
    yield "md-front-twice.md", f"---\ntitle: {(said := dice.said())}\n---\n\n{said}\n".encode(), "ends"
    yield "md-kept.md", f"{(said := dice.said())}\n\n<!-- cleaner: keep D101 -->\n{said}\n".encode(), "stays"
    yield "md-off.md", f"<!-- cleaner: off -->\n\n{(said := dice.said())}\n\n{said}\n\n<!-- cleaner: on -->\n".encode(), "stays"
    said = dice.said()
    for name, facts in {
        "not": ("was harmed", "was not harmed"), "number": ("rose by 5 %", "rose by 6 %"), "date": ("on 3 May 2019", "on 3 May 2018"), "name": ("said Ada Byrne", "said Ida Byrne"),
        "unit": ("for 40 km", "for 40 miles"), "money": ("cost $300", "cost €300"), "may": ("must pay", "may pay"), "spoken": ("“We knew,” he said", "“We know,” he said"),
    }.items():  # fmt: skip
        yield f"md-fact-{name}.md", f"{said} Nobody {facts[0]}.\n\n{dice.said()}\n\n{said} Nobody {facts[1]}.\n".encode(), "both stay"
    for depth in (10, 30, 100, 400):
        copies = f"{dice.said()}\n\n"
        lists = "".join("  " * level + f"- level {level}\n" for level in range(depth))
        yield f"md-deep-list-{depth}.md", f"{lists}\n{copies}{copies}The tail.\n".encode(), "ends"
        yield f"md-deep-quote-{depth}.md", f"{'> ' * depth}deep\n\n{copies}{copies}The tail.\n".encode(), "ends"
        yield f"md-deep-marks-{depth}.md", f"{'- ' * depth}deep\n\n{copies}{copies}The tail.\n".encode(), "ends"
    for name, conflict in {"conflict": "<<<<<<< ours\n{0}\n=======\n{0}\n>>>>>>> theirs\n", "conflict-open": "<<<<<<< ours\n{0}\n\n{0}\n"}.items():
        yield f"md-{name}.md", conflict.format(dice.said()).encode(), "stays"


def _load(dice: _Dice) -> _Litter:
    said = dice.said()
    yield "load-equal.md", (f"{said}\n\n" * 300).encode(), "ends"
    yield "load-short.txt", b"".join(b"line %d\n" % (number % 7) for number in range(2000)), "ends"
    units = {
        "blank": "\n", "space": " ", "tab": "\t", "lt": "<", "comment": "<!--", "attribute": '<a href="', "div": "<div>", "quote": "> ", "bullet": "- ", "bracket": "[", "image": "![",
        "link": "[a](", "star": "*a ", "tick": "`a", "smart": '"a ', "brace": "{{", "entity": "&a", "pipe": "|", "underscore": "_a ", "angle": "<a ", "backslash": "\\", "hash": "# ",
        "mail": "a@b.c ", "digit": "9", "dot": ".", "dash": "-", "equals": "=", "return": "\r", "zero": "\u200b", "mark": "\u0301", "moji": "Ã©", "wide": "漢",
    }  # fmt: skip
    for name, unit in units.items():
        suffix = dice.choice((".md", ".html", ".txt", ".rst", ".adoc"))
        yield f"load-{name}{suffix}", (unit * (6000 // len(unit)) + "\n").encode(), "ends"
    for suffix, opening, closing in ((".html", "<div>", "</div>"), (".html", "<ul><li>", ""), (".html", "<table><tr><td>", ""), (".md", "> ", ""), (".rst", "* ", ""), (".adoc", "*", "")):
        yield f"load-nested-{len(opening)}{suffix}", (opening * 2000 + said + closing * 2000 + f"\n\n{said}\n").encode(), "ends"
    yield "load-random.txt", ("".join(dice.choice("abcdefghij ") for _ in range(8000)) + "\n\n" + "".join(dice.choice("abcdefghij ") for _ in range(8000))).encode(), "stays"
    yield "load-series.txt", "\n\n".join(f"{said} {number}" for number in range(300)).encode(), "ends"
    yield "load-long-line.html", f"<p>{'word ' * 20000}</p><p>tail</p>".encode(), "ends"


def _html(dice: _Dice) -> _Litter:
    from hostile import PAYLOADS

    said = dice.said()
    yield "html-once.html", f"<!DOCTYPE html><html><head><title>T</title></head><body><p>{said}</p>\n<p>{dice.said()}</p></body></html>\n".encode(), "stays"
    yield "html-twice.html", f"<!DOCTYPE html><html><body><h1>T</h1>\n<p>{said}</p>\n<p>{dice.said()}</p>\n<p>{said}</p>\n</body></html>\n".encode(), "one goes"
    for name, wrapped in {"script": "<script>var a = '<p>{0}</p><p>{0}</p>'</script>", "comment": "<!-- <p>{0}</p><p>{0}</p> -->", "nav": "<nav><p>{0}</p><p>{0}</p></nav>", "pre": "<pre>{0}\n{0}</pre>", "attribute": '<p title="{0}">x</p><p title="{0}">y</p>', "template": "<template><p>{0}</p><p>{0}</p></template>"}.items():
        yield f"html-{name}.html", f"<body>{wrapped.format(said)}</body>".encode(), "stays"
    for number, payload in enumerate(PAYLOADS):
        text = f"<title>{payload}</title><h1>{payload}</h1><p>{said} {payload}</p><p>{said} {payload}</p>"
        yield f"html-payload-{number}.html", text.encode("utf-8", "replace"), "ends"


def _feeds(dice: _Dice) -> _Litter:
    dtd = '<?xml version="1.0"?><!DOCTYPE rss [{0}]><rss version="2.0"><channel><title>{1}</title><link>http://a.example/</link><description>d</description></channel></rss>'
    laughs = '<!ENTITY a "ha">' + "".join(f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(9))
    yield "feed-laughs.xml", dtd.format(laughs, "&j;").encode(), "ends"
    for name, system in {"file": "file:///etc/hostname", "path": "/etc/hostname", "web": "http://127.0.0.1:9/x", "expect": "expect://id"}.items():
        yield f"feed-external-{name}.xml", dtd.format(f'<!ENTITY x SYSTEM "{system}">', "&x;").encode(), "ends"
        yield f"feed-parameter-{name}.xml", dtd.format(f'<!ENTITY % x SYSTEM "{system}"> %x;', "t").encode(), "ends"
        yield f"feed-doctype-{name}.xml", f'<!DOCTYPE rss SYSTEM "{system}"><rss version="2.0"><channel><title>t</title></channel></rss>'.encode(), "ends"
    yield "feed-deep.xml", ('<rss version="2.0"><channel>' + "<a>" * 20000).encode(), "ends"
    yield "feed-deep-closed.xml", ('<rss version="2.0"><channel>' + "<a>" * 20000 + "</a>" * 20000 + "</channel></rss>").encode(), "ends"
    item = f"<item><title>T</title><guid>1</guid><link>http://a.example/1</link><description>{dice.said()}</description></item>"
    rss = '<rss version="2.0"><channel><title>t</title><link>http://a.example/</link><description>d</description>{0}</channel></rss>'
    yield "feed-items.xml", rss.format(item * 300).encode(), "ends"
    yield "feed-nul.xml", rss.format(item).encode().replace(b"T<", b"T\x00<"), "ends"
    for codec in ("no-such-encoding", "unicode_escape", "utf-7", "rot13", "utf-16", "idna"):
        yield f"feed-{codec}.xml", f'<?xml version="1.0" encoding="{codec}"?>{rss.format(item)} \\x3cb\\x3e +ADw-'.encode(), "ends"
    yield "feed-name.xml", b"/etc/passwd", "ends"
    yield "feed-address.xml", b"http://127.0.0.1:9/feed", "ends"
    yield "feed-cut.xml", rss.format(item).encode()[:-40], "ends"
    yield "feed-xinclude.xml", rss.format('<item xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/hostname" parse="text"/></item>').encode(), "ends"
    yield "feed-style.xml", b'<?xml-stylesheet href="http://127.0.0.1:9/x.xsl" type="text/xsl"?>' + rss.format(item).encode(), "ends"
    entries = {"none": {}, "null": {"items": None}, "surrogate": {"items": [{"id": "\ud800", "content_text": "\udfff x"}]}, "numbers": {"items": [{"id": 10**40, "title": [1], "content_text": {"a": 1}}]}, "text": {"items": "x"}}
    for name, inside in entries.items():
        yield f"feed-json-{name}.json", json.dumps({"version": "https://jsonfeed.org/version/1.1", **inside}).encode(), "ends"
    yield "feed-json-nan.json", b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": NaN, "date_published": Infinity}]}', "ends"
    yield "feed-json-deep.json", b'{"version": "https://jsonfeed.org/version/1.1", "items": ' + b"[" * 20000, "ends"
    yield "feed-json-digits.json", b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": ' + b"9" * 6000 + b"}]}", "ends"
    yield "feed-table.csv", 'title,link,text\n"=1+1",javascript:x,"@SUM(A1)"\n"a\n""b",,\n'.encode(), "ends"
    yield "feed-lines.jsonl", b'{"title": "a", "text": "b"}\n{"title":\n[]\nnull\n{"title": "\\ud800"}\n', "ends"
    yield "feed-list.opml", b'<opml version="2.0"><body><outline xmlUrl="file:///etc/hostname"/><outline xmlUrl="../../etc/hostname"/><outline xmlUrl="javascript:x"/></body></opml>', "ends"
    yield "feed-map.xml", b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>file:///etc/hostname</loc></url></urlset>', "ends"
    yield "feed-escaped.xml", rss.format(f"<item><title>{'&lt;script&gt;x&lt;/script&gt;' * 3}</title><description>{base64.b64encode(dice.randbytes(40)).decode()}</description></item>").encode(), "ends"


def _rst(dice: _Dice) -> _Litter:
    said = dice.said()
    reads = {
        "include": ".. include:: /etc/hostname", "literal": ".. literalinclude:: /etc/hostname", "raw-file": ".. raw:: html\n   :file: /etc/hostname",
        "raw-url": ".. raw:: html\n   :url: http://127.0.0.1:9/x", "csv-file": ".. csv-table:: t\n   :file: /etc/hostname", "csv-url": ".. csv-table:: t\n   :url: http://127.0.0.1:9/x",
        "raw": ".. raw:: html\n\n   <script>x</script>", "image": ".. image:: file:///etc/hostname", "role": ".. role:: raw-html(raw)\n   :format: html\n\n:raw-html:`<b>`",
        "code": ".. code:: python\n   :file: /etc/hostname",
    }  # fmt: skip
    for name, directive in reads.items():
        yield f"rst-{name}.rst", f"Title\n=====\n\n{directive}\n\n{said}\n".encode(), "stays"
        yield f"rst-{name}-twice.rst", f"Title\n=====\n\n{said}\n\n{directive}\n\n{dice.said()}\n\n{said}\n".encode(), "ends"
    for name, text in {"include": "include::/etc/hostname[]", "uri": "include::http://127.0.0.1:9/x[]", "eval": "ifeval::[{backend} == 'html5']", "pass": "++++\n<script>x</script>\n++++"}.items():
        yield f"adoc-{name}.adoc", f"= Title\n\n{text}\n\n{said}\n".encode(), "stays"
    yield "rst-bullets.rst", ("* " * 1000 + "a\n").encode(), "ends"
    yield "rst-levels.rst", "".join("  " * level + "* a\n\n" for level in range(200)).encode(), "ends"
    yield "rst-quotes.rst", "".join(" " * level + "a\n\n" for level in range(300)).encode(), "ends"


#: What files may be called: options, shell words, marks of reports, what is not UTF-8, what reorders a line.
NAMES = (
    "-rf.md", "--fix.md", "-.md", "a b.md", "it's.md", 'q"uote.md', "café.md", "cafe\u0301.md", "[a].md", "{a,b}.md", "$HOME.md", "`id`.md", "$(id).md", ";id.md", "|id.md", "&id.md",
    "a*.md", "a?.md", "~.md", "#a.md", "%41.md", "%s%n.md", "a:b.md", "a\\b.md", "<script>.md", "<img src=x onerror=x>.md", "=1+1.md", "@a.md", "+a.md", "'a'.md", "a\nb.md", "a\rb.md",
    "a\tb.md", "a\x1b[31m.md", "a\x07.md", "a\u202egnp.md", "a\u2066.md", "a\u2028.md", "a\u200b.md", "\udcff.md", "a\udc9bb.md", "CON.md", "nul.md", "aux.md", ".hidden.md",
    "...md", "a" * 200 + ".md", "é" * 120 + ".md", "日本語の名前.md", "::warning file=x::y.md", "]]>.md", "a,b.md", "a.md.tmp", ".a.md.cleaner-0.tmp.md",
)  # fmt: skip


def _names(dice: _Dice) -> _Litter:
    for name in NAMES:
        yield name, _twice(dice.said(), dice.said()).encode(), "one goes" if name.endswith(".md") else "ends"


BREEDERS = {
    "line ends": _line_ends, "encodings": _encodings, "unicode": _unicode, "terminal": _terminal, "mojibake": _mojibake, "markdown": _markdown, "load": _load, "html": _html,
    "feeds": _feeds, "rst": _rst, "names": _names,
}  # fmt: skip


def main() -> None:
    folder = Path(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    (folder / "hostile").mkdir(parents=True, exist_ok=True)
    words = {"stays": "no-finding=>byte-identical", "one goes": "one duplicate removed; every other byte kept; undo restores input", "both stay": "no-finding=>byte-identical: both kept", "ends": "an answer"}
    index = []
    for breed in bred(seed):
        (folder / "hostile" / breed.name).write_bytes(breed.data)
        index.append({"file": breed.name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"), "bytes": len(breed.data), "category": breed.kind, "invariant": words[breed.fate]})
    (folder / "hostile_index.json").write_text(json.dumps(index, indent=1), encoding="utf-8")
    print(f"{len(index)} files in {folder}")


if __name__ == "__main__":
    main()
