"""
The fact guard: what differs between two near copies, and whether it is a fact.

Likeness does not tell a slip from a meaning: "guilty" and "not guilty" are 96 % alike, and so are the results of two
matches. What differs does. So the words of both texts are aligned, and each stretch in which they differ is named: a
number, a date, a name, a negation... or a typo, an ending, a comma. A near copy that differs in a fact is never removed.

The lists are of English, German, French and Spanish, and all four are asked whatever the language: a word of another
language taken for a fact costs a suggestion, a fact taken for a word costs the fact. For other languages there is one
rule: any word that differs may be a fact.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from cleaner.model import Difference
from cleaner.normal import normal
from cleaner.words import MARKS, SPACELESS

#: The kinds that forbid removing a copy.
FACTS: frozenset[str] = frozenset(
    "number date name unit currency negation opposite modality quotation content link code sign order".split()
)
# The kinds that do not, mildest first; "missing" is what only the more complete copy says, before or after all else.
HARMLESS = ("punctuation", "markup", "case", "form", "typo", "inflection", "function", "word", "missing")

_CUT = 5  # words that one copy must lack at its beginning or end to be called cut
_CELLS = 400_000_000  # words times words up to which two texts are aligned
_LISTED = frozenset({"", "en", "de", "fr", "es"})  # languages whose facts the lists below know; "": cannot be told


def conflicting(differences: Iterable[Difference]) -> bool:
    """Whether one of the differences is a fact, so that neither copy may be removed for the other."""
    return any(difference.kind in FACTS for difference in differences)


def cut(keeper: str, duplicate: str) -> bool:
    """
    Whether the duplicate is the keeper cut short: its words are the keeper's, less some at the beginning or end.

    A last word that is cut in the middle, an ellipsis and "read more" at the end are forgiven.
    """
    whole, part = _norms(_tokens(keeper)), _norms(_tokens(_teased(duplicate)))
    if not part or len(part) >= len(whole):
        return False
    if whole[: len(part)] == part or whole[-len(part) :] == part:
        return True
    shorn = part[:-1]  # "... in the mid…"
    return len(shorn) >= _CUT and whole[: len(shorn)] == shorn and whole[len(shorn)].startswith(part[-1])


def differences(keeper: str, duplicate: str, language: str = "") -> tuple[Difference, ...]:
    """
    Name what differs between two texts, in reading order.

    Args:
        keeper: The copy that would stay, as it stands in the article, inline markup included.
        duplicate: The copy that would go.
        language: ISO 639-1 code, where known. It only ever adds caution.

    Returns:
        One `Difference` for each kind in each stretch that differs; none for equal texts. A stretch of five or more words
        that one copy lacks at its very beginning or end is "missing", whatever it says. Swapping the two texts swaps the
        sides and changes no kind. Of a copy that is `cut` in the middle of a word, the rest of that word is a difference.
    """
    if keeper == duplicate:
        return ()
    left, right = _tokens(_teased(keeper)), _tokens(_teased(duplicate))
    swapped = (_norms(right), duplicate) < (_norms(left), keeper)
    if swapped:  # an alignment may have several best answers: always ask in one order
        left, right, keeper, duplicate = right, left, duplicate, keeper
    found = tuple(_Comparison(keeper, duplicate, left, right, language).run())
    return tuple(Difference(kind, two, one) for kind, one, two in found) if swapped else found


def named(word: str) -> str:
    """Return which kind of fact a word (in lower case) is by itself: "number", "date", "negation"...; "" where it is none."""
    return _lists().get(word, ("", ""))[0]


class _Token(NamedTuple):
    """A word, figure, sign, address or piece of code, with what stands before it."""

    text: str
    norm: str  # what is compared
    kind: str  # word, number, sign, currency, unit, link, code
    gap: str  # punctuation and markup between it and the token before
    quoted: bool
    starts: bool  # a sentence may begin here, so a capital says nothing


# --- reading ---------------------------------------------------------------------------------------------------------

_CURRENCIES = "$¢£¤¥֏؋৲৳฿៛\u20a0-\u20cf﷼＄￠￡￥￦"
_SIGNS = "+±−×÷=≠<>≤≥≈∞√∑→←↑↓↔✓✔✗✘☑☒☐⇒⇐"


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """Compile a pattern when it is first needed: this module is imported by runs that compare nothing."""
    return re.compile(text)


@cache
def _reader() -> re.Pattern[str]:
    letter = rf"[^\W\d_{SPACELESS}]"
    run = rf"(?:{letter}|\d)(?:{letter}|\d|[{MARKS}])*"
    return re.compile(
        r"(?P<code>(?P<ticks>`{1,8})(?!`)[^`]{1,2000}?(?P=ticks)(?!`)|\{\{[^{}]{0,2000}\}\}|\{%[^%]{0,2000}%\})"
        r"|(?P<link>(?<=\])\([^()\s]{0,2000}(?:\s+\"[^\"]{0,500}\")?\)|(?:https?|ftp)://[^\s<>\"`)\]]+|www\.[^\s<>\"`)\]]+"
        r"|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})"
        r"|(?P<tag></?[A-Za-z](?![\w+.-]{0,30}:)[^<>]{0,2000}>|<!--[\s\S]{0,2000}?-->)"
        rf"|(?P<number>(?:(?<![\w)\]~])[-−+±~≈](?=\d))?(?:(?<![^\W_])|(?<=[{SPACELESS}]))[^\W\d_{SPACELESS}]{{0,3}}\d+(?:[.,:٫٬'’]\d+)*(?:{letter}|\d)*)"
        rf"|(?P<word>(?<!\w)[A-Za-z](?:#|\+\+)(?!\w)|(?:{letter}\.){{2,8}}|{run}(?:['’ʼ·״׳]{run})*)"
        rf"|(?P<spaceless>[{SPACELESS}][\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u3099\u309a]*)"
        rf"|(?P<currency>[{_CURRENCIES}])|(?P<unit>[%‰°℃℉])|(?P<and>&(?=\s))"
        rf"|(?P<sign>[{_SIGNS}]+)"
        r"|(?P<other>[^\w\s])"
    )


@lru_cache(maxsize=4096)  # an entry of a series is held against each of the others; nobody changes the list
def _tokens(text: str) -> list[_Token]:
    if "&" in text and ";" in text:
        from html import unescape

        text = unescape(text)
    text = normal("NFC", text)
    quoted = _quoted(text)
    tokens: list[_Token] = []
    at = 0
    for found in _reader().finditer(text):
        kind = found.lastgroup or ""
        if kind == "ticks":
            kind = "code"
        piece, start = found.group(), found.start()
        if kind == "other":
            if unicodedata.category(piece) not in ("So", "Sk", "Sm") or piece in "©®™|~^`´¨¯•●■▪◦◆►▶★":
                continue
            kind = "sign"
        elif kind == "tag":
            if "=" not in piece:
                continue
            kind = "link"
        elif kind == "sign" and _is_markup(text, start, piece):
            continue
        if kind == "number" and piece[0] == "−":
            piece = "-" + piece[1:]
        gap = text[at:start]
        starts = not tokens or (gap != " " and _pattern(_STARTS).search(gap) is not None)
        for one in _parts(piece, kind):
            tokens.append(_Token(one[0], one[1], one[2], gap, bool(quoted[start]), starts))
            gap, starts = "", False
        at = found.end()
    return tokens


_STARTS = r"[.!?:;…。！？\"“„«»”|•]|\n\s*(?:\n|[-*+#>]\s|\d)|^\s*[#*>-]"


def _is_markup(text: str, start: int, piece: str) -> bool:
    """Whether signs are a heading's underline, a block quote's mark or a list's bullet."""
    if len(piece) > 2 and set(piece) <= set("=+"):
        return True
    return piece in (">", "+", ">>") and not text[text.rfind("\n", 0, start) + 1 : start].strip(" >")


