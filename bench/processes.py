"""Programs that are measured: started on a core of their own, read from /proc, ended by their id.

https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType

TICK = 1 / os.sysconf("SC_CLK_TCK")

START = 60.0
"""Longest time for a program to listen, in seconds."""


class Failed(Exception):
    """A program that didn't do what was asked of it; the message says which and what."""


@lru_cache
def cores() -> tuple[int, int]:
    """The core of what is measured, and that of upstream and load: asked first, then kept."""
    allowed = sorted(os.sched_getaffinity(0))
    return allowed[0], allowed[-1]


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Be on one core meanwhile, as is all that is started then."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@dataclass(slots=True)
class Program:
    """A program that runs, on one core."""

    name: str
    process: subprocess.Popen[bytes]
    port: int
    log: Path
    ready_after: float = 0.0
    """Seconds from its start until it listened."""

    def cpu(self) -> float:
        """Seconds of processor that it and all it started have used."""
        return sum(_cpu(pid) for pid in self._family())

    def peak(self) -> float:
        """Most memory that was resident, in megabytes."""
        return sum(_peak(pid) for pid in self._family())

    def wait(self) -> None:
        """Wait until it listens.

        Raises:
            Failed: where it ends, or takes too long.
        """
        began = time.monotonic()
        while time.monotonic() - began < START:
            if self.process.poll() is not None:
                raise Failed(f"{self.name} ended: {self.log.read_text()[-2000:]}")
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.02)
            else:
                self.ready_after = time.monotonic() - began
                return
        raise Failed(f"{self.name} doesn't listen: {self.log.read_text()[-2000:]}")

    def end(self) -> None:
        """End it, and what it started."""
        family = self._family()
        for stop in (signal.SIGTERM, signal.SIGKILL):
            for pid in family:
                try:
                    os.kill(pid, stop)
                except ProcessLookupError:
                    continue
            try:
                self.process.wait(timeout=5)
                return
            except subprocess.TimeoutExpired:
                continue

    def _family(self) -> list[int]:
        if self.process.poll() is not None:
            return []
        return [self.process.pid, *_descendants(self.process.pid)]


class Programs:
    """The programs of a run; leaving ends them all, whatever happened."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.running: list[Program] = []

    def __enter__(self) -> Programs:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end(*self.running)

    def start(
        self, name: str, command: Sequence[str], port: int, core: int, **environment: str
    ) -> Program:
        """Start a program on a core, and wait until it listens."""
        log = self.logs / f"{name.replace(' ', '-')}.log"
        with log.open("wb") as output, on_core(core):
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **PRODUCTION, **environment},
                start_new_session=True,  # Ctrl-C reaches us alone, and we end what we started
            )
        program = Program(name, process, port, log)
        self.running.append(program)
        program.wait()
        return program

    def end(self, *programs: Program) -> None:
        """End these programs."""
        for program in programs:
            program.end()
        self.running = [each for each in self.running if each not in programs]


PRODUCTION: Mapping[str, str] = {
    "NODE_ENV": "production",
    "GRAPHILE_ENV": "production",
    "PYTHONPATH": str(Path(__file__).parent.parent),
}
"""What the guides of the servers say to set."""


def _stat(pid: int) -> list[str]:
    """The fields of a process from its state on: a name may hold spaces and parentheses."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _cpu(pid: int) -> float:
    try:
        fields = _stat(pid)
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) * TICK


def _peak(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    line = next((line for line in status.splitlines() if line.startswith("VmHWM:")), "VmHWM: 0")
    return int(line.split()[1]) / 1024


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = [int(each) for each in task.read_text().split()]
        except OSError:
            continue
        for child in children:
            found += [child, *_descendants(child)]
    return found
