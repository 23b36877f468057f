"""
The fact guard under attack: two thousand pairs of paragraphs in five languages that differ in one fact. None is ever removed.

Each pair is an article in which a paragraph comes a second time with one fact flipped: directly below, or after another paragraph. It
is cleaned with all that may be carried out. What is not a fact (the other words) is the same to the letter, so the pairs are
as alike as such pairs get.
"""

from __future__ import annotations

import itertools

import pytest

import cleaner

# Of each language: paragraphs with slots, and for each sort of slot the words that may stand there.
LANGUAGES: dict[str, tuple[tuple[str, ...], dict[str, tuple[str, ...]]]] = {
    "en": (
        (
            "The ferry {name} ran aground off {place} on {day}. {figure} people were hurt, {word} of them badly, and the captain {will} be heard before the court.",
            "{name} said on {date} that the council of {place} would {neg} pay the {figure} {money} for the new quay. The work takes {word} {unit}, whoever pays for it in the end.",
            "The bridge at {place} is {figure} {length} long. “{quote},” said {name}, who has looked after it for {word} years, and hung up.",
        ),
        {
            "name": ("Anna Berg", "Erik Holm", "Maria Lund"), "place": ("Westhaven", "Osterby", "Saltby"), "day": ("Monday", "Tuesday", "Friday"),
            "date": ("3 March", "4 March", "3 May"), "figure": ("12", "21", "120"), "word": ("two", "three", "eleven"), "will": ("will", "may", "must"),
            "neg": ("not", "never", "gladly"), "money": ("euros", "pounds", "dollars"), "unit": ("weeks", "months", "years"), "length": ("metres", "feet", "miles"),
            "quote": ("It will stand another winter", "It will fall this winter"),
        },
    ),
    "de": (
        (
            "Die Fähre {name} lief am {day} vor {place} auf Grund. {figure} Menschen wurden verletzt, {word} davon schwer, und der Kapitän {will} vor Gericht aussagen.",
            "{name} sagte am {date}, der Rat von {place} werde die {figure} {money} für den neuen Kai {neg} zahlen. Die Arbeit dauert {word} {unit}, wer auch immer am Ende zahlt.",
            "Die Brücke bei {place} ist {figure} {length} lang. „{quote}“, sagte {name}, die seit {word} Jahren nach ihr sieht, und legte auf.",
        ),
        {
            "name": ("Anna Berg", "Erik Holm", "Maria Lund"), "place": ("Westhafen", "Osterby", "Salzdorf"), "day": ("Montag", "Dienstag", "Freitag"),
            "date": ("3. März", "4. März", "3. Mai"), "figure": ("12", "21", "120"), "word": ("zwei", "drei", "elf"), "will": ("wird", "kann", "muss"),
            "neg": ("nicht", "nie", "gern"), "money": ("Euro", "Pfund", "Dollar"), "unit": ("Wochen", "Monate", "Jahre"), "length": ("Meter", "Fuß", "Meilen"),
            "quote": ("Sie steht noch einen Winter", "Sie fällt noch diesen Winter"),
        },
    ),
    "fr": (
        (
            "Le bac {name} s’est échoué {day} devant {place}. {figure} personnes ont été blessées, dont {word} gravement, et le capitaine {will} être entendu par le juge.",
            "{name} a dit le {date} que le conseil de {place} {neg} les {figure} {money} du nouveau quai. Le chantier dure {word} {unit}, quel que soit celui qui paie à la fin.",
            "Le pont de {place} mesure {figure} {length}. « {quote} », a dit {name}, qui en prend soin depuis {word} ans, avant de raccrocher.",
        ),
        {
            "name": ("Anne Berg", "Luc Morel", "Marie Lune"), "place": ("Port-Ouest", "Osterby", "Selles"), "day": ("lundi", "mardi", "vendredi"),
            "date": ("3 mars", "4 mars", "3 mai"), "figure": ("12", "21", "120"), "word": ("deux", "trois", "onze"), "will": ("va", "peut", "doit"),
            "neg": ("paierait", "ne paierait pas", "ne paierait jamais"), "money": ("euros", "livres", "dollars"), "unit": ("semaines", "mois", "ans"),
            "length": ("mètres", "pieds", "kilomètres"), "quote": ("Il tiendra encore un hiver", "Il tombera cet hiver"),
        },
    ),
    "es": (
        (
            "El transbordador {name} encalló el {day} frente a {place}. {figure} personas resultaron heridas, {word} de ellas graves, y el capitán {will} declarar ante el juez.",
            "{name} dijo el {date} que el consejo de {place} {neg} pagaría los {figure} {money} del nuevo muelle. La obra dura {word} {unit}, la pague quien la pague al final.",
            "El puente de {place} mide {figure} {length}. «{quote}», dijo {name}, que lo cuida desde hace {word} años, y colgó.",
        ),
        {
            "name": ("Ana Berg", "Luis Mora", "María Luna"), "place": ("Puerto Oeste", "Osterby", "Salinas"), "day": ("lunes", "martes", "viernes"),
            "date": ("3 de marzo", "4 de marzo", "3 de mayo"), "figure": ("12", "21", "120"), "word": ("dos", "tres", "once"), "will": ("va a", "puede", "debe"),
            "neg": ("no", "nunca", "sí"), "money": ("euros", "libras", "dólares"), "unit": ("semanas", "meses", "años"), "length": ("metros", "pies", "millas"),
            "quote": ("Aguantará otro invierno", "Caerá este invierno"),
        },
    ),
    "it": (
        (
            "Il traghetto {name} si è arenato {day} davanti a {place}. {figure} persone sono rimaste ferite, {word} delle quali gravi, e il capitano {will} essere sentito dal giudice.",
            "{name} ha detto il {date} che il consiglio di {place} {neg} i {figure} {money} per la nuova banchina. I lavori durano {word} {unit}, chiunque alla fine li paghi.",
            "Il ponte di {place} misura {figure} {length}. «{quote}», ha detto {name}, che se ne cura da {word} anni, e ha riattaccato.",
        ),
        {
            "name": ("Anna Berg", "Luca Mori", "Maria Luna"), "place": ("Porto Ovest", "Osterby", "Saline"), "day": ("lunedì", "martedì", "venerdì"),
            "date": ("3 marzo", "4 marzo", "3 maggio"), "figure": ("12", "21", "120"), "word": ("due", "tre", "undici"), "will": ("va", "può", "deve"),
            "neg": ("pagherà", "non pagherà", "non pagherà mai"), "money": ("euro", "sterline", "dollari"), "unit": ("settimane", "mesi", "anni"),
            "length": ("metri", "piedi", "miglia"), "quote": ("Reggerà un altro inverno", "Cadrà questo inverno"),
        },
    ),
}
FILLER = {
    "en": "Nobody in the fish market talked of anything else that week, and the price of mackerel was forgotten.",
    "de": "Auf dem Fischmarkt sprach in dieser Woche niemand von etwas anderem, und der Preis der Makrelen war vergessen.",
    "fr": "À la halle aux poissons on ne parla de rien d’autre cette semaine-là, et le prix du maquereau fut oublié.",
    "es": "En la lonja no se habló de otra cosa aquella semana, y el precio de la caballa quedó olvidado.",
    "it": "Al mercato del pesce quella settimana non si parlò d’altro, e il prezzo dello sgombro fu dimenticato.",
}
FEWEST = 2000