def _parts(piece: str, kind: str) -> list[tuple[str, str, str]]:
    """Return what one piece of text counts as: (text, norm, kind). Contractions are written out."""
    if kind in ("code", "link", "currency", "unit", "sign"):
        return [(piece, piece, kind)]
    if kind == "and":
        return [(piece, "and", "word")]
    if kind == "word" and piece.isascii() and piece.isalpha() and len(piece) != len("cannot"):
        return [(piece, piece.lower(), "word")]  # nearly all words: nothing in them folds, joins or is a figure
    folded = normal("NFKC", piece).replace("\u00ad", "").replace("’", "'").replace("ʼ", "'")
    if kind == "number" or any(letter.isdigit() for letter in folded):
        return [(piece, _figure(folded), "number")]
    low = _pattern(_BARE).sub("", folded).casefold()
    if kind == "spaceless":
        return [(piece, low, "number" if low in "〇零一二三四五六七八九十百千万億亿两" else "word")]
    if "'" in low or low == "cannot":
        return [(piece if place == 0 else part, part, "word") for place, part in enumerate(_written_out(low))]
    return [(piece, _initials(low) if "." in low else low, "word")]


def _initials(low: str) -> str:
    """Return a dotted abbreviation without its dots: "U.S." and "US" are one name. "a.m", which is a word of the lists, keeps them."""
    bare = low.rstrip(".")
    joined = bare.replace(".", "")
    return bare if bare in _lists() or joined in _function_words() - {"us"} else joined


# Points and signs that Hebrew and Arabic may write or not, tatweel, joiners, variation selectors.
_BARE = "[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u0640\u064b-\u0652\u200c\u200d\ufe00-\ufe0f]"
_THOUSANDS = r"[+-]?\d{1,3}(?:[,'\u202f]\d{3})+"


def _figure(text: str) -> str:
    digits = "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text).casefold()
    if _pattern(_THOUSANDS).fullmatch(digits):
        digits = re.sub(r"[,'\u202f]", "", digits)
    return digits


_IRREGULAR = {"won't": "will", "can't": "can", "cannot": "can", "shan't": "shall"}
_IS = frozenset("it he she that there what who here let where how this".split())
_ELIDED = frozenset("l d n qu j s c m t jusqu lorsqu puisqu quoiqu".split())


def _written_out(word: str) -> list[str]:
    """Return the words in a contraction: don't = do not, l'eau = l eau. A possessive stays as it is."""
    head, _, tail = word.partition("'")
    if word in _IRREGULAR:
        return [_IRREGULAR[word], "not"]
    if tail == "t" and head.endswith("n") and len(head) > 2:
        return [head[:-1], "not"]
    if tail in ("ll", "ve", "re", "m"):
        return [head, {"ll": "will", "ve": "have", "re": "are", "m": "am"}[tail]]
    if tail == "s" and head in _IS:
        return [head, "is"]
    if head in _ELIDED and tail:
        return [head, *_written_out(tail)] if "'" in tail else [head, tail]
    return [word]


_PAIRS = {"“": "”", "„": "“”", "«": "»", "‹": "›", "「": "」", "『": "』", "‘": "’", "‚": "‘’", "»": "«"}
_CLOSED = r"[^\s(]['’](?!\w)"
_MARK = r"[“”„«»‹›「」『』‚‘]|(?<![\w\d])\"|\"|(?<![^\s(\[—–])'(?=\w)|(?<=[^\s(])['’](?!\w)"


def _quoted(text: str) -> bytearray:
    """Return for each code point whether it stands in quotation marks, of any style. What is not closed is quoted too."""
    inside = bytearray(len(text) + 1)
    opened, closers = -1, ""
    for mark in _pattern(_MARK).finditer(text):
        sign, at = mark.group(), mark.start()
        if opened >= 0 and sign in closers:
            inside[opened:at] = b"\x01" * (at - opened)
            opened = -1
        elif opened < 0 and sign in _PAIRS:
            opened, closers = at, _PAIRS[sign]
        elif opened < 0 and sign == '"' and not (at and text[at - 1].isdigit()):
            opened, closers = at, '"'
        elif opened < 0 and sign == "'" and (at == 0 or not text[at - 1].isalnum()) and text[at + 1 : at + 2].isalnum():
            # An apostrophe may begin a word ('tis, the '90s); it opens a quotation only if something closes that.
            opened, closers = (at, "'’") if _pattern(_CLOSED).search(text, at + 2, at + 600) else (-1, "")
    if opened >= 0 and closers != "'’":
        inside[opened:] = b"\x01" * (len(inside) - opened)
    return inside


# --- what words are facts --------------------------------------------------------------------------------------------

