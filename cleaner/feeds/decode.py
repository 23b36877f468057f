"""
The bytes of a source to its text: unpacked, decoded, with what had to be handled on the way.

Unlike an article a source is only read, so its bytes need not come back: a stray byte or NUL costs itself and not the feed.
"""

from __future__ import annotations

import codecs
import re
from functools import cache

from cleaner import source as files
from cleaner.errors import BinaryError, InputError

GZIP = b"\x1f\x8b"
# Of an archive inside an archive inside an archive nobody knows the reason.
_DEEPEST = 2
_DECLARED = re.compile(r"\s{0,99}<\?xml\b[^>]{0,200}?\bencoding\s{0,9}=\s{0,9}[\"']([^\"'<>]{1,60})[\"']", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)


def unpacked(data: bytes, name: str, limit: int) -> bytes:
    """
    Return the bytes inside a gzip archive, or the bytes themselves where they are none.

    Raises:
        InputError: If the archive is damaged, or what is in it is larger than the limit.
    """
    for _ in range(_DEEPEST):
        if not data.startswith(GZIP):
            return data
        data = _gunzipped(data, name, limit)
    if data.startswith(GZIP):
        raise InputError(f"{name}: is an archive inside an archive inside an archive; unpack it first")
    return data


def _gunzipped(data: bytes, name: str, limit: int) -> bytes:
    import zlib

    parts: list[bytes] = []
    size = 0
    rest = data
    while rest.startswith(GZIP):  # several archives in a row are one
        packed = zlib.decompressobj(wbits=31)
        try:
            part = packed.decompress(rest, limit + 1 - size)
        except zlib.error as error:
            raise InputError(f"{name}: the gzip archive is damaged ({error}); fetch it again") from error
        parts.append(part)
        size += len(part)
        if size > limit:
            raise InputError(f"{name}: unpacks to more than {limit:,} bytes; raise max-bytes to read it")
        if not packed.eof:
            raise InputError(f"{name}: the gzip archive ends too early; fetch it again")
        rest = packed.unused_data
    return b"".join(parts)


def decoded(data: bytes, name: str, content_type: str = "") -> tuple[str, tuple[str, ...]]:
    """
    Return the text of a source, without byte order mark, and notes on what had to be handled.

    The order of belief is: byte order mark, strict UTF-8, what the XML declaration says, what the server says, UTF-8 with a few
    bytes of Windows-1252 in it, a detector. Only encodings that `cleaner.source` trusts are ever used, whatever is declared.

    Args:
        data: The bytes.
        name: Names the source in errors.
        content_type: The header of that name, where a server sent one.

    Raises:
        BinaryError: If it is not text.
        EncodingError: If no codec reads it.
    """
    if 0 not in data and b"\x1b$" not in data:
        try:
            text = data.decode("utf-8").removeprefix("\ufeff")
        except UnicodeDecodeError:
            pass
        else:
            return text, _contradicted(text, data)
    try:
        return _legacy(data, name, content_type)
    except BinaryError:
        # A feed with a NUL in it is still a feed; an image is not.
        if not _looks_like_text(data):
            raise
        lost = data.count(0)
        text, notes = decoded(data.translate(None, b"\0"), name, content_type)
        return text, (f"{lost:,} NUL {'byte' if lost == 1 else 'bytes'} left out", *notes)


def _looks_like_text(data: bytes) -> bool:
    head = data[:1000].lstrip()
    return 0 in data and head[:1] in (b"<", b"{", b"[", b"\xef") and head.count(0) * 10 < len(head)


def _contradicted(text: str, data: bytes) -> tuple[str, ...]:
    """Say so where a source declares another encoding than the UTF-8 that it is."""
    found = _DECLARED.match(text)
    if found is None:
        return ()
    codec = files.codec_of(found[1])
    if codec is None:
        return (f"declares the encoding {found[1]!r}, which is never used to read; read as utf-8",)
    if codec in ("utf-8", "ascii") or data.isascii():
        return ()
    return (f"declares the encoding {found[1]}, and is utf-8",)


def _legacy(data: bytes, name: str, content_type: str) -> tuple[str, tuple[str, ...]]:
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)) or 0 in data
    if not marked:
        head = data[:1000].decode("latin-1")
        xml, http = _DECLARED.match(head), _CHARSET.search(content_type)
        for label in (xml and xml[1], http and http[1]):
            codec = files.codec_of(label) if label else None
            if codec is not None and not codec.startswith("utf"):
                try:
                    return data.decode("cp1252" if codec in ("ascii", "iso8859-1") else codec), ()
                except UnicodeDecodeError:
                    pass
        # More sound sequences of UTF-8 than bytes that are none: what is foreign was pasted in.
        sound = data.decode("utf-8", "ignore")
        lost = len(data) - len(sound.encode())
        if sum(letter > "\x7f" for letter in sound) >= lost:
            return data.decode("utf-8", _by_cp1252()).removeprefix("\ufeff"), (
                f"{lost:,} {'byte that is' if lost == 1 else 'bytes that are'} not utf-8 read as cp1252",
            )
    article = files.decode(data, name)
    notes = () if article.origin.sure else (f"the encoding could not be told for sure; read as {article.origin.encoding}",)
    return article.text.removeprefix("\ufeff"), notes


@cache
def _by_cp1252() -> str:
    """Register a handler that reads each byte that is not UTF-8 as Windows-1252, as its writer's editor did."""

    def handler(error: UnicodeError) -> tuple[str, int]:
        assert isinstance(error, UnicodeDecodeError)
        wrong = error.object[error.start : error.end]
        return wrong.decode("cp1252", "replace"), error.end

    codecs.register_error("cleaner.cp1252", handler)
    return "cleaner.cp1252"
