"""
Bytes to `Article` and back, and files written so that no crash can tear them.

The bytes decide. A file is edited as the bytes it came in: whatever codec reads it here must give back the same bytes,
or the file is left alone. Where the encoding is a guess, `Origin.sure` is False: then removing a stretch of bytes that
stands twice is still harmless (a wrong codec that round-trips removes the same bytes), while mending letters is not.

The detector is met last and believed least: on texts it had not seen, charset-normalizer named the right encoding of
legacy text in about two cases of three. Strict UTF-8 has no false alarms worth the name, so nearly all files never get
that far, and the detector is not imported for them.
"""

# Each system call of a write stands here by its name, so that tests can let each of them fail: no pathlib.

from __future__ import annotations

import codecs
import errno
import os
import re
import stat
import sys
import time
from collections.abc import Iterator
from functools import cache, lru_cache

from cleaner.digest import sha256
from cleaner.errors import BinaryError, ChangedError, EncodingError, InputError
from cleaner.model import Article, Format, Origin
from cleaner.options import Options

_DEFAULTS = Options()

# --- which encoding -------------------------------------------------------------------------------------------------

# UTF-32 LE begins with the mark of UTF-16 LE, so it is asked first.
_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Only these codecs ever read a file. Python would also decode "unicode_escape", "rot13" or "utf-7" when a file says so,
# and each of them turns harmless bytes into markup.
_SINGLE = frozenset({
    "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258",
    "cp437", "cp720", "cp737", "cp775", "cp850", "cp852", "cp855", "cp857", "cp858", "cp860", "cp861", "cp862", "cp863",
    "cp864", "cp865", "cp866", "cp869", "cp874", "tis-620", "hp-roman8", "ptcp154", "kz1048",
    "iso8859-1", "iso8859-2", "iso8859-3", "iso8859-4", "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8", "iso8859-9",
    "iso8859-10", "iso8859-11", "iso8859-13", "iso8859-14", "iso8859-15", "iso8859-16",
    "koi8-r", "koi8-t", "koi8-u",
    "mac-roman", "mac-cyrillic", "mac-greek", "mac-iceland", "mac-latin2", "mac-turkish",
})  # fmt: skip
_MULTI = frozenset({
    "gb2312", "gbk", "gb18030", "big5", "big5hkscs", "cp950",
    "euc_jp", "euc_jis_2004", "euc_jisx0213", "shift_jis", "shift_jis_2004", "shift_jisx0213", "cp932",
    "euc_kr", "cp949", "johab",
})  # fmt: skip
_STATEFUL = ("iso2022_jp", "iso2022_jp_2", "iso2022_jp_3", "iso2022_jp_ext")
_UNICODE = frozenset({"utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"})

# What a label means on the web (encoding.spec.whatwg.org): the superset that writers really used. It is tried first and
# the codec of that very name second, for the few bytes that only the narrower one can give back.
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
}
_LABELS = {"x-sjis": "shift_jis", "windows-31j": "cp932", "ks_c_5601-1987": "euc_kr", "x-gbk": "gbk", "x-cp1252": "cp1252",
           "x-mac-roman": "mac-roman", "macintosh": "mac-roman", "x-mac-cyrillic": "mac-cyrillic", "windows-874": "cp874",
           "unicode-1-1-utf-8": "utf-8", "dos-874": "cp874", "iso-8859-8-i": "iso8859-8"}  # fmt: skip

# Patterns are functions here, compiled when a text first needs them: a commit hook starts a hundred times a day.
_HEAD = 4096
_NAME = rb"[A-Za-z][A-Za-z0-9._:-]{1,40}"


@cache
def _in_html() -> re.Pattern[bytes]:
    return re.compile(rb"<meta\b[^>]{0,500}?\bcharset\s{0,9}=\s{0,9}[\"']?\s{0,9}(" + _NAME + rb")", re.IGNORECASE)


@cache
def _in_xml() -> re.Pattern[bytes]:
    return re.compile(
        rb"\A\s{0,9}<\?xml\b[^>]{0,200}?\bencoding\s{0,9}=\s{0,9}[\"'](" + _NAME + rb")[\"']", re.IGNORECASE
    )


