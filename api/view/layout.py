"""Where the nodes of a picture stand: the same for the same graph, so that nothing moves when it opens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy
from numpy.typing import NDArray

Points = NDArray[numpy.float64]

LENGTH = 110.0
"""How far apart two tied nodes would like to be, in pixels."""
ROOM = (76.0, 58.0)
"""What a node takes at least, in pixels; its name may take more to the sides. No two stand closer than this."""
LETTER, WIDEST = 16.0, 220.0
PIVOTS = 24
ROUNDS = {60: 300, 300: 180, 1000: 90}
"""How often forces are applied, by the size of a component; larger ones get 50 rounds."""


def positions(names: Mapping[str, str], links: Iterable[tuple[str, str]]) -> dict[str, tuple[int, int]]:
    """Whole pixels for each id, given the name that stands below it.

    Parts that nothing ties together stand beside each other, the largest first, and nodes without a tie in rows below.
    Quick enough up to some thousand nodes: each round looks at all pairs.
    """
    near: dict[str, list[str]] = defaultdict(list)
    for a, b in sorted({(min(a, b), max(a, b)) for a, b in links if a != b}):
        near[a].append(b)
        near[b].append(a)
    parts = _parts(sorted(names), near)
    drawn = [(part, _drawn(part, near, [_wide(names[id]) for id in part])) for part in parts if len(part) > 1]
    return _packed(drawn, [part[0] for part in parts if len(part) == 1])


def _parts(ids: Sequence[str], near: Mapping[str, list[str]]) -> list[list[str]]:
    """The connected parts, the largest first; within one the nodes in the order in which they are reached."""
    seen: set[str] = set()
    parts = []
    for id in ids:
        if id not in seen:
            parts.append(list(_reached(id, near)))
            seen.update(parts[-1])
    return sorted(parts, key=lambda part: (-len(part), part[0]))


def _reached(start: str, near: Mapping[str, list[str]]) -> dict[str, int]:
    """How many steps each node is from the start."""
    steps, edge = {start: 0}, [start]
    while edge:
        edge = [b for a in edge for b in near.get(a, ()) if steps.setdefault(b, steps[a] + 1) > steps[a]]
        edge = list(dict.fromkeys(edge))
    return steps


def _wide(name: str) -> float:
    letters = sum(1.0 if letter > "\u2e80" else 0.55 for letter in name[:14])
    return min(max(letters * LETTER + 12, ROOM[0]), WIDEST)


def _drawn(part: Sequence[str], near: Mapping[str, list[str]], wide: Sequence[float]) -> Points:
    at = {id: i for i, id in enumerate(part)}
    ends = numpy.array([(at[a], at[b]) for a in part for b in near[a] if at[a] < at[b]])
    points = _first(part, near, at)
    rounds = next((rounds for size, rounds in ROUNDS.items() if len(part) <= size), 50)
    return _apart(_forced(points, ends, rounds), numpy.array(wide))


def _first(part: Sequence[str], near: Mapping[str, list[str]], at: Mapping[str, int]) -> Points:
    """A first guess from the steps to some pivots far from each other (pivot scaling; Brandes and Pich 2006)."""
    steps = numpy.full((len(part), min(PIVOTS, len(part))), 0.0)
    closest = numpy.full(len(part), numpy.inf)
    pivot = 0
    for column in range(steps.shape[1]):
        for id, far in _reached(part[pivot], near).items():
            steps[at[id], column] = far
        closest = numpy.minimum(closest, steps[:, column])
        pivot = int(closest.argmax())
    squares = steps**2
    centred = squares - squares.mean(0) - squares.mean(1, keepdims=True) + squares.mean()
    _, axes = numpy.linalg.eigh(centred.T @ centred)
    flat = centred @ axes[:, -2:][:, ::-1]
    flat *= numpy.where(flat[numpy.abs(flat).argmax(0), [0, 1]] < 0, -1.0, 1.0)
    spread = numpy.abs(flat).max() or 1.0
    turn = numpy.arange(len(part)) * 2.399963  # the golden angle parts those that fell onto one spot
    jitter = numpy.stack([numpy.cos(turn), numpy.sin(turn)], 1) * 0.02 * numpy.sqrt(len(part))
    placed: Points = (flat / spread * numpy.sqrt(len(part)) + jitter) * LENGTH * 0.7
    return placed


def _forced(points: Points, ends: NDArray[numpy.int64], rounds: int) -> Points:
    """Ties pull, all push (Fruchterman and Reingold 1991), by less and less."""
    points = points.copy()
    degree = numpy.bincount(ends.ravel(), minlength=len(points)).astype(float)
    mass = numpy.sqrt(1 + degree)
    for step in range(rounds):
        dx = points[:, 0, None] - points[None, :, 0]
        dy = (points[:, 1, None] - points[None, :, 1]) * 1.25  # labels are wide: more room to the sides
        squared = dx * dx + dy * dy + 25.0
        push = (LENGTH * LENGTH * 0.42) * mass[None, :] / squared
        push[squared > (LENGTH * 8) ** 2] *= 0.35
        move = numpy.stack([(dx * push).sum(1), (dy * push).sum(1)], 1)
        along = points[ends[:, 1]] - points[ends[:, 0]]
        pull = along * (numpy.sqrt((along * along).sum(1)) / LENGTH)[:, None]
        pull /= numpy.sqrt(numpy.minimum(degree[ends[:, 0]], degree[ends[:, 1]]))[:, None]
        numpy.add.at(move, ends[:, 0], pull)
        numpy.add.at(move, ends[:, 1], -pull)
        move -= (points - points.mean(0)) * 0.03 * len(points) ** 0.5
        heat = LENGTH * (1 - step / rounds) ** 1.5 + 1
        length = numpy.sqrt((move * move).sum(1)) + 1e-9
        points += move * (numpy.minimum(length, heat) / length)[:, None]
    centred: Points = points - points.mean(0)
    return centred


def _apart(points: Points, wide: NDArray[numpy.float64], rounds: int = 80) -> Points:
    """Move what stands on another's name out of the way, the shorter way."""
    points = points.copy()
    for _ in range(rounds):
        order = points[:, 0].argsort(kind="stable")
        x, y, half = points[order, 0], points[order, 1], wide[order] / 2
        moved = False
        push = numpy.zeros_like(points)
        for shift in range(1, min(len(points), 60)):
            dx, dy = x[shift:] - x[:-shift], y[shift:] - y[:-shift]
            if (dx >= WIDEST).all():
                break
            room = half[shift:] + half[:-shift]
            over, high = room - dx, ROOM[1] - numpy.abs(dy)
            hit = (over > 0) & (high > 0)
            if not hit.any():
                continue
            moved = True
            here, there = order[:-shift][hit], order[shift:][hit]
            aside = over[hit] * 0.26
            up = high[hit] * 0.26 * numpy.where(dy[hit] < 0, -1.0, 1.0)
            flat = over[hit] < high[hit]
            step = numpy.stack([numpy.where(flat, aside, 0), numpy.where(flat, 0, up)], 1)
            numpy.add.at(push, there, step)
            numpy.add.at(push, here, -step)
        if not moved:
            break
        points += push
    return points


