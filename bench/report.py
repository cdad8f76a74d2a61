"""The page: tables and charts of the last results, put between the marks of docs/performance.md."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from bench import plot
from bench.contenders import CONTENDERS, NODE, OURS, SERVERS
from bench.engine import Ratio
from bench.measure import Figures, Medians

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
RESULTS = PAGE.with_suffix("") / "results.json"

BEGIN, END = (
    "<!-- measured: make bench writes what follows -->",
    "<!-- end of what was measured -->",
)

PEERS = tuple(each.name for each in CONTENDERS if each.kind in ("jit", "peer"))
JIT = tuple(each.name for each in CONTENDERS if each.kind == "jit")
ROUNDS = {each.name: each.rounds for each in CONTENDERS}


class Results(msgspec.Struct, kw_only=True):
    """All that one run found."""

    date: str
    machine: str
    versions: dict[str, str]
    rounds: int
    seconds: float
    capacity: float = 0.0
    """Calls a second of its processor that the upstream answers."""
    most_calls: float = 0.0
    beside: float = 0.0
    starts: dict[str, float] = {}
    """Seconds from the start of a contender until it listens."""
    peaks: dict[str, float] = {}
    """Megabytes, after the nested query."""
    figures: dict[str, Medians] = {}
    engine: dict[str, Ratio] = {}


def machine() -> dict[str, Any]:
    """When and on what a run is made."""
    model = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())
    size = f", {int(memory[1]) / 1024 / 1024:.0f} GB" if memory else ""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"2 cores of {model[1] if model else platform.machine()}{size}, "
        f"Linux {platform.release()}",
        "versions": dict(_versions()),
    }


def _versions() -> Iterator[tuple[str, str]]:
    yield "Python", platform.python_version()
    for name in ("strawberry-graphql", "graphql-core", "httpx", "uvicorn", "uvloop", "msgspec"):
        yield name, importlib.metadata.version(name)
    node = subprocess.run([NODE, "--version"], capture_output=True, text=True, check=True)
    yield "Node", node.stdout.strip().removeprefix("v")
    pinned = json.loads((SERVERS.parent / "package.json").read_text())["dependencies"]
    for name in ("graphql", "@apollo/server", "graphql-yoga", "mercurius", "graphql-jit"):
        yield name, pinned[name]
    for name in ("grafast", "@graphql-hive/gateway", "dataloader", "undici"):
        yield name, pinned[name]


def read_results() -> Results:
    """The results of the last full run."""
    return msgspec.json.decode(RESULTS.read_bytes(), type=Results)


def write_results(results: Results) -> None:
    """Keep results, so that the page can be written again without a run."""
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")


def write_page(results: Results, page: Path = PAGE) -> None:
    """Write what was measured into the page, and its charts into the folder named like it."""
    folder = page.with_suffix("")
    folder.mkdir(exist_ok=True)
    for name, chart in _charts(results):
        (folder / f"{name}.svg").write_text(chart, encoding="utf-8")
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    measured = "\n\n".join(_sections(results))
    page.write_text(f"{before}{BEGIN}\n\n{measured}\n\n{END}{after}", encoding="utf-8")


def _sections(results: Results) -> Iterator[str]:
    versions = ", ".join(f"{name} {version}" for name, version in results.versions.items())
    yield (
        f"Measured on {results.date}: {results.machine}; {versions}. Medians of {results.rounds} "
        f"interleaved rounds of {results.seconds:g} s. The upstream can answer "
        f"{results.capacity:,.0f} calls a second of its core; the most that were asked of it is "
        f"{results.most_calls:,.0f}. It and the load used at most {results.beside:.0%} of their "
        "core."
    )
    figures = results.figures
    if figures.keys() >= {"nested", "list", "tiny", "nested_far"}:
        yield "### What was to be reached\n\n" + goals(results)
    if "nested" in figures:
        yield "### The nested query, upstream near (0 ms)\n\n" + _nested(results)
        yield "![CPU a request, nested query](performance/nested.svg)"
    if "nested_far" in figures:
        yield "### The nested query, upstream 25 ms away\n\n" + _far(figures["nested_far"])
    if "list" in figures:
        yield "### A list of 5,000 rows with 10 fields\n\n" + _list(figures["list"])
    others = {"tiny": "`{ __typename }`", "wide": "40 aliases", "entities": "1,000 `_entities`"}
    if present := {name: title for name, title in others.items() if name in figures}:
        yield "### The other operations\n\n" + _others(figures, present)
    grown = ("rows", "depth", "crowd", "operations", "sources")
    if charts := [name for name in grown if figures.get(name)]:
        yield "### How cost grows\n\n" + "\n\n".join(
            f"![{name}](performance/{name}.svg)" for name in charts
        )
    if results.engine:
        yield "### Plans against graphql-core, in one process\n\n" + _engine(results.engine)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    line = "| --- |" + " ---: |" * (len(head) - 1)
    lines = [f"| {' | '.join(head)} |", line, *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join(lines)


def _named(name: str) -> str:
    return f"**{name}**" if name == OURS.name else name


def _by_cpu(medians: Medians, at: int) -> list[str]:
    return sorted(medians, key=lambda name: medians[name][at].cpu)


def _nested(results: Results) -> str:
    medians = results.figures["nested"]
    counts = list(next(iter(medians.values())))
    middle = 16 if 16 in counts else counts[-1]
    head = ["", *(f"CPU ms, c={count}" for count in counts)]
    head += [f"req/s, c={count}" for count in counts]
    head += [f"p50 / p99 ms, c={middle}", "calls", "peak MB", "start s"]
    rows = []
    for name in _by_cpu(medians, middle):
        own = medians[name]
        rows.append(
            [
                _named(name),
                *(f"{own[count].cpu:.2f}" for count in counts),
                *(f"{own[count].rate:.0f}" for count in counts),
                f"{own[middle].p50:.0f} / {own[middle].p99:.0f}",
                f"{own[middle].calls:.0f}",
                f"{results.peaks[name]:.0f}",
                f"{results.starts[name]:.1f}",
            ]
        )
    return _table(head, rows)


def _far(medians: Medians) -> str:
    counts = list(next(iter(medians.values())))
    head = ["", "rounds", "limit ms", "p50 / p99 ms, c=1", "over the limit"]
    head += [f"req/s, p50 ms, c={count}" for count in counts[1:]]
    rows = []
    for name in sorted(medians, key=lambda each: medians[each][1].p50):
        own, limit = medians[name], ROUNDS[name] * 25
        rows.append(
            [
                _named(name),
                str(ROUNDS[name]),
                str(limit),
                f"{own[1].p50:.1f} / {own[1].p99:.1f}",
                f"{own[1].p50 / limit:.2f}",
                *(f"{own[count].rate:.0f}, {own[count].p50:.0f}" for count in counts[1:]),
            ]
        )
    return _table(head, rows)


def _list(medians: Medians) -> str:
    counts = list(next(iter(medians.values())))
    head = ["", *(f"CPU ms per 1,000 rows, c={count}" for count in counts)]
    head += [f"req/s, c={count}" for count in counts]
    rows = [
        [
            _named(name),
            *(f"{medians[name][count].cpu / 5:.2f}" for count in counts),
            *(f"{medians[name][count].rate:.1f}" for count in counts),
        ]
        for name in _by_cpu(medians, counts[-1])
    ]
    return _table(head, rows)


def _others(figures: Mapping[str, Medians], titles: Mapping[str, str]) -> str:
    single = {name: {who: _only(own) for who, own in figures[name].items()} for name in titles}
    counts = {name: next(iter(next(iter(figures[name].values())))) for name in titles}
    head = [""]
    for name, title in titles.items():
        head += [f"{title}, c={counts[name]}: CPU ms", "req/s", "p99 ms"]
    first = next(iter(single.values()))
    rows = []
    for who in sorted(first, key=lambda each: first[each].cpu):
        row = [_named(who)]
        for name in titles:
            own = single[name].get(who)
            row += [f"{own.cpu:.3g}", f"{own.rate:,.0f}", f"{own.p99:.3g}"] if own else ["–"] * 3
        rows.append(row)
    return _table(head, rows)


def _only(own: Mapping[int, Figures]) -> Figures:
    (figures,) = own.values()
    return figures


def _engine(ratios: Mapping[str, Ratio]) -> str:
    head = ["", "plan, CPU ms", "graphql-core, CPU ms", "times as fast"]
    rows = [
        [name, f"{each.plan:.3f}", f"{each.core:.3f}", f"{each.times:.1f}"]
        for name, each in ratios.items()
    ]
    return _table(head, rows)


# The figures that the project set itself.


def goals(results: Results) -> str:
    """What was measured, beside what is wanted."""
    rows = [
        [goal, f"{value:{form}}", bound, "yes" if reached else "**no**"]
        for goal, value, form, bound, reached in _reached(results)
    ]
    return _table(["", "measured", "wanted", "reached"], rows)


Goal = tuple[str, float, str, str, bool]


def _reached(results: Results) -> Iterator[Goal]:
    figures = results.figures
    nested, ours = figures["nested"], OURS.name
    for count in (each for each in (16, 64) if each in nested[ours]):
        yield from _against_peers(nested, count)
    heaviest = min(results.peaks[name] for name in JIT if name in results.peaks)
    peak = results.peaks[ours]
    yield f"peak memory, MB (JIT peers: from {heaviest:.0f})", peak, ".0f", "≤ 120", peak <= 120
    far = figures["nested_far"][ours][1].p50
    bound = 1.10 * ROUNDS[ours] * 25 + 2
    yield "p50 at 25 ms, one client, ms", far, ".1f", f"≤ {bound:.0f}", far <= bound
    rows = figures["list"]
    own = min(each.cpu for each in rows[ours].values()) / 5
    peer = min(each.cpu for name in _there(PEERS, rows) for each in rows[name].values()) / 5
    yield f"list, CPU ms per 1,000 rows (best peer {peer:.1f})", own, ".2f", "≤ 5", own <= 5
    tiny = {name: _only(each) for name, each in figures["tiny"].items()}
    best = max(tiny[name].rate for name in _there(PEERS, tiny))
    ratio = tiny[ours].rate / best
    yield "tiny query, req/s over the best peer's", ratio, ".2f", "≥ 1", ratio >= 1
    if (line := _straightness(figures.get("rows", {}).get(ours, {}))) is not None:
        yield "CPU a row, of 5,000 over 1,000 rows", line, ".2f", "≤ 1.15", line <= 1.15
    if known := figures.get("operations", {}).get(ours):
        flat = known[max(known)].cpu / known[min(known)].cpu
        yield f"CPU with {max(known)} known operations over 1", flat, ".2f", "≤ 1.1", flat <= 1.1
    spare = results.capacity / max(results.most_calls, 1)
    yield "calls that the upstream can answer over the most asked", spare, ".0f", "≥ 4", spare >= 4
    if results.engine:
        times = results.engine["nested"].times
        yield "plan over graphql-core, nested, in process", times, ".1f", "≥ 20", times >= 20
        least = min(each.times for each in results.engine.values())
        yield "the same, where it gains least", least, ".2f", "≥ 0.95", least >= 0.95


def _against_peers(nested: Medians, count: int) -> Iterator[Goal]:
    own = nested[OURS.name][count]

    def best(names: Sequence[str], figure: Callable[[Figures], float]) -> float:
        return max(figure(nested[name][count]) for name in _there(names, nested))

    plain = [name for name in JIT if "expand" not in name]
    for title, names in (("JIT peer's", plain), ("JIT peer's that expands", JIT)):
        ratio = own.rate / best(names, lambda each: each.rate)
        yield f"nested, c={count}: req/s over the best {title}", ratio, ".2f", "≥ 2", ratio >= 2
    by_hand = [each.name for each in CONTENDERS if each.kind == "hand"]
    ratio = own.rate / best(by_hand, lambda each: each.rate)
    yield f"nested, c={count}: req/s over by hand", ratio, ".2f", "≥ 1", ratio >= 1
    p99 = -best(PEERS, lambda each: -each.p99)
    yield f"nested, c={count}: p99, ms", own.p99, ".0f", f"< {p99:.0f}", own.p99 < p99


def _there(names: Sequence[str], medians: Mapping[str, Any]) -> list[str]:
    return [name for name in names if name in medians]


def _straightness(own: Mapping[int, Figures]) -> float | None:
    """What a further row costs at the end, over what it costs before: 1 where growth is linear."""
    if not {1, 1_000, 5_000} <= own.keys():
        return None
    before = (own[1_000].cpu - own[1].cpu) / 999
    return (own[5_000].cpu - own[1_000].cpu) / 4_000 / before


# Charts.


def _charts(results: Results) -> Iterator[tuple[str, str]]:
    figures = {name: medians for name, medians in results.figures.items() if medians}
    if nested := figures.get("nested"):
        count = 16 if 16 in next(iter(nested.values())) else 1
        values = {name: own[count].cpu for name, own in nested.items()}
        title = f"Nested query, {count} at a time: CPU a request"
        yield "nested", plot.bars(title, values, "ms", ours=OURS.name)
    cpu = "CPU ms a request"
    grown = {
        "rows": ("A list of ten fields", "rows", cpu, (True, True)),
        "depth": ("From record to record", "steps", cpu, (False, False)),
        "crowd": ("Nested query", "requests under way", "requests a second", (True, True)),
        "operations": ("Operations that come again", "operations", cpu, (True, False)),
        "sources": ("Sources", "sources", cpu, (True, True)),
    }
    for name, (title, across, up, logarithmic) in grown.items():
        if name in figures:
            series = {
                who: {
                    float(at): each.rate if name == "crowd" else each.cpu
                    for at, each in own.items()
                }
                for who, own in figures[name].items()
            }
            yield name, plot.lines(title, series, across, up, logarithmic=logarithmic)
