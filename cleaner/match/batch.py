"""
Comparison keys of very many texts at once: for each text what `keys.key` gives it, and a digest of that.

Most texts of a collection are plain ASCII, and their key is the text in lower case. That is done to a batch in one pass, and a look
at the bytes tells which texts need more. A property test holds both ways together.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from cleaner import keys
from cleaner.match.sketch import batches

#: Bytes of a digest. Texts are called equal by it, so it has to be one that nobody makes collide.
DIGEST = 16
_LOWER = bytes(ord(chr(code).lower()) if code < 128 else code for code in range(256))
# What a text may not hold if its key is to be its lower case: white space that folds, emphasis, and what `inline.may_mask` asks for.
_SPECIAL = bytes(int(chr(code) in "\t\n\r\f\v*_:`<]{$|@" or code >= 128) for code in range(256))


def keyed(texts: Sequence[str]) -> list[str]:
    """
    Return the comparison key of each text; "" where it says nothing.

    >>> keyed(["The **Old** Ferry", "the old  ferry"])
    ['the old ferry', 'the old ferry']
    """
    return [key for begin, end in batches(texts) for key in _batch(texts[begin:end])]


def digests(keys: Sequence[str]) -> list[bytes]:
    """Return a digest of each key, 16 bytes; equal keys have equal ones, on every machine. b"" of what says nothing."""
    return [blake2b(key.encode("utf-8", "surrogatepass"), digest_size=DIGEST).digest() if key else b"" for key in keys]


def _batch(texts: Sequence[str]) -> list[str]:
    import numpy as np

    slow = keys.key.__wrapped__  # no text of a collection is asked about twice
    joined = "\n".join(texts)
    odd: list[int] = []
    if not joined.isascii() or joined.count("\n") >= len(texts):
        plain = [*texts]
        for number, text in enumerate(texts):
            if not text.isascii() or "\n" in text:
                plain[number] = ""
                odd.append(number)
        joined = "\n".join(plain)
        sizes = np.fromiter(map(len, plain), np.int64, len(plain))
    else:
        sizes = np.fromiter(map(len, texts), np.int64, len(texts))
    data = joined.encode("ascii")
    ends = np.cumsum(sizes + 1) - 1
    special = np.frombuffer(data.translate(_SPECIAL), np.bool_).copy()
    special[ends[:-1]] = False  # the line ends between them
    spaces = np.frombuffer(data, np.uint8) == 32
    edge = np.zeros(len(data) + 2, np.bool_)  # a space beside a space, or at either end of a text, folds
    edge[1:-1] = spaces
    edge[0] = edge[-1] = True
    edge[ends[:-1] + 1] = True
    special |= spaces & (edge[:-2] | edge[2:])
    odd += np.searchsorted(ends, np.flatnonzero(special)).tolist()
    lower = data.translate(_LOWER).decode("ascii")
    result = lower.split("\n")
    if "www." in lower:
        odd += [number for number, said in enumerate(result) if "www." in said]
    for number, said in enumerate(result):
        if not said[:1].isalnum() and not any(map(str.isalnum, said)):
            result[number] = ""
    for number in set(odd):
        result[number] = slow(texts[number])
    return result