# Emacs, vim, Python, AsciiDoc: only in a comment (or attribute entry) on one of the first two lines.
@cache
def _in_comment() -> re.Pattern[bytes]:
    return re.compile(
        rb"\A(?:[^\r\n]{0,300}(?:\r\n|\n|\r))?"
        rb"(?:[ \t\f]{0,20}(?:\#|//|;|%|\.\.|/\*|<!--)[^\r\n]{0,200}?\b(?:file)?(?:coding|encoding|fenc)[:=][ \t]{0,9}|:encoding:[ \t]{1,9})"
        rb"(" + _NAME + rb")"
    )


# A few kinds of file that are met among articles. Only asked once the bytes turned out not to be UTF-8 text.
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a RIFF file (WebP, WAV or AVI)"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive (or .docx, .epub, .odt)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office document (.doc, .xls)"),
    (b"\x7fELF", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"SQLite format 3", "an SQLite database"),
    (b"wOF", "a web font"),
)
# Tab, line feed, vertical tab, form feed, carriage return, backspace and escape do occur in text.
_TEXT_BYTES = bytes(byte for byte in range(256) if byte >= 0x20 or byte in b"\b\t\n\v\f\r\x1b")
_MANY_CONTROLS = 0.02  # random bytes have 10 %, articles with a stray control character far below 0.1 %
_SAMPLE = 100_000  # bytes with letters in them that the detector is given
_SURE_FROM = 200  # below this many bytes no detector is believed


def decode(data: bytes, path: str = "-", options: Options = _DEFAULTS) -> Article:
    """
    Turn the bytes of a file into an article, so that `encode(article, article.text) == data`.

    The order of belief is: byte order mark, strict UTF-8, what the file declares, a detector. UTF-7 is never decoded.

    Args:
        data: The whole file.
        path: Names the file in errors, and tells its format by its suffix; "-" is standard input.
        options: `format` overrides the suffix.

    Returns:
        The text exactly as decoded, without the byte order mark, which is kept in `origin.bom`. With `origin.sure`
        False only byte-identical text may be touched.

    Raises:
        BinaryError: If it is not text.
        EncodingError: If no codec we trust gives back the same bytes.
    """
    bom, codec, text, sure, declared = _decoded(data, _shown(path))
    origin = Origin(path, codec, bom, sha256(data).hexdigest(), sure, declared)
    return Article(text, format_of(text, path, options), origin)


def encode(article: Article, text: str) -> bytes:
    """
    Turn a text into bytes as the article's file has them: same codec, same byte order mark.

    Raises:
        EncodingError: If the codec has no bytes for a character, or the bytes would not read as this text again.
    """
    codec = article.origin.encoding
    try:
        body = text.encode(codec)
        same = body.decode(codec) == text
    except UnicodeEncodeError as error:
        lost = ascii(text[error.start])
        raise EncodingError(
            f"{_shown(article.origin.path)}: {codec} cannot hold {lost}; save the file as UTF-8 first"
        ) from error
    except UnicodeDecodeError:
        same = False
    if not same:
        raise EncodingError(
            f"{_shown(article.origin.path)}: the text would not come back from {codec}; save the file as UTF-8 first"
        )
    return article.origin.bom + body


def codec_of(label: str) -> str | None:
    """Return the Python codec that a declared label means, or None for one that is unknown or never used to read text."""
    name = label.strip().lower()
    try:
        found = codecs.lookup(_LABELS.get(name, name)).name
    except (LookupError, ValueError):
        return None
    if found in ("utf-8-sig", "utf_8_sig"):
        return "utf-8"
    known = found in _SINGLE or found in _MULTI or found in _UNICODE or found in _STATEFUL
    return found if known or found in ("ascii", "utf-16", "utf-32") else None


def agrees(label: str, codec: str) -> bool:
    """Whether a codec is one that a declared label may be read with."""
    named = codec_of(label)
    return named is not None and (codec in (named, _WIDER.get(named)) or codec.startswith(named + "-"))


