"""Charts as SVG: lines over a logarithmic or even axis, and bars.

Colours and text stand on their own background, so that a page may be light or dark.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 720, 380
LEFT, RIGHT, TOP, BOTTOM = 70, 190, 44, 52
COLOURS = ("#0b6e4f", "#c2410c", "#1d4ed8", "#7e22ce", "#0e7490", "#a16207", "#be123c", "#475569")
STYLE = "font-family:system-ui,sans-serif;font-size:12px;fill:#1f2937"

Points = Mapping[float, float]


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis: from its lowest to its highest value, over so many pixels."""

    title: str
    lowest: float
    highest: float
    logarithmic: bool

    @classmethod
    def of(cls, title: str, values: Sequence[float], *, logarithmic: bool) -> Axis:
        """An axis that holds these values, an even one from 0."""
        if not logarithmic:
            return cls(title, 0.0, max(values) * 1.08 or 1.0, logarithmic)
        lowest = 10 ** math.floor(math.log10(min(values)))
        highest = 10 ** math.ceil(math.log10(max(values) * 1.0001))
        return cls(title, lowest, highest, logarithmic)

    def share(self, value: float) -> float:
        """Where a value is, from 0 to 1."""
        if not self.logarithmic:
            return (value - self.lowest) / (self.highest - self.lowest)
        return math.log(value / self.lowest) / math.log(self.highest / self.lowest)

    def ticks(self) -> Sequence[float]:
        """Values to write beside it."""
        if self.logarithmic:
            decades = round(math.log10(self.highest / self.lowest))
            return [self.lowest * 10**at for at in range(decades + 1)]
        step = 10 ** math.floor(math.log10(self.highest / 2))
        step *= next(each for each in (1, 2, 5, 10) if self.highest / (step * each) <= 6)
        return [step * at for at in range(int(self.highest / step) + 1)]


def lines(
    title: str,
    series: Mapping[str, Points],
    across: str,
    up: str,
    *,
    logarithmic: tuple[bool, bool] = (False, False),
) -> str:
    """A line for each name. ``logarithmic`` is of the axis across and the one up."""
    x_values = [x for points in series.values() for x in points]
    y_values = [y for points in series.values() for y in points.values()]
    x = Axis.of(across, x_values, logarithmic=logarithmic[0])
    y = Axis.of(up, y_values, logarithmic=logarithmic[1])
    parts = [_frame(title, x, y)]
    for number, (name, points) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        places = [(_across(x, at), _up(y, value)) for at, value in points.items()]
        path = " ".join(f"{left:.1f},{top:.1f}" for left, top in places)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"/>' for a, b in places]
        top = TOP + 12 + number * 20
        parts.append(
            f'<rect x="{WIDTH - RIGHT + 14}" y="{top - 9}" width="12" height="4" fill="{colour}"/>'
            + _text(WIDTH - RIGHT + 32, top - 3, name)
        )
    return _svg(HEIGHT, parts)


def bars(title: str, values: Mapping[str, float], unit: str, *, ours: str) -> str:
    """A bar for each name, the shortest first."""
    ordered = sorted(values.items(), key=lambda each: each[1])
    height = TOP + len(ordered) * 26 + 16
    widest = max(values.values())
    parts = [_text(16, 26, title, "font-weight:600;font-size:14px")]
    for number, (name, value) in enumerate(ordered):
        top = TOP + number * 26
        width = max((WIDTH - 300) * value / widest, 1)
        colour = COLOURS[0] if name == ours else "#94a3b8"
        parts.append(_text(196, top + 13, name, "text-anchor:end"))
        parts.append(
            f'<rect x="204" y="{top}" width="{width:.1f}" height="18" fill="{colour}" rx="2"/>'
        )
        parts.append(_text(212 + width, top + 13, f"{shown(value)} {unit}"))
    return _svg(height, parts)


def shown(value: float) -> str:
    """A number with as many digits as mean something."""
    if value >= 1_000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def _across(axis: Axis, value: float) -> float:
    return LEFT + axis.share(value) * (WIDTH - LEFT - RIGHT)


def _up(axis: Axis, value: float) -> float:
    return HEIGHT - BOTTOM - axis.share(value) * (HEIGHT - TOP - BOTTOM)


def _frame(title: str, x: Axis, y: Axis) -> str:
    parts = [_text(16, 26, title, "font-weight:600;font-size:14px")]
    for tick in y.ticks():
        top = _up(y, tick)
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{top:.1f}" y2="{top:.1f}" '
            'stroke="#e5e7eb"/>' + _text(LEFT - 8, top + 4, shown(tick), "text-anchor:end")
        )
    for tick in x.ticks():
        parts.append(
            _text(_across(x, tick), HEIGHT - BOTTOM + 18, shown(tick), "text-anchor:middle")
        )
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(_text(middle, HEIGHT - 14, x.title, "text-anchor:middle"))
    turned = f'transform="rotate(-90 16 {HEIGHT / 2})"'
    parts.append(_text(16, HEIGHT / 2, y.title, "text-anchor:middle", turned))
    return "".join(parts)


def _text(left: float, top: float, text: str, style: str = "", extra: str = "") -> str:
    return (
        f'<text x="{left:.1f}" y="{top:.1f}" style="{STYLE};{style}" {extra}>{escape(text)}</text>'
    )


def _svg(height: int, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">'
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>{"".join(parts)}</svg>\n'
    )