_NUMBERS = {
    # cardinals by value, so that "12" and "twelve" agree
    **{str(value): listed for value, listed in enumerate((
        "zero nought null cero zéro", "one eins", "two zwei zwo deux dos", "three drei trois tres", "four vier quatre cuatro",
        "five fünf cinq cinco", "six sechs seis", "seven sieben sept siete", "eight acht huit ocho", "nine neun neuf nueve",
        "ten zehn dix diez", "eleven elf onze once", "twelve zwölf douze doce", "thirteen dreizehn treize trece",
        "fourteen vierzehn quatorze catorce", "fifteen fünfzehn quinze quince", "sixteen sechzehn seize dieciséis",
        "seventeen siebzehn diecisiete", "eighteen achtzehn dieciocho", "nineteen neunzehn diecinueve", "twenty zwanzig vingt veinte",
    ))},
    "30": "thirty dreißig dreissig trente treinta", "40": "forty vierzig quarante cuarenta",
    "50": "fifty fünfzig cinquante cincuenta", "60": "sixty sechzig soixante sesenta", "70": "seventy siebzig septante setenta",
    "80": "eighty achtzig huitante ochenta", "90": "ninety neunzig nonante noventa",
}
_OTHER_NUMBERS = (
    # ordinals
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth thirtieth hundredth "
    "erste ersten erster erstes erstem zweite zweiten zweiter zweites zweitem dritte dritten dritter drittes drittem vierte "
    "vierten vierter fünfte fünften fünfter sechste sechsten sechster siebte siebten siebter achte achten achter neunte "
    "neunten neunter zehnte zehnten zehnter elfte elften zwölfte zwölften "
    "premier première premiers premières deuxième second seconde troisième quatrième cinquième sixième septième huitième "
    "neuvième dixième primero primera primer primeros primeras segundo segunda tercero tercera tercer cuarto cuarta quinto "
    "quinta sexto sexta séptimo séptima octavo octava noveno novena décimo décima "
    # times, parts, sets
    "once twice thrice single double triple quadruple half halves quarter quarters thirds dozen dozens score scores couple pair "
    "hundred hundreds thousand thousands both several many few fewer some all every each most none "
    "einmal zweimal dreimal viermal doppelt dreifach halb halbe halben hälfte drittel viertel dutzend hundert hunderte tausend "
    "tausende beide beiden mehrere viele vielen wenige wenigen einige einigen alle allen jeder jede jedes jedem "
    "double triple moitié tiers quart quarts douzaine douzaines cent cents centaine centaines mille millier milliers deux "
    "plusieurs beaucoup peu quelques tous toutes chaque doble mitad tercio docena docenas cien ciento cientos mil miles ambos "
    "ambas varios varias muchos muchas pocos pocas algunos algunas todos todas cada "
    "veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve "
    "quinientos setecientos novecientos doscientos doscientas trescientos trescientas cuatrocientos seiscientos ochocientos"
)
_DATES = (
    "january february april june july august september october november december jan feb apr jun jul aug sept oct nov dec "
    "monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays "
    "mon tue tues wed thu thur thurs fri "
    "today yesterday tomorrow tonight overnight morning afternoon evening noon midday midnight weekend spring summer autumn winter "
    "am pm a.m p.m ago bc ad bce ce now currently recently soon later earlier annual annually daily weekly monthly yearly hourly "
    "januar jänner februar märz april mai juni juli august oktober dezember montag dienstag mittwoch donnerstag freitag samstag "
    "sonnabend sonntag montags dienstags mittwochs donnerstags freitags samstags sonntags heute gestern morgen vorgestern "
    "übermorgen mittag abend nacht mitternacht frühling frühjahr sommer herbst jetzt bald später früher täglich wöchentlich "
    "monatlich jährlich heutige heutigen gestrige gestrigen "
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre lundi mardi mercredi jeudi vendredi "
    "samedi dimanche aujourd'hui aujourd hui hier demain matin soir nuit midi minuit printemps été automne hiver maintenant bientôt "
    "enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre lunes martes miércoles "
    "jueves viernes sábado domingo hoy ayer mañana anoche anteayer tarde noche mediodía medianoche primavera verano otoño invierno "
    "ahora pronto"
)
_UNITS = (
    # equal rows mean the same: the first word stands for all
    "% percent per-cent pct prozent porcentaje\n‰ promille\nkm kilometre kilometres kilometer kilometers kilometern kilomètre kilomètres "
    "kilómetro kilómetros kms\nm metre metres meter meters metern mètre mètres metro metros\ncm centimetre centimetres centimeter "
    "centimeters zentimeter centimètres centímetros\nmm millimetre millimetres millimeter millimeters milímetros\nmile miles meile meilen "
    "milla millas mi\nfoot feet ft\ninch inches zoll\nyard yards\nacre acres\nhectare hectares ha hektar hectárea hectáreas\n"
    "kg kilo kilos kilogram kilograms kilogramme kilogrammes kilogramm kilogramo kilogramos\ng gram grams gramm gramme grammes gramo gramos\n"
    "mg milligram milligrams milligramm\ntonne tonnes ton tons tonnen tonelada toneladas\nlb lbs\nounce ounces oz unze unzen\n"
    "litre litres liter liters litern litro litros l\nml millilitre millilitres milliliter\ngallon gallons galones\nbarrel barrels\n"
    "c celsius\nf fahrenheit\nkelvin\n° degree degrees grad degré degrés grado grados\nkw kilowatt kilowatts\nmw megawatt megawatts\n"
    "gw gigawatt gigawatts\nwatt watts w\nkwh\nmwh\nhz hertz\nkhz\nmhz\nghz\nb byte bytes\nkb kilobyte kilobytes\nmb megabyte megabytes\n"
    "gb gigabyte gigabytes\ntb terabyte terabytes\nkib\nmib\ngib\nbit bits\nmbit mbps\ngbit gbps\npx pixel pixels\nvolt volts v\nampere amps a\n"
    "mph\nkmh km/h\nknot knots\n"
    "second seconds sekunde sekunden seconde secondes segundo segundos s\nminute minutes minuten minuto minutos min\n"
    "hour hours stunde stunden heure heures hora horas h\nday days tag tage tagen jour jours día días\n"
    "week weeks woche wochen semaine semaines semana semanas\nfortnight\nmonth months monat monate monaten mois mes meses\n"
    "year years jahr jahre jahren an ans année années año años\ndecade decades jahrzehnt jahrzehnte décennie décennies década décadas\n"
    "century centuries jahrhundert jahrhunderte siècle siècles siglo siglos\nms millisecond milliseconds millisekunden\n"
    "million millions mio mn millionen millón millones\nbillion billions bn billionen billón billones\n"
    "milliarde milliarden mrd md milliard milliards\ntrillion trillions trillionen\nbillionth\n"
)
_MONEY = (
    "$ dollar dollars dólar dólares usd us$\n€ euro euros eur\n£ pound pounds gbp pfund libra libras livre livres sterling\n"
    "¥ yen jpy\nyuan cny renminbi rmb\nchf franc francs franken rappen\nrupee rupees inr ₹\nrouble roubles rouble ruble rubles rubel rub ₽\n"
    "peso pesos\nkrona kronor krone kroner sek nok dkk kronen\nzloty zlotys pln\nlira try\nwon krw\naud\ncad\nnzd\nhkd\nsgd\nbrl reais real\n"
    "cent cents centimes céntimos\npence penny p\nbitcoin btc\nether eth\nbasis points\n"
)
_NEGATIONS = (
    "not no never neither nor none nobody nothing nowhere without hardly barely scarcely rarely seldom unless non lack lacks "
    "lacked lacking fail fails failed failing deny denies denied denying refuse refuses refused refusing reject rejects "
    "rejected rejecting cancel cancels cancelled canceled except excluding despite instead unlikely untrue false "
    "nicht nichts nie niemals niemand niemanden niemandem nirgends nein kein keine keinen keiner keinem keines keinerlei ohne weder kaum "
    "außer ausgenommen trotz statt anstatt abgesagt verweigert verweigerte abgelehnt bestreitet bestritt bestritten verneint "
    "ne n pas non jamais rien aucun aucune aucunes personne ni sans guère nul nulle sauf excepté malgré refuse refusé refusa nie "
    "nié annulé annulée plus "
    "nunca jamás nada nadie ningún ninguno ninguna tampoco sin apenas salvo excepto niega negó negado rechaza rechazó "
    "rechazado cancelado cancelada canceló"
)
_MODALS = (
    "may might must can could should shall will would ought need needs needn dare cannot able unable have-to supposed likely probably possibly "
    "perhaps maybe certainly definitely apparently alleged allegedly reported reportedly suspected suspect purported "
    "purportedly claimed expected planned proposed possible impossible probable certain optional optionally mandatory required "
    "recommended obliged obligatory only nearly almost approximately roughly exactly former formerly ex acting deputy vice "
    "kann kannst können könnt könnte könnten konnte konnten muss musst müssen müsste müssten musste mussten soll sollen sollte sollten "
    "darf dürfen dürfte dürften durfte durften mag mögen möchte möchten mochte will wollen wollte wollten wird werden würde würden "
    "vielleicht wahrscheinlich vermutlich möglicherweise angeblich mutmaßlich mutmaßliche mutmaßlichen mutmaßlicher sicher "
    "bestimmt offenbar voraussichtlich nur fast beinahe etwa rund ungefähr genau ehemalige ehemaligen ehemaliger früherer stellvertretende "
    "peut peuvent pouvait pourrait pourraient pourra pourront pu doit doivent devait devrait devraient devra devront dû faut "
    "faudra faudrait veut veulent voulait voudrait probablement peut-être sûrement apparemment présumé présumée présumés "
    "prétendu seulement presque environ exactement ancien ancienne possible impossible obligatoire facultatif "
    "puede pueden podía podían podría podrían podrá podrán pudo pudieron debe deben debía debían debería deberían deberá deberán quiere "
    "quieren quería quizá quizás probablemente posiblemente seguramente tal-vez presunto presunta presuntos supuesto "
    "supuesta supuestamente aparentemente solo sólo solamente casi aproximadamente exactamente ex antiguo obligatorio opcional "
    "imposible posible"
)
# Adjectives of countries and peoples, which French, Spanish and German write in lower case: by their beginnings.
_PEOPLES = (
    "français allemand anglai britanniqu américain russe ukrainien chinoi japonai italien espagnol européen belge suisse "
    "polonai turc grec portugai israélien palestinien iranien irakien syrien indien canadien mexicain brésilien africain algérien "
    "marocain tunisien égyptien néerlandai suédoi norvégien danoi finlandai autrichien "
    "francés frances alemán aleman inglés ingles británic estadounidens american norteamerican rus ucranian chin japonés "
    "japones italian español europe belga suiz polac turc grieg portugués portugues israelí palestin iraní iraquí siri indi "
    "canadiens mexican brasileñ african argelin marroquí tunecin egipci colombian argentin chilen peruan cuban venezolan catalan catalán "
    "deutsch französisch britisch englisch amerikanisch russisch ukrainisch chinesisch japanisch italienisch spanisch "
    "europäisch belgisch schweizerisch polnisch türkisch griechisch portugiesisch israelisch palästinensisch iranisch "
    "irakisch syrisch indisch kanadisch mexikanisch brasilianisch afrikanisch österreichisch niederländisch schwedisch "
    "norwegisch dänisch finnisch ungarisch tschechisch bayerisch"
)
_DIRECTIONS = (
    "north south east west northern southern eastern western northeast northwest southeast southwest northward southward "
    "nord norden süd süden osten westen nördlich südlich östlich westlich norte oeste noreste noroeste sureste suroeste"
)
# Words that turn a sentence round when one takes the other's place: one row an axis, its poles between bars.
_AXES = """
rose rise rises rising risen climb climbed climbs jump jumped surge surged soar soared grow grew grown grows gain gained gains increase increased increases increasing up upward higher high highest top | fell fall falls falling fallen drop dropped drops decline declined declines sink sank slump slumped plunge plunged shrink shrank lose lost loses decrease decreased decreases decreasing reduce reduced reduces cut down downward lower low lowest bottom | unchanged flat steady stable
more most greater larger bigger longer over above maximum max upper exceed exceeds | less least fewer smaller shorter under below minimum min lower
before prior until since | after following during
win won wins winning victory beat beats beaten defeat defeated victorious | lose lost loses losing | draw drew drawn tied
allow allows allowed permit permits permitted accept accepts accepted approve approved approves agree agreed grant granted enable enables enabled support supports supported include includes included including legal lawful | deny denied forbid forbids forbidden prohibit prohibits prohibited ban banned bans block blocked reject rejected refuse refused oppose opposes opposed disable disables disabled exclude excludes excluded excluding illegal unlawful disagree disagreed
guilty convicted | innocent acquitted cleared
kill killed kills dead died die dies dying death deaths murdered | injure injured injures wounded hurt alive survive survived survives born injuries wounds | missing | arrested detained jailed imprisoned | rescued saved freed released | sick infected ill
left | right | wrong
north northern northward | south southern southward | east eastern eastward | west western westward | northeast | northwest | southeast | southwest
open opens opened opening | close closes closed closing shut
start starts started begin begins began begun launch launched first | end ends ended finish finished stop stops stopped last final
in into inside within | out outside | on onto | off
to toward towards | from
for pro | against anti contra
with | without
always ever often usually | never sometimes rarely
all every everyone everybody everything | none nobody nothing | some someone somebody something | most
true correct valid real genuine | false incorrect invalid fake
yes | no
good better best | bad worse worst | poor
big large huge major | small little tiny minor
new newer newest young younger latest | old older oldest
hot warm | cold cool
strong stronger | weak weaker
rich | poor
fast faster quick quickly rapid rapidly | slow slower slowly
early earlier earliest | late later latest
hire hired hires appoint appointed elect elected | fire fired fires dismiss dismissed resign resigned sack sacked
buy buys bought acquire acquired purchase purchased | sell sells sold
import imports imported | export exports exported
immigration immigrant immigrants | emigration emigrant emigrants
arrive arrives arrived | depart departs departed leave leaves
add adds added insert inserted | remove removes removed delete deleted deletes
send sends sent give gave given gives | receive receives received take took taken takes
pass passed passes succeed succeeded success successful | fail failed fails failure unsuccessful
love loved loves like liked | hate hated hates dislike disliked
man men boy boys male father son brother husband uncle king prince | woman women girl girls female mother daughter sister wife aunt queen princess | child children | parent parents
he him his himself | she her hers herself | they them their theirs themselves | i me my mine myself | we us our ours ourselves | you your yours
positive | negative
public | private
safe secure | dangerous unsafe insecure
north | south
day | night
black | white | red | green | blue | yellow | orange | brown | purple | pink | grey gray
teacher | student | doctor | patient | driver | passenger | victim | suspect | witness | defendant accused | plaintiff | prosecutor
minister | president | chancellor | mayor | governor | senator | secretary | chairman | king | queen | director | judge | lawyer | spokesman | spokeswoman
liberal left-wing | conservative right-wing | democrat democratic | republican
confirm confirmed confirms admit admitted admits | deny denied denies dispute disputed
attack attacked attacks | defend defended defends
past | present | future
read | write
encrypt encrypted | decrypt decrypted
upload | download
above | below
input | output
client | server
enable enabled | disable disabled
ascending | descending
internal | external
required mandatory | optional
next | previous | last | current
stieg steigt steigen gestiegen stiegen kletterte wuchs wächst zugenommen erhöht erhöhte erhöhen höher hoch auf mehr größer über oben | fiel fällt fallen gefallen fielen sank sinkt sinken gesunken schrumpfte abgenommen senkt senkte gesenkt senken niedriger tief ab weniger kleiner unter unten
vor bevor vorher bis | nach nachdem nachher seit
gewann gewinnt gewonnen gewinnen siegte besiegte | verlor verliert verloren verlieren unterlag
erlaubt erlaubte erlauben gestattet zugelassen legal genehmigt akzeptiert angenommen zugestimmt | verboten verbot verbietet verbieten untersagt abgelehnt illegal verweigert
schuldig verurteilt | unschuldig freigesprochen
getötet tot starb starben gestorben ermordet tödlich toten tote | verletzt verwundet verletzte verletzten lebt überlebt überlebte | vermisst | festgenommen verhaftet | gerettet befreit freigelassen
links linke linken linker | rechts rechte rechten rechter
öffnet öffnete geöffnet offen eröffnet | schließt schloss geschlossen zu
beginnt begann begonnen startet startete | endet endete beendet
mit | ohne
für | gegen
von aus | zu nach
immer | nie selten manchmal
alle alles | keine nichts | einige manche
gut besser beste | schlecht schlechter schlechteste
groß große großen großer | klein kleine kleinen kleiner
neu neue neuen neuer | alt alte alten alter
jung junge | alt alte
stark stärker | schwach schwächer
schnell | langsam
warm heiß | kalt
kauft kaufte gekauft kaufen | verkauft verkaufte verkaufen
richtig wahr | falsch
ja | nein
er ihn ihm sein seine seinen seiner seinem | sie ihr ihre ihren ihrer ihrem | wir uns unser unsere | ich mich mir mein meine | du dich dir dein deine
bestätigt bestätigte | dementiert dementierte bestritt
öffentlich | privat
nördlich nördlichen | südlich südlichen | östlich östlichen | westlich westlichen
augmente augmenté augmentait augmenter hausse grimpé monte monté monter progressé plus supérieur | baisse baissé baissait baisser chuté tombé diminue diminué diminuer reculé moins inférieur
avant jusqu | après depuis
gagne gagné gagner remporté vaincu victoire | perd perdu perdre défaite
autorise autorisé autorisée autoriser permet permis accepte accepté acceptée approuvé légal adopté adoptée | interdit interdite interdire refuse refusé refusée rejeté rejetée illégal
coupable condamné | innocent acquitté
tué tués tuée tuées mort morts morte mortes décédé | blessé blessés blessée blessées survécu vivant | disparu disparus | arrêté arrêtés arrêtée | libéré libérés
gauche | droite
nord | sud | ouest | est
ouvre ouvert ouverte ouvrir | ferme fermé fermée fermer
commence commencé commencer début | finit fini terminé terminée fin
avec | sans
pour | contre
toujours souvent | jamais rarement parfois
tous tout toutes | aucun rien | certains
bon bonne meilleur mieux | mauvais mauvaise pire
grand grande grands | petit petite petits
nouveau nouvelle nouvel | ancien vieux vieille
fort forte | faible
achète acheté acheter | vend vendu vendre
vrai vraie | faux fausse
oui | non
il lui son | elle sa | ils elles leur leurs | nous notre nos | je mon ma mes | vous votre vos
homme hommes père fils frère | femme femmes mère fille sœur
public | privé
sur dessus | sous dessous
confirme confirmé | dément démenti nie nié
sube subió subido subir aumenta aumentó aumentado aumentar crece creció más mayor superior arriba alza | baja bajó bajado bajar cae cayó caído disminuye disminuyó disminuir menos menor inferior abajo baja
antes hasta | después tras desde
gana ganó ganado ganar venció victoria | pierde perdió perdido perder derrota
permite permitió permitido permitir autoriza autorizó autorizado acepta aceptó aprobó aprobado legal | prohíbe prohibió prohibido prohibir rechaza rechazó niega negó ilegal
culpable condenado | inocente absuelto
muerto muertos muerta muertas murió murieron mató asesinado | herido heridos herida heridas sobrevivió vivo | desaparecido desaparecidos | detenido detenidos arrestado | liberado liberados rescatado
izquierda | derecha
norte | sur | oeste | este
abre abrió abierto abierta abrir | cierra cerró cerrado cerrada cerrar
empieza empezó comienza comenzó inicia inició | termina terminó acaba acabó finaliza
con | sin
siempre | nunca rara
todos todo todas | nadie nada ninguno | algunos
bueno buena buen mejor | malo mala mal peor
grande grandes gran | pequeño pequeña pequeños
nuevo nueva nuevos | viejo vieja antiguo
fuerte | débil
compra compró comprar | vende vendió vender
verdadero cierto | falso
sí | no
él | ella | ellos ellas | nosotros | yo mi
hombre hombres padre hijo hermano | mujer mujeres madre hija hermana
público | privado
sobre encima | bajo debajo
confirma confirmó | desmiente desmintió
"""
_NEGATING = "un in im il ir dis non mis de anti counter a ab des des dé de miß miss nicht un in im ir des anti".split()
_OPPOSED = (
    ("over", "under"), ("pro", "anti"), ("up", "down"), ("pre", "post"), ("hyper", "hypo"), ("inter", "intra"), ("maxi", "mini"),
    ("macro", "micro"), ("in", "out"), ("in", "ex"), ("im", "ex"), ("im", "em"), ("for", "back"), ("out", "in"), ("ein", "aus"),
    ("an", "ab"), ("auf", "ab"), ("zu", "ab"), ("an", "aus"), ("auf", "zu"), ("ober", "unter"), ("vor", "nach"), ("über", "unter"),
    ("sur", "sous"), ("sobre", "sub"), ("step", "foster"), ("multi", "uni"), ("mono", "poly"), ("bi", "uni"),
)