def _decoded(data: bytes, name: str) -> tuple[bytes, str, str, bool, str | None]:
    """Return byte order mark, codec, text, whether that is sure, and what the file declares."""
    for bom, codec in _BOMS:
        if data.startswith(bom) and (text := _round_trip(data[len(bom) :], codec)) is not None:
            return bom, codec, text, True, _declared(text[:_HEAD].encode("ascii", "replace"), name)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and b"\x00" in data:
        raise EncodingError(f"{name}: begins as UTF-16 but is cut off or damaged; open it and save it as UTF-8")
    if (wide := _without_bom(data)) is not None and (text := _round_trip(data, wide)) is not None:
        return b"", wide, text, True, None

    bom = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    body = data[len(bom) :]
    declared = _declared(body[:_HEAD], name)
    _refuse_binary(body, name)
    if (text := _round_trip(body, "utf-8")) is not None:
        if _SHIFTS.search(body) is not None:
            return bom, *_shifted(body, name), True, declared
        return bom, "utf-8", text, True, declared
    return bom, *_legacy(body, name, "utf-8" if bom else declared), declared


def _round_trip(data: bytes, codec: str) -> str | None:
    """Return the text if a codec reads the bytes and writes the very same ones, else None."""
    try:
        text = data.decode(codec)
        return text if text.encode(codec) == data else None
    except UnicodeError:
        return None


def _without_bom(data: bytes) -> str | None:
    """Name the UTF-16 that bytes without a mark must be: in Western text every other byte is NUL."""
    nul = data.count(0)
    if len(data) < 8 or len(data) % 2 or nul * 5 < len(data):
        return None
    for codec, offset in (("utf-16-le", 1), ("utf-16-be", 0)):
        if data[offset::2].count(0) == nul and _controls(data[1 - offset :: 2]) == 0:
            return codec
    return None


def _declared(head: bytes, name: str) -> str | None:
    """Return the encoding that a file claims for itself, in lower case as it stands there."""
    if not any(word in head.lower() for word in (b"coding", b"charset", b"fenc")):
        return None
    webby = name.lower().endswith(_SUFFIXES["html"]) or head.lstrip()[:1] == b"<"
    # In Markdown a <meta charset> in the first lines is more likely an example than a claim.
    found = _in_xml().search(head) or (_in_html().search(head) if webby else None) or _in_comment().search(head)
    return found[1].decode("ascii").lower() if found else None


# The escapes that switch ISO-2022-JP to Japanese, and its kin. An ANSI colour, ESC [, is not among them.
_SHIFTS = re.compile(rb"\x1b(?:\$[@B]|\$\([DOPQ]|\([IJ])")


def _shifted(data: bytes, name: str) -> tuple[str, str]:
    """Read ISO-2022-JP: all its bytes are ASCII, so strict UTF-8 would read it as gibberish."""
    for codec in _STATEFUL:
        if (text := _round_trip(data, codec)) is not None:
            return codec, text
    raise EncodingError(f"{name}: looks like ISO-2022-JP but does not come back byte for byte; save it as UTF-8 first")


def _legacy(data: bytes, name: str, declared: str | None) -> tuple[str, str, bool]:
    """Return codec, text and certainty of bytes that are neither marked nor UTF-8."""
    named = codec_of(declared) if declared else None
    if named is not None and named not in _UNICODE:
        for codec in (_WIDER.get(named, named), named):
            if (text := _round_trip(data, codec)) is not None:
                return codec, text, not (codec in _SINGLE and (_mixed(data) or _has_c1(text)))
    if not _mixed(data):
        guess, confident = _detect(data)
        if guess is not None and (text := _round_trip(data, guess)) is not None:
            # A file that says UTF-8 and is not has a history; nothing is sure about it.
            return guess, text, confident and named != "utf-8"
    for codec in ("cp1252", "iso8859-1"):
        if (text := _round_trip(data, codec)) is not None:
            return codec, text, False
    raise EncodingError(f"{name}: its encoding cannot be told; save it as UTF-8 first")  # latin-1 holds every byte


