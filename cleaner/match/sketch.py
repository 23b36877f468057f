"""
Sketches of very many texts at once: shingles, MinHash signatures and bands, each of a whole batch in a few passes of numpy.

    keys -> shingles -> signatures -> bands
            three words  the least     what two texts share
            in a row     of each hash  to be worth a closer look

A signature is, number by number, what `datasketch.MinHash` computes for the same scheme, seed and hash function (`hash32` here,
which it takes as `hashfunc`): a property test holds both to it. Nothing is ever compared that was made in two ways: a stored
signature begins with how it was made, and what does not fit is made anew (`pack`, `unpack`).

The words are those of `cleaner.words`. Of ASCII texts, which most are, they are told from the bytes, a batch at a time, by the
same rule; a property test holds the two together.

Source: Broder, On the resemblance and containment of documents (1997); Leskovec, Rajaraman, Ullman, Mining of Massive Datasets,
chapter 3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from cleaner.errors import OptionsError
from cleaner.words import words

if TYPE_CHECKING:
    from numpy import ndarray

    Numbers = ndarray[Any, Any]

SHINGLE = 3  # words
#: Bytes that are hashed at a time: what is needed of them stays in the processor's own memory.
_PIECE = 1 << 17
_SIXTY_FOUR = (1 << 64) - 1
# Odd numbers without a pattern; the last three are those of SplitMix64 and of a relative of it.
_FACTOR = 0x9E3779B97F4A7C15
_MIXERS = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93)
_LONGEST = 64  # bytes of a word that are hashed eight by eight


class Scheme(NamedTuple):
    """
    How a signature is made. Two signatures can be compared where all of it is equal, and never else.

    Attributes:
        name: One of datasketch's: "affine32", "affine64" or "legacy".
        seed: Of the permutations.
        size: How many numbers a signature has.
        hash: Names the function that a shingle is hashed with, and its version.
        shingle: Words in a row.
    """

    name: str = "affine32"
    seed: int = 1
    size: int = 70
    hash: str = "words-1"
    shingle: int = SHINGLE


class Banding(NamedTuple):
    """How a signature is cut: so many bands of so many numbers each."""

    bands: int
    rows: int

    def chance(self, jaccard: float) -> float:
        """Return the probability that two texts of this similarity share a band, 0 to 1."""
        return float(1 - (1 - jaccard**self.rows) ** self.bands)


class Shingles(NamedTuple):
    """
    The hashed shingles of a batch of texts: those of text number i are `values[starts[i]:starts[i + 1]]`.

    Attributes:
        values: uint64, in reading order, those that stand again included.
        starts: int64, one more than there are texts.
        sizes: int64, how many words each text has.
    """

    values: Numbers
    starts: Numbers
    sizes: Numbers

    def of(self, number: int) -> Numbers:
        """Return the shingles of one text."""
        return self.values[self.starts[number] : self.starts[number + 1]]


def banding(threshold: float, recall: float = 0.995, noise: float = 0.2) -> Banding:
    """
    Choose the smallest signature, and its bands, that finds pairs at the threshold and leaves most others alone.

    datasketch weighs misses against false candidates and finds 42 % of the pairs at 0.8. Here each candidate is verified, so
    that false ones cost a little time, while what is missed is missed for good.

    Args:
        threshold: Jaccard similarity, more than 0 and at most 1.
        recall: The least part of the pairs at the threshold that share a band.
        noise: The largest part of the pairs at half the threshold that do.

    Raises:
        OptionsError: If the threshold is none, or so low that a signature of 1,024 numbers does not do.

    >>> banding(0.8)
    Banding(bands=14, rows=5)
    """
    if not 0 < threshold <= 1:
        raise OptionsError(f"threshold {threshold} is not allowed; it takes a similarity of more than 0 and at most 1")
    for rows in range(1, 33):
        bands = next((bands for bands in range(1, 1024 // rows + 1) if Banding(bands, rows).chance(threshold) >= recall), 0)
        if bands and Banding(bands, rows).chance(threshold / 2) <= noise:
            return Banding(bands, rows)
    raise OptionsError(f"threshold {threshold} is too low: texts so little alike cannot be told from all others; take 0.3 or more")


# --- shingles -------------------------------------------------------------------------------------------------------


def hash32(shingle: bytes) -> int:
    """
    Hash one shingle, its words parted by single spaces, to 32 bits: what `datasketch.MinHash` takes as `hashfunc`.

    The slow twin of what `shingles` does for a batch.
    """
    mixed = 0
    for word, constant in zip(shingle.split(b" "), _MIXERS, strict=True):
        mixed = ((mixed + _hash_word(word)) * constant) & _SIXTY_FOUR
        mixed ^= mixed >> 29
    return mixed >> 32


def _hash_word(word: bytes) -> int:
    """Hash a word, eight bytes at a time; a very long one by its digest, so that one endless word takes no longer than many short ones."""
    if len(word) > _LONGEST:
        return int.from_bytes(blake2b(word, digest_size=8).digest(), "little")
    value = 0
    for at in range(0, len(word), 8):
        value = ((value ^ int.from_bytes(word[at : at + 8], "little")) * _FACTOR) & _SIXTY_FOUR
        value ^= value >> 32
    return value


def shingles(keys: Sequence[str]) -> Shingles:
    """
    Return the shingles of many texts, given as comparison keys. A text of fewer than three words has none.

    Time and memory grow with the length of the texts, whatever they hold.
    """
    import numpy as np

    sizes: list[Numbers] = []
    values: list[Numbers] = []
    for begin, end in batches(keys):
        own, hashed = _hashed_words(keys[begin:end])
        sizes.append(own)
        values.append(_triples(hashed, own))
    if not sizes:
        return Shingles(np.zeros(0, np.uint64), np.zeros(1, np.int64), np.zeros(0, np.int64))
    size = np.concatenate(sizes)
    starts = np.zeros(len(size) + 1, np.int64)
    np.cumsum(np.maximum(size - (SHINGLE - 1), 0), out=starts[1:])
    return Shingles(np.concatenate(values), starts, size)


def counts(keys: Sequence[str]) -> Numbers:
    """Return how many words each text has, as `len(words(key))` would say: int64."""
    import numpy as np

    found = [_hashed_words(keys[begin:end], hashing=False)[0] for begin, end in batches(keys)]
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def batches(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Cut a list of texts where about so many characters are together that the processor holds all that is made of them."""
    import numpy as np

    lengths = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)))
    begin = 0
    while begin < len(texts):
        before = int(lengths[begin - 1]) if begin else 0
        end = min(len(texts), int(np.searchsorted(lengths, before + _PIECE)) + 1)
        yield begin, end
        begin = end


