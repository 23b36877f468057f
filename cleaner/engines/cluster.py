"""
What the engine on a cluster needs around its plan: Java, a session, paths that Spark reads and writes, stages that are done once, and one line
for whatever went wrong.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from time import perf_counter
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from cleaner.corpus.model import Order
from cleaner.errors import CleanerError, InputError, MissingExtra, OptionsError
from cleaner.stories.model import Progress

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+:/")
_JAVA = 17  # the oldest that PySpark 4 runs on
_INSTALL = "install it (Debian: apt-get install openjdk-17-jre-headless), or point JAVA_HOME at it"
_HIDDEN = ("_", ".")  # what Spark does not read


# --- a session ------------------------------------------------------------------------------------------------------


def java() -> str:
    """
    Return the program that Spark will start.

    Raises:
        MissingExtra: If there is none, or one that is too old.
    """
    home = os.environ.get("JAVA_HOME")
    program = (os.path.join(home, "bin", "java") if home else shutil.which("java")) or "java"
    try:
        told = subprocess.run([program, "-version"], capture_output=True, check=True, timeout=120).stderr.decode("utf-8", "replace")
    except subprocess.CalledProcessError as error:
        said = next((line for line in error.stderr.decode("utf-8", "replace").splitlines() if not line.startswith("NOTE:")), "nothing")
        raise MissingExtra(f"the engine spark needs Java {_JAVA} or newer, and {program} does not start (it says: {said}): mend that, or point JAVA_HOME at another") from None
    except (OSError, subprocess.SubprocessError):
        where = f"JAVA_HOME ({home}) has none" if home else "there is none on PATH"
        raise MissingExtra(f"the engine spark needs Java {_JAVA} or newer, and {where}: {_INSTALL}") from None
    version = re.search(r'version "(?:1\.)?(\d+)', told)
    if version and int(version[1]) < _JAVA:
        raise MissingExtra(f"the engine spark needs Java {_JAVA} or newer, and {program} is Java {version[1]}: {_INSTALL}")
    return program


@contextmanager
def session(order: Order) -> Iterator[Any]:
    """
    Give a session of Spark with settings of its own: beside the one that is there (spark-submit, Databricks, a notebook), or a new one.

    A new one takes its master from Spark's own settings (spark-submit, spark-defaults.conf, PYSPARK_SUBMIT_ARGS) or from SPARK_MASTER, and
    without any it is this machine.
    """
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    there = SparkSession.getActiveSession()
    if there is None and getattr(SparkContext, "_active_spark_context", None) is not None:
        there = SparkSession.builder.getOrCreate()
    own = None
    if there is None:
        own = _Started(order)
        there = own.session
    try:
        if not hasattr(there, "_jvm"):
            raise OptionsError("the engine spark needs a classic session of Spark, and this one is of Spark Connect; take a cluster with dedicated access")
        spark = there.newSession()
        _equip(spark.sparkContext)
        for name, value in _SETTINGS.items():
            spark.conf.set(name, value)
        yield spark
    finally:
        if own is not None:
            own.end()


_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.caseSensitive": "true",  # two columns may differ in case alone
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.adaptive.skewJoin.enabled": "true",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.files.ignoreMissingFiles": "false",
    "spark.sql.files.openCostInBytes": str(4 << 20),
    "spark.sql.files.minPartitionNum": "64",
}


class _Started:
    """A session that was started here; what its virtual machine says goes to a file, and not to the terminal."""

    def __init__(self, order: Order) -> None:
        from pyspark import SparkConf, SparkContext
        from pyspark.java_gateway import launch_gateway
        from pyspark.sql import SparkSession

        self._aside = ""
        under = "PYSPARK_GATEWAY_PORT" in os.environ  # spark-submit has started it already
        if not under:
            java()
        master = os.environ.get("SPARK_MASTER", "")
        conf = SparkConf()
        conf.setAppName("cleaner")
        conf.set("spark.ui.showConsoleProgress", "false")
        if master:
            conf.setMaster(master)
        elif not under and order.jobs and not _settled():
            conf.setMaster(f"local[{order.jobs}]")
        _answers(master)
        if (not master and not under and not _settled()) or master.startswith("local"):
            conf.set("spark.ui.enabled", "false")
            conf.set("spark.driver.host", "127.0.0.1")
            conf.set("spark.driver.bindAddress", "127.0.0.1")
            if order.memory:
                conf.set("spark.driver.memory", f"{max(512, order.memory >> 20)}m")
            if order.work and "SPARK_LOCAL_DIRS" not in os.environ and not remote(order.work):
                self._aside = _aside(order.work)
                conf.set("spark.local.dir", self._aside)
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        self._log = tempfile.TemporaryFile(prefix="cleaner-spark-")
        self.context = None
        try:
            gateway = None
            if not under and SparkContext._gateway is None:  # noqa: SLF001 - there is no other way to ask
                gateway = launch_gateway(conf, {"stderr": self._log, "stdout": self._log})
            self.context = SparkContext(conf=conf, gateway=gateway)
            self.context.setLogLevel("ERROR")
            self.session = SparkSession(self.context)
        except BaseException as error:
            told = self._told()
            self.end()
            raise letter(error, told) from error

    def _told(self) -> str:
        self._log.seek(0)
        return self._log.read()[-100_000:].decode("utf-8", "replace")

    def end(self) -> None:
        if self.context is not None:
            with suppress(Exception):
                self.context.stop()
        self._log.close()
        if self._aside:
            shutil.rmtree(self._aside, ignore_errors=True)


def _aside(work: str) -> str:
    """Return a folder of this process for what Spark shuffles; those of processes that were killed are cleared away."""
    os.makedirs(work, exist_ok=True)
    for name in os.listdir(work):
        process = re.fullmatch(r"shuffle-(\d+)", name)
        if process and os.name == "posix":
            try:
                os.kill(int(process[1]), 0)
            except ProcessLookupError:
                shutil.rmtree(os.path.join(work, name), ignore_errors=True)
            except OSError:
                continue  # somebody else's
    return os.path.join(os.path.abspath(work), f"shuffle-{os.getpid()}")


def _settled() -> bool:
    """Whether Spark's own settings may name a master."""
    import pyspark

    folder = os.environ.get("SPARK_CONF_DIR") or os.path.join(os.environ.get("SPARK_HOME") or os.path.dirname(pyspark.__file__), "conf")
    with suppress(OSError), open(os.path.join(folder, "spark-defaults.conf"), encoding="utf-8") as file:
        if re.search(r"^\s*spark\.master\b", file.read(), re.MULTILINE):
            return True
    return "--master" in os.environ.get("PYSPARK_SUBMIT_ARGS", "") or "MASTER" in os.environ


