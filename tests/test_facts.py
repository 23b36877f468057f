"""The fact guard: no pair that differs in a fact passes, and no slip of the pen is taken for one."""

from __future__ import annotations

import time
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.match.facts import FACTS, HARMLESS, conflicting, cut, differences

# Sentences with places for a fact; each place takes any of the values after it, and any two of them must conflict.
# An empty value leaves the fact out.
ATTACKS: dict[str, list[tuple[str, list[str]]]] = {
    "en": [
        ("Rescue workers said that {} people were hurt when the bridge gave way near the harbour.", [
            "12", "21", "two", "four", "seven", "1,200", "12,000", "120", "several", "no", "dozens of", "thirty", "forty", ""]),
        ("The company reported on {} that its new plant will open next to the old one.", [
            "Monday", "Tuesday", "Friday", "3 March", "3 May", "13 March", "4 March 2019", "4 March 2020", "Thursday"]),
        ("The fire broke out {} and spread through the warehouse within minutes.", [
            "today", "yesterday", "tonight", "on Sunday", "in 1998", "in 1999", "at 12:30", "at 13:30", "in June", "in July", "last week"]),
        ("A lawyer for {} told the court that the documents had been lost in the move.", [
            "Anna Keller", "Anna Kessler", "Peter Keller", "Boeing", "Airbus", "NATO", "the EU", "Mr. Osei", "Smith", "Smyth", "Hansen", "Hanson"]),
        ("The parcel that crossed the border weighed 50 {} according to the customs office.", [
            "kg", "g", "pounds", "tonnes", "mg", "ounces", "kilometres", "miles", "million", "billion", "%"]),
        ("The deal is worth {} to the owners of the small shipyard.", [
            "£5", "€5", "$5", "£6", "5 euros", "£5 million", "£5 billion", "5 yen", "¥5", "£5m", "£5bn"]),
        ("The jury found that the former manager was {} after a short trial.", ["guilty", "not guilty", "innocent", "never guilty"]),
        ("Under the new rules residents {} park on the street at night.", [
            "may", "must", "can", "cannot", "should", "could", "may not", "must not", "will", "would", "might", "shall", "need not"]),
        ("Shares in the group {} by a tenth on the news.", ["rose", "fell", "did not rise", "may rise", "will fall"]),
        ("Prices for bread are {} than they were in the old harbour district.", ["higher", "lower", "no higher"]),
        ("The town lies {} of the river and has a small market.", ["north", "south", "east", "west", "north-east"]),
        ("The council decided to {} the plan for a new ring road around the town.", ["approve", "reject", "oppose"]),
        ("The visiting team {} the match in front of a small crowd.", ["won", "lost", "drew"]),
        ("The witness was {} to name the driver of the red car.", ["able", "unable", "not able"]),
        ("Officials said the bridge is {} for heavy lorries.", ["safe", "unsafe", "not safe"]),
        ("“We are {} with the outcome,” the captain told reporters after the talks.", ["happy", "pleased", "unhappy", "done", "sick", "not happy"]),
        ('He said: "The road was {} before the storm came in."', ["clear", "blocked", "narrow", "busy"]),
        ("Turn the switch {} before you open the lid of the machine.", ["on", "off"]),
        ("Set the limit to {} in the configuration and restart the service.", ["3.5", "3.6", "35", "v2.1.0", "v2.1.1", "-5", "5", "5%", "+5", "0.5"]),
        ("The home side finished the game {} after a late goal.", ["3-1", "1-3", "2-2", "3-2", "4-1"]),
        ("She came {} in the final of the long race on the island.", ["first", "second", "third", "fifth", "last"]),
        ("Click [the guide]({}) to read about the next step.", ["guide.md", "other.md", "https://a.example/x", "https://a.example/y"]),
        ("Run `{}` in the folder of the project to begin.", ["make all", "make clean", "make test"]),
        ("The {} killer was seen near the station by a neighbour.", ["", "alleged", "suspected", "former"]),
        ("The sample is valid when x {} 10 and the flag is set.", ["<", ">", "=", "≤", "≥"]),
        ("According to the police the man was {} in the crash on the ring road.", ["killed", "injured", "arrested"]),
        ("The bill was passed {} the support of the smaller party.", ["with", "without"]),
        ("A {} spokesman said that the ships had left the port.", ["French", "German", "Dutch", "US", "UN"]),
    ],
    "de": [
        ("Bei dem Unfall an der Brücke wurden nach Angaben der Polizei {} Menschen verletzt.", [
            "12", "21", "zwei", "vier", "sieben", "dreißig", "vierzig", "keine", "mehrere", "1.200", "120"]),
        ("Die Firma teilte am {} mit, dass das neue Werk bald öffnet.", ["Montag", "Dienstag", "3. März", "3. Mai", "4. Mai", "Freitag"]),
        ("Das Feuer brach {} aus und griff schnell auf das Lager über.", ["heute", "gestern", "1998", "1999", "im Juni", "im Juli", "um 12:30 Uhr", "um 13:30 Uhr"]),
        ("Der Anwalt von {} sagte dem Gericht, die Akten seien verloren.", ["Keller", "Kessler", "Siemens", "Bosch", "Anna Vogt", "Peter Vogt"]),
        ("Das Paket an der Grenze wog 50 {} und war gut versteckt.", ["kg", "g", "Tonnen", "Pfund", "mg", "%"]),
        ("Das Geschäft ist {} wert, sagte ein Sprecher.", ["5 Euro", "5 Dollar", "5 £", "6 Euro", "5 Mio. Euro", "5 Mrd. Euro"]),
        ("Die Anwohner {} nachts auf der Straße parken.", ["dürfen", "müssen", "können", "sollen", "dürfen nicht", "könnten", "wollen", "sollten"]),
        ("Der Angeklagte ist nach Ansicht des Gerichts {}.", ["schuldig", "nicht schuldig", "unschuldig"]),
        ("Die Aktie {} nach der Meldung um ein Zehntel.", ["stieg", "fiel", "stieg nicht"]),
        ("Der Rat hat den Plan {}, wie es am Abend hieß.", ["genehmigt", "abgelehnt", "nicht genehmigt"]),
        ("Das ist {} möglich, erklärte die Behörde dazu.", ["", "nicht", "nie", "kaum"]),
        ("„Wir sind {} mit dem Ergebnis“, sagte die Trainerin nach dem Spiel.", ["zufrieden", "unzufrieden", "froh", "fertig"]),
        ("Die Stadt liegt {} des Flusses.", ["nördlich", "südlich", "östlich", "westlich"]),
        ("Das Spiel wurde {} und viele gingen früh.", ["gewonnen", "verloren"]),
        ("Er kam {} dem Regen nach Hause.", ["vor", "nach"]),
    ],
    "fr": [
        ("Selon la police, {} personnes ont été touchées près du pont.", ["12", "21", "deux", "quatre", "sept", "trente", "quarante", "plusieurs", "120"]),
        ("La société a annoncé {} que la nouvelle usine va ouvrir.", ["lundi", "mardi", "le 3 mars", "le 3 mai", "le 4 mai", "hier", "aujourd'hui", "vendredi"]),
        ("L'incendie a commencé {} dans un dépôt du port.", ["en 1998", "en 1999", "en juin", "en juillet", "à 12:30", "à 13:30", "hier soir", "demain"]),
        ("L'avocat de {} a dit au tribunal que les papiers étaient perdus.", ["Keller", "Kessler", "Renault", "Peugeot", "Anne Morel", "Paul Morel"]),
        ("Le colis saisi à la frontière pesait 50 {} selon la douane.", ["kg", "g", "tonnes", "livres", "mg", "%"]),
        ("L'accord vaut {} pour les propriétaires du chantier.", ["5 euros", "5 dollars", "6 euros", "5 £", "5 millions d'euros", "5 milliards d'euros"]),
        ("Les habitants {} garer leur voiture dans la rue la nuit.", ["peuvent", "doivent", "veulent", "ne peuvent pas", "devraient", "pourraient"]),
        ("L'accusé est {} selon le tribunal de la ville.", ["coupable", "innocent", "non coupable"]),
        ("Le directeur {} la nouvelle devant la presse locale.", ["confirme", "ne confirme pas", "dément"]),
        ("L'action a {} après la nouvelle de la vente.", ["augmenté", "baissé", "peu augmenté"]),
        ("« Nous sommes {} du résultat », a dit la capitaine.", ["contents", "déçus", "fiers", "loin"]),
        ("La ville se trouve au {} du fleuve.", ["nord", "sud"]),
        ("Le conseil a {} le projet de route.", ["accepté", "refusé"]),
        ("Un porte-parole {} a parlé du navire.", ["français", "allemand", "russe", "italien"]),
        ("Il est parti {} la pluie, dit sa voisine.", ["avant", "après"]),
    ],
    "es": [
        ("Según la policía, {} personas resultaron afectadas cerca del puente.", ["12", "21", "dos", "cuatro", "siete", "treinta", "cuarenta", "varias", "120"]),
        ("La empresa anunció {} que la nueva planta va a abrir.", ["el lunes", "el martes", "el 3 de marzo", "el 3 de mayo", "el 4 de mayo", "ayer", "hoy"]),
        ("El fuego empezó {} en un almacén del puerto.", ["en 1998", "en 1999", "en junio", "en julio", "a las 12:30", "a las 13:30", "anoche"]),
        ("El abogado de {} dijo al tribunal que los papeles se perdieron.", ["Keller", "Kessler", "Seat", "Telefónica", "Ana Ruiz", "Pablo Ruiz"]),
        ("El paquete de la frontera pesaba 50 {} según la aduana.", ["kg", "g", "toneladas", "libras", "mg", "%"]),
        ("El acuerdo vale {} para los dueños del astillero.", ["5 euros", "5 dólares", "6 euros", "5 £", "5 millones de euros"]),
        ("Los vecinos {} aparcar en la calle por la noche.", ["pueden", "deben", "quieren", "no pueden", "podrían", "deberían"]),
        ("El acusado es {} según el tribunal de la ciudad.", ["culpable", "inocente", "no culpable"]),
        ("El director {} la noticia ante la prensa local.", ["confirma", "no confirma", "nunca confirma", "desmiente"]),
        ("El precio {} después de la noticia.", ["subió", "bajó", "no subió"]),
        ("«Estamos {} con el resultado», dijo la capitana.", ["contentos", "tristes", "hartos", "lejos"]),
        ("La ciudad queda al {} del río.", ["norte", "sur", "este", "oeste"]),
        ("El equipo visitante {} el partido ante poco público.", ["ganó", "perdió"]),
        ("Un portavoz {} habló del barco.", ["francés", "alemán", "ruso", "italiano"]),
        ("Llegó {} azúcar a la isla.", ["con", "sin"]),
    ],
    "zh": [
        ("警方表示,大桥附近有{}人受伤。", ["12", "21", "二", "四", "三十", "数十", "１３"]),
        ("公司在星期{}宣布新工厂即将开业。", ["一", "二", "五"]),
        ("法院认为经理{}罪。", ["有", "无", "没有"]),
        ("股价在消息公布后{}了百分之十。", ["上涨", "下跌"]),
        ("部长说他{}去北京参加会议。", ["会", "不会", "可能", "必须", ""]),
    ],
    "ar": [
        ("قالت الشرطة إن {} شخصا أصيبوا قرب الجسر", ["12", "21", "عشرين", "ثلاثين", "٣٠", "٤٠"]),
        ("أعلنت الشركة يوم {} أن المصنع الجديد سيفتح", ["الاثنين", "الثلاثاء", "الجمعة"]),
        ("الوزير {} يذهب إلى الاجتماع في المدينة", ["لن", "سوف", "قد", ""]),
    ],
    "hi": [
        ("पुलिस ने कहा कि पुल के पास {} लोग घायल हुए", ["21", "दो", "चार", "१२", "तीस"]),
        ("मंत्री बैठक में {} जाएंगे", ["नहीं", "कल", "आज", ""]),
    ],
    "ru": [
        ("Полиция сообщила, что у моста пострадали {} человек", ["12", "21", "пять", "шесть", "девять", "десять"]),
        ("Суд признал, что он {} виновен", ["", "не", "совсем"]),
        ("Встреча пройдёт в {} в городской школе", ["понедельник", "вторник", "мае", "марте"]),
    ],
    "it": [("Il ministro ha detto che il ponte {} per i lavori della città", ["chiude", "apre", "crolla", "non chiude"])],
}