def _triples(hashed: Numbers, sizes: Numbers) -> Numbers:
    """Hash each three words in a row; none goes from one text into the next."""
    import numpy as np

    if len(hashed) < SHINGLE:
        return np.zeros(0, np.uint64)
    mixed = np.zeros(len(hashed) - SHINGLE + 1, np.uint64)
    for at, constant in enumerate(_MIXERS):
        mixed += hashed[at : at + len(mixed)]
        mixed *= np.uint64(constant)
        mixed ^= mixed >> np.uint64(29)
    # The last two words of each text begin none of its shingles.
    ends = np.cumsum(sizes)
    whole = np.ones(len(hashed), bool)
    for back in range(1, SHINGLE):
        whole[ends[sizes >= back] - back] = False
    return np.asarray(mixed[whole[: len(mixed)]])


def _hashed_words(keys: Sequence[str], *, hashing: bool = True) -> tuple[Numbers, Numbers]:
    """Return how many words each text has, and the hashes of all words in order; zeros, where nobody asks for these."""
    import numpy as np

    joined = "\n".join(keys)
    if joined.isascii():
        return _of_bytes(joined.encode("ascii"), [*map(len, keys)], told=False, hashing=hashing)
    plain = [key.isascii() for key in keys]
    told = [_told(key) for key, flag in zip(keys, plain) if not flag]
    sizes = np.zeros(len(keys), np.int64)
    which = np.array(plain)
    sizes[~which], other = _of_bytes(b"\n".join(told), [*map(len, told)], told=True, hashing=hashing)
    if len(told) == len(keys):
        return sizes, other
    ascii = [key for key, flag in zip(keys, plain) if flag]
    sizes[which], one = _of_bytes("\n".join(ascii).encode("ascii"), [*map(len, ascii)], told=False, hashing=hashing)
    owners = np.repeat(which, sizes)
    hashed = np.zeros(len(owners), np.uint64)
    hashed[owners], hashed[~owners] = one, other
    return sizes, hashed


