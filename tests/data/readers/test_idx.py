"""IDX files: what MNIST is, what is refused, and that no bytes whatever make them raise anything but a sentence."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from genstudio.data.files import detect_settings, open_raw, open_table, reader_for
from genstudio.data.pictures import Pictures
from genstudio.data.readers import idx
from genstudio.data.readers.idx import read_idx
from genstudio.errors import Cancelled, DataError
from tests.data.outcomes import read_or_refused

CODES = {"u1": 8, "i1": 9, "i2": 11, "i4": 12, "f4": 13, "f8": 14}
PIXELS = (np.arange(3 * 5 * 4) * 4).astype(np.uint8).reshape(3, 5, 4)
LABELS = np.array([7, 1, 7], np.uint8)


def idx_bytes(array: np.ndarray) -> bytes:
    code = CODES[array.dtype.str[1:]]
    lengths = b"".join(struct.pack(">I", length) for length in array.shape)
    return bytes([0, 0, code, array.ndim]) + lengths + array.astype(array.dtype.newbyteorder(">")).tobytes()


def opened(path: Path, **chosen: object) -> Pictures:
    raw = open_raw(path, chosen)
    assert isinstance(raw, Pictures)
    return raw


def mnist(folder: Path, images: str, labels: str) -> Path:
    for name, array in ((images, PIXELS), (labels, LABELS)):
        content = idx_bytes(array)
        (folder / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return folder / images


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
        ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"),
        ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte"),
        ("train-images.idx3-ubyte", "train-labels.idx1-ubyte"),
        ("Größe-Images.idx", "Größe-labels.idx"),
    ],
)
def test_pictures_find_their_labels_by_name(tmp_path: Path, images: str, labels: str) -> None:
    path = mnist(tmp_path, images, labels)
    assert reader_for(path).info.key == "idx"
    assert detect_settings(path).model_dump() == {"labels": labels}
    found = opened(path)
    assert np.array_equal(found.pixels[..., 0], PIXELS)
    assert found.shape == (1, 5, 4)
    assert found.levels == ("1", "7")
    assert found.codes is not None
    assert found.codes.tolist() == [1, 0, 1]


def test_labels_can_be_left_out_or_named(tmp_path: Path) -> None:
    path = mnist(tmp_path, "a-images", "words")
    assert opened(path).codes is None
    assert opened(path, labels="words").levels == ("1", "7")
    for wrong, what in (("../words", "not beside"), ("a-images", "holds values of shape"), ("none", "no file")):
        with pytest.raises(DataError, match=what):
            open_raw(path, {"labels": wrong})


def test_a_labels_file_is_no_set_of_pictures(tmp_path: Path) -> None:
    mnist(tmp_path, "images", "labels")
    with pytest.raises(DataError, match="labels holds labels, not pictures"):
        open_raw(tmp_path / "labels")
    with pytest.raises(DataError, match="where a table is wanted"):
        open_table(tmp_path / "images")


def header(code: int, *lengths: int) -> bytes:
    return bytes([0, 0, code, len(lengths)]) + b"".join(struct.pack(">I", length) for length in lengths)


WHOLE = idx_bytes(PIXELS)
FAULTS = [
    ("cut.idx", WHOLE[:-1], "declares 3 × 5 × 4 values, 60 bytes, but is only 75 bytes long"),
    ("cut.idx.gz", gzip.compress(WHOLE)[:-12], "damaged or cut short"),
    ("short.idx.gz", gzip.compress(WHOLE[:-1]), "damaged or cut short"),
    ("flipped.idx.gz", gzip.compress(WHOLE)[:-6] + b"\0" * 6, "damaged or cut short"),
    ("more.idx", WHOLE + b"\0", "holds more bytes than"),
    ("more.idx.gz", gzip.compress(WHOLE + b"\0" * 99), "holds more bytes than"),
    ("head.idx", WHOLE[:6], "damaged or cut short"),
    ("magic.idx", b"\0\0\x07\x03" + WHOLE[4:], "magic number is 00000703"),
    ("axes.idx", header(8, 1, 1, 4, 4, 1), "magic number is 00000805"),
    ("flat.idx", idx_bytes(PIXELS[0]), "holds a table, not pictures"),
    ("four.idx", idx_bytes(np.zeros((2, 5, 6, 7), np.uint8)), "which are no pictures"),
    ("none.idx", header(8, 0, 28, 28), "declares no items"),
    ("huge.idx", header(8, 2**32 - 1, 2**16, 2**16), "the limit is 2 GiB"),
    ("bomb.idx.gz", gzip.compress(header(8, 1 << 30, 1, 1)), "declares 1,073,741,824 × 1 × 1 values"),
    ("nan.idx", idx_bytes(np.full((2, 5, 4), np.nan, np.float32)), "missing or infinite"),
]


@pytest.mark.parametrize(("name", "content", "what"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_a_faulty_file_is_refused_in_a_sentence(tmp_path: Path, name: str, content: bytes, what: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError, match=what) as caught:
        open_raw(path)
    assert path.name in caught.value.what
    assert caught.value.remedy.endswith(".")


def test_a_bomb_is_never_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bomb.idx.gz"
    path.write_bytes(gzip.compress(header(8, 1 << 20, 28, 1) + bytes(28 << 20)))
    monkeypatch.setattr(idx, "MOST_BYTES", 1 << 20)
    monkeypatch.setattr(idx.np, "empty", None)  # whoever makes room for it fails
    with pytest.raises(DataError, match="limit"):
        read_idx(path)


shapes = hnp.array_shapes(min_dims=1, max_dims=4, max_side=6)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), packed=st.booleans(), kind=st.sampled_from(sorted(CODES)))
def test_arrays_come_back_as_they_were(tmp_path: Path, data: st.DataObject, packed: bool, kind: str) -> None:
    array = data.draw(hnp.arrays(np.dtype(kind), shapes))
    path = tmp_path / "array.idx"
    path.write_bytes(gzip.compress(idx_bytes(array), 1) if packed else idx_bytes(array))
    assert np.array_equal(read_idx(path), array, equal_nan=kind[0] == "f")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=200), places=st.lists(st.tuples(st.integers(0, 75), st.integers(0, 255)), max_size=4),
    packed=st.booleans(), whole=st.booleans(),
)  # fmt: skip
def test_no_bytes_make_it_raise_anything_but_a_sentence(
    tmp_path: Path, content: bytes, places: list[tuple[int, int]], packed: bool, whole: bool
) -> None:
    spoiled = bytearray(WHOLE)
    for place, value in places:
        spoiled[place] = value
    chosen = bytes(spoiled) if whole else b"\0\0\x08\x03" + content
    path = tmp_path / "any.idx"
    path.write_bytes(gzip.compress(chosen, 1) if packed else chosen)
    read_or_refused(path)


def test_progress_grows_and_reading_can_be_cancelled(tmp_path: Path) -> None:
    path = mnist(tmp_path, "x-images.gz", "x-labels.gz")
    told: list[float] = []
    open_raw(path, watch=lambda fraction, doing: told.append(fraction))
    assert told
    assert all(0 <= fraction <= 1 for fraction in told)

    def cancel(fraction: float, doing: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        open_raw(path, watch=cancel)