def attacks() -> list[tuple[str, str, str]]:
    return [
        (language, frame.format(one).replace("  ", " "), frame.format(two).replace("  ", " "))
        for language, frames in ATTACKS.items()
        for frame, values in frames
        for one, two in permutations(values, 2)
    ]


# Longer texts around the same flips: the difference stands at the beginning, in the middle, at the end.
AROUND = {
    "en": "The harbour was quiet in the evening. {} Nobody in the street had heard of it before.",
    "de": "Der Hafen war am Abend still. {} Niemand auf der Straße hatte davon gehört.",
    "fr": "Le port était calme le soir. {} Personne dans la rue n'en avait entendu parler.",
    "es": "El puerto estaba tranquilo. {} Nadie en la calle lo había oído antes.",
}


def test_under_attack() -> None:
    """Of thousands of pairs in which one fact was flipped, none may pass, whichever copy stays and however long it is."""
    pairs = attacks()
    passed = [pair for pair in pairs if not conflicting(differences(*pair[1:]))]
    told = [pair for pair in pairs if not conflicting(differences(*pair[1:], language=pair[0]))]
    longer = [(name, AROUND[name].format(one), AROUND[name].format(two)) for name, one, two in pairs if name in AROUND]
    passed += [pair for pair in longer if not conflicting(differences(*pair[1:]))]
    assert len(pairs) + len(longer) > 2000
    assert passed == []
    assert told == []


