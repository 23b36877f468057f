"""
The engine for a cluster: the plan as steps of Spark, with the same functions of ours over batches of Arrow.

    rows        read, cut, told and sketched         each row once, no shuffle
    folded      each row with the first of its key   one shuffle by digest; keys of very many rows apart, without any
    heads       originals, numbered by rank          a sort of ranks over all tasks; a number says its place in the order
    paired      candidates of some bands             a sort of band entries over all tasks: where one task's share ends, a bucket may go on
    proposed    candidates, each once
    touched     texts of those that are in a pair
    pairs       verified, chosen and judged          all keepers of a copy are in one task
    joined      which originals are copies           components by large and small stars, then stars inside each
    members     each row with what became of it
    tables      written beside their place, and moved there

No stage needs a bucket, a key or a component's texts to have room in one task, and nothing that grows with the rows comes to the driver. Each
stage is written to the work folder; a run that was killed goes on behind the last one.
"""

from __future__ import annotations

import json
import os
import tempfile
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from hashlib import sha256
from importlib.util import find_spec
from typing import Any

import pyspark
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from cleaner.corpus import rows, steps, tables
from cleaner.corpus.model import Order, Row, Summary
from cleaner.engines import arrow
from cleaner.engines.cluster import File, Paths, Stages, letter, remote, session
from cleaner.errors import CleanerError, InputError, MissingExtra
from cleaner.feeds.collect import is_address
from cleaner.feeds.tables import unknown
from cleaner.match import sketch
from cleaner.model import Problem

#: Of the stages' tables: what another form left is not gone on with.
FORMAT = "cleaner.spark/1"
#: A key of about so many rows is taken out of the shuffle, and told from the first of them alone.
HOT = 100_000
_SAMPLED = 50  # rows of such a key that a sample should hold
#: Band entries that are sorted in one pass; where there are more, bands are paired a few at a time.
ENTRIES = 20_000_000_000
#: Near pairs up to which stars are chosen in one task; above it components come first.
STARS = 1_000_000
#: Rounds of stars after which something is wrong: the largest component that can be has no more than 2 to the power of these.
_ROUNDS = 60

# Entries, pairs and rows of one task: some hundred megabytes at most.
_PER_TASK = {"rows": 200_000, "entries": 4_000_000, "pairs": 50_000, "edges": 2_000_000}
#: Tasks at most: a shuffle has as many blocks as tasks before it times tasks behind it, and small ones are slow.
_MOST = 20_000
_LINES = (".jsonl", ".ndjson", ".jl")
_PARQUET = (".parquet", ".pq")


def run(order: Order, read: Callable[[Sequence[str]], Iterator[list[Row]]]) -> Summary:
    """
    Carry out the plan on a cluster, or on this machine where Spark's settings name none.

    Paths are whatever Spark reads and writes: JSONL and Parquet are read by the workers; all else is read here, by `read`, and handed to them.

    Raises:
        CleanerError: One line for whatever Spark said.
    """
    for name in ("pandas", "pyarrow"):  # PySpark asks for both, and not before a step is run
        if find_spec(name) is None:
            raise MissingExtra(f"the engine spark needs {name}: pip install 'cleaner[spark]'")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # PySpark's, of a pandas that nothing here uses
            with session(order) as spark:
                try:
                    return _Plan(spark, order, read).carried_out()
                except Exception as error:
                    told = letter(error)
                    if told is error:
                        raise
                    raise told from error
    except CleanerError as error:
        # A chain of causes would show a stack of Java's to whoever prints tracebacks; what it said is in our line.
        raise error from None