def _packed(drawn: Sequence[tuple[list[str], Points]], alone: Sequence[str]) -> dict[str, tuple[int, int]]:
    """The parts in rows, about as wide as a screen, and the single nodes in a grid below."""
    sizes = [numpy.ptp(points, axis=0) + ROOM for _, points in drawn]
    area = sum(float(size[0] * size[1]) for size in sizes) + len(alone) * 2 * ROOM[0] * ROOM[1]
    width = max([float(size[0]) for size in sizes] + [(area * 1.7) ** 0.5])
    placed: dict[str, tuple[int, int]] = {}
    x = y = row = 0.0
    for (part, points), size in zip(drawn, sizes, strict=True):
        if x and x + size[0] > width:
            x, y, row = 0.0, y + row + LENGTH / 2, 0.0
        corner = points.min(0)
        for id, point in zip(part, points, strict=True):
            placed[id] = round(float(x + point[0] - corner[0])), round(float(y + point[1] - corner[1]))
        x, row = x + float(size[0]) + LENGTH / 2, max(row, float(size[1]))
    y += row + (LENGTH / 2 if drawn else 0)
    columns = max(1, int(width // (ROOM[0] * 2)))
    for i, id in enumerate(alone):
        placed[id] = round(i % columns * ROOM[0] * 2), round(y + i // columns * ROOM[1])
    return placed