def _mixed(data: bytes) -> bool:
    """Whether most bytes beyond ASCII form sound UTF-8, so that the file is UTF-8 with a few foreign bytes in it."""
    sound = data.decode("utf-8", "ignore")
    letters = sum(map(len, _BEYOND.findall(sound)))
    kept = len(sound.encode("utf-8", "ignore"))
    return letters > 0 and letters >= len(data) - kept


_BEYOND = re.compile(r"[^\x00-\x7f]+")


def _has_c1(text: str) -> bool:
    return re.search("[\x80-\x9f]", text) is not None


def _detect(data: bytes) -> tuple[str | None, bool]:
    """
    Ask the detector: a codec, and whether it is to be believed.

    Believed is only a multi-byte encoding, of a text that is not short, in which it also found a language: of 55 such
    answers on re-encoded articles none was wrong. Its single-byte guesses were wrong in four of ten.
    """
    from charset_normalizer import from_bytes

    best = from_bytes(_sample(data)).best()
    if best is None:
        return None, False
    guess = codec_of(best.encoding)
    if guess is None or guess in _UNICODE or (guess in _SINGLE and _western(data)):
        return None, False
    return guess, guess in _MULTI and len(data) >= _SURE_FROM and best.coherence > 0


def _western(data: bytes) -> bool:
    """Whether most letters are ASCII: then cp1252 is as good a guess as the detector's, and never a surprising one."""
    beyond = len(data.translate(None, bytes(range(128))))
    return beyond * 4 < len(data) - beyond and b"\x81" not in data


def _sample(data: bytes) -> bytes:
    """Return the lines that have bytes beyond ASCII in them, up to a size that the detector reads in no time."""
    if len(data) <= _SAMPLE:
        return data
    lines: list[bytes] = []
    size = 0
    for line in data.split(b"\n"):
        if not line.isascii():
            lines.append(line)
            size += len(line) + 1
        if size > _SAMPLE:
            break
    return b"\n".join(lines)[: 2 * _SAMPLE]


def _controls(data: bytes) -> int:
    return len(data.translate(None, _TEXT_BYTES))


def _refuse_binary(data: bytes, name: str) -> None:
    """Raise BinaryError for what is not text."""
    kind = next((kind for magic, kind in _MAGIC if data.startswith(magic)), None)
    if kind is not None and (data.startswith(b"%PDF-") or _round_trip(data, "utf-8") is None or b"\x00" in data):
        raise BinaryError(f"{name}: is {kind}, not text; leave it out, or turn it into text first")
    if b"\x00" in data:
        raise BinaryError(f"{name}: holds NUL bytes, so it is not text; leave it out")
    if _controls(data) > _MANY_CONTROLS * len(data) + 1:
        raise BinaryError(f"{name}: is full of control characters, so it is not text; leave it out")


# --- which format ---------------------------------------------------------------------------------------------------

_SUFFIXES: dict[Format, tuple[str, ...]] = {
    "markdown": (".md", ".markdown", ".mdx", ".mdown", ".mkd", ".qmd", ".rmd"),
    "html": (".html", ".htm", ".xhtml"),
    "rst": (".rst", ".rest"),
    "asciidoc": (".adoc", ".asciidoc", ".asc"),
    "text": (".txt", ".text"),
}


@cache
def _html() -> re.Pattern[str]:
    return re.compile(
        r"\s{0,200}(?:<!--[^>]{0,2000}-->\s{0,200})?<(?:!doctype\s+html|html|head|body)\b|\s{0,200}<\?xml[^>]{0,200}\?>\s{0,200}<(?:!doctype\s+html|html)\b",
        re.IGNORECASE,
    )


@cache
def _front() -> re.Pattern[str]:
    return re.compile(
        r"(---|\+\+\+)[ \t]*\r?\n(?:[A-Za-z_][\w-]*\s*[:=][^\n]*\n)(?:[^\n]*\n){0,200}?\1[ \t]*(?:\r?\n|\Z)"
    )