@cache
def _lists() -> dict[str, tuple[str, str]]:
    """Return what is known of a word: its kind of fact and what it stands for. Later rows yield to earlier ones."""
    known: dict[str, tuple[str, str]] = {}

    def add(kind: str, listed: str, stands_for: str | None = None) -> None:
        for word in listed.split():
            folded = word.casefold()
            known.setdefault(folded, (kind, stands_for or folded))

    for value, listed in _NUMBERS.items():
        add("number", listed, value)
    add("negation", _NEGATIONS)
    add("modality", _MODALS)
    add("date", _DATES)
    for row in _MONEY.splitlines():
        add("currency", row, row.split()[0])
    for row in _UNITS.splitlines():
        # Single letters are units only after a figure, and "second" is an ordinal too.
        add("unit", " ".join(word for word in row.split() if len(word) > 2 or word in ("km", "kg", "cm", "mm", "mg", "%", "gb", "mb", "kb")), row.split()[0])
    add("number", _OTHER_NUMBERS)
    add("name", _DIRECTIONS)
    return known


@cache
def _symbols() -> dict[str, str]:
    """Return what short units and currency signs stand for; looked up only beside a figure."""
    return {word: row.split()[0] for row in (_UNITS + _MONEY).splitlines() for word in row.split()}


@cache
def _axes() -> dict[str, dict[int, int]]:
    """Return for each word with an opposite the axes it stands on, each with its pole."""
    found: dict[str, dict[int, int]] = {}
    for axis, row in enumerate(_AXES.strip().splitlines()):
        for pole, listed in enumerate(row.split("|")):
            for word in listed.split():
                found.setdefault(word.casefold(), {}).setdefault(axis, pole)
    return found


