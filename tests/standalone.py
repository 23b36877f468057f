"""A cluster of Spark's own kind on this machine: a master and workers, each a process, bound to the loopback. For tests and benchmarks."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path


def missing() -> str:
    """Return why there can be no cluster here; "" where there can."""
    try:
        import pandas  # noqa: F401 - PySpark asks for it
        import pyspark  # noqa: F401
    except ImportError as error:
        return f"{error.name} is not installed: pip install '.[spark]'"
    from cleaner.engines.cluster import java
    from cleaner.errors import MissingExtra

    try:
        java()
    except MissingExtra as error:
        return str(error)
    return ""


class Cluster:
    """
    A master and workers, each with one core.

    Attributes:
        master: Its address, as SPARK_MASTER takes it.
        workers: Processes.
    """

    def __init__(self, folder: Path, workers: int = 2, memory: str = "512m", settings: str = "", options: str = "") -> None:
        self.folder = folder
        self.memory = memory
        self.options = options
        self.conf = folder / "conf"
        self.conf.mkdir(parents=True)
        (self.conf / "spark-defaults.conf").write_text(
            f"spark.executor.memory {memory}\nspark.driver.extraJavaOptions {options}\nspark.executor.extraJavaOptions {options}\nspark.ui.enabled false\nspark.ui.showConsoleProgress false\nspark.task.maxFailures 8\n{settings}",
            encoding="utf-8",
        )
        (self.conf / "log4j2.properties").write_text("rootLogger.level = error\nappender.out.type = Console\nappender.out.name = out\nrootLogger.appenderRef.out.ref = out\n")
        self.environment = {
            **os.environ,
            "SPARK_CONF_DIR": str(self.conf),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_LOCAL_DIRS": str(folder / "local"),
            "SPARK_DAEMON_MEMORY": "192m",
        }
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.master = f"spark://127.0.0.1:{port}"
        self._master = self._start("master", "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0")
        _until(lambda: _answers(port), "the master does not answer")
        self.workers: list[subprocess.Popen[bytes]] = []
        for _ in range(workers):
            self.add()
        _until(lambda: self.registered() >= workers, "the workers do not come")

    def add(self) -> None:
        """Start one more worker."""
        name = f"worker-{len(self.workers)}"
        words = ("--host", "127.0.0.1", "--webui-port", "0", "--cores", "1", "--memory", self.memory, "--work-dir", str(self.folder / name))
        self.workers.append(self._start(name, "org.apache.spark.deploy.worker.Worker", *words, self.master))

    def registered(self) -> int:
        """Return how many workers have come, dead ones too."""
        return sum("Successfully registered with master" in (self.folder / f"worker-{number}.log").read_text("utf-8", "replace") for number in range(len(self.workers)))

    def _start(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        import pyspark

        home = Path(pyspark.__file__).parent
        quiet = self.folder / f"{name}.properties"
        quiet.write_text("rootLogger.level = info\nappender.out.type = Console\nappender.out.name = out\nrootLogger.appenderRef.out.ref = out\n")
        told = {**self.environment, "SPARK_DAEMON_JAVA_OPTS": f"-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dlog4j2.configurationFile={quiet}", "SPARK_HOME": str(home)}
        with open(self.folder / f"{name}.log", "wb") as log:
            return subprocess.Popen([str(home / "bin" / "spark-class"), *words], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=told, start_new_session=True)

    def kill(self, number: int) -> None:
        """Kill a worker and its executors at once, as a machine that loses its power does."""
        for each in [*below(self.workers[number].pid), self.workers[number].pid]:
            _kill(each)
        self.workers[number].wait()

    def stop(self) -> None:
        """End all that was started."""
        for process in [*self.workers, self._master]:
            for each in [*below(process.pid), process.pid]:
                _kill(each)
            process.wait()
        shutil.rmtree(self.folder / "local", ignore_errors=True)


def below(process: int) -> list[int]:
    """Return the processes that a process has started, and those that they have."""
    parents: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                    parents.setdefault(int(file.read().rpartition(")")[2].split()[1]), []).append(int(entry))
            except OSError:
                continue
    found: list[int] = []
    waiting = [process]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found


def _kill(process: int) -> None:
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        pass


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _until(true: object, otherwise: str, seconds: float = 180) -> None:
    last = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < last, otherwise
        time.sleep(0.1)
