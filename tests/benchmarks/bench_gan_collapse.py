"""When a collapse is called one: seeds of a game that collapses on purpose, and of the recommended one.

The first is to raise its alarm within a fifth of the run, the second is to raise none.
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from typing import Any

from genstudio.data.dataset import Dataset
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.source import source
from genstudio.models.registry import model
from genstudio.training.budget import Budget
from genstudio.training.events import Note, Progress
from tests.benchmarks.report import Report

TOYS: dict[str, dict[str, Any]] = {"ring": {"modes": 8, "radius": 1.0, "std": 0.01}, "grid": {}}
COLLAPSING = "Collapses (to be cured)"
SEEDS, FEW_SEEDS = range(10), range(2)
SHARE = 0.2
"""Share of the run within which the alarm must come."""


def run(report: Report) -> None:
    """Of each toy, in how many seeds the alarm came in time, when it came, and in how many it came for nothing."""
    preset = model("gan").info.presets[COLLAPSING]
    seeds = FEW_SEEDS if report.short else SEEDS
    for key in list(TOYS)[:1] if report.short else TOYS:
        raised = [alarm(key, seed, preset, SHARE) for seed in seeds]
        in_time = [share for share in raised if share is not None]
        report(f"{key}.collapsing.alarms_in_time", len(in_time), "seeds", reference=len(seeds))
        if in_time:
            report(f"{key}.collapsing.median_share_of_run", median(in_time), "share", reference=SHARE)
        length = SHARE if report.short else 1.0
        false = [alarm(key, seed, {}, length) for seed in seeds]
        report(f"{key}.recommended.alarms", sum(share is not None for share in false), "seeds", reference=0)


def alarm(key: str, seed: int, changes: Mapping[str, Any], length: float) -> float | None:
    """The share of the run after which the alarm came; None where it did not come within a share `length`."""
    data = drawn(key, seed)
    family = model("gan")
    game = family(family.Settings(**{**family.recommended(data), **changes}))
    step, total = 0, 0
    for event in game.fit(data, game.live_settings(), seed, Budget(threads=1)):
        if isinstance(event, Progress):
            step, total = event.step, event.total or 0
            if total and step > length * total:
                return None
        elif isinstance(event, Note) and event.level == "alarm":
            return step / total
    return None


def drawn(key: str, seed: int) -> Dataset:
    """Rows of a toy, as many as the window draws."""
    kind = source(key)
    return prepare(kind().load(kind.Settings(**TOYS[key]), seed), PreparationSettings(), seed)