@cache
def _peoples() -> tuple[str, ...]:
    return tuple(sorted({word for word in _PEOPLES.split() if len(word) > 3}))


@cache
def _function_words() -> frozenset[str]:
    from cleaner.language import function_words

    return frozenset().union(*(function_words(name) for name in ("en", "de", "fr", "es")))


# --- comparing -------------------------------------------------------------------------------------------------------


class _Comparison:
    """Two texts side by side, and the names of what differs."""

    def __init__(self, keeper: str, duplicate: str, left: list[_Token], right: list[_Token], language: str) -> None:
        self.left, self.right = left, right
        self.plain = {token.text for token in (*left, *right) if token.text.islower()}
        self.texts = keeper, duplicate
        # A language we have no lists of: any word may be a fact there.
        self.foreign = _foreign(keeper, duplicate, language)
        # Where everything is in capitals, or Every Word Begins With One, capitals say nothing of acronyms.
        letters = [token.text for token in left if token.kind == "word"]
        self.shouting = sum(text.isupper() for text in letters) * 2 > len(letters)

    def run(self) -> Iterator[Difference]:
        left, right = self.left, self.right
        if len(left) * len(right) > _CELLS:
            yield from self._unaligned()
            return
        lost: list[_Token] = []
        new: list[_Token] = []
        blocks = _blocks(_norms(left), _norms(right))
        tails = self._missing(blocks)
        guarded = False
        at_left = at_right = 0
        for block in blocks:
            a, b, c, d = block
            yield from self._same(at_left, a, at_right, c)
            if block in tails:
                yield Difference("missing", _shown(left[a:b]), _shown(right[c:d]))
            else:
                for difference in self._block(a, b, c, d):
                    guarded = guarded or difference.kind in FACTS
                    yield difference
                lost += left[a:b]
                new += right[c:d]
            at_left, at_right = b, d
        yield from self._same(at_left, len(left), at_right, len(right))
        if not guarded and (pair := _opposites(lost, new)):
            yield Difference("opposite", *pair)
        if not blocks and (kind := self._gaps(_tail(self.texts[0], left), _tail(self.texts[1], right))):
            yield Difference(kind, _tail(self.texts[0], left).strip(), _tail(self.texts[1], right).strip())

    def _missing(self, blocks: Sequence[tuple[int, int, int, int]]) -> set[tuple[int, int, int, int]]:
        """Return the blocks at the very beginning and end that only one side has; none if both sides lack something."""
        ends = [
            (a, b, c, d)
            for a, b, c, d in {*blocks[:1], *blocks[-1:]}
            if (a == c == 0 or (b == len(self.left) and d == len(self.right)))
            and ((a == b and _spoken(self.right[c:d]) >= _CUT) or (c == d and _spoken(self.left[a:b]) >= _CUT))
        ]
        lacking = {a == b for a, b, _, _ in ends}
        all_of_it = any((a, b) == (0, len(self.left)) or (c, d) == (0, len(self.right)) for a, b, c, d in ends)
        return set(ends) if len(lacking) == 1 and not all_of_it else set()

    def _same(self, a: int, b: int, c: int, d: int) -> Iterator[Difference]:
        """Compare what equal words leave open: capitals, and the punctuation and markup between them."""
        for place, (one, two) in enumerate(zip(self.left[a:b], self.right[c:d], strict=True)):
            if one.text != two.text and one.kind == "word" and one.text.casefold() == two.text.casefold():
                yield Difference(self._case(one, two), one.text, two.text)
            elif one.text != two.text and one.text.casefold() != two.text.casefold():
                yield Difference("form", one.text, two.text)
            if (place or a == c == 0) and one.gap != two.gap and (kind := self._gaps(one.gap, two.gap)):
                yield Difference(kind, one.gap.strip(), two.gap.strip())

    def _case(self, one: _Token, two: _Token) -> str:
        texts = {one.text, two.text}
        acronym = any(text.isupper() and len(text) > 1 for text in texts) and any(text.islower() for text in texts)
        if acronym and not self.shouting and len(one.text) <= 5:
            return "name"  # us and US, it and IT, aids and AIDS
        if one.norm in ("may", "march") and not (one.starts or two.starts) and len(texts) == 2:
            return "date"
        return "case"

    @staticmethod
    def _gaps(one: str, two: str) -> str:
        """Return the kind of difference between two stretches of punctuation; "" where only white space differs."""
        one, two = "".join(one.split()), "".join(two.split())
        if one == two:
            return ""
        bare, bare_too = one.strip(_MARKUP), two.strip(_MARKUP)
        if bare == bare_too:
            return "markup"
        if ("?" in one) != ("?" in two) and {".", "!"} & set(one + two):
            return "modality"  # said, or asked
        return "punctuation"

    def _block(self, a: int, b: int, c: int, d: int) -> Iterator[Difference]:
        """Name what differs in one stretch: first the facts in it, then what is left of it."""
        one = [(token, *self._fact(token, self.left, a + place)) for place, token in enumerate(self.left[a:b])]
        two = [(token, *self._fact(token, self.right, c + place)) for place, token in enumerate(self.right[c:d])]
        facts = sorted({kind for _, kind, _ in one + two if kind}, key=_ORDER.__getitem__)
        said = 0
        for kind in facts:
            mine, yours = [x for x in one if x[1] == kind], [x for x in two if x[1] == kind]
            if [x[2] for x in mine] != [x[2] for x in yours]:
                said += 1
                yield Difference(kind, _shown(x[0] for x in mine), _shown(x[0] for x in yours))
        rest = [x[0] for x in one if not x[1]], [x[0] for x in two if not x[1]]
        if rest[0] or rest[1]:
            yield from self._words(*rest, counted=self._counted(a, c))
        elif not said:
            yield Difference("form", _shown(self.left[a:b]), _shown(self.right[c:d]))

    def _counted(self, a: int, c: int) -> bool:
        """Whether a stretch stands directly after a figure: what is counted is a fact as well."""
        return bool(a and c and self._fact(self.left[a - 1], self.left, a - 1)[0] == "number")

    def _fact(self, token: _Token, around: Sequence[_Token], place: int) -> tuple[str, str]:
        """Return which kind of fact a token is, and what of it is to be compared; ("", "") where it is none."""
        norm, text = token.norm, token.text
        if token.kind in ("link", "code", "sign", "currency"):
            return token.kind, norm
        if token.kind == "unit":
            return "unit", norm
        if token.kind == "number":
            return ("date" if _pattern(_YEAR).fullmatch(norm) or ":" in norm else "number"), norm
        after_figure = place > 0 and around[place - 1].kind == "number"
        before_figure = place + 1 < len(around) and around[place + 1].kind == "number" and norm in _MONEY_CODES
        if (after_figure or before_figure) and norm not in _NO_UNITS and (short := _symbols().get(norm)):
            return ("currency" if norm in _MONEY_CODES else "unit"), short
        if norm == "may" and text == "May" and not token.starts:
            return "date", "may"
        if known := _lists().get(norm):
            return known
        if norm in _NEGATION_SIGNS:
            return "negation", norm
        if self._is_name(token):
            return "name", norm.removesuffix("'s").removesuffix("'")
        if text.islower() and len(norm) > 3 and norm.startswith(_peoples()):
            return "name", norm[:6]
        return "", ""

    def _is_name(self, token: _Token) -> bool:
        text = token.text
        if text.islower() or not text[:1].isalpha() or text == "I":
            return False
        if text.isupper() and len(text) > 1:
            return not self.shouting or token.norm not in _function_words()
        if token.norm in _function_words():
            return False
        if token.starts and text[1:].islower():
            return token.norm not in self.plain and text not in _COMMON_STARTS
        return any(letter.isupper() for letter in text)

    def _words(self, one: list[_Token], two: list[_Token], *, counted: bool) -> Iterator[Difference]:
        """Name the difference between words that are no facts by themselves."""
        pairs, one, two = _related(one, two, self.foreign)
        for kind, mine, yours in pairs:
            yield Difference("quotation" if mine.quoted or yours.quoted else kind, mine.text, yours.text)
        if not one and not two:
            return
        kind = self._kind(one, two, counted)
        yield Difference(kind, _shown(one), _shown(two))

    def _kind(self, one: list[_Token], two: list[_Token], counted: bool) -> str:
        both = one + two
        if "".join(token.norm for token in one) == "".join(token.norm for token in two):
            return "typo"  # web site, website
        if any(token.quoted for token in both):
            return "quotation"
        if _opposites(one, two):
            return "opposite"
        if self.foreign or any(_beyond_lists(token.norm) for token in both):
            return "content"
        if one and two and all(len(token.norm) == 1 for token in both):
            return "name"  # option a, option b
        if all(token.norm in _function_words() for token in both):
            return "function"
        if counted and one and two:
            return "unit"
        return "word"

    def _unaligned(self) -> Iterator[Difference]:
        """Compare what is too long to align: as bags of words, guarding all that differs."""
        mine, yours = Counter(_norms(self.left)), Counter(_norms(self.right))
        lost, new = mine - yours, yours - mine
        for kind, norm, side in [("content", norm, 0) for norm in lost] + [("content", norm, 1) for norm in new]:
            yield Difference(kind, norm if side == 0 else "", norm if side == 1 else "")
        if not lost and not new and _norms(self.left) != _norms(self.right):
            yield Difference("order", "", "")


