"""
Which language a text is in, told by its script and its function words.

A rule that knows English must not judge German, so a wrong answer costs more than none: the guess is "" where the text
is short, mixed, or has too few function words. Languages we have no rules for are listed too, to keep their texts from
being taken for a neighbour.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from cleaner.patterns import pattern
from cleaner.words import words

_HEAD = 20_000  # code points read from the beginning
_MIDDLE = 4_000  # and from the middle
_ENOUGH = 4  # function words that must be met
_SHARE = 0.12  # of the words of a text; even dense technical prose has more
_LEAD = 1.4  # how far the best must be ahead of the second

# Function words: articles, pronouns, prepositions, conjunctions, auxiliaries. What stands in several languages is
# divided among them. Split when first asked for: most runs of a commit hook never are.
_FUNCTION = {
    "en": (
        "the of and to in is that it for was on are with as be this by from or an at which you have not they their has "
        "we can will its if when your there been were would all but more than into these a he she his her them then so do "
        "does did what who how our my i no some any each other such only also may should must could about after before "
        "being had just over through where while because between during both without within"
    ),
    "de": (
        "der die und das den von zu mit ist im nicht dem des auf eine ein für sich als auch es an werden aus er hat dass "
        "sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr "
        "durch man sein wurde wenn können kann ich wir ihr diese dieser dieses unter gegen vom beim ins was sehr schon "
        "seit doch ob weil eines ihre seine mir mich uns euch hier dort dann in"
    ),
    "fr": (
        "le la les de des du et un une est en que qui dans pour pas sur au aux avec ce il elle ne se plus par sont son sa "
        "ses ou nous vous ils cette ces mais comme été être leur leurs tout fait même aussi où sans entre après si on "
        "je mon ma mes votre notre quand donc très peut ont était d l qu n s c j"
    ),
    "es": (
        "el la los las de del y que en un una es por con para no se su al lo como más pero sus le ha este esta entre cuando "
        "muy sin sobre también me hasta hay donde han quien desde todo nos durante uno ni contra ese eso estos "
        "estas ser son fue era está están puede o si ya porque usted"
    ),
    "it": (
        "il lo la i gli le di del della dei delle dell che e è un una uno per non con in da dal dalla si al alla nel nella "
        "sono come più anche ma ha ho sul sulla questo questa questi essere se o tra fra quando dove sia stato suo sua loro ci"
    ),
    "pt": (
        "o os as de do da dos das e que em um uma para com não por no na nos nas se mais como mas ao aos à às foi ele ela "
        "seu sua ou ser quando muito há já está eu também só pelo pela até isso entre era depois sem mesmo são você"
    ),
    "nl": (
        "de het een en van in is dat op te met voor niet zijn aan er ook als bij door maar naar om nog wordt uit dan of "
        "worden deze die dit wat wel heeft hebben je jij we wij ze zij hun haar kan kunnen moet over tot meer geen al"
    ),
    "sv": (
        "och att det i som en på är av för med den till inte om ett han men var jag sig från vi så kan när du nu över "
        "eller ska skulle alla efter vid mot bara också har där här hur mycket detta dessa blir blev"
    ),
    "da": (
        "og at det i som en på er af for med den til ikke om et han men var jeg sig fra vi så kan når du nu over eller "
        "skal skulle alle efter ved mod kun også har der hvor meget dette disse bliver blev mellem hvad noget"
    ),
    "no": (
        "og at det i som en på er av for med den til ikke om et han men var jeg seg fra vi så kan når du nå over eller "
        "skal skulle alle etter ved mot bare også har der hvor mye dette disse blir ble mellom hva noe å"
    ),
    "fi": (
        "ja on ei se että oli mutta kun niin tai ovat hän joka myös kuin sekä ole jos jo sen mitä nyt vain sitä siitä "
        "olla voi ovat tämä tämän jotka mukaan joka kanssa ollut olisi he me ne"
    ),
    "pl": (
        "i w na z do się nie że jest to jak o po za dla od przez ale są oraz co tym który która które jego jej ich być "
        "może tak był była było lub czy także już tego tej przy ze gdy bardzo"
    ),
    "cs": (
        "a v na se je že z do to s o ve pro jako za by k ale od po jsou si však nebo který která které jeho jejich byl "
        "byla bylo být také než už jen při podle ještě má až kde když i"
    ),
    "sk": (
        "a v na sa je že z do to s o vo pre ako za by k ale od po sú si však alebo ktorý ktorá ktoré jeho ich bol bola "
        "bolo byť tiež než už len pri podľa ešte má až kde keď i"
    ),
    "ro": (
        "și în de la pe cu care din este nu a că o un pentru sunt mai se ca prin sau fi dar după fost au ce ale lui lor "
        "această acest acestea când foarte până să al ei am"
    ),
    "tr": (
        "ve bir bu da de için ile çok olarak daha gibi ne var sonra kadar olan ama en değil veya her ki mi mı ise o "
        "olduğu oldu şey bunu biz siz onu sizin tarafından göre ancak hem yok"
    ),
    "vi": (
        "và là của có được cho không các trong một với những người này đã để khi đến cũng về như từ vào ra tại hay bạn "
        "thể nếu sẽ phải nhưng theo đó"
    ),
    "id": (
        "yang dan di ini itu dengan untuk dari dalam tidak akan pada juga ke karena ada oleh saya adalah sebagai bisa "
        "atau mereka anda kami telah dapat lebih saat seperti sudah bahwa jika secara"
    ),
    "ms": (
        "yang dan di ini itu dengan untuk dari dalam tidak akan pada juga ke kerana ada oleh saya adalah sebagai boleh "
        "atau mereka anda kami telah dapat lebih semasa seperti sudah bahawa jika ialah"
    ),
    "hu": (
        "a az és hogy nem is egy van meg de volt ez azt csak már vagy mint még fel el mert ha kell lehet minden ki "
        "amely lesz után majd sem aki ezt által között ezek"
    ),
    "ca": (
        "el la els les de del dels i que en un una és per amb no se al als com més però seva seu va són ha aquest "
        "aquesta entre quan sense sobre també fins hi on han des tot o si perquè molt pot"
    ),
    "gl": (
        "o a os as de do da dos das e que en un unha para con non por no na nos nas se máis como pero ao aos foi el ela "
        "seu súa ou ser cando moi hai xa está tamén só polo pola ata isto entre era despois sen"
    ),
    "hr": (
        "i u na je se da za su od s a ne što kao iz o koji koja koje ili to bi će sa po do ali kako već nije biti samo "
        "bio bila ovo kada pri između prema jer može"
    ),
    "sl": (
        "in v je na se za da so z s pa ki tudi ne ali po kot od o do iz ni bi kar pri še že ga lahko bil bila bilo to "
        "ker med vse če sta"
    ),
    "et": (
        "ja on ei et see oli ka kui mis oma või ning aga siis nii ta selle seda kes veel pole välja üle juba mida olid "
        "nende pärast peale tema"
    ),
    "lv": (
        "un ir no ar par kas uz ka lai tas arī bet kā vai tika pēc ne tā to šī šis gan nav pie bija var jau kurā līdz"
    ),
    "lt": (
        "ir yra kad į iš su tai buvo bet kaip ar nuo po dėl tik apie kas jis ne dar prie už taip gali jų jo per kurie"
    ),
    "af": (
        "die en van in is dat op te met vir nie wat het aan as by deur maar na om nog word uit dan of hierdie daar hulle "
        "ook sy kan moet oor tot meer geen al was ek ons jy"
    ),
    "eo": (
        "la de kaj en estas al ne por kun ke li pri tiu sed kiel ĝi el oni ĉi mi plej pli kiu sur ili per tio"
    ),
    "eu": (
        "eta da ez bat dira ere izan du zen hau edo baina dute hori egin baino den dela behar bere ditu zuen arte"
    ),
    "tl": (
        "ang ng sa na mga at ay ito para ni hindi kung isang may mo ka ko siya nang ako niya pero kay"
    ),
    "sw": (
        "ya na wa kwa ni katika la za kuwa hii cha au kama hiyo pia yake baada lakini watu huu hilo"
    ),
    "ga": (
        "an na agus ar i is a le do go sé bhí tá ag den don ach leis sin nó seo féidir mar ó"
    ),
    "cy": (
        "y yr a i o yn ar mae ac ei am eu gan wedi oedd ond hyn fod sydd neu hefyd bod cael"
    ),
    "pcm": (
        "dey di wey una dem dis na for to no and sey wetin dia fit pesin pipol don make"
    ),
}
_NO_PROSE = r"```[\s\S]*?(?:```|\Z)|~~~[\s\S]*?(?:~~~|\Z)|`[^`\n]*`|<[^<>]{0,2000}>|(?:https?://|www\.)\S+|\]\([^()\s]*\)|\{[{%][^{}]{0,500}[%}]\}"

# Script to language, where the script decides. Latin, Cyrillic, Arabic, Devanagari and Han need a closer look.
_SCRIPTS = (
    ("latin", "A-Za-zªº\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"),
    ("han", "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"),
    ("ja", "\u3041-\u3096\u30a1-\u30fa\u31f0-\u31ff\uff66-\uff9d"),
    ("ko", "\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e"),
    ("cyrillic", "\u0400-\u052f"),
    ("arabic", "\u0620-\u064a\u066e-\u06d3\u06fa-\u06fc\u0750-\u077f"),
    ("devanagari", "\u0904-\u0939\u0958-\u0961\u0971-\u097f"),
    ("el", "\u0370-\u03ff\u1f00-\u1fff"),
    ("he", "\u05d0-\u05ea"),
    ("th", "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46"),
    ("lo", "\u0e81-\u0eb0\u0ec0-\u0ec6"),
    ("my", "\u1000-\u102a\u103f\u1050-\u1055"),
    ("km", "\u1780-\u17b3"),
    ("bengali", "\u0985-\u09b9\u09dc-\u09e1\u09f0\u09f1"),
    ("pa", "\u0a05-\u0a39\u0a59-\u0a5e\u0a72-\u0a74"),
    ("gu", "\u0a85-\u0ab9"),
    ("or", "\u0b05-\u0b39"),
    ("ta", "\u0b83-\u0bb9"),
    ("te", "\u0c05-\u0c39"),
    ("kn", "\u0c85-\u0cb9"),
    ("ml", "\u0d05-\u0d3a"),
    ("si", "\u0d85-\u0dc6"),
    ("ka", "\u10a0-\u10ff\u1c90-\u1cbf"),
    ("hy", "\u0531-\u0556\u0561-\u0587"),
    ("ethiopic", "\u1200-\u135a"),
)
# Of languages that share a script: letters that one of them has and the others lack.
_LETTERS = {
    "cyrillic": (("uk", "іїєґ"), ("ru", "ыэё"), ("be", "ў"), ("sr", "ђјљњћџ"), ("mk", "ѓќѕ"), ("", "әғқңөұүһӣӯҳҷ")),
    "arabic": (("fa", "پچژگکی"), ("ur", "ٹڈڑےںہ"), ("ps", "ټډړښږځڅ"), ("ug", "ۇۆۈېە")),
}
_DEVANAGARI = {
    "hi": frozenset("है हैं में के की का को से और नहीं यह था थे थी कि पर भी ने लिए".split()),
    "mr": frozenset("आहे आहेत आणि मध्ये नाही हे ही तो होता होते चा ची चे या व की".split()),
    "ne": frozenset("छ छन् र हो मा को का लाई गर्न भएको थियो यो पनि ले गरेको".split()),
}


def guess(text: str) -> str:
    """
    Return the language of a text as an ISO 639-1 code (ISO 639-3 where there is none), or "" when unsure.

    Reads at most the first 20,000 code points and a piece from the middle; code, tags and addresses do not count.
    """
    sample = _sample(text)
    script, letters = _script(sample)
    if script == "latin":
        return _by_words(sample)
    if letters < 6:
        return ""
    if script == "han":
        return "zh" if letters >= 8 else ""
    if script in _LETTERS:
        return _by_letters(sample, script)
    if script == "devanagari":
        return _best({name: _share(words(sample), known) for name, known in _DEVANAGARI.items()}, 2)
    if script == "bengali":
        return "as" if re.search("[\u09f0\u09f1]", sample) else "bn"
    return "" if script == "ethiopic" else script


@cache
def function_words(language: str) -> frozenset[str]:
    """Return a language's function words, in lower case; none where we know none."""
    return frozenset(_FUNCTION.get(language, "").split())


