"""Pictures in NPY and NPZ: which arrays they are, what their values mean, and that tables stay tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from genstudio.data.files import offered_names, open_raw
from genstudio.data.pictures import Pictures, Raw
from genstudio.data.readers import _pixels
from genstudio.data.table import Table
from genstudio.errors import Cancelled, DataError
from tests.data.outcomes import read_or_refused

GREY = (np.arange(6 * 5 * 4) * 2).astype(np.uint8).reshape(6, 5, 4)
COLOUR = np.stack([GREY, 255 - GREY, GREY // 2], axis=-1)
Y = np.array([3, 1, 3, 1, 1, 3])
TABLE = np.arange(12.0).reshape(6, 2)


def saved(folder: Path, array: np.ndarray) -> Path:
    path = folder / "array.npy"
    np.save(path, array)
    return path


def opened(folder: Path, array: np.ndarray, **chosen: Any) -> Pictures:
    raw = open_raw(saved(folder, array), chosen)
    assert isinstance(raw, Pictures)
    return raw


def packed(folder: Path, chosen: dict[str, Any] | None = None, **arrays: np.ndarray) -> Raw:
    path = folder / "arrays.npz"
    np.savez(path, **arrays)
    return open_raw(path, chosen or {})


@pytest.mark.parametrize(
    ("array", "shape"),
    [
        (GREY, (1, 5, 4)), (GREY[..., None], (1, 5, 4)), (GREY[:, None], (1, 5, 4)), (COLOUR, (3, 5, 4)),
        (COLOUR.transpose(0, 3, 1, 2), (3, 5, 4)), (np.asfortranarray(COLOUR), (3, 5, 4)),
    ],
)  # fmt: skip
def test_channels_may_come_last_or_first_or_not_at_all(
    tmp_path: Path, array: np.ndarray, shape: tuple[int, int, int]
) -> None:
    found = opened(tmp_path, array)
    assert found.shape == shape
    assert found.pixels.dtype == np.uint8
    assert np.array_equal(found.pixels[..., 0], GREY)
    assert found.codes is None
    assert not found.notes


BYTES = np.array([0, 51, 255], np.uint8).repeat(16).reshape(3, 4, 4)
MEANINGS = [
    (BYTES, 0), (BYTES / 255, 0), ((BYTES / 255).astype(">f4"), 0), (BYTES.astype(np.float64), 0),
    (BYTES.astype(np.int64), 0), (BYTES / 255 * 2 - 1, 1), (BYTES.astype(np.uint16) * 257, 1),
    (BYTES / 255 * 1e6 - 300, 1), (BYTES / 255 * 1e200, 1),
]  # fmt: skip


@pytest.mark.parametrize(("array", "notes"), MEANINGS, ids=[f"{m[0].dtype}-{i}" for i, m in enumerate(MEANINGS)])
def test_values_of_any_type_become_bytes(tmp_path: Path, array: np.ndarray, notes: int) -> None:
    found = opened(tmp_path, array)
    assert np.array_equal(found.pixels[..., 0], BYTES)
    assert len(found.notes) == notes


@pytest.mark.parametrize("value", [1e6, -3.0, 1e300, 70_000])
def test_one_value_everywhere_is_black(tmp_path: Path, value: float) -> None:
    found = opened(tmp_path, np.full((2, 4, 4), value))
    assert not found.pixels.any()
    assert found.notes


def test_the_widest_range_is_stretched(tmp_path: Path) -> None:
    array = np.zeros((2, 4, 4))
    array[0, 0, :2] = [-1.7e308, 1.7e308]
    assert opened(tmp_path, array).pixels[0, 0, :3, 0].tolist() == [0, 255, 128]


@pytest.mark.parametrize("kind", [bool, np.uint8, np.int32, np.float32])
def test_zeros_and_ones_are_black_and_white(tmp_path: Path, kind: type) -> None:
    array = (np.arange(2 * 16) % 2).reshape(2, 4, 4).astype(kind)
    assert np.array_equal(opened(tmp_path, array).pixels[..., 0], array.astype(np.uint8) * 255)
    assert not opened(tmp_path, np.zeros((2, 4, 4), kind)).pixels.any()


@pytest.mark.parametrize(
    ("array", "what"),
    [
        (np.full((2, 4, 4), np.nan), "missing or infinite"), (np.full((2, 4, 4), np.inf), "missing or infinite"),
        (np.zeros((2, 4, 4), complex), "no pixels"), (np.full((2, 4, 4), "a"), "no pixels"),
        (np.zeros((2, 3, 3)), "shape"), (np.zeros((2, 4, 4, 2)), "shape"), (np.zeros((2, 4, 4, 1, 1)), "shape"),
        (np.zeros((0, 4, 4)), "shape"),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused(tmp_path: Path, array: np.ndarray, what: str) -> None:
    with pytest.raises(DataError, match=what) as caught:
        open_raw(saved(tmp_path, array))
    assert "array.npy" in caught.value.what
    assert caught.value.remedy


def test_a_person_can_say_what_an_array_is(tmp_path: Path) -> None:
    flat = GREY[:, :4].reshape(6, 16)
    assert isinstance(open_raw(saved(tmp_path, flat)), Table)
    assert np.array_equal(opened(tmp_path, flat, holds="pictures").pixels[..., 0], GREY[:, :4])
    assert opened(tmp_path, np.zeros((2, 48), np.uint8), holds="pictures").shape == (3, 4, 4)
    assert opened(tmp_path, np.zeros((2, 2, 2), np.uint8), holds="pictures").shape == (1, 2, 2)
    with pytest.raises(DataError, match="15 numbers, which make no square"):
        opened(tmp_path, flat[:, :15], holds="pictures")
    with pytest.raises(DataError, match="a table has one dimension or two"):
        open_raw(saved(tmp_path, GREY), {"holds": "table"})


def test_the_names_of_keras_are_understood(tmp_path: Path) -> None:
    arrays = {"x_train": GREY, "y_train": Y, "x_test": GREY[:2], "y_test": Y[:2] + 1}
    both = packed(tmp_path, **arrays)
    assert isinstance(both, Pictures)
    assert offered_names(tmp_path / "arrays.npz") == {"array": ("x", "x_train", "x_test")}
    assert np.array_equal(both.pixels[..., 0], np.concatenate([GREY, GREY[:2]]))
    assert both.levels == ("1", "2", "3", "4")
    assert both.codes is not None
    assert [both.levels[code] for code in both.codes] == ["3", "1", "3", "1", "1", "3", "4", "2"]
    assert "6 of `x_train` and 2 of `x_test`" in both.notes[0]
    test = packed(tmp_path, {"array": "x_test"}, **arrays)
    assert isinstance(test, Pictures)
    assert (len(test), test.levels) == (2, ("2", "4"))


def test_pairs_are_offered_and_their_words_found(tmp_path: Path) -> None:
    words = np.array(["none", "cat", "", "dog"])
    arrays = {"A": COLOUR, "B": 255 - COLOUR, "category": Y, "category_names": words, "short_name": words[Y]}
    first = packed(tmp_path, **arrays)
    assert isinstance(first, Pictures)
    assert offered_names(tmp_path / "arrays.npz") == {"array": ("A", "B")}
    assert first.levels == ("cat", "dog")
    assert "`B`" in first.notes[0]
    second = packed(tmp_path, {"array": "B"}, **arrays)
    assert isinstance(second, Pictures)
    assert np.array_equal(second.pixels, 255 - first.pixels)


LABELS = [
    (Y, ("1", "3"), [1, 0, 1, 0, 0, 1]), (Y[:, None], ("1", "3"), [1, 0, 1, 0, 0, 1]),
    (Y.astype(np.float32), ("1", "3"), [1, 0, 1, 0, 0, 1]), (Y - 2, ("1",), [0, -1, 0, -1, -1, 0]),
    (np.array(["b", "a", "", "a", "b", "b"]), ("a", "b"), [1, 0, -1, 0, 1, 1]),
    (np.array([b"b", b"a", b"a", b"a", b"b", b"b"]), ("a", "b"), [1, 0, 0, 0, 1, 1]),
    (Y > 2, ("0", "1"), [1, 0, 1, 0, 0, 1]), (Y + 0.5, (), None), (Y * 0 - 1, (), None),
]  # fmt: skip


@pytest.mark.parametrize(("values", "levels", "codes"), LABELS)
def test_classes_of_any_type(
    tmp_path: Path, values: np.ndarray, levels: tuple[str, ...], codes: list[int] | None
) -> None:
    found = packed(tmp_path, images=GREY, label=values)
    assert isinstance(found, Pictures)
    assert found.levels == levels
    assert (None if found.codes is None else found.codes.tolist()) == codes
    assert bool(found.notes) == (codes is None)


@pytest.mark.parametrize(
    ("arrays", "pictures"),
    [
        ({"x": TABLE, "extra": GREY.astype(float)}, False),
        ({"data": TABLE, "images": GREY}, True),
        ({"features": TABLE, "frames": GREY}, True),
        ({"a": TABLE[:, 0], "frames": GREY.astype(float)}, True),
        ({"x": TABLE, "y": Y}, False),
    ],
)
def test_content_decides_between_a_table_and_pictures(
    tmp_path: Path, arrays: dict[str, np.ndarray], pictures: bool
) -> None:
    found = packed(tmp_path, **arrays)
    assert isinstance(found, Pictures) == pictures
    several = len([a for a in arrays.values() if a.ndim > 1]) > 1
    assert any("also holds" in note for note in found.notes) == several
    if several:
        assert isinstance(packed(tmp_path, {"holds": "table"}, **arrays), Table)
        name = next(name for name, array in arrays.items() if array.ndim == 3)
        assert isinstance(packed(tmp_path, {"holds": "pictures", "array": name}, **arrays), Pictures)


def test_too_many_pictures_are_refused_with_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_pixels, "MOST_BYTES", 100)
    with pytest.raises(DataError, match=r"GiB of memory; the limit"):
        open_raw(saved(tmp_path, GREY))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_bytes_come_back_as_they_were_and_floats_within_half_a_level(tmp_path: Path, data: st.DataObject) -> None:
    shape = data.draw(st.tuples(st.integers(1, 4), st.integers(4, 7), st.integers(4, 7), st.sampled_from([1, 3])))
    array = data.draw(hnp.arrays(np.uint8, shape))
    array.flat[0] = 2  # else it might be zeros and ones
    assert np.array_equal(opened(tmp_path, array).pixels, array)
    assert np.array_equal(opened(tmp_path, (array / 255).astype(np.float32)).pixels, array)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), holds=st.sampled_from(["auto", "table", "pictures", "sequences"]))
def test_no_array_makes_it_raise_anything_but_a_sentence(tmp_path: Path, data: st.DataObject, holds: str) -> None:
    dtype = data.draw(st.one_of(hnp.scalar_dtypes(), hnp.unicode_string_dtypes(max_len=4)))
    array = data.draw(hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=5)))
    read_or_refused(saved(tmp_path, array), holds=holds)


def test_converting_can_be_cancelled(tmp_path: Path) -> None:
    path = saved(tmp_path, GREY.astype(float))
    told: list[str] = []

    def watch(fraction: float, doing: str) -> None:
        told.append(doing)
        if doing.startswith("Converting"):
            raise Cancelled

    with pytest.raises(Cancelled):
        open_raw(path, watch=watch)
    assert told[0].startswith("Reading")
