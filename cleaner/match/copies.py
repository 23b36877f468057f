"""
Exact copies, found in one walk down the article.

The walk keeps a stack of the blocks that stay. Each block is asked of that stack alone: does it say what the last ones
said (an adjacent copy), does it go on with a run that began to repeat an earlier passage, does it stand above already?
Since a block's fate depends only on what stays above it, cleaning the cleaned article walks the same stack and removes
nothing: law 5 is the shape of this loop. It is linear: the same text is looked for in at most `LOOK_BACK` places.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

# An adjacent copy of several blocks ends where its original ends; so many earlier endings are tried.
LOOK_BACK = 8
# A run is judged by its last blocks first: a longer one that does not go is not built anew at each of its blocks.
JUDGED = 32
# What a question about a block may look at below it: the lines of a stanza.
BELOW = 2


class Run(NamedTuple):
    """
    Consecutive blocks that repeat consecutive blocks above them.

    Attributes:
        duplicates: Block numbers, in order.
        keepers: The block that stays for each duplicate, with the same key. One for all, where twins follow one another.
        adjacent: Nothing but blank space and other copies stands between the last keeper and the first duplicate.
        goes: Whether the copy may go; decided by the caller's `may_go`.
    """

    duplicates: tuple[int, ...]
    keepers: tuple[int, ...]
    adjacent: bool
    goes: bool = False


def runs(
    keys: Sequence[str],
    alone: Sequence[bool],
    may_go: Callable[[Run], bool],
    past_twins: Callable[[int], int] = lambda number: number + 1,
    alike: Callable[[int, int], bool] = lambda one, other: False,
) -> list[Run]:
    """
    Find the runs of blocks that stand again.

    Args:
        keys: One comparison key a block; "" for a block that is never equal to another.
        alone: Whether a block can be a finding on its own. Code can be part of a pasted run, and never alone.
        may_go: Whether a run may be removed. Asked of each run as far as it has been read; a run that may go stays
            removable when it grows.
        past_twins: The first block below one that is not its twin: of the same key, and alike in all that `may_go` looks at. A line that stands a
            million times below itself is then judged a few times, not a million.
        alike: Whether two blocks of one key are alike in all that `may_go` looks at, wherever they stand. Passages that follow one another a thousand times
            and may not go are then judged a few times, not a thousand.

    Returns:
        Runs in reading order; a block is the duplicate of at most one.
    """
    said = [key for key in keys if key]
    if len(set(said)) == len(said):
        return []  # nearly always
    return _Walk(keys, alone, may_go, past_twins, alike).walk()


def merged(runs: Iterable[Run]) -> Iterator[Run]:
    """Join copies that go, follow one another and repeat the same blocks: what is said a thousand times is one run."""
    pending: Run | None = None
    more: list[int] = []
    for run in runs:
        if (
            pending is not None
            and run.goes
            and pending.goes
            and run.keepers == pending.keepers
            and (more or pending.duplicates)[-1] + 1 == run.duplicates[0]
        ):
            more += run.duplicates
            continue
        if pending is not None:
            yield pending._replace(duplicates=(*pending.duplicates, *more))
        pending, more = run, []
    if pending is not None:
        yield pending._replace(duplicates=(*pending.duplicates, *more))


class _Walk:
    def __init__(
        self,
        keys: Sequence[str],
        alone: Sequence[bool],
        may_go: Callable[[Run], bool],
        past_twins: Callable[[int], int],
        alike: Callable[[int, int], bool],
    ) -> None:
        self.keys, self.alone, self.may_go, self.past_twins, self.alike = keys, alone, may_go, past_twins, alike
        self.went = False  # whether the block before went as an adjacent copy of the one on top of the stack
        self.after = 0  # blocks above this one are done with, as twins of one that went
        self.stayed = 0  # how many blocks up to the one before stayed although each follows its twin
        self.period = 0  # how far above the block before its twin stands, where all between them stayed
        self.steady = 0  # for how many blocks that has been so
        self.stack: list[int] = []
        self.said: list[str] = []  # the keys of the blocks on the stack
        # For each place on the stack: the places above that say the same -> how many blocks, up to this one, run along.
        self.links: list[dict[int, int]] = []
        self.places: dict[str, list[int]] = defaultdict(list)  # key -> where on the stack, ascending
        self.moved: dict[int, int] = {}  # a block that went -> the block it repeats
        self.one: tuple[int, ...] = ()  # the last keeper of a single block
        self.found: list[Run] = []

    def walk(self) -> list[Run]:
        going: list[tuple[int, int]] = []  # the copies that go, as far as the present run has been read: (block, place)
        for number, key in enumerate(self.keys):
            if number < self.after:
                continue
            places = self.places.get(key) if key else None
            if places and self._as_before(number, going):
                self.steady = 0
                continue
            if places and going and self._goes_on(going, number):
                going.append((number, going[-1][1] + 1))
                self.went, self.stayed, self.steady = False, 0, 0
                continue
            self._record(going)
            if not places:
                self.went, self.stayed, self.steady = False, 0, 0
                self._push(number, {})
                continue
            links = self._links(places)
            if self._goes_round(number, places):
                self._push(number, links)
                continue
            run = self._adjacent(number, places)
            self.went = run is not None and len(run) == 1
            run = run or self._distant(number, links)
            if run is None:
                self.stayed = self.stayed + 1 if places[-1] == len(self.stack) - 1 else 0
                self._push(number, links)
                continue
            self.steady = 0
            for _ in run[1:]:
                self._pop()
            going[:] = run
        self._record(going)
        self._show()
        return sorted(map(self._settled, self.found))

    def _as_before(self, number: int, going: list[tuple[int, int]]) -> bool:
        """Do with a block what was done with the one before it, if the two are twins and that one was judged."""
        before = number - 1
        if self.keys[before] != self.keys[number] or (past := self.past_twins(before)) <= number:
            self.went, self.stayed = False, 0
            return False
        if not self.went and self.stayed <= LOOK_BACK:
            return False
        place = going[-1][1] if self.went else 0
        self._record(going)
        last = past - 1
        if self.went:
            if last > number:  # a line that is said a million times makes one of these, and the last block may begin a run
                self.found.append(Run(tuple(range(number, last)), self.one, place + 1 == len(self.stack), True))
                self.after = last + 1
            going.append((last, place))
            return True
        self._push_all(range(number, last + 1))
        self.after = last + 1
        return True

    def _goes_round(self, number: int, places: list[int]) -> bool:
        """
        Whether a block stays because the one a period above it did.

        Where a passage follows itself over and over and stays, all that is asked of a block was asked of its twin a period
        above, about twins of the same blocks. So once the widest run that is ever asked about lies in such a stretch, with
        what stands around it, the answers are known.
        """
        period = number - self.stack[places[-1]]
        ahead = number + BELOW
        whole = places[-1] + period == len(self.stack)
        if not whole or ahead >= len(self.keys) or self.keys[ahead] != self.keys[ahead - period] or not self.alike(ahead - period, ahead):
            self.steady = 0
            return False
        self.steady = self.steady + 1 if period == self.period else 1
        self.period = period
        return self.steady > 2 * LOOK_BACK * period + JUDGED + 2 * BELOW

    def _goes_on(self, going: list[tuple[int, int]], number: int) -> bool:
        """Whether a block says what stands next below the last keeper, and may go with the rest."""
        below = going[-1][1] + 1
        if below >= len(self.stack) or self.keys[self.stack[below]] != self.keys[number]:
            return False
        return self.may_go(self._run([*going[-1:], (number, below)], goes=True))

    def _links(self, places: list[int]) -> dict[int, int]:
        above = self.links[-1]
        size = len(self.stack)
        # A run ends before it reaches its own copy.
        return {place: min(1 + above.get(place - 1, 0), size - place) for place in places[:LOOK_BACK]}

    def _adjacent(self, number: int, places: list[int]) -> list[tuple[int, int]] | None:
        """Return the run that a block completes, if its blocks directly follow the same ones and may go."""
        size, said = len(self.stack), self.said
        for place in reversed(places[-LOOK_BACK:]):
            period = size - place
            if place - period + 1 < 0:
                break
            if said[place - 1] == said[-1] or period == 1:
                if not self._follows(place, period):
                    continue
                run = [*((self.stack[place + 1 + step], place - period + 1 + step) for step in range(period - 1)), (number, place)]
                if self._counts(run) and self.may_go(self._run(run, goes=True, adjacent=True)):
                    return run
        return None

    def _follows(self, place: int, period: int) -> bool:
        """Whether the blocks from below a place to the top of the stack say what as many above that place say."""
        said, size = self.said, len(self.said)
        done, some = 0, 4
        while done < period - 1:  # from the end upwards, more at a time: where they differ, they differ soon
            some = min(some, period - 1 - done)
            one = said[place - done - some : place - done]
            if one != said[size - done - some : size - done] or "" in one:
                return False
            done += some
            some *= 4
        return True

    def _distant(self, number: int, links: dict[int, int]) -> list[tuple[int, int]] | None:
        """Return the longest run that a block completes wherever its original stands, if it may go."""
        run = self._longest(len(self.stack), links, JUDGED)
        run[-1] = (number, run[-1][1])
        if not self._counts(run) or not self.may_go(self._run(run, goes=True)):
            return None
        if max(links.values()) > JUDGED:
            whole = self._longest(len(self.stack), links)
            whole[-1] = run[-1]
            if self.may_go(self._run(whole, goes=True)):
                return whole
        return run

    def _longest(self, place: int, links: dict[int, int], most: int | None = None) -> list[tuple[int, int]]:
        """Return the longest run that ends at a place of the stack, or the last so many blocks of it; the earliest of several."""
        keeper, length = min(links.items(), key=lambda link: (-link[1], link[0]))
        length = min(length, most or length)
        return [
            (self.stack[place - back] if place - back < len(self.stack) else -1, keeper - back)
            for back in range(length - 1, -1, -1)
        ]

    def _counts(self, run: list[tuple[int, int]]) -> bool:
        return any(self.alone[keeper] for _, place in run for keeper in [self.stack[place]])

    def _run(self, run: list[tuple[int, int]], *, goes: bool, adjacent: bool = False) -> Run:
        return Run(tuple(number for number, _ in run), tuple(self.stack[place] for _, place in run), adjacent, goes)

    def _record(self, going: list[tuple[int, int]]) -> None:
        if going:
            adjacent = going[-1][1] + 1 == len(self.stack)
            if len(going) == 1:
                number, place = going[0]
                if self.one != (keeper := (self.stack[place],)):
                    self.one = keeper
                run = Run((number,), self.one, adjacent, True)
                self.moved[number] = keeper[0]
            else:
                run = self._run(going, goes=True, adjacent=adjacent)
                self.moved.update(zip(run.duplicates, run.keepers))
            self.found.append(run)
            going.clear()

    def _show(self) -> None:
        """Record the copies that stay on the stack: longest runs first from the end up, no block in two."""
        place = len(self.stack) - 1
        while place >= 0:
            if not self.links[place]:
                place -= 1
                continue
            run = self._longest(place, self.links[place])
            if self._counts(run):
                self.found.append(self._run(run, goes=False, adjacent=run[-1][1] + len(run) == place))
            place -= len(run)

    def _settled(self, run: Run) -> Run:
        if self.moved.keys().isdisjoint(run.keepers):
            return run
        return run._replace(keepers=tuple(map(self._stays, run.keepers)))

    def _stays(self, keeper: int) -> int:
        while keeper in self.moved:  # all copies of one key match each other directly, so following them is no chain
            keeper = self.moved[keeper]
        return keeper

    def _push(self, number: int, links: dict[int, int]) -> None:
        if self.keys[number]:
            self.places[self.keys[number]].append(len(self.stack))
        self.stack.append(number)
        self.said.append(self.keys[number])
        self.links.append(links)

    def _push_all(self, numbers: range) -> None:
        """Push blocks with one key that stay as the one before them did."""
        key, size = self.keys[numbers[0]], len(self.stack)
        self.places[key].extend(range(size, size + len(numbers)))
        self.stack.extend(numbers)
        self.said.extend([key] * len(numbers))
        self.links.extend([{}] * len(numbers))  # one for all: what is here is only read

    def _pop(self) -> None:
        number = self.stack.pop()
        self.said.pop()
        self.links.pop()
        if self.keys[number]:
            self.places[self.keys[number]].pop()