def _sample(text: str) -> str:
    if len(text) > _HEAD + 2 * _MIDDLE:
        middle = len(text) // 2
        text = text[:_HEAD] + "\n" + text[middle : middle + _MIDDLE]
    return _no_prose().sub(" ", text)


@cache
def _no_prose() -> re.Pattern[str]:
    return re.compile(_NO_PROSE)


@cache
def _scripts() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(f"[{letters}]")) for name, letters in _SCRIPTS)


_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalpha())
_BEYOND = pattern(r"[^\x00-\x7f]+")


def _script(text: str) -> tuple[str, int]:
    """Return the script that most of a text is written in and its number of letters; "" where no script rules."""
    if text.isascii():
        return "latin", len(text)
    # Most of most texts is ASCII: its letters are counted apart, and the patterns read the rest alone.
    plain = len(text.encode("ascii", "ignore").translate(None, _NO_LETTERS))
    beyond = "".join(_BEYOND.findall(text))
    found = {name: count for name, letters in _scripts() if (count := len(letters.findall(beyond)) + plain * (name == "latin"))}
    if found.get("ja", 0) * 10 >= found.get("han", 0):  # a tenth of Kana makes Han Japanese
        found["ja"] = found.get("ja", 0) + (found.pop("han", 0) if found.get("ja") else 0)
    # Names and terms in Latin letters are common everywhere, and one Han character says as much as several letters.
    weighed = {name: count * (1 if name == "latin" else 3 if name in ("han", "ja") else 2) for name, count in found.items()}
    if not weighed:
        return "", 0
    best = max(weighed, key=lambda name: weighed[name])
    rest = sum(weighed.values()) - weighed[best]
    return (best, found[best]) if weighed[best] > 2 * rest else ("", 0)