@cache
def _fence() -> re.Pattern[str]:
    return re.compile(r"^ {0,3}(```++|~~~++)[^`\n]*$(?:\n[^\n]*){0,2000}?\n {0,3}\1", re.MULTILINE)


# Each is a sign; two different ones, or three headings, are Markdown.
_SIGNS = (
    r"^#{1,6} \S",
    r"(?<!\!)\[[^\[\]\n]{1,300}\]\((?:https?:|/|\.|#|mailto:)[^()\s]{0,500}\)",
    r"!\[[^\[\]\n]{0,300}\]\([^()\s]{1,500}\)",
    r"(?<![*\w])\*\*[^*\s][^*\n]{0,300}\*\*(?![*\w])",
    r"^ {0,3}>[ ]?\S",
    r"^\[[^\[\]\n]{1,100}\]: +<?https?:",
    r"^\|?[ ]*:?-{3,}:?[ ]*\|[ |:-]*$",
)


def format_of(text: str, path: str = "-", options: Options = _DEFAULTS) -> Format:
    """Tell a text's format: what the options say, else the suffix of its path, else its beginning."""
    return options.format or _by_suffix(path) or sniff(text)


def sniff(text: str) -> Format:
    """
    Tell a text's format from its beginning, where no suffix does.

    In doubt it is text: there, no character has a meaning that removing its neighbour could change.
    """
    head = text[:20_000].replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    if _html().match(head):
        return "html"
    if _front().match(head) or _fence().search(head):
        return "markdown"
    signs = sum(re.search(sign, head, re.MULTILINE) is not None for sign in _SIGNS)
    return "markdown" if signs >= 2 or len(re.findall(_SIGNS[0], head, re.MULTILINE)) >= 3 else "text"


def _by_suffix(path: str) -> Format | None:
    lowered = path.lower()
    return next((format for format, suffixes in _SUFFIXES.items() if lowered.endswith(suffixes)), None)


# --- reading --------------------------------------------------------------------------------------------------------


def read(path: str | os.PathLike[str], options: Options = _DEFAULTS) -> Article:
    """
    Read a file, or standard input for "-".

    Raises:
        InputError: If it is missing, a directory, a device, too large or unreadable; one line that names it.
        BinaryError, EncodingError: As for `decode`.
    """
    return decode(content(path, options), os.fspath(path), options)


def content(path: str | os.PathLike[str], options: Options = _DEFAULTS) -> bytes:
    """
    Return the bytes of a file, or of standard input for "-".

    Raises:
        InputError: As for `read`.
    """
    where = os.fspath(path)
    if where == "-":
        data = sys.stdin.buffer.read(options.max_bytes + 1)
    else:
        data = _read_file(where, options.max_bytes)
    if len(data) > options.max_bytes:
        raise InputError(f"{_shown(where)}: is larger than {options.max_bytes:,} bytes; raise max-bytes to read it")
    return data


def _read_file(where: str, limit: int) -> bytes:
    name = _shown(where)
    try:
        mode = os.stat(where)
        if stat.S_ISDIR(mode.st_mode):
            raise InputError(f"{name}: is a directory; name the files in it")
        if not stat.S_ISREG(mode.st_mode):
            raise InputError(f"{name}: is not a regular file; pipe it in and use - instead")
        if mode.st_size > limit:
            raise InputError(f"{name}: has {mode.st_size:,} bytes, more than {limit:,}; raise max-bytes to read it")
        with open(where, "rb") as file:
            # Asked for as much as it has: a buffer for the largest file allowed costs more than reading a small one.
            data = file.read(mode.st_size + 1)
            return data if len(data) <= mode.st_size else data + file.read(limit + 1 - len(data))
    except FileNotFoundError as error:
        raise InputError(f"{name}: no such file; check the spelling") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise InputError(f"{name}: cannot be read: {_reason(error)}") from error


def _shown(path: str) -> str:
    """Return a file's name fit for one line: names may hold line feeds, escapes and undecodable bytes."""
    if path.isprintable():
        return path
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in path)