_ORDER = {kind: place for place, kind in enumerate(("number", "date", "name", "unit", "currency", "negation", "modality", "link", "code", "sign"))}
_MARKUP = "*_~#|\\`>"
_YEAR = r"(?:1[0-9]|20|21)\d\d"
_MONEY_CODES = frozenset(_MONEY.split())
_NO_UNITS = frozenset("a an p try real".split())  # words, too, even after a figure
_NEGATION_SIGNS = frozenset("不没沒未无無非勿莫لا لم لن ليس غير не нет ни без नहीं न मत बिना".split()) | frozenset("不没沒未无無非勿莫")
# Sentence openers that are neither function words nor names.
_COMMON_STARTS = frozenset("People Officials Police Residents Experts Researchers However Meanwhile Moreover Please Note".split())


def _norms(tokens: Iterable[_Token]) -> list[str]:
    return [token.norm for token in tokens]


def _shown(tokens: Iterable[_Token]) -> str:
    parts: list[str] = []
    for token in tokens:
        if parts and not (_pattern(_SPACELESS).match(token.text) and _pattern(_SPACELESS).match(parts[-1])):
            parts.append(" ")
        parts.append(token.text)
    return "".join(parts)


_SPACELESS = f"[{SPACELESS}]"


def _spoken(tokens: Sequence[_Token]) -> int:
    """Count words; two characters of a script without spaces are one."""
    short = sum(_pattern(_SPACELESS).match(token.text) is not None for token in tokens)
    return len(tokens) - short + short // 2


