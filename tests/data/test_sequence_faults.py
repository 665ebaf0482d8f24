"""Data that would break a program: as sequences they are prepared, or refused in a sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.sequences import Sequences, as_sequences, sequences
from genstudio.data.table import Column, ColumnType, Table
from genstudio.errors import DataError

N = 12
RISING = np.arange(float(N))
NOISE = np.random.default_rng(0).normal(size=N)
NOTHING = np.full(N, np.nan)


def number(name: str, values: np.ndarray) -> Column:
    return Column(name, ColumnType.NUMBER, values)


def words(name: str, codes: np.ndarray, *levels: str) -> Column:
    return Column(name, ColumnType.CATEGORY, codes, levels)


def table(*columns: Column, label: str | None = None) -> Table:
    return Table("data", columns, label)


WHO = words("who", RISING // 4, "👩‍🔬 a", "שלום", "x" * (1 << 20))

SOUND = {
    "an empty column beside another": (table(number("a", NOISE), number("b", NOTHING)), {}),
    "a constant column": (table(number("a", np.full(N, 7.0))), {}),
    "scales far apart": (table(number("a", 1e200 * NOISE), number("b", 1e-200 * NOISE)), {}),
    "numbers of 1e300 of both signs": (table(number("a", np.where(RISING % 2, 1e300, -1e300))), {}),
    "keys of any letters and any length": (table(WHO, number("a", NOISE)), {"sequence": "who"}),
    "a class of one sequence": (
        table(number("i", RISING // 4), number("a", NOISE), words("y", (RISING > 7) * 1.0, "p", "q"), label="y"),
        {"sequence": "i"},
    ),
    "one class": (table(number("a", NOISE), words("y", 0 * RISING, "only"), label="y"), {}),
    "a label that is missing everywhere": (table(number("a", NOISE), words("y", NOTHING, "p"), label="y"), {}),
    "times that are all the same": (table(number("t", 0 * RISING), number("a", NOISE)), {"time": "t"}),
    "times of 1e300": (table(number("t", 1e300 * RISING), number("a", NOISE)), {"time": "t"}),
    "flags and dates": (
        table(Column("f", ColumnType.FLAG, RISING % 2), Column("d", ColumnType.DATE, 1e9 * RISING)), {}
    ),
    "every row a sequence": (table(number("i", RISING), number("a", NOISE)), {"sequence": "i"}),
    "every second row a gap": (table(number("a", np.where(RISING % 2, np.nan, NOISE))), {}),
}
REFUSED = {
    "only an empty column": (table(number("a", NOTHING)), {}, "no numeric column"),
    "an empty column that is wished for": (
        table(number("a", NOISE), number("b", NOTHING)), {"columns": ("b",)}, "no values at all"
    ),
    "free text": (table(Column("w", ColumnType.TEXT, RISING, tuple(map(str, range(N))))), {"columns": ("w",)}, "text"),
    "words as times": (table(WHO, number("a", NOISE)), {"time": "who"}, "holds words, not times"),
    "rows without a sequence": (
        table(number("i", np.where(RISING == 3, np.nan, RISING // 4)), number("a", NOISE)), {"sequence": "i"},
        r"1 row without a sequence \(first: row 4\)",
    ),
    "an unknown column": (table(number("when", RISING), number("a", NOISE)), {"time": "wen"}, "did you mean `when`"),
    "an unknown class": (
        table(number("a", NOISE), words("y", 0 * RISING, "only"), label="y"), {"classes": ("other",)},
        "no value `other`",
    ),
    "no normal row": (
        table(number("a", NOISE), words("y", 0 * RISING, "anomaly", "normal"), label="y"), {"normal_only": True},
        "labelled normal",
    ),
}


@pytest.mark.parametrize(("data", "chosen"), SOUND.values(), ids=SOUND)
@pytest.mark.parametrize("scaling", ["none", "standard", "minmax"])
def test_what_can_be_prepared_is(data: Table, chosen: dict[str, Any], scaling: Any) -> None:
    settings = PreparationSettings(kind="sequences", scaling=scaling, **chosen)
    found = prepare(data, settings, 0)
    assert found.lengths is not None
    assert sum(int(lengths.sum()) for lengths in found.lengths) == len(data)
    assert len(found.train)
    assert not np.isinf(found.everything).any()
    rows = np.concatenate(found.rows)
    assert sorted(rows.tolist()) == list(range(N))
    x = np.column_stack([data.column(name).values for name in found.preparation.names])[rows]
    with np.errstate(over="ignore"):
        np.testing.assert_allclose(found.preparation.to_data(found.everything), x, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("data", "chosen", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_prepared_is_refused_in_words(data: Table, chosen: dict[str, Any], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        prepare(data, PreparationSettings(kind="sequences", **chosen), 0)


@pytest.mark.parametrize("lengths", [[1], [1, 1], [2, 1]])
def test_the_shortest_sequences_there_are(lengths: list[int]) -> None:
    n = sum(lengths)
    short = sequences(Table("short", (number("a", NOISE[:n]),)), np.array(lengths))
    found = prepare(short, PreparationSettings(), 0)
    assert len(found.train) == n


def test_nothing_at_all_is_refused() -> None:
    empty = sequences(Table("empty", (number("a", NOISE[:0]),)), np.zeros(0, np.int64))
    with pytest.raises(DataError):
        prepare(empty, PreparationSettings(), 0)
    with pytest.raises(DataError):
        prepare(Table("empty", (number("a", NOISE[:0]),)), PreparationSettings(kind="sequences"), 0)


def test_a_million_letters_in_a_key_stay_whole() -> None:
    found, _ = as_sequences(table(WHO, number("a", NOISE)), PreparationSettings(sequence="who"))
    assert isinstance(found, Sequences)
    assert found.keys == WHO.levels