def _told(key: str) -> bytes:
    return " ".join(words(key)).encode("utf-8", "surrogatepass")


def _of_bytes(joined: bytes, lengths: Sequence[int], *, told: bool, hashing: bool) -> tuple[Numbers, Numbers]:
    """
    Hash the words of texts in bytes.

    Args:
        joined: The texts, each but the last with a line end behind it: ASCII, or words parted by spaces.
        lengths: Of the texts.
        told: They are such words already: a space ends one, and nothing else does.
        hashing: False where only their number is asked for.
    """
    import numpy as np

    starts, ends = _spans(joined, told=told)
    within = np.searchsorted(starts, np.cumsum(np.array(lengths, np.int64) + 1))
    return np.diff(within, prepend=0), _hashed(joined, starts, ends) if hashing else np.zeros(len(starts), np.uint64)


def _spans(joined: bytes, *, told: bool) -> tuple[Numbers, Numbers]:
    """Return where words start and end."""
    import numpy as np

    inside = np.zeros(len(joined) + 2, np.bool_)
    sorts = np.frombuffer(joined.translate(_SORTS_TOLD if told else _SORTS), np.uint8)
    np.equal(sorts, 1, out=inside[1:-1])
    if not told and len(joined) > 2:
        _join(np.frombuffer(joined, np.uint8), np.flatnonzero(sorts[1:-1] == 2) + 1, inside[1:-1])
    edges = np.flatnonzero(inside[1:] != inside[:-1])
    return edges[::2], edges[1::2]


def _join(text: Numbers, at: Numbers, inside: Numbers) -> None:
    """Mark what joins letters and figures to one word, by the rule of `words.words`: don't, 3.5, 12:30, U.S"""
    import numpy as np

    letter, figure, either = _kinds()
    mark, before, after = text[at], text[at - 1], text[at + 1]
    apostrophe = (mark == ord("'")) & either[before] & either[after]
    number = (mark != ord("'")) & figure[before] & figure[after]
    dotted = (mark == ord(".")) & letter[before] & letter[after]
    if dotted.any():  # both letters stand alone
        dotted &= (at < 2) | ~either[text[np.maximum(at - 2, 0)]]
        dotted &= (at + 2 >= len(text)) | ~either[text[np.minimum(at + 2, len(text) - 1)]]
    inside[at[apostrophe | number | dotted]] = True


def _hashed(joined: bytes, starts: Numbers, ends: Numbers) -> Numbers:
    """Hash words as `_hash_word` does: their first eight bytes, then the next of those that have more, and so on."""
    import numpy as np

    eights = np.frombuffer(joined + bytes(16 - len(joined) % 8), "<u8").astype(np.uint64, copy=False)
    result = np.zeros(len(starts), np.uint64)
    left = ends - starts
    at, which = starts, None
    while len(at):
        place, shift = at >> 3, ((at & 7) << 3).astype(np.uint64)
        value = eights[place] >> shift
        value |= (eights[place + 1] << np.uint64(1)) << (np.uint64(63) - shift)
        short = left < 8
        value[short] &= _KEPT()[left[short]]
        hashed = (value if which is None else result[which] ^ value) * np.uint64(_FACTOR)
        hashed ^= hashed >> np.uint64(32)
        if which is None:
            result = hashed
            which = np.flatnonzero((left > 8) & (left <= _LONGEST))
            at, left = starts[which] + 8, left[which] - 8
        else:
            result[which] = hashed
            more = left > 8
            which, at, left = which[more], at[more] + 8, left[more] - 8
    for number in np.flatnonzero(ends - starts > _LONGEST).tolist():
        result[number] = _hash_word(joined[starts[number] : ends[number]])
    return result


