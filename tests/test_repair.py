"""The gate agrees with ftfy, mends are ftfy's, located; what shows mojibake on purpose stays."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import ftfy
import pytest
from ftfy import badness
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from cleaner import repair
from cleaner.lines import split
from cleaner.model import Edit
from cleaner.plan import apply
from cleaner.repair import composed, damaged, mended, mends, resized, sound, unescaped

CASES = Path(__file__).parents[1] / ".." / "shared" / "data" / "standard" / "ftfy_cases.jsonl"

# Written for these tests: the same small notice in many languages, with the punctuation that each of them uses.
CLEAN = """\
The ferry doesn’t run on Sundays—“not even in July,” the captain said… (£4.50 / €5.20 / ¥700 a ticket, ±5 %)
Le bac ne circule pas le dimanche : « pas même l’été », a dit le capitaine. Œuvre d’État, cœur, Noël, où, ça, 12 °C.
ÀÉÈÊÇ : L’ÉCOLE D’ÉTÉ EST FERMÉE À MIDI. « À bientôt ! » — VOILÀ.
Die Fähre fährt sonntags nicht, „nicht einmal im Juli“, sagte der Kapitän; Straße, Übergröße, Ärger, § 12, ©2026.
El transbordador no circula los domingos: «¡ni siquiera en julio!», ¿verdad? Nº 5, 3.ª planta, año, cigüeña.
A barca não circula aos domingos, «nem em julho», disse o capitão; às vezes, à noite, maçã, pão, saída.
Il traghetto non passa la domenica: «neanche a luglio», perché è così. Città, più, né, ciò.
Prom w niedzielę nie kursuje, „nawet w lipcu”, powiedział kapitan; żółć, gęś, źródło, ćma, łódź, ŁÓDŹ.
Přívoz v neděli nejezdí, „ani v červenci“, řekl kapitán; příliš žluťoučký kůň, ŽLUŤOUČKÝ KŮŇ.
A komp vasárnap nem jár, „még júliusban sem”, mondta a kapitány; árvíztűrő tükörfúrógép, ÁRVÍZTŰRŐ.
Feribot pazar günleri çalışmaz; “temmuzda bile” dedi kaptan. İstanbul, ığdır, şğüöç, ÇĞİÖŞÜ.
Bacul nu circulă duminica, „nici măcar în iulie”, a spus căpitanul; încă, ştiinţă, știință, ÎNCĂ.
Prāmis svētdienās nekursē; ātri, ēka, ģimene, ķīlis, ļoti, ņemt, šodien, žēl. Keltas sekmadieniais neplaukia: ąčęėįšųūž.
Færgen sejler ikke om søndagen; »ikke engang i juli«, sagde kaptajnen. Ærø, Ålborg, Øresund.
Ferjan gengur ekki á sunnudögum; það er þannig, ðþæö, Þór og Ása.
Паром по воскресеньям не ходит — «даже в июле», — сказал капитан. Ёлка, № 5, 12°C, РВС, СССР.
Пором у неділю не ходить: «навіть у липні», — сказав капітан; ґанок, їжак, єдність, Ґ.
Траjект недељом не вози; Љубљана, Њујорк, ђак, ћуп, џеп, Ђорђе.
Το πλοίο δεν περνά τις Κυριακές: «ούτε τον Ιούλιο», είπε ο καπετάνιος. Ώρα, Ύδρα, Άγιος, ΐ, ΰ, ’90.
המעבורת אינה פועלת ביום ראשון, "גם לא ביולי", אמר רב החובל.
العبّارة لا تعمل يوم الأحد، «حتى في تموز»، قال القبطان. ۱۲۳ می‌خواهم
रविवार को नाव नहीं चलती, “जुलाई में भी नहीं,” कप्तान ने कहा। क्‍ष
เรือข้ามฟากไม่วิ่งในวันอาทิตย์ กัปตันกล่าว
Phà không chạy vào chủ nhật, “kể cả tháng bảy”, thuyền trưởng nói. ĐÃ NGHE, ĐÂY LÀ Ã.
日曜日はフェリーが運航しません。「七月でも」と船長は言いました……１２３
渡轮星期天不开，“七月也不开”，船长说——真的。
일요일에는 배가 다니지 않습니다. “칠월에도요.”
Maps: 12° 30′ N × 4° 10′ E • ½ cup → ¾ cup ≈ 5 m² ≤ 6 m³; √2 ≠ 1.5; ∑ ∞ ∂ ∫; ™ ® © ¶ § † ‡ ‰
Faces: (•̀ᴗ•́)و ¯\\_(ツ)_/¯ ಠ_ಠ (╯°□°)╯︵ ┻━┻ 👍🏽 👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿
├── one │ └── two ▒▒▒░░ ║ ═══ ╔══╗
"""

WRONG = ["latin-1", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "cp437", "mac_roman", "iso8859-2"]
ALPHABET = "".join(sorted(set("".join(badness.MOJIBAKE_CATEGORIES.values()).replace("-", "")))) + "\x80\x9d \n\raZ°ÃÂœ"
ODD = st.text(st.sampled_from(ALPHABET), max_size=12)


@st.composite
def misread(draw: st.DrawFn) -> str:
    """Text written in UTF-8 and read with another codec, once or twice, between words that are sound."""
    text = draw(st.sampled_from(CLEAN.splitlines()) | st.text(max_size=20))
    text = text[: draw(st.integers(1, 60))]
    for _ in range(draw(st.integers(1, 2))):
        text = text.encode("utf-8", "ignore").decode(
            draw(st.sampled_from(WRONG)), draw(st.sampled_from(["ignore", "replace"]))
        )
    return (
        draw(st.sampled_from(["", "Sound words. ", "l’été ", "\r\n"]))
        + text
        + draw(st.sampled_from(["", " café", "\nnext"]))
    )


def c1_aside(text: str) -> str:
    """Return a text with its C1 controls read as Windows-1252, which is a rule of its own (E010)."""
    return text.translate(str.maketrans(repair._C1 | {"\x85": "…"}))


# --- the gate -------------------------------------------------------------------------------------------------------


def branches(items: Any) -> Iterator[list[Any]]:
    """Yield each way through a parsed pattern as a flat list of its items."""
    ways: list[list[Any]] = [[]]
    for item in items:
        name = str(item[0])
        if name == "BRANCH":
            choices = [way for branch in item[1][1] for way in branches(branch)]
        elif name == "SUBPATTERN":
            choices = list(branches(item[1][3]))
        else:
            choices = [[item]]
        ways = [way + choice for way in ways for choice in choices]
    yield from ways


def characters(item: Any) -> list[str]:
    """Return the characters that one item of a pattern may match; of a wide class some."""
    name, value = str(item[0]), item[1]
    if name == "LITERAL":
        return [chr(value)]
    if name == "NOT_LITERAL":
        return [" ", "é", "."]
    if name == "ANY":
        return ["x", "Ђ"]
    if name in ("AT", "MAX_REPEAT"):
        return [""]
    found: list[str] = []
    for kind, what in value:
        if str(kind) == "LITERAL":
            found.append(chr(what))
        elif str(kind) == "RANGE":
            found += map(chr, range(what[0], what[1] + 1))
        elif str(kind) == "NEGATE":
            return [" ", "é", ".", "œ", "1"]
        elif str(kind) == "CATEGORY":
            found += [" ", "\t", "\xa0"] if "SPACE" in str(what) else ["w", "é", "1"]
    return found


def test_gate_covers_every_branch() -> None:
    """Each branch of ftfy's own pattern, in each pair of neighbouring characters that it allows, opens the gate."""
    tried = 0
    for way in branches(_parser.parse(badness.BADNESS_RE.pattern, re.VERBOSE)):
        classes = [characters(item) for item in way]
        base = [chars[0] for chars in classes]
        last = len(classes) - 1
        for at in range(len(classes)):
            for one in classes[at]:
                for other in classes[at + 1] if at < last else [""]:
                    text = "".join([*base[:at], one, other, *base[at + 2 :]])
                    tried += 1
                    assert damaged(text) or not badness.is_bad(text), ascii(text)
                    assert damaged(f"{text}x") or not badness.is_bad(f"{text}x"), ascii(text)
    assert tried > 20_000