def pairs(language: str) -> list[tuple[str, str, str]]:
    """Return (sort of fact, paragraph, the same with that fact flipped)."""
    templates, words = LANGUAGES[language]
    found: list[tuple[str, str, str]] = []
    for template in templates:
        slots = [slot for slot in words if "{" + slot + "}" in template]
        for turn in range(3):
            said = {slot: words[slot][turn % len(words[slot])] for slot in slots}
            first = template.format(**said)
            for slot in slots:
                found += [(slot, first, template.format(**said | {slot: other})) for other in words[slot] if other != said[slot]]
    return found


CASES = [(language, slot, first, second, apart) for language in LANGUAGES for slot, first, second in pairs(language) for apart in (False, True)]


def variants():
    """Yield each article with a pair in it, under each profile and in two formats."""
    formats = itertools.cycle(("text", "markdown"))
    for language, slot, first, second, apart in CASES:
        for profile in ("article", "docs"):
            between = f"{FILLER[language]}\n\n" if apart else ""
            yield language, slot, profile, next(formats), f"{first}\n\n{between}{second}\n", first, second


def test_there_are_enough_of_them():
    """Two thousand pairs, from each language and each sort of fact some."""
    assert sum(1 for _ in variants()) >= FEWEST
    assert {slot for _, slot, *_ in CASES} >= {"name", "place", "day", "date", "figure", "word", "will", "neg", "money", "unit", "length", "quote"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_flipped_fact_is_removed(language):
    """With --unsafe-fixes and --pedantic, in every profile, both paragraphs stay to the letter."""
    wrong = [
        (slot, profile, first, second)
        for said, slot, profile, format, text, first, second in variants()
        if said == language
        for cleaned in [cleaner.check(text, profile=profile, format=format, unsafe_fixes=True, pedantic=True).text]
        if first not in cleaned or second not in cleaned
    ]
    assert not wrong, f"{len(wrong)} removed, such as {wrong[0]}"
