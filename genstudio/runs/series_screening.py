"""Scores over windows of time, made ready for choosing a threshold, and the stretches that it flags."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.applications.screening import Screening, screen
from genstudio.applications.windows import Intervals, gap_rows, window_scores
from genstudio.data.reader import Watch
from genstudio.data.table import Column, ColumnType
from genstudio.runs.export import Cells, free_name, original_cells, write_csv
from genstudio.runs.timeline import Timeline

Array = NDArray[Any]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class SeriesScreening:
    """Scores of rows in the order of time.

    Arguments:
        scores: minus the mean log-likelihood over a window, nats a row, shape (N,); NaN where nothing is known.
        screening: the same scores in every order that is needed.
    """

    line: Timeline
    scores: Floats
    screening: Screening


def screen_series(
    line: Timeline, step_log_prob: Floats, window: int, anomalous: int | None, watch: Watch
) -> SeriesScreening:
    """The scores of rows, of which a model may have told no more than some.

    Arguments:
        step_log_prob: nats, of the first rows of the data set: train, then valid, then test; shape (at most N,).
        window: rows.
        anomalous: the code of the label that marks anomalies, or None.
    """
    watch(0.0, "Averaging over windows")
    known = np.full(int(line.places.max(initial=-1)) + 1, np.nan)
    known[:len(step_log_prob)] = step_log_prob[:len(known)]
    steps = known[line.places]
    scores = window_scores(steps, line.lengths, window, gap_rows(line.x, steps) | np.isnan(steps))
    # What was not looked at has no score, though a window may reach into what was.
    scores[np.isnan(steps)] = np.nan
    labels = np.empty(0, np.int64) if line.labels is None else line.labels
    rows = np.arange(len(scores))
    return SeriesScreening(line, scores, screen(scores, rows, line.x, labels, anomalous, on_step=watch))


def write_intervals(path: Path, line: Timeline, intervals: Intervals) -> None:
    """Flagged stretches as CSV, as they are given: sequence, first and last time, rows, peak, its score, the mean.

    Raises:
        ArchiveError: the file cannot be written.
    """
    keys = [line.keys[place] for place in intervals.sequence.tolist()]
    columns: dict[str, Array | Cells] = {"sequence": keys}
    for name, rows in (("start", intervals.start), ("end", intervals.end - 1), ("peak", intervals.peak)):
        columns[name] = _moments(line, rows)
    columns["rows"] = intervals.rows
    columns["highest_score"] = intervals.highest
    columns[free_name("mean_score", columns)] = intervals.mean
    write_csv(path, columns)


def _moments(line: Timeline, rows: Ints) -> Array | Cells:
    times = line.clock.times[rows]
    return original_cells(Column(line.clock.name, ColumnType.DATE, times)) if line.clock.dated else times