def _reason(error: Exception) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)


# --- writing --------------------------------------------------------------------------------------------------------

_HOUR = 3600.0


def write(path: str | os.PathLike[str], data: bytes, expected_sha256: str | None) -> None:
    """
    Put new bytes into a file, all or none: whoever looks, and whenever the machine stops, sees the old or the new file.

    Mode, owner, extended attributes and (through them) access lists stay. A symbolic link stays a link: its target is
    written. A file with several hard links, or in a directory where nothing can be made, is written in place with a
    copy kept beside it until that has succeeded. A file that holds these bytes already is not touched at all. What is no file at
    all, such as /dev/null or a pipe, is written to and stays what it is.

    Args:
        path: The file.
        data: All of its new bytes.
        expected_sha256: Digest of the bytes it was read as, asked again just before the new ones take their place.
            None: whatever stands there, or nothing, may be replaced.

    Raises:
        ChangedError: If the file is not what it was when it was read. Nothing is written.
        InputError: If it cannot be written. It is as it was, and nothing is left beside it.
    """
    where = os.fspath(path)
    name = _shown(where)
    try:
        if _is_device(where):
            with open(where, "wb") as stream:
                stream.write(data)
            return
        target = _target(where)
        present = _present(target, name, expected_sha256)
        if present == data:
            return
        _sweep(target)
        if present is None:
            _replace(target, name, data, None, None)
            return
        before = os.stat(target)
        if not os.access(target, os.W_OK):
            raise InputError(f"{name}: is read-only; make it writable to have it cleaned")
        if before.st_nlink > 1 or not os.access(os.path.dirname(target), os.W_OK):
            _overwrite(target, name, data, present)
            return
        try:
            _replace(target, name, data, present, before)
        except _NotOursError:
            _overwrite(target, name, data, present)
    except (OSError, ValueError) as error:
        raise InputError(f"{name}: cannot be written: {_reason(error)}; it is as it was") from error


def _target(where: str) -> str:
    """Return what a path leads to. An error on the way is an error: with it ignored, a link would be taken for the file and replaced."""
    try:
        return os.path.realpath(where, strict=True)
    except FileNotFoundError:  # a new file, or a link to one
        return os.path.realpath(where)


def _is_device(where: str) -> bool:
    """Whether a path leads to a device, a pipe or a socket: to replace it would take it away from everybody else."""
    try:
        mode = os.stat(where).st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


class _NotOursError(Exception):
    """The file belongs to someone whom a new file cannot be given to."""


def _present(target: str, name: str, expected_sha256: str | None) -> bytes | None:
    """Return what stands in the file now; None where there is none and none is expected."""
    try:
        with open(target, "rb") as file:
            present = file.read()
    except FileNotFoundError:
        if expected_sha256 is None:
            return None
        raise ChangedError(f"{name}: is gone since it was read; nothing was written") from None
    if expected_sha256 is not None and sha256(present).hexdigest() != expected_sha256:
        raise ChangedError(f"{name}: was changed since it was read; nothing was written, run again")
    return present


def _unchanged(target: str, name: str, present: bytes | None) -> None:
    """Raise ChangedError unless the file still holds the bytes it held a moment ago."""
    _present(target, name, sha256(present).hexdigest() if present is not None else None)


def _replace(target: str, name: str, data: bytes, present: bytes | None, before: os.stat_result | None) -> None:
    """Write a temporary file beside the target and rename it over the target."""
    temporary = _beside(target, "tmp")
    try:
        # A new file gets what the umask leaves of 0666; one that replaces a file is private until it has its mode.
        _create(temporary, data, 0o666 if before is None else 0o600, target if before is not None else None, before)
        _unchanged(target, name, present)
        os.replace(temporary, target)
    except BaseException:
        _remove(temporary)
        raise
    sync_directory(os.path.dirname(target))


