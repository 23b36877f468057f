"""
Dates as feeds, sitemaps and tables write them, to ISO 8601 in UTC.

Written here because what is wanted is more than a moment: a day alone stays a day, a date that stands for none is none, and
what can mean two days ("03/04/2026") is not guessed. RFC 822 with and without its weekday, two-digit years and zone names,
asctime, ISO 8601 and its profile W3C-DTF, seconds since 1970, and the sloppy shapes between them.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import cache

# Longer than this, it is no date but a text.
_LONGEST = 80
# Numbers of months by the first letters of their names: English, German, French, Spanish, Italian, Portuguese, Dutch. No two
# months share a beginning of these lengths, in any two of the languages.
_MONTHS = {
    1: "jan jän ene gen", 2: "feb fév fev", 3: "mar mär mrz mrt maa", 4: "apr avr abr", 5: "may mai mag mei maj",
    6: "jun juin giu", 7: "jul juil lug", 8: "aug août aou ago", 9: "sep set", 10: "oct okt ott out", 11: "nov", 12: "dec dez déc dic",
}  # fmt: skip
# Hours east of Greenwich. Of names that two places use, the one in whose language feeds mostly write it: IST is India's, BST
# Britain's, CST America's. Any other name counts as UTC, as RFC 2822 (section 4.3) says.
_ZONES = {
    "EST": -5.0, "EDT": -4.0, "CST": -6.0, "CDT": -5.0, "MST": -7.0, "MDT": -6.0, "PST": -8.0, "PDT": -7.0,
    "AKST": -9.0, "AKDT": -8.0, "HST": -10.0, "AST": -4.0, "ADT": -3.0, "NST": -3.5, "NDT": -2.5, "BRT": -3.0, "ART": -3.0,
    "WET": 0.0, "WEST": 1.0, "BST": 1.0, "CET": 1.0, "MET": 1.0, "MEZ": 1.0, "CEST": 2.0, "MEST": 2.0, "MESZ": 2.0,
    "EET": 2.0, "EEST": 3.0, "SAST": 2.0, "MSK": 3.0, "IST": 5.5, "PKT": 5.0, "SGT": 8.0, "HKT": 8.0, "AWST": 8.0,
    "JST": 9.0, "KST": 9.0, "AEST": 10.0, "AEDT": 11.0, "ACST": 9.5, "ACDT": 10.5, "NZST": 12.0, "NZDT": 13.0,
}  # fmt: skip

_TIME = r"(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d{1,12})?)?"
_OFFSET = r"(?:(?:GMT|UTC|UT)?([+-]\d{1,2}):?(\d\d)?|([A-Za-z]{1,5}))"
_RFC = re.compile(rf"(?:[A-Za-z]{{2,9}}\.?,?\s+)?(\d{{1,2}})[\s-]+([A-Za-z]{{3}})[a-z]{{0,6}}\.?[\s-]+(\d{{2}}|\d{{4}})\s+{_TIME}\s*{_OFFSET}?", re.ASCII)
_ISO = re.compile(
    rf"(\d{{4}})(?:-(\d\d?)-(\d\d?)|/(\d\d?)/(\d\d?)|(\d\d)(\d\d))"
    rf"(?:(?:\s*T\s*|\s+|,\s*)(?:{_TIME}|(\d\d)(\d\d)(\d\d)?(?:[.,]\d{{1,12}})?)\s*{_OFFSET}?)?",
    re.ASCII | re.IGNORECASE,
)
_EPOCH = re.compile(r"-?\d{9,19}(?:\.\d{1,9})?(?:[eE]\+?\d{1,2})?", re.ASCII)
_COMMENT = re.compile(r"\([^()]{0,60}\)")
_CLOCK = re.compile(_TIME, re.ASCII)
_SIGNED = re.compile(r"(?:GMT|UTC|UT)?([+-]\d{1,2}):?(\d\d)?", re.ASCII)
_DIGITS = re.compile(r"[0-9]+")
_NAMED = re.compile(r"[^-]{0,12}\d{1,2}-[A-Za-z]{3,9}-\d", re.ASCII)
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|º|\.)?", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})", re.ASCII)
# Words between the parts: "23 de noviembre de 2026", "23rd of November at 8:30 Uhr".
_FILLERS = frozenset({"of", "at", "de", "del", "à", "um", "uhr", "le", "the", "den", "-", "@", "|"})


def iso(said: str | float) -> str:
    """
    Return a date as ISO 8601 in UTC, or a day alone where no time is said.

    Args:
        said: As it stands in the source. A number is the time since 1970, in seconds, or in what its size tells: milli-,
            micro- or nanoseconds. Where no zone is said, UTC is meant.

    Returns:
        "2026-11-23T08:30:00Z" or "2026-11-23"; "" for what cannot be read, for what can mean two days, and for dates that
        programs write where they have none: in the year 1, or the first moment of 1970.

    >>> iso("Mon, 23 Nov 2026 09:30:00 +0100"), iso("23 November 2026"), iso("soon")
    ('2026-11-23T08:30:00Z', '2026-11-23', '')
    """
    try:
        if not isinstance(said, str):
            return "" if isinstance(said, bool) else _since_1970(float(said))
        said = said.strip()
        if not 4 < len(said) <= _LONGEST:
            return ""
        return _none(_rfc(said) or _iso(said) or _number(said) or _sloppy(said))
    except (ValueError, OverflowError):  # the 31st of November; a zone that leads out of the year 9999
        return ""


def _none(found: str) -> str:
    """Hugo writes the year 1 where a post has no date, WordPress the year -1, many programs the first second of 1970."""
    return "" if found.startswith(("0", "1970-01-01T00:00:00")) or found == "1970-01-01" else found


def _rfc(said: str) -> str:
    found = _RFC.fullmatch(said)
    if found is None:
        return ""
    day, name, year, hour, minute, second, offset, more, zone = found.groups()
    month = _month(name)
    if month is None or (zone or "").upper() in ("AM", "PM"):
        return ""
    return _moment(_year(year), month, int(day), int(hour), int(minute), int(second or 0), _hours(offset, more, zone))


def _iso(said: str) -> str:
    found = _ISO.fullmatch(said)
    if found is None or (found[16] or "").upper() in ("AM", "PM"):
        return ""
    year = int(found[1])
    month, day = (int(part) for part in (found[2] or found[4] or found[6], found[3] or found[5] or found[7]))
    hour, minute, second = found[8] or found[11], found[9] or found[12], found[10] or found[13]
    if hour is None:
        return date(year, month, day).isoformat()
    return _moment(year, month, day, int(hour), int(minute), int(second or 0), _hours(found[14], found[15], found[16]))


def _number(said: str) -> str:
    return _since_1970(float(said)) if _EPOCH.fullmatch(said) else ""


def _since_1970(number: float) -> str:
    for unit in (1, 1e3, 1e6, 1e9):
        seconds = number / unit
        if abs(seconds) < 1e11 and seconds > 1e8:  # from 1973 to 5138: a smaller number is no date but a number
            return _written(datetime.fromtimestamp(seconds, UTC))
    return ""


def _sloppy(said: str) -> str:
    """Read the parts in whatever order they stand; a word that is no part of a date means that it is none."""
    year = month = day = None
    clock: tuple[int, int, int] | None = None
    hours = 0.0
    noon = ""
    if "-" in said and _NAMED.match(said):
        said = said.replace("-", " ", 2)
    for place, part in enumerate(_COMMENT.sub(" ", said).replace(",", " ").split()):
        word = part.lower().rstrip(".")
        if (found := _CLOCK.fullmatch(part.removesuffix("h"))) and clock is None:
            clock = int(found[1]), int(found[2]), int(found[3] or 0)
        elif (found := _CLOCK.fullmatch(word[:-2])) and word[-2:] in ("am", "pm") and clock is None:
            clock, noon = (int(found[1]), int(found[2]), int(found[3] or 0)), word[-2:]
        elif (found := _SLASHED.fullmatch(part)) and year is None:
            first, second, year = int(found[1]), int(found[3]), int(found[4])
            if found[2] == "/" and first <= 12 and second <= 12 and first != second:
                return ""  # the third of April, or the fourth of March
            day, month = (second, first) if second > 12 else (first, second)
        elif (found := _YEAR_FIRST.fullmatch(part)) and year is None:
            year, month, day = (int(number) for number in found.groups())
        elif _DIGITS.fullmatch(part) and len(part) == 4 and year is None:
            year = int(part)
        elif (found := _DAY.fullmatch(word)) and day is None:
            day = int(found[1])
        elif _DIGITS.fullmatch(part) and len(part) == 2 and year is None and month is not None:
            year = _year(part)
        elif (found := _SIGNED.fullmatch(part)) and clock is not None:
            hours = _hours(found[1], found[2], None)
        elif word in ("am", "pm", "a.m", "p.m") and clock is not None:
            noon = word[0] + "m"
        elif month is None and (number := _month(word)) is not None:
            month = number
        elif clock is not None and part.isascii() and part.isalpha() and part.isupper() and len(part) <= 5:
            hours = _hours(None, None, part)
        elif word not in _FILLERS and not (place == 0 and word.isalpha()):  # a weekday comes first, in any language
            return ""
    if year is None or month is None or day is None:
        return ""
    if clock is None:
        return date(year, month, day).isoformat()
    hour, minute, second = clock
    if noon:
        hour = hour % 12 + (12 if noon == "pm" else 0)
    return _moment(year, month, day, hour, minute, second, hours)


@cache
def _month(name: str) -> int | None:
    name = name.lower()
    if len(name) < 3 or not name.isalpha():
        return None
    fits = [(len(each), number) for number, names in _MONTHS.items() for each in names.split() if name.startswith(each)]
    return max(fits)[1] if fits else None


def _year(said: str) -> int:
    """RFC 2822, section 4.3: two digits mean 1950 to 2049."""
    year = int(said)
    return year if len(said) > 2 else year + (2000 if year < 50 else 1900)


def _hours(offset: str | None, minutes: str | None, zone: str | None) -> float:
    if offset:
        hours = int(offset)
        return hours + (-1 if offset[0] == "-" else 1) * int(minutes or 0) / 60
    return _ZONES.get(zone.upper(), 0.0) if zone else 0.0


def _moment(year: int, month: int, day: int, hour: int, minute: int, second: int, hours: float) -> str:
    late = hour == 24 and minute == second == 0  # ISO 8601: the end of a day
    when = datetime(year, month, day, 0 if late else hour, minute, min(second, 59) if second < 61 else second, tzinfo=UTC)
    if late:
        when += timedelta(days=1)
    return _written(when - timedelta(hours=hours) if hours else when)


def _written(when: datetime) -> str:
    return when.replace(microsecond=0, tzinfo=None).isoformat() + "Z"
