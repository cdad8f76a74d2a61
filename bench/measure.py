"""Rounds of load over all contenders in turn, and their medians.

A round of one contender stands beside the same round of every other, so that what the machine does
meanwhile hits all of them.
"""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from bench.compare import Answer, ask, control, require_equal
from bench.contenders import Contender
from bench.load import load, request
from bench.processes import Program, Programs, cores, free_port, on_core
from bench.queries import Operation


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to measure."""

    rounds: int
    seconds: float
    """Of one round at one number of connections."""
    warmup: float
    """Seconds of load before the first round: for compilers, caches and connections."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one contender did, in one round or in the median of several."""

    cpu: float
    """Milliseconds of processor a request."""
    rate: float
    """Requests a second."""
    p50: float
    """Milliseconds."""
    p99: float
    """Milliseconds."""
    calls: float
    """Calls upstream a request."""
    upstream: float
    """Calls upstream a second."""
    busy: float
    """Share of its core that the contender used."""
    beside: float
    """Share of the other core that upstream and load used."""


Medians = dict[str, dict[int, Figures]]
"""Medians by contender, by the number that was varied: connections, rows, steps or sources."""


def median_of(rounds: Sequence[Figures]) -> Figures:
    """The median of each figure."""
    names = Figures.__dataclass_fields__
    return Figures(**{name: median(getattr(each, name) for each in rounds) for name in names})


@dataclass(slots=True)
class Run:
    """The upstream, and the contenders that run."""

    programs: Programs
    effort: Effort
    upstream: Program
    fleet: dict[str, Program] = field(default_factory=dict)
    contenders: dict[str, Contender] = field(default_factory=dict)
    beside: float = 0.0
    """Largest share of the second core that upstream and load ever used."""
    most_calls: float = 0.0
    """Most calls a second that a contender ever caused."""

    def start(self, contender: Contender) -> Program:
        """Start a contender on the first core."""
        port = free_port()
        command = contender.arguments(port, f"http://127.0.0.1:{self.upstream.port}")
        program = self.programs.start(contender.name, command, port, cores()[0])
        self.fleet[contender.name] = program
        self.contenders[contender.name] = contender
        return program

    def end(self, name: str) -> None:
        """End a contender."""
        self.programs.end(self.fleet.pop(name))
        del self.contenders[name]

    def play(self, *, courses: int = 50, latency: float = 0, whole: bool = False) -> None:
        """What the upstream plays from now on; latency in milliseconds."""
        control(self.upstream.port, f"?courses={courses}&latency={latency}&whole={int(whole)}")

    def taking(self, operation: Operation, names: Sequence[str] = ()) -> list[str]:
        """The contenders that run and can be asked this; with names, these of them that run."""
        return [
            name
            for name, contender in self.contenders.items()
            if (name in names if names else operation.name in contender.answers)
        ]

    def compared(self, operation: Operation, names: Sequence[str] = ()) -> Mapping[str, Answer]:
        """The answers of all contenders, which are equal.

        Raises:
            Different: where they are not, or one is an error.
        """
        taking = self.taking(operation, names)
        answers = {name: ask(name, self.fleet[name].port, operation) for name in taking}
        # Once more: what is compiled at the second use, or the third, is to be compared as well.
        for name in taking:
            ask(name, self.fleet[name].port, operation)
            answers[name] = ask(name, self.fleet[name].port, operation)
        require_equal(operation, answers)
        return answers

    def measure(
        self, operation: Operation, connections: Sequence[int], names: Sequence[str] = ()
    ) -> Medians:
        """The medians of all contenders that can be asked this, equal answers being required."""
        answers = self.compared(operation, names)
        return self.timed([operation], answers, connections)

    def timed(
        self,
        operations: Sequence[Operation],
        answers: Mapping[str, Answer],
        connections: Sequence[int],
    ) -> Medians:
        """The medians of the contenders whose answers were compared; these have one length."""
        sent = [request(operation.body()) for operation in operations]
        found: dict[str, dict[int, list[Figures]]] = {}
        for name in answers if self.effort.warmup else ():
            self._round(name, sent, answers[name], 8, self.effort.warmup)
        for count in connections:
            for turn in range(self.effort.rounds):
                for name in _rotated(list(answers), turn):
                    figures = self._round(name, sent, answers[name], count, self.effort.seconds)
                    found.setdefault(name, {}).setdefault(count, []).append(figures)
        return {
            name: {count: median_of(rounds) for count, rounds in own.items()}
            for name, own in found.items()
        }

    def _round(
        self,
        name: str,
        sent: Sequence[bytes],
        answer: Answer,
        connections: int,
        seconds: float,
    ) -> Figures:
        program = self.fleet[name]
        control(self.upstream.port)
        before, beside = program.cpu(), self._beside()
        began = time.perf_counter()
        round = asyncio.run(
            load(
                program.port,
                sent,
                connections=connections,
                seconds=seconds,
                length=answer.length,
            )
        )
        elapsed = time.perf_counter() - began
        used, shared = program.cpu() - before, (self._beside() - beside) / elapsed
        calls, count = control(self.upstream.port), len(round.latencies)
        figures = Figures(
            cpu=used / count * 1000,
            rate=count / round.seconds,
            p50=round.percentile(0.5),
            p99=round.percentile(0.99),
            calls=calls / count,
            upstream=calls / round.seconds,
            busy=used / elapsed,
            beside=shared,
        )
        self.beside = max(self.beside, shared)
        self.most_calls = max(self.most_calls, figures.upstream)
        return figures

    def _beside(self) -> float:
        own = resource.getrusage(resource.RUSAGE_SELF)
        return own.ru_utime + own.ru_stime + self.upstream.cpu()


def capacity(run: Run, seconds: float) -> float:
    """Calls a second that the upstream can answer, each a page of 200 completions with users.

    The load moves to the first core for it; what counts is the upstream's own processor, so that
    a slower load can't make it look slower.
    """
    keys = "user[id,first_name,middle_name,last_name,email_address]"
    target = f"/api/lms/v1/completions?page_size=200&expand={keys}"
    headers = "authorization: Bearer bench-key\r\nx-connector-token: bench\r\n"
    sent = request(None, target, headers)
    with on_core(cores()[0]):
        before = run.upstream.cpu()
        round = asyncio.run(load(run.upstream.port, [sent], connections=16, seconds=seconds))
        return len(round.latencies) / (run.upstream.cpu() - before)


def _rotated(names: Sequence[str], turn: int) -> Iterator[str]:
    at = turn % len(names)
    yield from [*names[at:], *names[:at]]