@given(ODD | st.text() | misread())
@example("ГўВЂВ x")
@settings(max_examples=400)
def test_gate_is_never_wrong(text: str) -> None:
    """What ftfy calls bad opens the gate, in every line."""
    for span in split(text):
        line = text[span.start : span.end]
        assert damaged(line) or not badness.is_bad(line)
        assert damaged(text) or not damaged(line)


def test_gate_leaves_clean_text() -> None:
    """Clean text in thirty languages is not damaged, and ftfy thinks so too."""
    for line in CLEAN.splitlines():
        assert mended(line) == line
        assert sound(line) == line
        if badness.is_bad(line) != damaged(line):
            assert not badness.is_bad(line)
    assert sum(map(damaged, CLEAN.splitlines())) <= 3


def test_gate_saves_the_import() -> None:
    """Clean text does not import ftfy; nor does importing this module."""
    code = (
        "import sys; from cleaner import repair; repair.sound('“It’s a café,” l’Œuvre — Привет'); print('ftfy' in sys.modules);"
        "repair.sound('cafÃ©'); print('ftfy' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True, cwd=Path(__file__).parents[1]
    )
    assert run.stdout.split() == ["False", "True"]


# --- mends ----------------------------------------------------------------------------------------------------------


@given(misread() | ODD | st.text())
@settings(max_examples=400, deadline=None)
def test_mends_are_ftfys(text: str) -> None:
    """Mending line by line gives what ftfy gives, but for text about encodings and lines that would lose something."""
    edits = tuple(mends(text))
    result = apply(text, edits)
    assert sound(text) == result
    for span in split(text):
        line = text[span.start : span.end]
        inside = tuple(
            Edit(
                edit.span._replace(start=edit.span.start - span.start, end=edit.span.end - span.start),
                edit.before,
                edit.after,
            )
            for edit in edits
            if span.holds(edit.span)
        )
        assert c1_aside(apply(line, inside)) in (c1_aside(line), c1_aside(mended(line)))
    if not edits:
        for span in split(text):
            line = text[span.start : span.end]
            fixed = mended(line)
            assert (
                c1_aside(fixed) == c1_aside(line)
                or repair._loses(line, fixed)
                or repair.about_encoding(line, fixed, list(repair._align(line, fixed)))
            )


