"""The language of a text: right, or none."""

from __future__ import annotations

import pytest

from cleaner.language import function_words, guess

SAMPLES = {
    "en": "The minister said that the bridge would be closed for two weeks while workers repair it.",
    "de": "Der Minister sagte, dass die Brücke für zwei Wochen gesperrt wird, während sie repariert wird.",
    "fr": "Le ministre a dit que le pont serait fermé pendant deux semaines pour les travaux.",
    "es": "El ministro dijo que el puente se cerrará durante dos semanas para las obras.",
    "it": "Il ministro ha detto che il ponte sarà chiuso per due settimane per i lavori della città.",
    "pt": "O ministro disse que a ponte será fechada por duas semanas para as obras do município, mas não hoje.",
    "nl": "De minister zei dat de brug twee weken gesloten wordt voor het werk en dat er een omleiding is.",
    "sv": "Ministern sade att bron ska stängas i två veckor för arbetet och att det inte är farligt.",
    "da": "Ministeren sagde, at broen bliver lukket i to uger, og at det ikke er farligt. Hvad sker der mellem dem?",
    "no": "Ministeren sa at broen blir stengt i to uker, og at det ikke er farlig å gå der etter mørkets frambrudd.",
    "pl": "Minister powiedział, że most będzie zamknięty i nie jest to niebezpieczne dla pieszych, ale są objazdy.",
    "tr": "Bakan köprünün iki hafta için kapalı olacağını ve bunun çok tehlikeli olmadığını söyledi, ama daha sonra.",
    "ru": "Министр сказал, что мост будет закрыт на две недели, и это не опасно, мы были там.",
    "uk": "Міністр сказав, що міст буде закрито на два тижні і це не небезпечно.",
    "zh": "部长说这座桥将关闭两周以便修理。",
    "ja": "大臣は橋が二週間閉鎖されると述べた。",
    "ko": "장관은 다리가 2주 동안 폐쇄될 것이라고 말했다.",
    "ar": "قال الوزير إن الجسر سيغلق لمدة أسبوعين للإصلاح",
    "fa": "وزیر گفت که پل به مدت دو هفته برای تعمیر بسته می‌شود",
    "hi": "मंत्री ने कहा कि पुल दो सप्ताह के लिए बंद रहेगा और यह खतरनाक नहीं है।",
    "el": "Ο υπουργός είπε ότι η γέφυρα θα κλείσει",
    "he": "השר אמר שהגשר ייסגר לשבועיים",
    "th": "รัฐมนตรีกล่าวว่าสะพานจะปิด",
}


@pytest.mark.parametrize(("language", "text"), SAMPLES.items())
def test_sentence(language: str, text: str) -> None:
    """One sentence of ordinary prose is enough."""
    assert guess(text) == language


@pytest.mark.parametrize(
    "text",
    ["", "   ", "Two killed in Leeds crash", "C++, Rust, Go, Python", "12 34 56", "!!!", "中", "***", "`the of and to in is`"],
)
def test_unsure(text: str) -> None:
    """A headline, a list of names, figures and code have no language."""
    assert guess(text) == ""


def test_mixed() -> None:
    """Half English and half German is neither."""
    assert guess(SAMPLES["en"] + "\n" + SAMPLES["de"]) in ("", "en", "de")
    assert guess((SAMPLES["zh"] * 3 + "\n" + SAMPLES["ru"]) * 2) == ""


def test_code_does_not_count() -> None:
    """English keywords in a code block do not make a German text English."""
    code = "```\n" + "for x in the_list: if x is not None and x or y: return from with as\n" * 30 + "```\n"
    assert guess(SAMPLES["de"] + "\n" + code) == "de"


def test_long_texts_are_sampled() -> None:
    """A long text takes no longer than its first pages."""
    text = SAMPLES["fr"] * 50_000
    assert guess(text) == "fr"


def test_function_words() -> None:
    """Function words are known for the languages that have rules, and none for those unheard of."""
    assert "the" in function_words("en")
    assert not function_words("xx")
