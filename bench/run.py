"""``make bench``: start everything, compare all answers, measure in turn, and write the page.

``--quick`` looks whether everything works, in less than two minutes; its figures mean little.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import uvloop

from bench import engine, scenarios
from bench.compare import Different
from bench.contenders import CONTENDERS, SERVERS, Contender
from bench.load import Wrong
from bench.measure import Effort, Run, capacity
from bench.processes import Failed, Programs, cores, free_port
from bench.report import PAGE, Results, goals, machine, read_results, write_page, write_results
from bench.scenarios import QUICK, Extent

FULL = Effort(rounds=5, seconds=1.5, warmup=3.0)
SHORT = Effort(rounds=1, seconds=0.2, warmup=0.0)


def main() -> None:
    """The command."""
    arguments = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is ended
    if arguments.page:
        write_page(read_results())
        return
    try:
        results = measured(
            _contenders(arguments.only),
            SHORT if arguments.quick else replace(FULL, rounds=arguments.rounds),
            QUICK if arguments.quick else Extent(),
            arguments.scenario,
        )
    except (Different, Failed, Wrong) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    if not arguments.quick and not arguments.only and not arguments.scenario:
        write_results(results)
        write_page(results)
        print(f"\n{PAGE}\n\n{goals(results)}")


def measured(
    contenders: Sequence[Contender], effort: Effort, extent: Extent, only: Sequence[str]
) -> Results:
    """Measure contenders against each other, in one run."""
    uvloop.install()
    results = Results(**machine(), rounds=effort.rounds, seconds=effort.seconds)
    os.sched_setaffinity(0, {cores()[1]})
    with TemporaryDirectory() as logs, Programs(Path(logs)) as programs:
        port = free_port()
        command = [sys.executable, "-m", "bench.upstream", "--port", str(port)]
        upstream = programs.start("upstream", command, port, cores()[1])
        run = Run(programs, effort, upstream)
        results.capacity = capacity(run, effort.seconds)
        for contender in contenders:
            results.starts[contender.name] = run.start(contender).ready_after
        for name, scenario in scenarios.chosen(only):
            began = time.monotonic()
            run.effort = less(effort) if name in scenarios.GROWTH else effort
            results.figures[name] = scenario(run, extent)
            _tell(name, results, time.monotonic() - began)
            if not results.peaks:
                results.peaks = {name: each.peak() for name, each in run.fleet.items()}
        results.most_calls, results.beside = run.most_calls, run.beside
    if not only or "engine" in only:
        results.engine = engine.compared(effort.rounds)
        print(f"\nengine\n{engine.shown(results.engine)}\n")
    print(
        f"Upstream: {results.capacity:,.0f} calls a second of processor, "
        f"{results.most_calls:,.0f} a second asked at most; "
        f"it and the load used {results.beside:.0%} of their core at most."
    )
    return results


def less(effort: Effort) -> Effort:
    """Two thirds of the time, for what is looked at for its growth."""
    seconds, warmup = effort.seconds * 2 / 3, effort.warmup / 3
    return replace(effort, rounds=min(effort.rounds, 3), seconds=seconds, warmup=warmup)


def _tell(name: str, results: Results, seconds: float) -> None:
    print(f"\n{name} ({seconds:.0f} s)")
    print(f"{'':28}{'at':>6}{'CPU ms':>10}{'req/s':>10}{'p50 ms':>10}{'p99 ms':>10}{'calls':>8}")
    for contender, own in results.figures[name].items():
        for at, each in own.items():
            print(
                f"{contender:28}{at:>6}{each.cpu:>10.2f}{each.rate:>10.1f}"
                f"{each.p50:>10.1f}{each.p99:>10.1f}{each.calls:>8.1f}",
                flush=True,
            )


def _contenders(names: Sequence[str]) -> Sequence[Contender]:
    found = [each for each in CONTENDERS if not names or each.name in names]
    if not (SERVERS.parent / "node_modules").exists():
        sys.exit("The peers are not installed: run `make bench`, or `npm ci` in bench/.")
    return found


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="look whether everything works")
    parser.add_argument(
        "--rounds", type=int, default=FULL.rounds, help="rounds to take the medians of"
    )
    parser.add_argument("--page", action="store_true", help="write the page of the last results")
    parser.add_argument(
        "--only", action="append", default=[], help="measure this contender; may come again"
    )
    parser.add_argument(
        "--scenario",
        action="append",
        default=[],
        choices=[*scenarios.SCENARIOS, "engine"],
        help="measure this scenario; may come again",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