INNOCENT = [
    ("The report was recieved by the council.", "The report was received by the council."),
    ("The goverment has agreed to the plan.", "The government has agreed to the plan."),
    ("They seperate the waste at home.", "They separate the waste at home."),
    ("The colour of the door is nice.", "The color of the door is nice."),
    ("This section describe the layout.", "This section describes the layout."),
    ("It stopped working there.", "It stop working there."),
    ("The button open the window.", "The buttons open the window."),
    ("We moved along, slowly and well.", "We moved along slowly, and well."),
    ('She said "yes" to it all.', "She said “yes” to it all."),
    ("She said 'yes' to it all.", "She said ‘yes’ to it all."),
    ("Don't go there, it's dark.", "Do not go there, it is dark."),
    ("You can't go there.", "You cannot go there."),
    ("Some  space\nand a line.", "Some space and a line."),
    ("A **bold** word and _another_.", "A bold word and another."),
    ("The cat sat on mat.", "The cat sat on the mat."),
    ("You can use to the the tool.", "You can use to the tool."),
    ("THE GUIDE TO THE GARDEN", "The guide to the garden"),
    ("A website for gardeners.", "A web site for gardeners."),
    ("An e-mail came in.", "An email came in."),
    ("Twelve men came.", "12 men came."),
    ("It weighs 5 kilograms.", "It weighs 5 kg."),
    ("It grew by 5 percent.", "It grew by 5 %."),
    ("There were 1,200 of them.", "There were 1200 of them."),
    ("Fish &amp; chips are sold here.", "Fish & chips are sold here."),
    ("He walked home…", "He walked home."),
    ("Der Rat hat dem Plan zugestimt.", "Der Rat hat dem Plan zugestimmt."),
    ("Das ist ein schönes Haus, das gut steht", "Das ist ein schönes Haus das gut steht."),
    ("Er sagte „ja“ zu allem.", "Er sagte »ja« zu allem."),
    ("Ich weiß, daß er kommt.", "Ich weiß, dass er kommt."),
    ("Le conseil a aceptée le projet avec calme.", "Le conseil a aceptée le projet, avec calme."),
    ("L’eau est très froide ici.", "L'eau est très froide ici."),
    ("Il s'agit d'un evenement rare.", "Il s'agit d'un événement rare."),
    ("La decisión fue tomada con calma.", "La decision fue tomada con calma."),
    ("Un problema dificil de ver.", "Un problema difícil de ver."),
    ("今日は雨。", "今日は雨"),
    ("共有１２人。", "共有12人。"),
    ("שָׁלוֹם עולם", "שלום עולם"),
    ("Привет, мир и люди", "Привет мир и люди"),
]


