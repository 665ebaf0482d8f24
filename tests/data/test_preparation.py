from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genstudio.data.preparation import Preparation, PreparationSettings, prepare
from genstudio.data.table import Column, ColumnType, Table
from genstudio.errors import DataError
from genstudio.settings import validate


def table(n: int = 10, **columns: Any) -> Table:
    made = [
        Column("x", ColumnType.NUMBER, np.arange(float(n))),
        Column("y", ColumnType.NUMBER, np.arange(float(n)) ** 2),
        Column("word", ColumnType.TEXT, np.arange(float(n)), tuple(map(str, range(n)))),
        Column("kind", ColumnType.CATEGORY, np.arange(float(n)) % 2, ("normal", "outlier")),
    ]
    changed = tuple(Column(c.name, c.type, columns.get(c.name, c.values), c.levels) for c in made)
    return Table("numbers", changed, "kind")


def settings(**values: Any) -> PreparationSettings:
    return validate(PreparationSettings, values, "the data")


def with_gaps() -> Table:
    x, y = np.arange(10.0), np.arange(10.0) ** 2
    x[2] = y[3] = x[4] = y[4] = np.nan
    return table(x=x, y=y)


@given(st.integers(3, 60), st.floats(0, 0.4), st.floats(0, 0.4), st.integers(0, 99))
def test_every_row_is_in_one_part(n: int, valid: float, test: float, seed: int) -> None:
    data = prepare(table(n), settings(valid=valid, test=test), seed)
    assert sorted(np.concatenate(data.rows).tolist()) == list(range(n))
    assert (len(data.valid), len(data.test)) == (round(n * valid), round(n * test))
    for part, rows in zip((data.train, data.valid, data.test), data.rows, strict=True):
        assert part[:, 0].tolist() == rows.tolist()


def test_the_split_follows_the_seed() -> None:
    splits = [prepare(table(), settings(), seed).rows[0].tolist() for seed in (1, 1, 2)]
    assert splits[0] == splits[1] != splits[2]


def test_without_shares_rows_train_in_file_order() -> None:
    data = prepare(table(), settings(valid=0, test=0), 7)
    assert data.train[:, 0].tolist() == list(range(10))


@pytest.mark.parametrize(
    ("missing", "kept", "filled"),
    [("drop", 7, None), ("mean", 9, np.mean([0, 1, 3, 5, 6, 7, 8, 9])), ("median", 9, 5.5)],
)
def test_rows_with_gaps(missing: str, kept: int, filled: float | None) -> None:
    data = prepare(with_gaps(), settings(missing=missing, valid=0, test=0), 0)
    assert len(data.train) == kept
    assert 4 not in data.rows[0]
    if filled is not None:
        assert data.train[2, 0] == pytest.approx(filled)


def test_fill_and_scale_come_from_training_rows_alone() -> None:
    data = prepare(with_gaps(), settings(missing="mean", scaling="standard"), 3)
    known = with_gaps().columns[0].values[data.rows[0]]
    assert data.preparation.fill[0] == pytest.approx(np.nanmean(known))
    np.testing.assert_allclose(data.train.mean(axis=0), 0, atol=1e-12)


def test_labels_mark_anomalies() -> None:
    data = prepare(table(), settings(normal_only=True), 0)
    assert data.labels is not None
    assert data.labels.anomalous == 1
    assert set(data.labels.train) | set(data.labels.valid) == {0}
    assert (data.labels.test == 1).sum() == 5
    other = prepare(table(), settings(anomalous="normal"), 0)
    assert other.labels is not None
    assert other.labels.anomalous == 0
    none = prepare(table(), settings(label=""), 0)
    assert none.labels is None


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"columns": ["x", "z"]}, "no column `z`"), ({"columns": ["word"]}, "holds text"),
        ({"columns": []}, "no numeric column"), ({"label": "z"}, "no column `z`"),
        ({"anomalous": "evil"}, "no value `evil`"), ({"valid": 0.5, "test": 0.5}, "leave none to learn from"),
    ],
)
def test_what_cannot_be_prepared_is_a_sentence(values: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        prepare(table(), settings(**values), 0)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_hardly_any_rows(n: int) -> None:
    if n == 0:
        with pytest.raises(DataError):
            prepare(table(0), settings(), 0)
    else:
        assert len(prepare(table(n), settings(scaling="standard"), 0).train) >= 1


def test_a_column_without_values() -> None:
    empty = table(x=np.full(10, np.nan))
    assert prepare(empty, settings(), 0).preparation.names == ("y",)
    with pytest.raises(DataError, match="no values at all"):
        prepare(empty, settings(columns=["x"]), 0)


class TestOtherTables:
    @pytest.fixture
    def preparation(self) -> Preparation:
        return prepare(table(), settings(columns=["y", "kind"], label=""), 0).preparation

    def test_columns_are_found_by_name_and_words_by_spelling(self, preparation: Preparation) -> None:
        other = Table("other", (
            Column("kind", ColumnType.CATEGORY, np.array([0.0, 1.0, 2.0, np.nan]), ("new", "outlier", "normal")),
            Column("y", ColumnType.NUMBER, np.array([1.0, 2.0, 3.0, 4.0])),
        ))
        x, rows = preparation.rows(other)
        assert rows.tolist() == [1, 2]
        assert x.tolist() == [[2.0, 1.0], [3.0, 0.0]]

    @pytest.mark.parametrize("name", ["y", "kind"])
    def test_words_for_numbers_and_numbers_for_words_are_refused(self, preparation: Preparation, name: str) -> None:
        columns = [Column("y", ColumnType.NUMBER, np.zeros(2)), table(2).column("kind")]
        wrong = Column("y", ColumnType.CATEGORY, np.zeros(2), ("a",)) if name == "y" else Column(
            "kind", ColumnType.NUMBER, np.zeros(2))
        other = Table("other", tuple(wrong if c.name == name else c for c in columns))
        with pytest.raises(DataError, match=f"`{name}` of other holds"):
            preparation.rows(other)

    def test_a_missing_column_is_named(self, preparation: Preparation) -> None:
        with pytest.raises(DataError, match="no column `y`"):
            preparation.rows(Table("other", (table().column("kind"),)))


@pytest.mark.parametrize("scaling", ["none", "standard", "minmax", "logit"])
def test_the_state_is_plain_and_whole(scaling: str) -> None:
    preparation = prepare(table(), settings(scaling=scaling), 0).preparation
    again = Preparation.from_state(json.loads(json.dumps(preparation.state())))
    x = np.array([[2.0, 4.0], [7.5, 50.0]])
    assert again.names == preparation.names
    assert np.array_equal(again.to_model(x), preparation.to_model(x))
    assert np.array_equal(again.log_det(x), preparation.log_det(x))
    assert np.array_equal(again.part([1]).to_data(again.part([1]).to_model(x[:, 1:])),
                          preparation.part([1]).to_data(preparation.part([1]).to_model(x[:, 1:])))
