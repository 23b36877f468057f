"""
What a path tells about copies: which of two files is likely the copy, and which copies are meant.

Pure functions over paths relative to the repository, with slashes.
"""

from __future__ import annotations

import re
from functools import lru_cache

from cleaner.patterns import pattern

# "v2", "v1.4.x", "2.7", "version-2.3", "release-1.0", "2018-edition", "second-edition": releases kept side by side.
_VERSION = pattern(
    r"(?:v|ver|version|release|rel|r|stable|branch)?[-_. ]?\d{1,4}(?:[._]\d{1,4}|[._]x){0,3}(?:[-_.]?(?:x|lts|rc\d*|alpha\d*|beta\d*|dev|edition))?"
    r"|(?:first|second|third|fourth|fifth|\d(?:st|nd|rd|th))[-_ ]edition"
    r"|(?:.*[-_])?versioned[-_]docs|latest|stable|nightly|next|current|unstable|edge|lts|legacy|old|archived?|previous|deprecated",
    re.IGNORECASE,
)
# A version inside a longer name: "cockroachdb-v2.1", "docs-1.x", "guide_v3".
_VERSIONED = pattern(r"(?P<stem>.*[^\d.])[-_.](?:v\d+(?:[._]\d+)*|\d+(?:\.\d+)+|\d+\.x)", re.IGNORECASE)
_YEAR = pattern(r"(?:19|20)\d\d")
# ISO 639-1, and the languages of three letters that translated sites use most.
_LANGUAGES = frozenset(
    "aa ab af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et "
    "eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik in io is it iu iw ja jp jv ka kg ki kj "
    "kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv "
    "ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti "
    "tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu cn br pcm fil ceb ast".split()
)
_LOCALE = pattern(r"(?P<language>[a-z]{2,3})(?:[-_](?:[a-z]{2}|[a-z]{4}|\d{3}|latn|cyrl|hans|hant))?", re.IGNORECASE)
_SUFFIXED = pattern(r"(?P<stem>.+?)(?P<mark>[._-])(?P<locale>[a-z]{2,3}(?:[-_][a-z]{2,4})?)", re.IGNORECASE)
_TRANSLATIONS = frozenset("i18n l10n intl locale locales lang langs languages translation translations translated".split())
# Folders and files whose copies nobody would join: what is tested, filled in, or has to lie beside each package.
_APART = frozenset(
    "test tests testdata test-data fixture fixtures __tests__ __fixtures__ __snapshots__ snapshots golden expected spec specs "
    "template templates _templates boilerplate scaffold skeleton skeletons starter starters issue_template pull_request_template "
    "vendor third_party third-party node_modules example examples demo demos sample samples".split()
)
_BESIDE = pattern(
    r"(?:un)?licen[cs]es?|copying|notice|authors|contributing|contributors|code[-_ ]of[-_ ]conduct|security|support|governance"
    r"|privacy|terms|imprint|impressum|disclaimer|changelog|issue_template|pull_request_template|_?template|_?index|robots|requirements",
    re.IGNORECASE,
)
# What a file manager, an editor or somebody in a hurry adds to a name.
_COPY = pattern(
    r".*(?:\(\d{1,2}\)|[-_. ](?:copy|kopie|copie|copia|duplicate|dup|bak|backup|orig|old|tmp|temp|draft|new|final)(?:[-_ ]?\d{1,2})?|~)"
    r"|(?:copy|kopie|copie|copia)[-_ ](?:of|von|de|di)[-_ ].*",
    re.IGNORECASE,
)
_ASIDE = frozenset("draft drafts _drafts backup backups bak trash tmp temp attic old archive archived legacy deprecated".split())


def rank(path: str, fresh: bool = False) -> tuple[bool, int, str]:
    """
    Return what a file is ordered by: of two copies the one that sorts first stays.

    A file that the last commit does not hold comes last: whoever is about to commit the second copy is told so, whatever
    it is called. Then a name as of a copy ("notes copy.md", "notes (1).md"), then drafts and archives; then path order.
    """
    *folders, name = path.split("/")
    stem = name.rpartition(".")[0] or name
    likely = 2 * (_COPY.fullmatch(stem) is not None) + any(folder.lower() in _ASIDE for folder in folders)
    return fresh, likely, path


def meant(one: str, other: str) -> bool:
    """
    Whether two files may well hold the same text on purpose.

    So do the versions of a manual and the pages of a site that nobody has translated yet; test data and templates; and
    files that have to lie beside each package, such as a licence.
    """
    return variant(one) != variant(other) or _apart(one) or _apart(other)


@lru_cache(maxsize=50_000)
def variant(path: str) -> tuple[str, ...]:
    """
    Return the parts of a path that name a version or a language; () for most.

    >>> variant("docs/v2/de/setup.md"), variant("docs/setup.fr.md"), variant("docs/setup.md")
    (('v2', 'de'), ('fr',), ())
    """
    return _told(path)[0]


@lru_cache(maxsize=50_000)
def plain(path: str) -> str:
    """
    Return a path without its versions and languages: the same for all variants of one page.

    >>> plain("docs/v2/de/setup.md")
    'docs/setup.md'
    """
    return _told(path)[1]


def _told(path: str) -> tuple[tuple[str, ...], str]:
    *folders, name = path.split("/")
    named: list[str] = []
    left: list[str] = []
    dated = False  # "2016/08/03": numbers below a year are a date
    for folder in folders:
        dated = _YEAR.fullmatch(folder) is not None or (dated and folder.isdigit())
        if dated:
            left.append(folder)
        elif _VERSION.fullmatch(folder) or _is_locale(folder) or folder.lower() in _TRANSLATIONS:
            named.append(folder.lower())
        elif found := _VERSIONED.fullmatch(folder):
            named.append(folder.lower())
            left.append(found["stem"])
        else:
            left.append(folder)
    stem, dot, suffix = name.rpartition(".")
    stem = stem or name
    if (found := _SUFFIXED.fullmatch(stem)) and _is_locale(found["locale"]) and _marked(found["mark"], found["locale"], found["stem"]):
        named.append(found["locale"].lower())
        stem = found["stem"]
    elif found := _VERSIONED.fullmatch(stem):
        named.append(stem[len(found["stem"]) + 1 :].lower())
        stem = found["stem"]
    return tuple(named), "/".join((*left, stem + dot + suffix))


def _is_locale(text: str) -> bool:
    found = _LOCALE.fullmatch(text)
    return found is not None and found["language"].lower() in _LANGUAGES


def _marked(mark: str, locale: str, stem: str) -> bool:
    """Whether the end of a name is a language: after a hyphen also "in", "it" or "no" stand, which are words."""
    return mark == "." or (mark == "_" and len(locale) <= 5) or len(locale) > 3 or stem.isupper()


def _apart(path: str) -> bool:
    *folders, name = path.split("/")
    stem = name.rpartition(".")[0] or name
    return _BESIDE.fullmatch(stem) is not None or any(folder.lower() in _APART for folder in folders)
