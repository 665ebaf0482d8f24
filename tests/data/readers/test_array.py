"""NPY and NPZ: every type that has a meaning as a column, and the choice among several arrays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from genstudio.data.files import detect_settings, offered_names, open_table
from genstudio.data.table import ColumnType, Table
from genstudio.errors import DataError

NUMBER, FLAG, CATEGORY, DATE, TEXT = ColumnType


def opened(folder: Path, array: np.ndarray) -> Table:
    path = folder / "array.npy"
    np.save(path, array)
    return open_table(path)


def packed(folder: Path, chosen: str = "", **arrays: np.ndarray) -> Table:
    path = folder / "arrays.npz"
    np.savez(path, **arrays)
    return open_table(path, {"array": chosen})


shapes = hnp.array_shapes(min_dims=1, max_dims=2, max_side=7)
finite = {"allow_nan": True, "allow_infinity": False}
real = st.one_of(
    hnp.floating_dtypes(endianness="?", sizes=(16, 32, 64)), hnp.integer_dtypes(endianness="?"),
    hnp.unsigned_integer_dtypes(endianness="?"),
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), fortran=st.booleans())
def test_arrays_of_numbers_come_back_as_they_were(tmp_path: Path, data: st.DataObject, fortran: bool) -> None:
    dtype = data.draw(real)
    elements = finite if dtype.kind == "f" else {}
    array = data.draw(hnp.arrays(dtype, shapes, elements=hnp.from_dtype(dtype, **elements)))
    table = opened(tmp_path, np.asfortranarray(array) if fortran else array)
    expected = array.reshape(len(array), -1).astype(np.float64)
    assert np.array_equal(np.column_stack([column.values for column in table.columns]), expected, equal_nan=True)
    assert all(column.values.dtype == np.float64 for column in table.columns)
    assert table.names == (("x",) if array.ndim == 1 else tuple(f"x{i + 1}" for i in range(array.shape[1])))


TYPES = [
    (np.array([True, False, True]), FLAG, [1, 0, 1]),
    (np.array(["1970-01-02", "NaT"], "M8[D]"), DATE, [86400, np.nan]),
    (np.array([1500, 2500], "M8[ms]"), DATE, [1.5, 2.5]),
    (np.array([90, -30], "m8[m]"), NUMBER, [5400, -1800]),
    (np.array(["b", "a", "b", "a"]), CATEGORY, [1, 0, 1, 0]),
    (np.array([b"b", b"a", b"b", b"a"]), CATEGORY, [1, 0, 1, 0]),
    (np.array(["yes", "no", "NA"]), FLAG, [1, 0, np.nan]),
    (np.array(["1.5", "2"], ">U4"), NUMBER, [1.5, 2]),
    (np.array([1, np.inf, -np.inf]), NUMBER, [1, np.nan, np.nan]),
    (np.array([2**64 - 1, 1], np.uint64), NUMBER, [2.0**64, 1]),
    (np.array([1e300, 2], np.longdouble), NUMBER, [1e300, 2]),
]


@pytest.mark.parametrize(("array", "kind", "values"), TYPES, ids=[str(case[0].dtype) for case in TYPES])
def test_types_of_values_become_types_of_columns(
    tmp_path: Path, array: np.ndarray, kind: ColumnType, values: list[float]
) -> None:
    (column,) = opened(tmp_path, array).columns
    assert column.type is kind
    assert np.array_equal(column.values, values, equal_nan=True)


def test_fields_and_complex_numbers_become_columns_of_their_own(tmp_path: Path) -> None:
    array = np.array([(1.5, "a", 1 + 2j, (3, 4)), (2.5, "b", -1j, (5, 6))], "f8,U1,>c8,(2,)i2")
    table = opened(tmp_path, array)
    assert table.names == ("f0", "f1", "f2 real", "f2 imaginary", "f31", "f32")
    assert table.column("f2 imaginary").values.tolist() == [2, -1]
    assert table.column("f32").values.tolist() == [4, 6]


def test_notes_tell_of_infinite_values_and_of_large_integers(tmp_path: Path) -> None:
    array = np.array([[2**60 + 1, np.inf], [1, 2]], np.float64)
    assert len(opened(tmp_path, array).notes) == 2


X = np.arange(12.0).reshape(6, 2)
Y = np.array([3, 1, 3, 1, 1, 3])


@pytest.mark.parametrize(
    ("arrays", "names", "label", "left_out"),
    [
        ({"x": X}, ("x1", "x2"), None, 0),
        ({"anything": X[:, 0]}, ("x",), None, 0),
        ({"X": X, "y": Y}, ("x1", "x2", "y"), "y", 0),
        ({"X": X, "y": Y[:, None]}, ("x1", "x2", "y"), "y", 0),
        ({"x_train": X, "y_train": Y, "x_test": X[:2], "y_test": Y[:2]}, ("x1", "x2", "y_train"), "y_train", 2),
        ({"data": X, "target": Y, "weights": X}, ("x1", "x2", "target"), "target", 1),
        ({"points": X, "labels": Y[:3]}, ("x1", "x2"), None, 1),
        ({"a": X[:, 0], "b": X[:, 1]}, ("a", "b"), None, 0),
        ({"a": X[:, 0], "b": X[:, 1], "y": Y}, ("a", "b", "y"), "y", 0),
        ({"table": X, "mean": X[0]}, ("x1", "x2"), None, 1),
    ],
)
def test_the_arrays_of_an_archive_are_understood(
    tmp_path: Path, arrays: dict[str, np.ndarray], names: tuple[str, ...], label: str | None, left_out: int
) -> None:
    table = packed(tmp_path, **arrays)
    assert table.names == names
    assert table.label == label
    assert bool(table.notes) == (left_out > 0)
    assert np.array_equal(table.columns[0].values, X[:, 0])
    if label:
        column = table.column(label)
        assert column.type is CATEGORY
        assert [column.levels[int(code)] for code in column.values] == ["3", "1", "3", "1", "1", "3"]


def test_one_array_of_several_can_be_chosen(tmp_path: Path) -> None:
    arrays = {"first": X, "second": X[:4] + 1}
    assert np.array_equal(packed(tmp_path, "second", **arrays).columns[0].values, X[:4, 0] + 1)
    with pytest.raises(DataError, match=r"no array `secnd` \(did you mean `second`"):
        packed(tmp_path, "secnd", **arrays)


PAIRS = {"glass_X": X, "glass_y": Y, "wine_X": X[:4] + 1, "wine_y": Y[:4, None]}


def test_unrelated_pairs_are_offered_and_the_first_is_read(tmp_path: Path) -> None:
    table = packed(tmp_path, **PAIRS, seed=np.array([7]))
    path = tmp_path / "arrays.npz"
    assert offered_names(path) == {"array": ("glass", "wine")}
    assert detect_settings(path).model_dump() == {"array": "glass", "holds": "auto"}
    for found in (table, open_table(path)):
        assert found.names == ("x1", "x2", "glass_y")
        assert found.label == "glass_y"
        assert np.array_equal(found.columns[0].values, X[:, 0])
    also, left = table.notes
    assert "also holds `wine`; choose" in also
    assert "`seed`" in left


def test_a_pair_is_chosen_by_its_name_or_by_its_points(tmp_path: Path) -> None:
    for name in ("wine", "wine_X"):
        table = packed(tmp_path, name, **PAIRS)
        assert (table.names, table.label) == (("x1", "x2", "wine_y"), "wine_y")
        assert np.array_equal(table.columns[0].values, X[:4, 0] + 1)
        assert "also holds `glass`;" in table.notes[0]


def test_an_unknown_name_is_answered_with_the_nearest_set(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no array `glas` \(did you mean `glass`\?\)"):
        packed(tmp_path, "glas", **PAIRS)


@pytest.mark.parametrize(
    ("arrays", "names"),
    [
        ({"a": X, "b": X[:2]}, ("a", "b")),
        ({"b": X[:2], "data": X}, ("data", "b")),
        ({"empty": X[:0], "a": X, "b": X}, ("a", "b")),
        # A name that an array has itself is not given to a pair.
        ({"a": X, "a_X": X, "a_y": Y}, ("a", "a_X")),
        # Coordinates are no points with labels.
        ({"p_x": X, "p_y": X}, ("p_x", "p_y")),
        ({"x": X, "y": Y}, None),
        ({"a": X[:, 0], "b": X[:, 0]}, None),
    ],
)
def test_names_of_tables(tmp_path: Path, arrays: dict[str, np.ndarray], names: tuple[str, ...] | None) -> None:
    packed(tmp_path, **arrays)
    assert offered_names(tmp_path / "arrays.npz") == ({"array": names} if names else {})


def test_arrays_of_which_none_is_a_table_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none of which is a table: a \(6,\), b \(4, 2, 1\)"):
        packed(tmp_path, a=X[:, 0], b=X[:4, :, None])


def test_an_array_of_objects_does_not_spoil_its_neighbours(tmp_path: Path) -> None:
    table = packed(tmp_path, x=X, extra=np.array([{}, None]))
    assert table.names == ("x1", "x2")
    assert any("`extra`" in note for note in table.notes)


def test_measured_classes_stay_numbers(tmp_path: Path) -> None:
    table = packed(tmp_path, X=X, y=X[:, 0] + 0.5)
    assert table.column("y").type is NUMBER
