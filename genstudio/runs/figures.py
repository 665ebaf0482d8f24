"""Figures as programs, files and tables take them: plain values by metric."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from genstudio.evaluation.metric import MetricInfo, metric, metrics
from genstudio.runs.question import Answer, Array

Figures = Mapping[str, Mapping[str, Any]]
"""`value`, `stderr` (None where unknown), `n`, `unit`, `better`, and where known `ideal` and `note`, by key."""


@dataclass(frozen=True)
class Row:
    """One metric of several runs.

    Arguments:
        figures: one a run; None where it was not measured.
        ideal: what the truth itself would reach, None where it is not known.
        best: place of the best run; None where there is nothing to compare.
    """

    info: MetricInfo
    figures: tuple[Mapping[str, Any] | None, ...]
    ideal: float | None
    best: int | None


def plain_figures(answer: Answer) -> dict[str, dict[str, Any]]:
    """What the question `evaluation` answered, as `Figures`."""
    parts = zip(answer["key"].tolist(), answer["figure"], answer["note"].tolist(), strict=True)
    return {key: _plain(key, values, note) for key, values, note in parts}


def reasons(answer: Answer) -> dict[str, str]:
    """Why metrics could not be measured, a sentence each, by key."""
    return dict(zip(answer["unsuitable"].tolist(), answer["reason"].tolist(), strict=True))


def side_by_side(runs: Sequence[Figures], comparable: bool, also: Collection[str] = ()) -> tuple[Row, ...]:
    """The figures of several runs, a row each metric: those that were measured first, each in the order of the metrics.

    Arguments:
        also: metrics that have a row even where no run has a figure.
        comparable: whether the runs were measured on the same rows, so that one can be called the best.
    """
    measured = {key for figures in runs for key in figures}
    known = [kind.info for key, kind in metrics().items() if key in measured or key in also]
    known.sort(key=lambda info: info.key not in measured)
    return tuple(_row(info, [figures.get(info.key) for figures in runs], comparable) for info in known)


def figure_text(figure: Mapping[str, Any]) -> str:
    """A value with its standard error, both to the digits that the error leaves certain."""
    value, stderr = figure["value"], figure["stderr"]
    if value is None or not math.isfinite(value):
        return "–" if value is None or math.isnan(value) else "∞" if value > 0 else "−∞"
    if not stderr or not math.isfinite(stderr):
        return _minus(f"{value:.6g}")
    digits = max(0, 1 - math.floor(math.log10(stderr)))
    return _minus(f"{value:.{digits}f}") + f" ± {stderr:.{digits}f}"


def number_text(value: float | None) -> str:
    """A number without an error; a dash where there is none."""
    return "–" if value is None or math.isnan(value) else _minus(f"{value:.4g}")


def _plain(key: str, values: Array, note: str) -> dict[str, Any]:
    info = metric(key).info
    value, stderr, n, ideal = values.tolist()
    figure = {
        "value": value, "stderr": None if math.isnan(stderr) else stderr, "n": int(n), "unit": info.unit,
        "better": info.better,
    }
    return figure | ({} if math.isnan(ideal) else {"ideal": ideal}) | ({"note": note} if note else {})


def _row(info: MetricInfo, figures: Sequence[Mapping[str, Any] | None], comparable: bool) -> Row:
    ideals = [figure.get("ideal") for figure in figures if figure is not None]
    ideal = next((value for value in ideals if value is not None), None)
    return Row(info, tuple(figures), ideal, _best(info, figures) if comparable else None)


def _best(info: MetricInfo, figures: Sequence[Mapping[str, Any] | None]) -> int | None:
    sign = {"higher": 1.0, "lower": -1.0, "none": math.nan}[info.better]
    worth = {place: sign * figure["value"] for place, figure in enumerate(figures)
             if figure is not None and figure["value"] is not None and not math.isnan(sign * figure["value"])}
    return max(worth, key=lambda place: worth[place]) if len(worth) > 1 else None


def _minus(text: str) -> str:
    return text.replace("-", "−")