def _answers(master: str) -> None:
    """Ask a standalone master whether it is there; Spark would take a minute to say that it is not."""
    if not master.startswith("spark://"):
        return
    failed: list[str] = []
    for each in master.removeprefix("spark://").split(","):
        parts = urlsplit(f"//{each}")
        try:
            host, port = parts.hostname or "", parts.port or 7077
            socket.create_connection((host, port), timeout=10).close()
        except (OSError, ValueError) as error:
            failed.append(f"{each}: {getattr(error, 'strerror', None) or error}")
        else:
            return
    raise OptionsError(f"SPARK_MASTER: no master of Spark answers at {'; '.join(failed)}")


_equipped: set[str] = set()


def _equip(context: Any) -> None:
    """Send this package to the workers, so that they run the same."""
    if context.applicationId in _equipped:
        return
    context.addPyFile(archive())
    _equipped.add(context.applicationId)


def archive() -> str:
    """Return an archive of this package as it stands, made anew where it differs from one that is there."""
    import cleaner

    root = os.path.dirname(os.path.abspath(cleaner.__file__))
    held: list[tuple[str, str]] = []
    for folder, below, files in os.walk(root):
        below[:] = sorted(name for name in below if name != "__pycache__")
        held += [(os.path.join(folder, file), os.path.relpath(os.path.join(folder, file), os.path.dirname(root))) for file in sorted(files)]
    told = sha256()
    for path, name in held:
        with open(path, "rb") as file:
            told.update(name.encode("utf-8", "surrogateescape") + b"\0" + file.read())
    folder = tempfile.mkdtemp(prefix="cleaner-")
    at = os.path.join(folder, f"cleaner-{told.hexdigest()[:16]}.zip")
    with zipfile.ZipFile(at, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, name in held:
            packed.write(path, name)
    return at


# --- paths ----------------------------------------------------------------------------------------------------------


def remote(name: str) -> bool:
    """Whether a name is a path with a scheme, for Spark to read, as s3://, hdfs:// or dbfs:/; file:/ is one, too."""
    return bool(_SCHEME.match(name)) and not name[:8].lower().startswith(("http://", "https://"))


class File(NamedTuple):
    """A file as Spark sees it."""

    name: str  # as given, or the folder's name and its own
    path: str  # as Spark is given it
    uri: str  # as Spark names it beside each row
    size: int
    changed: int


class Paths:
    """Files and folders on whatever Spark reads and writes."""

    def __init__(self, spark: Any) -> None:
        self._jvm = spark._jvm  # noqa: SLF001 - Hadoop's file systems have no other door
        self._conf = spark._jsc.hadoopConfiguration()  # noqa: SLF001
        self.here = str(self._conf.get("fs.defaultFS", "file:///")).startswith("file:")

    def full(self, name: str) -> str:
        """Return a path that does not depend on the folder in which we are."""
        return name if remote(name) or not (self.here or os.path.exists(name)) else "file://" + os.path.abspath(name)

    def _at(self, name: str) -> tuple[Any, Any]:
        # A URI's percent signs are letters here: a path is built from its parts, not read.
        full = self.full(name)
        path = self._jvm.org.apache.hadoop.fs.Path(full)
        return path, path.getFileSystem(self._conf)

    def files(self, name: str, suffixes: tuple[str, ...]) -> list[File]:
        """
        Return a file, or those of a folder that have one of some suffixes, sorted.

        Raises:
            InputError: If nothing is there.
        """
        path, system = self._at(name)
        if not system.exists(path):
            raise InputError(f"{name}: cannot be read: No such file or directory")
        status = system.getFileStatus(path)
        if not status.isDirectory():
            return [self._file(name, status)]
        found = [self._file(f"{name.rstrip('/')}/{each.getPath().getName()}", each) for each in system.listStatus(path) if not each.isDirectory()]
        return sorted(each for each in found if os.path.splitext(each.name)[1].lower() in suffixes and not os.path.basename(each.name).startswith(_HIDDEN))

    def _file(self, name: str, status: Any) -> File:
        path = status.getPath()
        return File(name, path.toString(), plain(path.toUri().toString()), int(status.getLen()), int(status.getModificationTime()))

    def exists(self, name: str) -> bool:
        """Whether there is a file or folder."""
        path, system = self._at(name)
        return bool(system.exists(path))

    def remove(self, name: str) -> None:
        """Remove a file or folder, and what is in it."""
        path, system = self._at(name)
        system.delete(path, True)

    def move(self, name: str, to: str) -> None:
        """Put what is written in the place of what was there."""
        path, system = self._at(name)
        place, _ = self._at(to)
        system.delete(place, True)
        if not system.rename(path, place):
            raise InputError(f"{to}: cannot be written; {name} holds it")

    def upload(self, file: str, to: str) -> None:
        """Bring a file of this machine where the workers can read it."""
        path, system = self._at(to)
        system.mkdirs(path.getParent())
        system.copyFromLocalFile(False, True, self._jvm.org.apache.hadoop.fs.Path("file://" + os.path.abspath(file)), path)

    def write(self, name: str, held: bytes) -> None:
        """Write a small file."""
        path, system = self._at(name)
        stream = system.create(path, True)
        try:
            stream.write(bytearray(held))
        finally:
            stream.close()

    def read(self, name: str) -> bytes:
        """Read a small file."""
        path, system = self._at(name)
        stream = system.open(path)
        try:
            return bytes(self._jvm.org.apache.commons.io.IOUtils.toByteArray(stream))
        finally:
            stream.close()


def plain(uri: str) -> str:
    """Return a URI of a file with one slash or three alike."""
    return re.sub(r"^file:/+", "file:/", uri)


# --- stages ---------------------------------------------------------------------------------------------------------


class Stages:
    """
    Long work in stages, each written to the work folder as Parquet, with a mark behind it; what is marked is not done again.

    Attributes:
        folder: Of this work alone: its name is made of the inputs, the measure and the versions.
        seconds: Of each stage.
    """

    def __init__(self, spark: Any, paths: Paths, folder: str, progress: Progress) -> None:
        self.spark, self.paths, self.folder, self.progress = spark, paths, folder, progress
        self.seconds: list[tuple[str, float]] = []

    def at(self, name: str) -> str:
        """Return where a stage's table stands."""
        return self.paths.full(f"{self.folder}/{name}")

    def done(self, name: str) -> bool:
        """Whether a stage needs not be done again."""
        return self.paths.exists(f"{self.folder}/{name}.done")

    def table(self, name: str, make: Callable[[], Any]) -> Any:
        """Return a stage's table, made now unless it was made before."""
        if not self.done(name):
            with self.clock(name):
                make().write.mode("overwrite").parquet(self.at(name))
                self.paths.write(f"{self.folder}/{name}.done", b"")
        return self.spark.read.option("__globPaths__", "false").parquet(self.at(name))

    def value(self, name: str, make: Callable[[], Any]) -> Any:
        """Return a small value, made now unless it was made before."""
        if not self.done(name):
            with self.clock(name):
                self.paths.write(f"{self.folder}/{name}.done", json.dumps(make()).encode("ascii"))
        return json.loads(self.paths.read(f"{self.folder}/{name}.done"))

    @contextmanager
    def clock(self, name: str) -> Iterator[None]:
        """Time a stage, and tell how far it is."""
        began = perf_counter()
        with _watched(self.spark.sparkContext, name, self.progress):
            yield
        self.seconds.append((name, round(perf_counter() - began, 3)))


@contextmanager
def _watched(context: Any, name: str, progress: Progress) -> Iterator[None]:
    """Tell how many tasks of what runs are done, twice a second."""
    over = threading.Event()

    def watch() -> None:
        tracker = context.statusTracker()
        while not over.wait(0.5):
            with suppress(Exception):  # a session that ends meanwhile answers no more
                told = [found for number in tracker.getActiveStageIds() if (found := tracker.getStageInfo(number))]
                if told and not over.is_set():
                    progress(name, sum(each.numCompletedTasks for each in told), sum(each.numTasks for each in told))

    above = context.getLocalProperty("spark.job.description")
    context.setJobDescription(f"cleaner: {name}")
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
        context.setLocalProperty("spark.job.description", above)


# --- what went wrong ------------------------------------------------------------------------------------------------

#: What stands in Spark's own words, and what we say instead; the first that fits. {0} is what the pattern's group holds.
_LETTERS: tuple[tuple[str, type[CleanerError], str], ...] = (
    (r"(No space left on device[^\n]*|Disk quota exceeded)", InputError, "the disk is full where Spark writes ({0}): give --work, -o or spark.local.dir more room, then run again; it goes on where it stopped"),
    (r"UnsupportedClassVersionError", MissingExtra, f"the engine spark needs Java {_JAVA} or newer: {_INSTALL}"),
    (r"Could not parse Master URL: '?([^'\n]+)'?", OptionsError, "master {0}: is none that Spark knows; take local[*], spark://HOST:PORT, yarn or k8s://"),
    (r"Master must either be yarn or start with ([^\n]+)", OptionsError, "SPARK_MASTER: must be yarn or start with {0}"),
    (r"Invalid master URL: ([^\n]+)", OptionsError, "master {0}: is none that Spark knows; take spark://HOST:PORT"),
    (r"All masters are unresponsive", OptionsError, "no master of Spark answers at the address that is set; look at SPARK_MASTER or spark.master"),
    (r"\[PATH_NOT_FOUND\] Path does not exist: (\S+?)\.? ", InputError, "{0}: is not there"),
    (r"File does not exist: (\S+)|File (\S+) does not exist", InputError, "{0}: is not there, or the workers of the cluster do not see it"),
    (r"(?:AccessControlException|AccessDeniedException|Permission denied|Mkdirs failed to create)[: ]*([^\n]*)", InputError, "no permission: {0}"),
    (r"No FileSystem for scheme \"?(\w+)|Class (\S+FileSystem) not found", InputError, "{0}: Spark has no connector for such paths; add its package with --packages or spark.jars.packages"),
    (r"UnknownHostException: ([^\n]+)", InputError, "{0}: no such host"),
    (r"PYTHON_VERSION_MISMATCH\][^\n]*", MissingExtra, "the workers have another Python than this one: point PYSPARK_PYTHON at the same version there"),
    (r"No module named '?([\w.]+)", MissingExtra, "the workers' Python has no {0}: install cleaner's dependencies there, or point PYSPARK_PYTHON at a Python that has them"),
    (r"Cannot run program \"([^\"]+)\"", MissingExtra, "the workers have no {0}: point PYSPARK_PYTHON at a Python that has cleaner's dependencies"),
    (r"(OutOfMemoryError[^\n]*|Total size of serialized results[^\n]*)", InputError, "Spark has too little memory ({0}): give it more with spark.executor.memory or spark.driver.memory"),
    (r"is not a Parquet file[^\n]*", InputError, "a damaged Parquet file ({0})"),
    (r"CANNOT_READ_FILE_FOOTER\] Could not read footer for file: ?(\S+?)\.? ", InputError, "{0}: is a damaged Parquet file"),
    (r"(ExecutorLostFailure[^\n]*)", InputError, "the cluster lost the same work too often ({0}); look at the workers' logs and at spark.executor.memory"),
    (r"(Answer from Java side is empty|Connection refused|stopped SparkContext|SparkContext was shut down)", InputError, "Spark's session ended in mid-work ({0}); run again, it goes on where it stopped"),
)


def letter(error: BaseException, log: str = "") -> BaseException:
    """Return an error of Spark as one of ours, in one line; any other as it is."""
    if isinstance(error, CleanerError | KeyboardInterrupt | SystemExit | AssertionError):
        return error
    told = "\n".join(_said(error)) + "\n" + log
    for pattern, kind, text in _LETTERS:
        found = re.search(pattern, told + " ")
        if found:
            held = next((group for group in found.groups() if group), found[0])
            return kind(text.format(" ".join(held.split())[:200]))
    if type(error).__module__.split(".")[0] in {"pyspark", "py4j"} or isinstance(error, OSError):
        return InputError(f"Spark failed: {_last(error, log)}")
    return error


def _said(error: BaseException) -> Iterator[str]:
    yield str(error)
    java = getattr(error, "java_exception", None)
    for _ in range(20):
        if java is None:
            return
        try:
            yield str(java.toString())
            java = java.getCause()
        except Exception:  # noqa: BLE001 - the other side may be gone
            return


def _last(error: BaseException, log: str) -> str:
    """Return the line that says most: of Python's own errors the last, of Java's the first of the innermost cause."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip() and not line.lstrip().startswith(("at ", "File ", "Traceback", "JVM stacktrace"))]
    caused = [line for line in lines if line.startswith("Caused by:")]
    python = [line for line in lines if re.match(r"[\w.]*(?:Error|Exception): ", line) and "java" not in line and "org.apache" not in line]
    best = (python or caused or lines or [line for line in log.splitlines() if "ERROR" in line or "Error" in line] or [type(error).__name__])[-1 if python or caused else 0]
    return best.removeprefix("Caused by: ")[:300]