@cache
def _KEPT() -> Numbers:  # noqa: N802 - a table, made when it is first asked for
    """Return for each length below eight the bits that so many bytes take."""
    import numpy as np

    return np.array([(1 << (8 * length)) - 1 for length in range(8)], np.uint64)


@cache
def _kinds() -> tuple[Numbers, Numbers, Numbers]:
    """Return for each byte whether it is an ASCII letter, an ASCII figure, one of the two."""
    import numpy as np

    letter = np.array([chr(code).isalpha() and code < 128 for code in range(256)])
    figure = np.array([chr(code).isdigit() and code < 128 for code in range(256)])
    return letter, figure, letter | figure


# What a byte is: 1, inside a word; 2, perhaps; 0, never.
_SORTS = bytes((1 if chr(code).isalnum() else 2 if chr(code) in "'.,:" else 0) if code < 128 else 1 for code in range(256))
_SORTS_TOLD = bytes(code > 32 for code in range(256))


# --- signatures -----------------------------------------------------------------------------------------------------

#: Numbers of one block of work: a few hundred texts of some dozens of shingles.
_BLOCK = 1 << 14
_WIDEST = 512
_TOGETHER = 8  # permutations


def signatures(found: Shingles, scheme: Scheme) -> Numbers:
    """
    Sign many texts.

    Args:
        found: Their shingles.
        scheme: How.

    Returns:
        uint32 ("affine32") or uint64, shape (texts, scheme.size). A text without shingles has the largest number throughout.

    Raises:
        OptionsError: If there is no scheme of that name.
    """
    import numpy as np

    factors, terms = permutations(scheme)
    lengths = np.diff(found.starts)
    kind = factors.dtype if scheme.name != "legacy" else np.dtype(np.uint64)
    top = (1 << 64) - 1 if scheme.name == "affine64" else (1 << 32) - 1
    result = np.full((len(lengths), scheme.size), top, kind)
    hashed = _prepared(found.values, scheme)
    # Texts of one length lie side by side, so that the least is taken of whole rows at a time; where one is a little shorter, its
    # last shingle stands again and changes nothing.
    order = np.argsort(lengths, kind="stable")
    at = int(np.searchsorted(lengths[order], 1))
    while at < len(order):
        longest = int(lengths[order[min(at + _WIDEST, len(order)) - 1]])
        width = max(1, min(_WIDEST, _BLOCK // longest))
        chosen = order[at : at + width]
        at += width
        steps = np.arange(int(lengths[chosen[-1]]))[:, None]
        block = hashed[found.starts[chosen] + np.minimum(steps, lengths[chosen] - 1)]
        for first in range(0, scheme.size, _TOGETHER):
            some = slice(first, first + _TOGETHER)
            result[chosen, some] = _least(block, factors[some], terms[some], scheme).T
    return result


def _least(block: Numbers, factors: Numbers, terms: Numbers, scheme: Scheme) -> Numbers:
    import numpy as np

    permuted = block[None] * factors[:, None, None]
    permuted += terms[:, None, None]
    if scheme.name == "legacy":
        permuted %= np.uint64((1 << 61) - 1)
        permuted &= np.uint64((1 << 32) - 1)
    return np.asarray(permuted.min(axis=1))


def _prepared(values: Numbers, scheme: Scheme) -> Numbers:
    """Return shingles as the permutations take them: their upper 32 bits, mixed by MurmurHash3's last step where the scheme does."""
    import numpy as np

    hashed = values >> np.uint64(32)
    if scheme.name == "legacy":
        return hashed
    narrow = scheme.name == "affine32"
    kind = np.uint32 if narrow else np.uint64
    steps = ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 0)) if narrow else ((33, 0xFF51AFD7ED558CCD), (33, 0xC4CEB9FE1A85EC53), (33, 0))
    hashed = hashed.astype(kind)
    for shift, factor in steps:
        hashed ^= hashed >> kind(shift)
        if factor:
            hashed *= kind(factor)
    return hashed