@pytest.mark.parametrize(("one", "two"), INNOCENT)
def test_innocent(one: str, two: str) -> None:
    """Slips, endings, punctuation, quote styles, white space and other ways to write one fact do not conflict."""
    found = differences(one, two)
    assert not conflicting(found), found


KINDS = [
    ("12 injured", "21 injured", "number"),
    ("Two killed in Leeds crash", "Four killed in Leeds crash", "number"),
    ("He left on Monday", "He left on Tuesday", "date"),
    ("Built in 1998 there", "Built in 1999 there", "date"),
    ("It was Anna who left", "It was Maria who left", "name"),
    ("Tell us about it", "Tell US about it", "name"),
    ("It is 3 km long", "It is 3 miles long", "unit"),
    ("He ate 3 apples", "He ate 3 pears", "unit"),
    ("It cost £5", "It cost €5", "currency"),
    ("He was guilty", "He was not guilty", "negation"),
    ("Shares rose 5 %", "Shares fell 5 %", "opposite"),
    ("A careful man", "A careless man", "opposite"),
    ("You must go", "You may go", "modality"),
    ("It is over.", "It is over?", "modality"),
    ("“We are fine,” she said", "“We are glad,” she said", "quotation"),
    ("See [it](a.md)", "See [it](b.md)", "link"),
    ("Use `a` here", "Use `b` here", "code"),
    ("x < 5", "x > 5", "sign"),
    ("明天去", "后天去", "content"),
    ("a quick answer", "a short answer", "word"),
    ("It is on a table", "It is on the table", "function"),
    ("It was recieved", "It was received", "typo"),
    ("It helps", "It helped", "inflection"),
    ("Twelve men", "12 men", "form"),
    ("The end", "the end", "case"),
    ("One, then", "One then", "punctuation"),
    ("A *b* c", "A b c", "markup"),
]