def _tail(text: str, tokens: Sequence[_Token]) -> str:
    """Return what follows the last token."""
    if not tokens:
        return text
    place = text.rfind(tokens[-1].text)
    return text[place + len(tokens[-1].text) :] if place >= 0 else ""


@cache
def _more() -> re.Pattern[str]:
    return re.compile(
        r"\s*(?:\[?(?:…|\.\.\.)\]?)?\s*[\[(]?(?:read more|continue reading|more|weiterlesen|mehr lesen|mehr|lire la suite|leer más|seguir leyendo)?"
        r"[\])]?\s*(?:…|\.\.\.|→|»|>>)?\s*$",
        re.IGNORECASE,
    )


def _teased(text: str) -> str:
    """Return a text without an ellipsis or "read more" at its end."""
    end = text[-60:]
    signs = ("…", "...", "→", "»", ">>")
    if not any(sign in end for sign in signs):
        return text
    found = _more().search(end)
    if found is None or not any(sign in found.group() for sign in signs):
        return text
    return text[: len(text) - len(end) + found.start()]


def _blocks(one: list[str], two: list[str]) -> list[tuple[int, int, int, int]]:
    """Return the stretches in which two lists of words differ, as (start, end) in the first and in the second."""
    from rapidfuzz.distance import Indel

    found: list[tuple[int, int, int, int]] = []
    for step in Indel.opcodes(one, two):
        if step.tag == "equal":
            continue
        a, b, c, d = step.src_start, step.src_end, step.dest_start, step.dest_end
        if found and found[-1][1] == a and found[-1][3] == c:
            a, _, c, _ = found.pop()
        found.append((a, b, c, d))
    return found


