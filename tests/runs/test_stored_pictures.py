"""Pictures inside a file: they come back as they were, packed, and what is made to mislead is refused."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genstudio.data.pictures import Pictures
from genstudio.errors import ArchiveError
from genstudio.runs import container, stored_pictures, stored_raw, strict_json, tensors

CODES = np.array([0, 1, -1, 1])
PIXELS = np.random.default_rng(0).integers(0, 256, (4, 5, 6, 3), np.uint8)
PICTURES = Pictures("größe & <b>", PIXELS, CODES, ("=cat", "dog"), ("One was left out.",))
DESCRIBED, ARRAYS = stored_pictures.names("tables/0")


@pytest.mark.parametrize("pictures", [PICTURES, Pictures("plain", PIXELS[..., :1])])
def test_pictures_come_back_as_they_were(pictures: Pictures, tmp_path: Path) -> None:
    path = tmp_path / "file.genstudio"
    container.write(path, stored_raw.to_members(pictures, "tables/0"), 1)
    found = stored_raw.from_members(container.read(path, 1).members, "tables/0")
    assert isinstance(found, Pictures)
    assert (found.name, found.levels, found.notes) == (pictures.name, pictures.levels, pictures.notes)
    assert np.array_equal(found.pixels, pictures.pixels)
    assert found.pixels.flags.writeable
    if pictures.codes is None:
        assert found.codes is None
    else:
        assert found.codes is not None
        assert np.array_equal(found.codes, pictures.codes)


def sizes(path: Path, pixels: np.ndarray) -> tuple[int, int]:
    container.write(path, stored_pictures.to_members(Pictures("p", pixels), "tables/0"), 1)
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(ARRAYS)
    return info.compress_size, info.file_size


def test_pixels_are_packed_where_that_helps(tmp_path: Path) -> None:
    path = tmp_path / "file.genstudio"
    packed, size = sizes(path, np.random.default_rng(0).integers(0, 4, (5000, 20, 20, 1), np.uint8))
    assert packed < size / 2
    # A file that packs as bombs do must still be one that is read.
    blank = np.zeros((5000, 20, 20, 1), np.uint8)
    packed, size = sizes(path, blank)
    assert size <= packed * container.MOST_RATIO
    assert np.array_equal(stored_pictures.from_members(container.read(path, 1).members, "tables/0").pixels, blank)


def test_pictures_of_a_certain_size_are_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    assert stored_raw.fits(PICTURES)
    monkeypatch.setattr(stored_pictures, "LARGEST_BYTES", PIXELS.nbytes - 1)
    assert not stored_raw.fits(PICTURES)


def without(name: str) -> Callable[[dict[str, bytes]], None]:
    return lambda members: members.__delitem__(name)


def described(**changes: Any) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        members[DESCRIBED] = strict_json.encode({**strict_json.parse(members[DESCRIBED], ""), **changes})

    return change


def arrays(**changes: Any) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        kept = {"pixels": PIXELS, "codes": CODES, **changes}
        members[ARRAYS] = tensors.encode({name: array for name, array in kept.items() if array is not None})

    return change


@pytest.mark.parametrize(
    "spoil",
    [
        without(DESCRIBED), without(ARRAYS), described(name=3), described(levels=["cat", 1]), described(levels=None),
        described(notes=[{}]), described(levels=["cat"]), arrays(pixels=None), arrays(pixels=PIXELS[0]),
        arrays(pixels=PIXELS[..., :2]), arrays(pixels=PIXELS.astype(np.float32)), arrays(pixels=PIXELS[:0]),
        arrays(codes=CODES[:3]), arrays(codes=CODES.astype(np.float64)), arrays(codes=CODES - 1),
        arrays(codes=CODES + 1),
        lambda members: members.update({ARRAYS: members[ARRAYS][:-1]}),
    ],
)  # fmt: skip
def test_members_that_do_not_belong_together_are_refused(spoil: Callable[[dict[str, bytes]], None]) -> None:
    members = stored_pictures.to_members(PICTURES, "tables/0")
    spoil(members)
    with pytest.raises(ArchiveError):
        stored_raw.from_members(members, "tables/0")