@pytest.mark.parametrize(("one", "two", "kind"), KINDS)
def test_kinds(one: str, two: str, kind: str) -> None:
    """Each difference is called by its name, and the texts of both sides are given."""
    (found, *_) = differences(one, two)
    assert found.kind == kind
    assert kind in FACTS or kind in HARMLESS
    assert found.keeper in one
    assert found.duplicate in two


def test_cut_copies_do_not_conflict() -> None:
    """What only the longer copy says, after or before all else, is missing rather than different, figures and all."""
    long = "The bridge was closed. On Monday 12 men came to repair it for 5 million euros."
    short = "The bridge was closed."
    assert [found.kind for found in differences(long, short)] == ["missing"]
    assert cut(long, short)
    assert not cut(short, long)
    assert cut(long, "The bridge was closed. On Monday 12 men came to rep…")
    assert cut(long, "The bridge was closed. On Monday […] Read more")
    assert not cut(long, "The bridge was closed. On Tuesday")


def test_both_cut() -> None:
    """Where each copy says something that the other lacks, what they say counts."""
    one = "On Monday at noon 12 men came. The bridge was closed."
    two = "The bridge was closed. On Tuesday another 21 men went home."
    assert conflicting(differences(one, two))


def test_no_difference() -> None:
    """Equal texts differ in nothing."""
    assert differences("a", "a") == ()
    assert differences("", "") == ()


TEXT = st.lists(
    st.sampled_from("the cat Cat Anna 5 5% twelve not may “a ” said , . ? 不 `x` * running runs £ ( [a](b) Monday rose fell &amp; it's".split()),
    max_size=12,
).map(" ".join)


@given(TEXT, TEXT)
def test_symmetric(one: str, two: str) -> None:
    """Swapping the copies swaps the sides, and never changes what is guarded."""
    there, back = differences(one, two), differences(two, one)
    assert there == tuple((kind, b, a) for kind, a, b in back)


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text(one: str, two: str) -> None:
    """No text makes it fail, and every kind has a name."""
    for found in differences(one, two):
        assert found.kind in FACTS or found.kind in HARMLESS


@pytest.mark.parametrize("piece", ["a ", "'", "“", "“a” ", "`", "(", "](", "<a ", "12.", "不", "&amp;", "a'b'"])
def test_linear(piece: str) -> None:
    """A long hostile text is compared in reasonable time."""
    differences(piece * 5_000 + "one", piece * 5_000 + "two")