def _create(path: str, data: bytes, mode: int, like: str | None, before: os.stat_result | None) -> None:
    """Write a file that does not exist yet down to the disk, with the metadata of another one."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    try:
        _write_all(handle, data)
        if like is not None and before is not None:
            _keep_metadata(path, like, before)
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_all(handle: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _keep_metadata(path: str, like: str, before: os.stat_result) -> None:
    """Give a file the owner, extended attributes and mode of another; in that order, as chown clears set-id bits."""
    if hasattr(os, "chown"):
        made = os.stat(path)
        if (made.st_uid, made.st_gid) != (before.st_uid, before.st_gid):
            try:
                os.chown(path, before.st_uid, before.st_gid)
            except PermissionError as error:
                raise _NotOursError from error
    if hasattr(os, "listxattr"):
        try:
            for attribute in os.listxattr(like):
                os.setxattr(path, attribute, os.getxattr(like, attribute))
        except OSError as error:
            # Not every file system has them, and some (security.*) only the system may set.
            if error.errno not in (errno.ENOTSUP, errno.EPERM, errno.EACCES, errno.ENODATA):
                raise
    os.chmod(path, stat.S_IMODE(before.st_mode))


def _overwrite(target: str, name: str, data: bytes, present: bytes) -> None:
    """Write into the file itself, with a copy of the old bytes on the disk until the new ones are there."""
    backup = _beside(target, "bak")
    if not os.access(os.path.dirname(target), os.W_OK):
        import tempfile

        backup = os.path.join(tempfile.gettempdir(), os.path.basename(backup))
    kept = False
    try:
        _create(backup, present, 0o600, None, None)
        _unchanged(target, name, present)
        try:
            _fill(target, data)
        except BaseException as error:
            kept = True
            _restore(target, name, present, backup, error)
            kept = False
            raise
    finally:
        if not kept:
            _remove(backup)


def _fill(target: str, data: bytes) -> None:
    handle = os.open(target, os.O_WRONLY | getattr(os, "O_BINARY", 0))
    try:
        _write_all(handle, data)
        os.ftruncate(handle, len(data))
        os.fsync(handle)
    finally:
        os.close(handle)


def _restore(target: str, name: str, present: bytes, backup: str, cause: BaseException) -> None:
    """Put the old bytes back after a failed write in place; if even that fails, say where the copy is."""
    try:
        _fill(target, present)
    except OSError as error:
        raise InputError(f"{name}: could not be written nor put back; its old content is in {_shown(backup)}") from (
            error or cause
        )


def _beside(target: str, kind: str) -> str:
    """Name a new file next to the target, hidden, and short enough for any file system."""
    return os.path.join(os.path.dirname(target), f"{_stem(target)}{os.urandom(6).hex()}.{kind}")


def _stem(target: str) -> str:
    name = os.path.basename(target)
    while len(os.fsencode(name)) > 200:
        name = name[:-1]
    return f".{name}.cleaner-"


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass  # It was never made, or cannot be removed: the error that brought us here says more.


def sync_directory(directory: str) -> None:
    """Make a rename last through a power cut, where directories can be synced at all (not on Windows)."""
    try:
        handle = os.open(directory, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError:
        pass  # The rename has happened; that it could not be hastened to the disk is no reason to call it failed.


def _sweep(target: str) -> None:
    """Remove temporary files of this file that a killed run left more than an hour ago. Copies (.bak) are never swept."""
    stem = _stem(target)
    for path in _stale(os.path.dirname(target)):
        if os.path.basename(path).startswith(stem):
            _remove(path)


@lru_cache(maxsize=8)  # Ten thousand files in one directory list it once, not ten thousand times.
def _stale(directory: str) -> tuple[str, ...]:
    try:
        return tuple(_old_temporaries(directory))
    except OSError:
        return ()


def _old_temporaries(directory: str) -> Iterator[str]:
    with os.scandir(directory) as entries:
        for entry in entries:
            ours = entry.name.startswith(".") and ".cleaner-" in entry.name and entry.name.endswith(".tmp")
            if ours and entry.is_file(follow_symlinks=False) and entry.stat().st_mtime < time.time() - _HOUR:
                yield entry.path
