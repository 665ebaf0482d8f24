from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from genstudio.data.preparation import PreparationSettings
from genstudio.data.table import Column, ColumnType, Table, points_table
from genstudio.errors import DataError
from genstudio.evaluation import items
from tests.evaluation.gaussian import Gaussian, prepared

RANDOM = np.random.default_rng(5)
X = RANDOM.normal(size=(100, 2))
TABLE = points_table("points", X, RANDOM.integers(0, 2, 100), levels=("ok", "fraud"), label_name="kind")
SETTINGS = PreparationSettings()


@pytest.mark.parametrize(
    ("shares", "part", "n"),
    [({}, "test", 20), ({"test": 0}, "valid", 10), ({"test": 0, "valid": 0}, "train", 100)],
)
@pytest.mark.parametrize("scaling", ["none", "standard", "logit"])
def test_what_was_held_out_longest_is_evaluated(shares: dict[str, float], part: str, n: int, scaling: str) -> None:
    judged = items.from_dataset(prepared(TABLE, scaling=scaling, **shares))
    assert (judged.part, len(judged.x)) == (part, n)
    np.testing.assert_allclose(judged.x, X[judged.rows], atol=1e-12)
    np.testing.assert_array_equal(judged.labels, TABLE.column("kind").values[judged.rows])
    assert judged.anomalous == 1


def test_a_part_can_be_chosen_and_must_have_rows() -> None:
    data = prepared(TABLE, valid=0)
    assert items.from_dataset(data, "train").part == "train"
    with pytest.raises(DataError, match="points has no valid rows"):
        items.from_dataset(data, "valid")


def test_another_table_brings_its_own_rows_and_labels() -> None:
    data = prepared(TABLE)
    # The words stand in another order here, and a row has a gap.
    other = points_table("other", np.array([[0.0, 1.0], [np.nan, 2.0], [3.0, 4.0]]), np.array([0, 0, 1]),
                         levels=("fraud", "ok"), label_name="kind")
    judged = items.from_raw(other, data.preparation, SETTINGS)
    assert judged.part == "other"
    assert judged.x.tolist() == [[0, 1], [3, 4]]
    assert judged.rows.tolist() == [0, 2]
    assert judged.labels is not None
    assert (judged.labels == judged.anomalous).tolist() == [True, False]
    assert judged.train is None


@pytest.mark.parametrize(
    ("table", "settings", "labels", "anomalous"),
    [
        (points_table("bare", X), SETTINGS, None, None),
        (points_table("bare", X), PreparationSettings(label="kind"), None, None),
        (TABLE, PreparationSettings(label=""), None, None),
        (TABLE, PreparationSettings(anomalous="ok"), {0, 1}, 0),
        (TABLE, PreparationSettings(anomalous="theft"), {0, 1}, 2),
        (points_table("species", X, np.arange(100) % 3), SETTINGS, {0, 1, 2}, None),
    ],
)
def test_labels_are_read_by_the_recipes_words(
    table: Table, settings: PreparationSettings, labels: set[int] | None, anomalous: int | None
) -> None:
    judged = items.from_raw(table, prepared(TABLE).preparation, settings)
    assert (None if judged.labels is None else set(judged.labels.tolist())) == labels
    assert judged.anomalous == anomalous


def test_numbers_and_flags_are_labels_too() -> None:
    for kind, values in ((ColumnType.NUMBER, [0.0, 1.0, np.nan]), (ColumnType.FLAG, [0.0, 1.0, np.nan])):
        label = Column("kind", kind, np.array(values))
        table = Table("numbers", (*points_table("", X[:3]).columns, label))
        judged = items.from_raw(table, prepared(TABLE).preparation, PreparationSettings(label="kind"))
        assert judged.labels is not None
        assert (judged.labels.tolist(), judged.anomalous) == ([0, 1, -1], 1)


def test_a_table_without_usable_rows_is_a_sentence() -> None:
    table = points_table("gaps", np.array([[np.nan, 1.0], [2.0, np.inf]]))
    with pytest.raises(DataError, match="No row of gaps can be evaluated: each lacks a value in x, y"):
        items.from_raw(table, prepared(TABLE).preparation, SETTINGS)


def test_a_table_that_lacks_a_column_is_a_sentence() -> None:
    with pytest.raises(DataError, match="has no column `y`"):
        items.from_raw(points_table("thin", X[:, :1]), prepared(TABLE).preparation, SETTINGS)


def test_the_truth_is_kept_only_where_it_is_of_the_same_columns() -> None:
    truth = Gaussian(np.zeros(2), np.eye(2))
    table = dataclasses.replace(TABLE, truth=truth)
    assert items.from_raw(table, prepared(table).preparation, SETTINGS).truth is truth
    assert items.from_raw(table, prepared(table, columns=("x",)).preparation, SETTINGS).truth is None
    assert items.from_dataset(prepared(table)).truth is truth