@given(misread() | ODD)
@settings(max_examples=400, deadline=None)
def test_mended_twice(text: str) -> None:
    """A mended text needs no mending."""
    once = sound(text)
    assume(once != text)
    assert sound(once) == once


def test_known_cases() -> None:
    """ftfy's own cases are mended as its configuration mends them; nearly nine in ten come out as they should."""
    if not CASES.exists():
        pytest.skip(f"{CASES} is not here: the shared data set is not part of the repository")
    rows = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    right = 0
    for row in rows:
        wanted = row.get("fixed-encoding", row["fixed"])
        result = sound(row["original"])
        assert c1_aside(result) in (c1_aside(mended(row["original"])), row["original"])
        assert sound(wanted) == wanted
        assert apply(row["original"], tuple(mends(row["original"]))) == result
        right += result == wanted
    assert right >= 0.85 * len(rows)


def test_edits_are_small() -> None:
    """An edit is a word or less, and the words between stay out of it."""
    text = "The cafÃ© doesnâ€™t open.\r\nL’été — Ð¿ÑÐ¸Ð²ÐµÑ Ð¼Ð¸Ñ"
    assert [(edit.before, edit.after) for edit in mends(text)][:2] == [("Ã©", "é"), ("â€™", "’")]


def test_swallowed_space() -> None:
    """Where mending swallows a space, the neighbours stay out of the edit."""
    (edit,) = mends("voilÃ  le travail, dÃ¨s".replace("dÃ¨s", "dit-il"))
    assert len(edit.before) <= 3
    assert sound("voilÃ le travail") == "voilà le travail"


@pytest.mark.parametrize(
    "line",
    [
        "Mojibake such as cafÃ© comes from reading UTF-8 as Latin-1.",
        "If you see cafÃ© instead of café, ask the editor.",
        "The page showed “cafÃ©” (garbled), so the import was wrong.",
        "Das Wort GrÃ¶ÃŸe statt Größe erschien dort.",
    ],
)
def test_about_encoding(line: str) -> None:
    """A line that shows mojibake keeps it."""
    assert damaged(line)
    assert list(mends(line)) == []


def test_nothing_lost() -> None:
    """Where a byte is gone already, U+FFFD stays; ftfy alone would write a control character or swallow its neighbours."""
    assert sound("cafÃ© �") == "cafÃ© �"
    assert sound("cafÃ©��") == "cafÃ©��"
    assert sound("â€œ like this â€�") == "“ like this â€�"