def _related(
    one: list[_Token], two: list[_Token], foreign: bool
) -> tuple[list[tuple[str, _Token, _Token]], list[_Token], list[_Token]]:
    """Pair words that are spellings or endings of one another; return the pairs, and what is left of both sides."""
    pairs: list[tuple[str, _Token, _Token]] = []
    left: list[_Token] = []
    rest = two[:]
    for mine in one:
        for place, yours in enumerate(rest[:40]):
            if kind := _relation(mine.norm, yours.norm, foreign):
                pairs.append((kind, mine, rest.pop(place)))
                break
        else:
            left.append(mine)
    return pairs, left, rest


def _relation(one: str, two: str, foreign: bool) -> str:
    """Return "inflection" or "typo" where one word is the other with another ending or a slip; "" where it is neither."""
    if one == two:
        return "case"
    if _opposite(one, two):
        return ""
    strange = foreign or _beyond_lists(one) or _beyond_lists(two)
    if not strange and _stem(one, two):
        return "inflection"
    if min(len(one), len(two)) >= 5 and one[0] == two[0] and _slip(one, two, only_letters=strange):
        return "typo"
    if not strange and min(len(one), len(two)) >= 4 and _plain(one) == _plain(two):
        return "typo"
    return ""


_ENDINGS = (
    ("", "s"), ("", "es"), ("", "'s"), ("", "'"), ("s", "s'"), ("", "ed"), ("", "d"), ("", "ing"), ("e", "ing"), ("ed", "ing"), ("s", "ed"), ("s", "ing"),
    ("y", "ies"), ("y", "ied"), ("es", "ing"), ("es", "ed"), ("s", "'s"), ("s", "d"),
    ("", "e"), ("", "n"), ("", "en"), ("", "em"), ("", "er"), ("e", "en"), ("e", "er"), ("e", "es"), ("e", "em"), ("en", "er"), ("en", "es"), ("er", "es"), ("em", "en"),
    ("t", "te"), ("t", "ten"), ("te", "ten"), ("e", "s"), ("x", ""), ("al", "aux"), ("ent", "e"), ("é", "ée"), ("é", "és"), ("é", "ées"), ("o", "a"), ("os", "as"), ("o", "os"), ("a", "as"), ("o", "as"), ("a", "os"),
)


def _stem(one: str, two: str) -> bool:
    """Whether two words of four letters or more differ in their endings only, and in endings that change no fact."""
    length = 0
    for mine, yours in zip(one, two, strict=False):
        if mine != yours:
            break
        length += 1
    # The pairs may share letters with the stem ("e" and "es" in "make" and "makes"): try a few cuts.
    for at in range(max(3, length - 2), length + 1):
        ends = one[at:], two[at:]
        if ends in _ENDINGS_SET or ends[::-1] in _ENDINGS_SET:
            return True
    # stop, stopped, stopping
    short, long = sorted((one, two), key=len)
    return len(short) >= 3 and long in (short + short[-1] + "ed", short + short[-1] + "ing")


_ENDINGS_SET = frozenset(_ENDINGS)


def _slip(one: str, two: str, *, only_letters: bool) -> bool:
    """
    Whether two words differ by one slip of the finger: two neighbours swapped, or a letter doubled; in words of known
    languages also one letter left out, added or changed.
    """
    if len(one) == len(two):
        apart = [place for place in range(len(one)) if one[place] != two[place]]
        if len(apart) == 2 and apart[1] == apart[0] + 1 and one[apart[0]] == two[apart[1]] and one[apart[1]] == two[apart[0]]:
            return True
        return len(apart) == 1 and not only_letters
    short, long = sorted((one, two), key=len)
    if len(long) != len(short) + 1:
        return False
    at = next((place for place in range(len(short)) if short[place] != long[place]), len(short))
    if short[at:] != long[at + 1 :]:
        return False
    return not only_letters or (at > 0 and long[at] == long[at - 1])


def _opposites(one: Sequence[_Token], two: Sequence[_Token]) -> tuple[str, str] | None:
    """Return the first two words of either side that are opposites."""
    poles: dict[int, tuple[int, str]] = {}
    for token in one:
        for axis, pole in _axes().get(token.norm, {}).items():
            poles.setdefault(axis, (pole, token.text))
    for token in two:
        for axis, pole in _axes().get(token.norm, {}).items():
            if axis in poles and poles[axis][0] != pole:
                return poles[axis][1], token.text
    if len(one) <= 40 and len(two) <= 40:
        for mine in one:
            for yours in two:
                if _opposite(mine.norm, yours.norm):
                    return mine.text, yours.text
    return None


def _opposite(one: str, two: str) -> bool:
    mine, yours = _axes().get(one), _axes().get(two)
    if mine and yours and any(yours.get(axis, pole) != pole for axis, pole in mine.items()):
        return True
    short, long = sorted((one, two), key=len)
    if len(short) >= 3 and long.endswith(short) and long.removesuffix(short).rstrip("-") in _NEGATING_SET:
        return True
    if any(
        (one.startswith(this) and two.startswith(that) and one[len(this) :] == two[len(that) :] and len(one) - len(this) >= 3)
        or (one.startswith(that) and two.startswith(this) and one[len(that) :] == two[len(this) :] and len(one) - len(that) >= 3)
        for this, that in _OPPOSED
    ):
        return True
    # careful and careless, employer and employee
    return any(
        {one[len(stem) :], two[len(stem) :]} in ({"ful", "less"}, {"er", "ee"}, {"or", "ee"}, {"", "less"})
        for stem in (_shared(one, two),)
        if len(stem) >= 3
    ) or (len(short) > 4 and {one, two} == {short, short + "less"})


_NEGATING_SET = frozenset(_NEGATING)


def _shared(one: str, two: str) -> str:
    length = 0
    for mine, yours in zip(one, two, strict=False):
        if mine != yours:
            break
        length += 1
    stem = one[:length]
    # "employer" and "employee" share the first letter of their endings
    return stem.removesuffix("e") if one[length:] + two[length:] in ("re", "er") else stem


def _plain(word: str) -> str:
    """Return a word without its accents."""
    return "".join(letter for letter in normal("NFD", word) if not unicodedata.combining(letter))


def _beyond_lists(word: str) -> bool:
    """Whether a word is written in a script we have no lists for: anything but Latin letters."""
    return any(letter > "\u024f" and letter.isalpha() and not "\u1e00" <= letter <= "\u1eff" for letter in word)


def _foreign(keeper: str, duplicate: str, language: str) -> bool:
    if language not in _LISTED:
        return True
    from cleaner.language import guess

    return guess(keeper[:3000] + "\n" + duplicate[:3000]) not in _LISTED if language == "" else False
