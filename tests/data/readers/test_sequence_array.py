"""NPZ with lengths: rows one after another or filled up, with classes, times, names and a split beside them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from genstudio.data.files import detect_settings, offered_names, open_raw
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.sequences import Sequences, bounds
from genstudio.data.table import ColumnType
from genstudio.errors import DataError
from tests.data.outcomes import read_or_refused

quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def saved(folder: Path, **arrays: np.ndarray) -> Path:
    path = folder / "sequences.npz"
    np.savez(path, **arrays)
    return path


def opened(folder: Path, chosen: dict[str, Any] | None = None, **arrays: np.ndarray) -> Sequences:
    found = open_raw(saved(folder, **arrays), chosen)
    assert isinstance(found, Sequences)
    return found


def values(found: Sequences) -> np.ndarray:
    return np.column_stack([column.values for column in found.columns])


@quick
@given(
    lengths=st.lists(st.integers(0, 6), min_size=1, max_size=8).filter(lambda some: sum(some) >= len(some)),
    dtype=st.sampled_from([np.float32, np.float64, np.int16, np.uint8, np.dtype(">i4")]),
    columns=st.integers(1, 3), word=st.sampled_from(["length", "lengths", "x_lengths", "seq_lens"]),
)
def test_both_ways_of_storing_give_the_same_sequences(
    tmp_path: Path, lengths: list[int], dtype: Any, columns: int, word: str
) -> None:
    counts = np.array(lengths)
    rows = np.random.default_rng(0).integers(0, 100, (counts.sum(), columns)).astype(dtype)
    padded = np.full((len(counts), counts.max() + 1, columns), 77).astype(dtype)
    for place, (a, b) in enumerate(pairwise(bounds(counts))):
        padded[place, : b - a] = rows[a:b]
    chosen = {"array": "x", "holds": "sequences"}
    for points in (rows, padded):
        found = opened(tmp_path, chosen, x=points, **{word: counts.astype(np.int16)})
        np.testing.assert_array_equal(values(found), rows.astype(float))
        assert found.lengths.tolist() == [count for count in lengths if count]
        assert bool(found.notes) == (0 in lengths)


X = np.arange(20.0).reshape(10, 2)
LENGTHS = np.array([2, 5, 3])
PADDED = np.arange(3 * 6 * 2.0).reshape(3, 6, 2)


def test_classes_flags_keys_and_names_of_the_sequences_are_taken_up(tmp_path: Path) -> None:
    found = opened(
        tmp_path, X=PADDED, length=LENGTHS, y=np.array([7, 3, 7]), train=np.array([1, 0, 1]),
        keys=np.array(["a", "b", "a"]), columns=np.array(["left", "right"]),
    )
    assert found.names == ("left", "right", "y", "train")
    assert (found.label, found.split, found.keys) == ("y", "train", ("a", "b", "a (2)"))
    assert found.column("y").levels == ("3", "7")
    assert found.column("y").values.tolist() == [1, 1, 0, 0, 0, 0, 0, 1, 1, 1]
    assert found.column("train").type is ColumnType.FLAG
    data = prepare(found, PreparationSettings(valid=0), 0)
    assert data.lengths is not None
    assert [lengths.tolist() for lengths in data.lengths] == [[2, 3], [], [5]]
    assert not found.notes


@pytest.mark.parametrize(
    ("points", "times"),
    [
        (X, np.arange(10.0)), (X, np.array([0, 1, 0, 1, 2, 3, 4, -9, -8, -7])), (PADDED, np.arange(6)),
        (PADDED, np.tile(np.arange(6), (3, 1))),
    ],
)
def test_times_of_the_rows_are_taken_up(tmp_path: Path, points: np.ndarray, times: np.ndarray) -> None:
    found = opened(tmp_path, x=points, lengths=LENGTHS, time=times)
    assert found.time_name == "time"
    assert found.times is not None
    edges = bounds(found.lengths)
    assert all((np.diff(found.times[a:b]) > 0).all() for a, b in pairwise(edges))
    if times.ndim == 1 and len(times) == 6:
        assert found.times.tolist() == [0, 1, 0, 1, 2, 3, 4, 0, 1, 2]


def test_dates_are_times(tmp_path: Path) -> None:
    found = opened(tmp_path, x=X, lengths=LENGTHS, time=np.arange("2024-01-01", "2024-01-11", dtype="M8[D]"))
    assert found.dated
    assert found.times is not None
    assert found.times[1] - found.times[0] == 86_400


@pytest.mark.parametrize(
    ("arrays", "lengths", "times"),
    [
        ({"ecg": X[:, 0], "rate": np.array(4)}, [10], np.arange(10) / 4),
        ({"x": X, "fs": np.array(0.5)}, [10], np.arange(10) * 2.0),
        ({"x": X, "lengths": LENGTHS, "rate": np.array(2)}, [2, 5, 3], [0, 0.5, 0, 0.5, 1, 1.5, 2, 0, 0.5, 1]),
    ],
)
def test_a_rate_tells_the_times(
    tmp_path: Path, arrays: dict[str, np.ndarray], lengths: list[int], times: np.ndarray
) -> None:
    found = opened(tmp_path, **arrays)
    assert (found.lengths.tolist(), found.time_name) == (lengths, "time in s")
    assert found.names[0] in ("ecg", "x1")
    np.testing.assert_allclose(found.times, times)


def test_times_that_do_not_rise_are_passed_over(tmp_path: Path) -> None:
    assert opened(tmp_path, x=X, lengths=LENGTHS, time=np.zeros(10)).times is None


def test_states_of_the_rows_are_the_label(tmp_path: Path) -> None:
    found = opened(tmp_path, x=X, lengths=LENGTHS, states=np.arange(10) % 2)
    assert found.label == "states"
    assert found.column("states").values.tolist() == [0, 1] * 5


def test_symbols_are_words_or_numbers(tmp_path: Path) -> None:
    found = opened(tmp_path, x=np.array(list("abcabcabca")), lengths=LENGTHS)
    assert found.columns[0].type is ColumnType.CATEGORY
    assert found.columns[0].levels == ("a", "b", "c")


def test_without_lengths_sequences_end_where_nothing_follows(tmp_path: Path) -> None:
    points = PADDED.copy()
    points[0, 4:] = np.nan
    points[1] = np.nan
    points[2, 2] = np.nan
    found = opened(tmp_path, {"holds": "sequences"}, x=points)
    assert found.lengths.tolist() == [4, 6]
    assert np.isnan(values(found)[6]).all()
    np.save(tmp_path / "alone.npy", points)
    alone = open_raw(tmp_path / "alone.npy", {"holds": "sequences"})
    assert isinstance(alone, Sequences)
    np.testing.assert_array_equal(values(alone), values(found))


@pytest.mark.parametrize("points", [X, X[:, 0]])
def test_rows_without_lengths_are_one_sequence(tmp_path: Path, points: np.ndarray) -> None:
    assert opened(tmp_path, {"holds": "sequences"}, x=points).lengths.tolist() == [10]


def test_what_is_offered_and_what_is_left_out(tmp_path: Path) -> None:
    path = saved(tmp_path, a=X, a_lengths=LENGTHS, b=PADDED[:2], b_lengths=LENGTHS[:2], other=np.arange(4.0))
    assert offered_names(path)["array"][:2] == ("a", "b")
    assert detect_settings(path).model_dump() == {"array": "a", "holds": "auto"}
    first, second = open_raw(path), open_raw(path, {"array": "b"})
    assert (len(first), len(second)) == (10, 7)
    assert any("`b`" in note for note in first.notes)
    assert any("`other`" in note for note in first.notes)
    table = open_raw(path, {"array": "a", "holds": "table"})
    assert not isinstance(table, Sequences)


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ({"x": X, "lengths": np.array([2, 5])}, "add up to 7, but there are 10 rows"),
        ({"x": X, "lengths": np.array([2, -1, 9])}, "negative"),
        ({"x": PADDED, "lengths": np.array([2, 7, 3])}, "Sequence 2 .* 7 rows, but there is room for 6"),
        ({"x": PADDED, "lengths": np.zeros(3, int)}, "has no rows"),
        ({"x": X, "lengths": np.array([2**40, 1, 1])}, "beyond all bounds"),
        ({"x": X, "rate": np.array(0)}, "no number above 0"), ({"x": X, "rate": np.array("a")}, "no number above 0"),
        ({"x": PADDED.astype(complex)[..., None], "lengths": LENGTHS}, "no array of sequences"),
    ],
)
def test_lengths_that_do_not_fit_are_refused_in_words(
    tmp_path: Path, arrays: dict[str, np.ndarray], sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        opened(tmp_path, {"array": "x", "holds": "sequences"}, **arrays)


anything = hnp.arrays(
    st.one_of(hnp.floating_dtypes(), hnp.integer_dtypes(), hnp.boolean_dtypes(), hnp.unicode_string_dtypes(max_len=3)),
    hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5),
)
names = st.sampled_from(["x", "lengths", "length", "y", "train", "time", "keys", "columns", "rate", "z"])


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(arrays=st.dictionaries(names, anything, min_size=1, max_size=6), holds=st.sampled_from(["auto", "sequences"]))
def test_no_arrays_make_it_raise_anything_but_a_sentence(
    tmp_path: Path, arrays: dict[str, np.ndarray], holds: str
) -> None:
    read_or_refused(saved(tmp_path, **arrays), holds=holds)


@quick
@given(data=st.binary(min_size=1, max_size=40), place=st.floats(0, 1))
def test_damaged_bytes_make_it_raise_nothing_but_a_sentence(tmp_path: Path, data: bytes, place: float) -> None:
    path = saved(tmp_path, x=PADDED, length=LENGTHS, y=np.array([1, 2, 1]), train=np.array([True, False, True]))
    whole = path.read_bytes()
    at = int(place * len(whole))
    path.write_bytes(whole[:at] + data + whole[at + len(data):])
    read_or_refused(path)