def test_linear() -> None:
    """A megabyte of damage in one line is mended in time."""
    for unit in ("Ã© ", "Ã©", "donâ€™t ", "Ð¿Ñ€Ð¸ ", "Ã ", "â€œ"):
        sound(unit * (1_000_000 // len(unit) // 4))


# --- the other fixers -----------------------------------------------------------------------------------------------

FIXERS = [repair.uncurled, repair.unligated, repair.c1_read, repair.unbroken, resized, composed]
SPECIAL = st.text(
    st.sampled_from(
        "“”‘’„ﬁﬄĳ\x80\x93\x85\u2028\u2029 ｶﾞﾊﾟＡｚ１！＃e\u0301\u0323Å\u212b\u1100\u1161\u11a8\u09c7\u09be\u0c46\u0cd5\u1fef<\u0338a.\u0041\u030a"
    )
)


@pytest.mark.parametrize("fixer", FIXERS)
@given(text=SPECIAL | st.text())
def test_fixers_settle(fixer: repair.Fixer, text: str) -> None:
    """Each fixer's edits apply, and leave it nothing to say."""
    after = apply(text, tuple(fixer(text)))
    assert list(fixer(after)) == []


@pytest.mark.parametrize(
    ("fixer", "before", "after"),
    [
        (repair.uncurled, "„It’s ‘late’”", "\"It's 'late'\""),
        (repair.unligated, "ﬁnal oﬃce, œuvre", "final office, œuvre"),
        (repair.c1_read, "\x93late\x94 \x81\x85", "“late” \x81\x85"),
        (repair.unbroken, "one\u2028two \x85 three", "one two three"),
        (resized, "ＡＢＣ１２３！＃　ｶﾞｷﾞ", "ABC123！＃　ガギ"),
        (composed, "e\u0301te\u0301 \u1fef <\u0338", "été \u1fef <\u0338"),
    ],
)
def test_fixers(fixer: repair.Fixer, before: str, after: str) -> None:
    """Each fixer mends what it is for and leaves what looks alike."""
    assert apply(before, tuple(fixer(before))) == after


@given(st.text(st.characters(exclude_characters="<>=`")))
def test_composed_is_nfc(text: str) -> None:
    """But for what it leaves alone on purpose, composing gives Python's normal form C."""
    result = apply(text, tuple(composed(text)))
    assert unicodedata.normalize("NFC", result) == unicodedata.normalize("NFC", text)
    if all(not unicodedata.normalize("NFC", char).isascii() or char.isascii() for char in text):
        assert result == unicodedata.normalize("NFC", text)


def test_composed_is_linear() -> None:
    """A long run of combining marks is left alone, and quickly."""
    text = "a" + "\u0301\u0323" * 40_000
    assert list(composed(text)) == []


@pytest.mark.parametrize("live", [False, True])
@given(
    text=st.lists(
        st.sampled_from(["&", "amp;", "lt;", "#38;", "eacute;", "#233;", "#x3C;", "nbsp;", "a", " ", "bogus;", "#0;"])
    ).map("".join)
)
def test_entities_settle(live: bool, text: str) -> None:
    """One pass over entities is enough."""
    after = apply(text, tuple(unescaped(text, live=live)))
    assert list(unescaped(after, live=live)) == []


@pytest.mark.parametrize(
    ("live", "before", "after"),
    [
        (True, "Fish &amp;amp; chips &amp;eacute; &amp;#8217;", "Fish &amp; chips &eacute; &#8217;"),
        (True, "&amp;lt;b&amp;gt; &lt; &amp; &eacute; AT&T; &amp;bogus;", None),
        (False, "caf&eacute; &amp; bar&nbsp;&#8217; &amp;amp;", "café & bar\xa0’ &"),
        (False, "&#10; &#0; &bogus; &#65; R&D", None),
    ],
)
def test_entities(live: bool, before: str, after: str | None) -> None:
    """Markup stays escaped where it is live, and what means nothing stays as it is."""
    assert apply(before, tuple(unescaped(before, live=live))) == (before if after is None else after)


def test_ftfy_keeps_its_word() -> None:
    """The configuration changes nothing but mojibake."""
    text = "“ﬁ” &eacute; ＡＢ \u2028 \x1b[1m e\u0301"
    assert ftfy.fix_and_explain(text, repair._config()).text == text