@cache
def permutations(scheme: Scheme) -> tuple[Numbers, Numbers]:
    """
    Return the factors and terms of a scheme's permutations, as datasketch draws them; each of shape (scheme.size,).

    Raises:
        OptionsError: If there is no scheme of that name.
    """
    import numpy as np

    # The old generator on purpose: its numbers are the same in every version of numpy.
    drawn = np.random.RandomState(scheme.seed)
    if scheme.name == "legacy":
        prime = (1 << 61) - 1
        pairs = [(drawn.randint(1, prime, dtype=np.uint64), drawn.randint(0, prime, dtype=np.uint64)) for _ in range(scheme.size)]
        both = np.array(pairs, np.uint64).reshape(scheme.size, 2)
        return both[:, 0].copy(), both[:, 1].copy()
    if scheme.name not in {"affine32", "affine64"}:
        raise OptionsError(f"scheme {scheme.name!r} is not allowed; it takes affine32, affine64 or legacy")
    width, kind = (32, np.uint32) if scheme.name == "affine32" else (64, np.uint64)
    factors = drawn.randint(0, 1 << (width - 1), scheme.size, dtype=kind) * kind(2) + kind(1)
    return factors, drawn.randint(0, 1 << width, scheme.size, dtype=kind)


def bands(signed: Numbers, cut: Banding) -> Numbers:
    """
    Cut signatures into bands, each folded to one number.

    Two texts that share a band, at the same place, are worth a closer look: see `Banding.chance`.

    Args:
        signed: Signatures, shape (texts, numbers). Left unchanged.
        cut: How; bands times rows numbers are used.

    Returns:
        uint64, shape (texts, bands), equal on all machines and engines.

    Raises:
        OptionsError: If a signature has fewer numbers.
    """
    import numpy as np

    if signed.shape[1] < cut.bands * cut.rows:
        raise OptionsError(f"a signature of {signed.shape[1]} numbers cannot be cut into {cut.bands} bands of {cut.rows}")
    rows = signed[:, : cut.bands * cut.rows].reshape(len(signed), cut.bands, cut.rows)
    folded = np.zeros(rows.shape[:2], np.uint64)
    for row in range(cut.rows):
        folded += rows[:, :, row]
        folded *= np.uint64(_MIXERS[1])
        folded ^= folded >> np.uint64(29)
    return folded


# --- storing --------------------------------------------------------------------------------------------------------

_MAGIC = "cleaner.signatures/1"


def stamp(scheme: Scheme) -> str:
    """Return one line that says how signatures of a scheme are made: what is stored with them, and compared before they are."""
    return f"{_MAGIC} {scheme.name} seed={scheme.seed} size={scheme.size} hash={scheme.hash} shingle={scheme.shingle}"


def pack(signed: Numbers, scheme: Scheme) -> bytes:
    """Store signatures: a line that says how they were made, the number of texts, and the numbers, little-endian."""
    return f"{stamp(scheme)}\n{len(signed)}\n".encode("ascii") + signed.astype(signed.dtype.newbyteorder("<")).tobytes()


def unpack(data: bytes, scheme: Scheme) -> Numbers | None:
    """Return stored signatures; None where they were made in another way, or are damaged: then the texts are signed anew."""
    import numpy as np

    head, _, rest = data.partition(b"\n")
    count, _, body = rest.partition(b"\n")
    kind = np.dtype("<u4") if scheme.name == "affine32" else np.dtype("<u8")
    if head != stamp(scheme).encode("ascii") or not count.isdigit() or len(count) > 18:
        return None
    if len(body) != int(count) * scheme.size * kind.itemsize:
        return None
    return np.frombuffer(body, kind).astype(kind.newbyteorder("=")).reshape(int(count), scheme.size)
