from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from genstudio.applications.windows import flagged_intervals, window_scores
from genstudio.data.dataset import Dataset
from genstudio.data.preparation import prepare
from genstudio.data.preparation_settings import PreparationSettings
from genstudio.data.reader import unwatched
from genstudio.data.sequences import Sequences, sequences
from genstudio.data.table import Column, ColumnType, Table
from genstudio.runs.series_screening import screen_series, write_intervals
from genstudio.runs.timeline import timeline

SETTINGS = PreparationSettings(valid=0.2, test=0.2)
N = 60


@pytest.fixture(scope="module")
def raw() -> Sequences:
    """Two sequences, each cut in time; rows of the second are labelled anomalous, and one is a gap."""
    x = np.random.default_rng(0).normal(size=N)
    x[5] = np.nan
    label = np.repeat([0.0, 1.0], N // 2)
    columns = (Column("x", ColumnType.NUMBER, x), Column("label", ColumnType.CATEGORY, label, ("normal", "anomaly")))
    times = np.tile(np.arange(N // 2), 2) * 86_400.0
    table = Table("pair", columns, "label")
    return sequences(table, np.array([N // 2, N // 2]), ["a", "b"], times, "day", dated=True)


@pytest.fixture(scope="module")
def data(raw: Sequences) -> Dataset:
    return prepare(raw, SETTINGS, 0)


def steps(data: Dataset) -> np.ndarray:
    """What a round model says of the rows: train, then valid, then test."""
    return np.nan_to_num(-(data.everything[:, 0] ** 2))


def test_scores_stand_in_the_order_of_time(raw: Sequences, data: Dataset) -> None:
    line = timeline(data, raw, SETTINGS)
    np.testing.assert_array_equal(line.x[:, 0], raw.columns[0].values)
    found = screen_series(line, steps(data), 5, 1, unwatched)
    x = raw.columns[0].values
    gaps = np.isnan(x)
    expected = window_scores(np.nan_to_num(-(x**2)), np.array([30, 30]), 5, gaps)
    expected[gaps] = found.scores[gaps]
    np.testing.assert_allclose(found.scores, expected)
    assert found.screening.marks is not None
    np.testing.assert_array_equal(found.screening.marks, np.repeat([0, 1], 30))
    assert found.screening.detection is not None


def test_rows_that_were_not_looked_at_have_no_score(raw: Sequences, data: Dataset) -> None:
    line = timeline(data, raw, SETTINGS)
    found = screen_series(line, steps(data)[:10], 5, None, unwatched)
    np.testing.assert_array_equal(np.isnan(found.scores), line.places >= 10)
    assert found.screening.distribution.total == 10


def test_stretches_are_written_with_their_sequence_and_dates(raw: Sequences, data: Dataset, tmp_path: Path) -> None:
    line = timeline(data, raw, SETTINGS)
    scores = np.zeros(N)
    scores[[3, 4, 40]] = [2.0, 5.0, np.inf]
    write_intervals(tmp_path / "out.csv", line, flagged_intervals(scores, line.lengths, 1.0))
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == [
        {"sequence": "a", "start": "1970-01-04", "end": "1970-01-05", "peak": "1970-01-05", "rows": "2",
         "highest_score": "5.0", "mean_score": "3.5"},
        {"sequence": "b", "start": "1970-01-11", "end": "1970-01-11", "peak": "1970-01-11", "rows": "1",
         "highest_score": "inf", "mean_score": "inf"},
    ]