class _Plan:
    def __init__(self, spark: Any, order: Order, read: Any) -> None:
        self.spark, self.order, self.read, self.measure = spark, order, read, order.measure
        self.paths = Paths(spark)
        self.sources = _Sources(spark, self.paths, order, read)
        work = order.work or f"{order.into.rstrip('/')}/.cleaner-work"
        self.stages = Stages(spark, self.paths, f"{work}/spark-{self.fingerprint()}", order.progress)
        self.bands = steps.cut(order.measure)[1].bands
        self.notes: list[str] = []

    def fingerprint(self) -> str:
        """Return what decides whether work that was begun is this work."""
        from cleaner import __version__

        scheme, banding = steps.cut(self.measure)
        told = [FORMAT, __version__, pyspark.__version__, *map(str, (*self.measure, *banding)), sketch.stamp(scheme), *self.sources.told()]
        return sha256("\0".join(told).encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def carried_out(self) -> Summary:
        rows = self.rows()
        count = self.stages.value("count", rows.count)
        folded = self.stages.table("folded", lambda: self.folded(rows, count))
        heads = self.stages.table("heads", lambda: self.heads(folded, count))
        originals = self.stages.value("originals", heads.count)
        proposed = self.proposed(heads, originals)
        touched = self.stages.table("touched", lambda: self.touched(folded, heads, proposed))
        pairs = self.stages.table("pairs", lambda: self.judged(proposed, touched))
        joined = self.joined(pairs)
        members = self.stages.table("members", lambda: self.members(folded, joined))
        summary = self.written(folded, pairs, members)
        self.paths.remove(self.stages.folder)
        if not self.order.work:
            with suppress(OSError):
                os.rmdir(os.path.dirname(self.stages.folder))
        return summary

    def tasks(self, count: int, kind: str) -> int:
        """Return in how many tasks so much is done: enough for all cores, and no larger than has room."""
        return max(int(self.spark.sparkContext.defaultParallelism), min(-(-count // _PER_TASK[kind]), _MOST))

    def batches(self, many: int) -> None:
        """Say how many rows a batch has from here on: few of texts, many of numbers."""
        self.spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(many))

    # --- rows -------------------------------------------------------------------------------------------------------

    def rows(self) -> DataFrame:
        """Read all rows, and keep what was said of lines that were none."""
        self.batches(4_000)
        table = self.stages.table("rows", lambda: self.sources.rows(self.stages))
        self.notes += self.sources.notes
        marks = table.filter(F.col("mark").isNotNull()).select("mark", "source", "number", "why").collect()
        self.notes += self.sources.remarks(marks)
        found = table.filter(F.col("mark").isNull()).drop("mark", "number", "why")
        return found.filter(~F.col("source").isin([arrow.data(name) for name in self.sources.unknown])) if self.sources.unknown else found

    def folded(self, rows: DataFrame, count: int) -> DataFrame:
        """
        Give each row the first of those with its key, and how many there are.

        A key that very many rows have would make one task of them. So a sample tells which keys these may be; the first of each is found
        by partial minima, and sent to where the rows are. Whatever the sample held, the result is the same.
        """
        self.spark.conf.set("spark.sql.shuffle.partitions", str(self.tasks(count, "rows")))
        head = F.struct("rank", "uid", "stripped", "cluster", "source", "id", "part")
        tells = rows.filter(F.length("digest") > 0)
        parts: list[DataFrame] = [rows.filter(F.length("digest") == 0).select("*", head.alias("head"), F.lit(1).cast("bigint").alias("equal"))]
        if count >= HOT:
            share = min(1.0, _SAMPLED / HOT)
            often = tells.select("digest").sample(share, seed=1).groupBy("digest").count().filter(F.col("count") * 2 > _SAMPLED).select("digest")
            hot = self.stages.table(
                "hot",
                lambda: tells.join(F.broadcast(often), "digest").groupBy("digest").agg(F.min(head).alias("head"), F.count("*").alias("equal")),
            )
            parts.append(tells.join(F.broadcast(hot), "digest").select(*rows.columns, "head", "equal"))
            tells = tells.join(F.broadcast(hot.select("digest")), "digest", "left_anti")
        whole = Window.partitionBy("digest").orderBy("rank", "uid").rowsBetween(Window.unboundedPreceding, Window.unboundedFollowing)
        parts.append(tells.select("*", F.first(head).over(whole).alias("head"), F.count("*").over(whole).alias("equal")))
        every = parts[0]
        for part in parts[1:]:
            every = every.unionByName(part)
        copy = F.col("uid") != F.col("head.uid")
        return every.select(
            *(name for name in rows.columns if name not in {"digest", "rank", "stripped", "bands"}),
            F.when(F.length("digest") > 0, F.col("rank")).alias("rank"),
            F.when(copy, F.col("head.rank")).alias("head_rank"),
            F.when(~copy & (F.length("digest") > 0), F.col("bands")).alias("bands"),
            F.col("head.uid").alias("head"),
            F.when(copy, F.when(F.col("stripped") == F.col("head.stripped"), "exact").otherwise("normalised")).otherwise("").alias("relation"),
            F.col("head.cluster").alias("head_cluster"),
            *(F.when(copy, F.col(f"head.{name}")).alias(f"head_{name}") for name in ("source", "id", "part")),
            "equal",
        )

    def heads(self, folded: DataFrame, count: int) -> DataFrame:
        """Number the originals in the order of ranks: the number of the task in the upper bits, the place inside it in the lower."""
        own = folded.filter(F.col("bands").isNotNull()).select("uid", "rank", "bands")
        ranked = own.repartitionByRange(self.tasks(count, "rows"), "rank").sortWithinPartitions("rank")
        return ranked.select(F.monotonically_increasing_id().alias("number"), "uid", "bands")

    # --- candidates -------------------------------------------------------------------------------------------------

    def proposed(self, heads: DataFrame, originals: int) -> DataFrame:
        """Propose pairs, as `steps.candidates` defines them."""
        self.batches(100_000)
        self.spark.conf.set("spark.sql.shuffle.partitions", str(self.tasks(originals * self.bands, "entries")))
        together = max(1, min(self.bands, ENTRIES // max(1, originals)))
        found: list[DataFrame] = []
        for first in range(0, self.bands, together):
            found.append(self.paired(heads, originals, first, min(first + together, self.bands)))
        every = found[0]
        for each in found[1:]:
            every = every.union(each)
        return self.stages.table("proposed", every.distinct)

    def paired(self, heads: DataFrame, originals: int, first: int, end: int) -> DataFrame:
        """Pair the members of some bands' buckets."""
        name = f"paired-{first}"
        one = f"named_struct('band', i, 'value', bands[i], 'following', bands[(i + 1) % {self.bands}])"
        entries = heads.select("number", F.expr(f"inline(transform(sequence({first}, {end - 1}), i -> {one}))"))

        def sorted_and_paired() -> DataFrame:
            key = ("band", "value", "following", "number")
            spread = entries.repartitionByRange(self.tasks(originals * (end - first), "entries"), *key).sortWithinPartitions(*key)
            return spread.select(F.col("band").cast("bigint"), "value", "following", "number").mapInArrow(arrow.bucketed, arrow.PAIRED)

        paired = self.stages.table(name, sorted_and_paired)
        edges = paired.filter(F.col("kind") == arrow.EDGE).select("task", "place", "band", "value", "following", "keeper").collect()
        over, on = arrow.over_borders(tuple(edge) for edge in edges)
        closed = paired.filter(F.col("kind") == arrow.PAIR)
        opened = paired.filter(F.col("kind") == arrow.OPEN)
        if on:
            buckets = F.broadcast(self.spark.createDataFrame(on, "band int, value bigint"))
            opened = opened.join(buckets, ["band", "value"], "left_anti")
            closed = closed.select("keeper", "copy").union(self.led(entries.join(buckets, ["band", "value"]).select("band", "value", "number"), name))
        found = closed.select("keeper", "copy").union(opened.select("keeper", "copy"))
        if over:
            found = found.union(self.spark.createDataFrame(over, "keeper bigint, copy bigint"))
        return found

    def led(self, members: DataFrame, name: str) -> DataFrame:
        """Pair the members of buckets that many tasks share with the first few of each, which are sent to where the members are."""
        schema = "band int, value bigint, number bigint"

        def firsts() -> DataFrame:
            some = members.mapInArrow(arrow.firsts, schema).groupBy("band", "value")
            least = F.slice(F.array_sort(F.collect_list("number")), 1, steps.LEADERS)
            return some.agg(least.alias("leaders")).select("band", "value", F.explode("leaders").alias("keeper"))

        leaders = F.broadcast(self.stages.table(f"{name}-leaders", firsts))
        pairs = members.join(leaders, ["band", "value"]).filter(F.col("number") > F.col("keeper"))
        return pairs.select("keeper", F.col("number").alias("copy"))

    # --- verdicts ---------------------------------------------------------------------------------------------------

    def touched(self, folded: DataFrame, heads: DataFrame, proposed: DataFrame) -> DataFrame:
        """Fetch the texts of all originals that are in a pair."""
        numbers = proposed.select(F.explode(F.array("keeper", "copy")).alias("number")).distinct()
        uids = heads.select("number", "uid").join(numbers, "number")
        return folded.select("uid", "cluster", "rank", "source", "id", "part", "text").join(uids, "uid")

    def judged(self, proposed: DataFrame, touched: DataFrame) -> DataFrame:
        """Bring the keepers of each copy to it, and judge."""
        self.batches(1_000)
        count = proposed.count()
        own = ("text", "uid", "cluster", "rank", "source", "id", "part")
        keepers = proposed.join(touched.withColumnRenamed("number", "keeper"), "keeper").select("copy", "keeper", *own)
        copies = touched.join(proposed.select(F.col("copy").alias("number")).distinct(), "number", "left_semi")
        every = copies.select(F.col("number").alias("copy"), F.lit(None).cast("bigint").alias("keeper"), *own).union(keepers)
        spread = every.repartition(self.tasks(count, "pairs"), "copy").sortWithinPartitions("copy", F.col("keeper").asc_nulls_first())
        return spread.mapInArrow(partial(arrow.judged, measure=self.measure), arrow.JUDGED)

    def joined(self, pairs: DataFrame) -> DataFrame:
        """Choose which originals are copies, and of which keeper."""
        near = pairs.filter(F.col("relation") == "near").select("keeper", "copy", "jaccard", "keeper_uid", "copy_uid", "cluster", "lead")
        count = self.stages.value("near", near.count)
        if count <= STARS:  # less work than one round would be
            return self.stages.table("joined", lambda: near.select(F.lit(0).cast("bigint").alias("component"), "*").repartition(1).mapInArrow(arrow.joined, arrow.JOINED))
        self.spark.conf.set("spark.sql.shuffle.partitions", str(self.tasks(count, "edges")))
        labels = components(self.stages, near.select("keeper", "copy"))
        labelled = near.join(labels, near["copy"] == labels["number"]).select("component", *near.columns)
        spread = labelled.repartition(self.tasks(count, "edges"), "component").sortWithinPartitions("component", "copy")
        return self.stages.table("joined", lambda: spread.mapInArrow(arrow.joined, arrow.JOINED))

    # --- tables -----------------------------------------------------------------------------------------------------

    def members(self, folded: DataFrame, joined: DataFrame) -> DataFrame:
        """Tell of each row whether it stays, and of which cluster it is."""
        keepers = joined.select(F.col("keeper_uid").alias("head")).distinct()
        none = F.lit(None)
        above = joined.select(F.col("uid").alias("head"), F.col("cluster").alias("near"), "lead", "jaccard").union(
            keepers.select("head", none.cast("string"), none.cast("binary"), none.cast("double"))
        )
        near, copy = F.col("near").isNotNull(), F.col("uid") != F.col("head")
        together = (F.col("equal") > 1) | F.col("leads")
        every = folded.join(above.withColumn("leads", F.lit(True)), "head", "left")
        inside = near | copy | together
        return every.select(
            *("uid", "record", "source", "id", "part", "text", "lossy", "size"),
            (~near & ~copy).alias("kept"),
            F.when(inside, F.coalesce("near", "head_cluster")).alias("cluster"),
            F.when(inside, F.coalesce("lead", "head_rank", "rank")).alias("lead"),  # where a cluster stands among all, and a row in it
            F.when(inside, F.col("rank")).alias("rank"),
            F.when(near, "near").otherwise(F.col("relation")).alias("relation"),
            F.coalesce("jaccard", F.lit(1.0)).alias("jaccard"),
        )

    def written(self, folded: DataFrame, pairs: DataFrame, members: DataFrame) -> Summary:
        """Write the tables, and count."""
        self.batches(4_000)
        names = [column.name for column in tables.PAIRS]
        equal = folded.filter(F.col("uid") != F.col("head")).select(
            *(F.col(f"head_{name}").alias(f"keeper_{name}") for name in ("source", "id", "part")),
            *("source", "id", "part", "relation"),
            F.lit(1.0).alias("jaccard"),
            F.lit("[]").alias("differences"),
            *("rank", F.lit(0).cast("bigint").alias("copy"), F.lit(0).cast("bigint").alias("keeper")),
        )
        every = equal.union(pairs.select(*names, F.lit(None).cast("binary"), "copy", "keeper"))
        self.put("pairs", every.orderBy(F.col("rank").asc_nulls_last(), "copy", "keeper").select(*names))
        inside = members.filter(F.col("cluster").isNotNull())
        self.put("clusters", inside.orderBy("lead", F.col("kept").desc(), "rank").select(*(column.name for column in tables.CLUSTERS)))
        cleaned = self.stages.table("cleaned", lambda: self.rejoined(members)) if self.measure.unit == "paragraph" else members.filter("kept")
        self.put("cleaned", cleaned.select(*(column.name for column in tables.CLEANED)))
        with self.stages.clock("counting"):
            truth = {
                "rows": F.count("*"),
                "short": F.count_if(F.col("size") < self.measure.fewest),
                "equal": F.count_if(~F.col("kept") & (F.col("relation") != "near")),
                "near": F.count_if(~F.col("kept") & (F.col("relation") == "near")),
                "kept": F.count_if("kept"),
                "clusters": F.count_if(F.col("kept") & F.col("cluster").isNotNull()),
                "half": F.count_if(F.col("lossy") & F.col("cluster").isNotNull()),
            }
            found = members.agg(*(column.alias(name) for name, column in truth.items())).first().asDict()
            verified = pairs.agg(F.count("*").alias("pairs"), F.count_if(F.col("relation") == "conflict").alias("conflicts")).first().asDict()
            half = max(found.pop("half"), cleaned.filter("lossy").count())
        told = tables.told(half) if self.order.tables == "parquet" else ()
        return Summary(**found, **verified, notes=(*self.notes, *told), stages=tuple(self.stages.seconds))

    def rejoined(self, members: DataFrame) -> DataFrame:
        """Put the paragraphs that stay together again; the first of a record is needed to know where one begins."""
        some = members.filter(F.col("kept") | (F.col("part") <= 1)).select(
            "record", "source", "id", "part", F.when(F.col("kept"), F.col("text")).otherwise(F.lit(b"")).alias("text"), "kept"
        )
        spread = some.repartition(self.tasks(self.stages.value("count", members.count), "rows"), "record").sortWithinPartitions("record", "part")
        return spread.select("source", "id", "part", "text", "kept").mapInArrow(arrow.rejoined, arrow.CLEANED)

    def put(self, table: str, held: DataFrame) -> None:
        """Write a table beside its place and move it there."""
        columns = tables.TABLES[table]
        to = tables.name(self.order.into, table, self.order.tables)
        part = f"{self.order.into.rstrip('/')}/.{table}.{self.order.tables}.part"
        kinds = {"text": "string", "integer": "int", "number": "double", "flag": "boolean"}
        with self.stages.clock(f"writing {table}"):
            if self.order.tables == "parquet":
                schema = ", ".join(f"{column.name} {kinds[column.kind]}" for column in columns)
                held.mapInArrow(arrow.texts, schema).write.mode("overwrite").parquet(self.paths.full(part))
            else:
                held.mapInArrow(arrow.json_lines, "value string").write.mode("overwrite").text(self.paths.full(part))
            self.paths.move(part, to)


def components(stages: Stages, edges: DataFrame) -> DataFrame:
    """
    Tell each original but the first of its component by that first one, in rounds whose number grows with the component's logarithm.

    Large star: the larger neighbours of each are led to the least of its neighbours and itself. Small star: the smaller ones are. What
    comes of each round is written, and a round that changes nothing is the last.

    Args:
        stages: Where the rounds are written.
        edges: Columns keeper, copy: the keeper is the smaller.

    Returns:
        Columns number, component.

    Source: Kiveris, Lattanzi, Mirrokni, Rastogi, Vassilvitskii, Connected Components in MapReduce and Beyond, 2014.
    """
    held = edges.select(F.col("copy").alias("number"), F.col("keeper").alias("component"))
    before: Any = None
    for turn in range(_ROUNDS):
        held = stages.table(f"stars-{turn}", partial(_round, held))
        now = stages.value(f"stars-{turn}-sum", partial(_sum, held))
        if now == before:
            return held
        before = now
    raise AssertionError("components do not settle")


def _round(held: DataFrame) -> DataFrame:
    """Carry out one large star and one small star. Of each edge the number is the larger end, the component the smaller."""
    ends = held.select(F.col("number").alias("own"), F.col("component").alias("other")).union(held.select("component", "number"))
    least = ends.groupBy("own").agg(F.least(F.min("other"), F.first("own")).alias("least"))
    large = held.join(least, held["component"] == least["own"]).select("number", F.col("least").alias("component")).distinct()
    lower = large.groupBy("number").agg(F.min("component").alias("least"))
    small = large.join(lower, "number").filter(F.col("component") != F.col("least")).select(F.col("component").alias("number"), F.col("least").alias("component"))
    return small.union(lower.select("number", F.col("least").alias("component"))).distinct()


def _sum(held: DataFrame) -> list[int]:
    told = held.agg(F.count("*").alias("count"), F.expr("bit_xor(xxhash64(number, component))").alias("sum")).first()
    return [told["count"], told["sum"] or 0]


# --- sources --------------------------------------------------------------------------------------------------------


class _Sources:
    """What is named, by who reads it: lines and records by the workers, all else here."""

    def __init__(self, spark: Any, paths: Paths, order: Order, read: Any) -> None:
        self.spark, self.paths, self.order, self.read = spark, paths, order, read
        self.lines: list[File] = []
        self.records: list[list[File]] = []  # by the name that was given
        self.others: list[str] = []
        self.notes: list[str] = []
        self.unknown: list[str] = []  # in which no text was found where it should be
        for name in dict.fromkeys(order.names):
            try:
                self._sort(name)
            except CleanerError as error:
                self._wrong(name, error)

    def _sort(self, name: str) -> None:
        if is_address(name):
            self.others.append(name)
            return
        if not remote(name) and (self.paths.here or os.path.exists(name)):
            found: list[File] = []
            for each in rows.tables_in(name):
                suffix = os.path.splitext(each)[1].lower()
                if suffix in (*_LINES, *_PARQUET) and os.path.isfile(each) and not os.path.basename(each).startswith(("_", ".")):
                    found += [file._replace(name=each) for file in self.paths.files(each, rows.TABLES)]
                else:
                    self.others.append(each)
        else:
            found = self.paths.files(name, (*_LINES, *_PARQUET))
            if not found or os.path.splitext(found[0].name)[1].lower() not in (*_LINES, *_PARQUET):
                raise InputError(f"{name}: holds neither JSONL nor Parquet, which is what workers of a cluster read")
        self.lines += [file for file in found if os.path.splitext(file.name)[1].lower() in _LINES]
        records = [file for file in found if os.path.splitext(file.name)[1].lower() in _PARQUET]
        self.records += [records] if records else []

    def _wrong(self, name: str, error: CleanerError) -> None:
        problems = getattr(self.read, "problems", None)
        if problems is None:
            raise error
        problems.append(Problem(name, str(error).removeprefix(f"{name}: ")))

    def told(self) -> Iterator[str]:
        """Yield what is known of each source without reading it: nothing of an address, so that is read anew."""
        for file in (*self.lines, *(file for files in self.records for file in files)):
            yield from (file.name, file.uri, str(file.size), str(file.changed))
        plans = getattr(self.read, "plans", None)
        if self.others and plans is not None:
            yield repr(plans._replace(memory=None, stdin=None, progress=None))
        for name in self.others:
            yield name
            if is_address(name):
                yield os.urandom(8).hex()
            for folder, below, files in os.walk(name) if os.path.isdir(name) else [(os.path.dirname(name), [], [os.path.basename(name)])]:
                below.sort()
                for each in sorted(files):
                    with suppress(OSError):
                        status = os.stat(os.path.join(folder, each))
                        yield f"{os.path.join(folder, each)} {status.st_size} {status.st_mtime_ns}"

    def rows(self, stages: Stages) -> DataFrame:
        """Return all rows, told and sketched."""
        whole = sum(file.size for file in (*self.lines, *(file for files in self.records for file in files)))
        # A file is cut by its size alone: lines are counted by portions, and how many workers there are just now may not matter.
        self.spark.conf.set("spark.sql.files.maxPartitionBytes", str(max(64 << 20, whole // _MOST)))
        found: list[DataFrame] = []
        if self.lines:
            found.append(self._lines(stages))
        for files in self.records:
            found += self._records(files)
        if self.others:
            self._stage(stages)
            if stages.paths.exists(f"{stages.folder}/staged"):
                table = self.spark.read.option("__globPaths__", "false").parquet(stages.at("staged")).select("record", "source", "id", "part", "text")
                found.append(table.mapInArrow(partial(arrow.staged, measure=self.order.measure), arrow.ROWS))
        if not found:
            return self.spark.createDataFrame([], arrow.ROWS)
        every = found[0]
        for each in found[1:]:
            every = every.union(each)
        return every

    def _text(self, files: Iterable[File]) -> DataFrame:
        reader = self.spark.read.option("lineSep", "\n").option("__globPaths__", "false")
        table = reader.text([file.path for file in files])
        return table.select(F.col("value").cast("binary"), _path().alias("path"), F.col("_metadata.file_block_start").alias("start"))

    def _lines(self, stages: Stages) -> DataFrame:
        held = self._text(self.lines)
        before: dict[tuple[str, int], int] = {}
        if max(file.size for file in self.lines) > 4 << 20:  # a smaller one is never cut
            with stages.clock("lines"):
                counts = held.groupBy("path", "start").count().collect()
            lines: defaultdict[str, int] = defaultdict(int)
            for row in sorted(counts, key=lambda row: (row["path"], row["start"])):
                before[row["path"], row["start"]] = lines[row["path"]]
                lines[row["path"]] += row["count"]
        names = {file.uri: file.name for file in self.lines}
        return held.mapInArrow(partial(arrow.lines, names=names, before=before, measure=self.order.measure), arrow.ROWS)

    def _records(self, files: Sequence[File]) -> list[DataFrame]:
        """Read the Parquet files of one name together where they have one schema, else each for itself."""
        reader = self.spark.read.option("__globPaths__", "false")
        try:
            table = reader.option("mergeSchema", str(len(files) > 1).lower()).parquet(*(file.path for file in files))
        except Exception as error:  # noqa: BLE001 - Java's have no kind of their own here
            if len(files) == 1:
                told = letter(error)
                self._wrong(files[0].name, told if isinstance(told, CleanerError) else InputError(f"{files[0].name}: is a damaged Parquet file"))
                return []
            return [held for file in files for held in self._records([file])]
        known = rows.text_columns(tuple(table.columns))
        if known is None:
            for file in files:
                self._wrong(file.name, unknown(file.name, table.columns))
            return []
        columns = [*dict.fromkeys((*known[0], *known[1]))]
        quoted = [F.col("`" + column.replace("`", "``") + "`") for column in columns]
        table = table.select(*quoted, _path().alias("path of a row"), F.col("_metadata.row_index").alias("place of a row"))
        names = {file.uri: file.name for file in files}
        return [table.mapInArrow(partial(arrow.records, columns=columns, names=names, measure=self.order.measure), arrow.ROWS)]

    def _stage(self, stages: Stages) -> None:
        """Read here what the workers do not read, and bring it where they do."""
        import pyarrow as pa
        from pyarrow import parquet

        schema = pa.schema([("record", pa.int64()), ("source", pa.binary()), ("id", pa.binary()), ("part", pa.int32()), ("text", pa.binary())])
        stages.paths.remove(f"{stages.folder}/staged")
        record = 0
        with stages.clock("staging"), tempfile.TemporaryDirectory(prefix="cleaner-") as folder:
            file = os.path.join(folder, "rows.parquet")
            for number, some in enumerate(_portions(self.read(self.others))):
                numbers = []
                for row in some:
                    record -= row.part <= 1  # below zero, apart from those that workers number
                    numbers.append(record)
                texts = [arrow.data(row.text) for row in some]
                columns = [numbers, [arrow.data(row.source) for row in some], [arrow.data(row.id) for row in some], [row.part for row in some], texts]
                parquet.write_table(pa.table([pa.array(held, each.type) for held, each in zip(columns, schema)], schema=schema), file, compression="zstd")
                stages.paths.upload(file, f"{stages.folder}/staged/part-{number:05}.parquet")

    def remarks(self, marks: Sequence[Any]) -> list[str]:
        """Return what is to be said of lines that were left out, source by source; a source in which nothing was found is a problem."""
        told: list[str] = []
        by: defaultdict[str, list[Any]] = defaultdict(list)
        for mark in marks:
            by[arrow.said(bytes(mark["source"]))].append(mark)
        for name in (file.name for file in self.lines):
            own = sorted(by.get(name, ()), key=lambda mark: mark["number"])
            left = rows.LeftOut()
            named = [mark for mark in own if mark["mark"] == "left"]
            for mark in named:
                left.add(mark["number"], mark["why"])
            left.count += sum(mark["number"] for mark in own if mark["mark"] == "more")
            objects, met, known = 0, dict[str, None](), False
            for mark in own:
                if mark["mark"] in {"known", "met"} and not known and objects < rows.MANY:
                    more, columns = json.loads(mark["why"])
                    objects += more
                    met.update(dict.fromkeys(columns))
                    known = mark["mark"] == "known" and objects <= rows.MANY
            if not known and (met or left.count):
                self.unknown.append(name)
                self._wrong(name, unknown(name, met) if met else InputError(f"{name}: no line is a JSON object ({left.said()[0]})"))
                continue
            told += [f"{name}: {each}" for each in left.said()]
        return told


def _path() -> Any:
    return F.regexp_replace("_metadata.file_path", "^file:/+", "file:/")  # as `cluster.plain` does


def _portions(batches: Iterable[list[Row]]) -> Iterator[list[Row]]:
    """Put batches together to files of a fair size."""
    held: list[Row] = []
    length = 0
    for batch in batches:
        held += batch
        length += sum(len(row.text) for row in batch)
        if length >= 64 << 20 or len(held) >= 1_000_000:
            yield held
            held, length = [], 0
    if held:
        yield held