def _by_letters(text: str, script: str) -> str:
    counts = Counter(text.lower())
    found = {name: sum(counts[letter] for letter in letters) for name, letters in _LETTERS[script]}
    if script == "arabic":
        total = sum(counts[letter] for letter in counts if "\u0620" <= letter <= "\u06d3")
        if counts["ی"] + counts["ک"] == 0 and not any(found[name] for name in ("ur", "ps", "ug")):
            return "ar" if total >= 12 and found["fa"] * 50 <= total else ""
        if found["ps"] or found["ug"]:
            return ""
        if found["ur"]:
            return "ur" if found["ur"] >= 3 else ""
        return "fa" if found["fa"] >= 3 else ""
    if not any(found.values()):
        # Bulgarian has none of these letters; a short Russian text may lack them too.
        return "bg" if counts["ъ"] >= 2 and sum(counts.values()) >= 60 else ""
    best = _best({name: float(count) for name, count in found.items()}, _LEAD)
    if best == "uk" and found["be"]:
        return "be"
    return best


def _by_words(text: str) -> str:
    tokens: Counter[str] = Counter()
    for word, times in Counter(words(text.lower().replace("’", "'"))).items():
        for token in word.split("'"):
            tokens[token] += times
    if not tokens:
        return ""
    owners = _owners()
    score: dict[str, float] = {}
    hits: dict[str, int] = {}
    for token, times in tokens.items():
        for name in (claimed := owners.get(token, ())):
            score[name] = score.get(name, 0) + times / len(claimed)
            hits[name] = hits.get(name, 0) + times
    if not score:
        return ""
    best = _best(score, _LEAD)
    if not best or hits[best] < _ENOUGH or hits[best] < _SHARE * tokens.total():
        return ""
    return best


@cache
def _owners() -> dict[str, tuple[str, ...]]:
    owners: dict[str, list[str]] = {}
    for name in _FUNCTION:
        for word in function_words(name):
            owners.setdefault(word, []).append(name)
    return {word: tuple(names) for word, names in owners.items()}


def _share(tokens: list[str], known: frozenset[str]) -> float:
    hits = sum(token in known for token in tokens)
    return hits / len(tokens) if hits >= 2 else 0.0


def _best(scores: dict[str, float], lead: float) -> str:
    """Return the name with the highest score, "" where it is not ahead by the given factor."""
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    if ranked[0][1] <= 0:
        return ""
    return ranked[0][0] if len(ranked) == 1 or ranked[0][1] >= lead * ranked[1][1] else ""
