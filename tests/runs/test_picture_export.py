"""Pictures on the disk, read back by other readers."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from genstudio.applications.mosaic import mosaic
from genstudio.errors import ArchiveError, Cancelled, DataError
from genstudio.runs.picture_export import write_pictures


def pictures(channels: int = 1, count: int = 7) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, channels, 5, 4), np.uint8)


def opened(content: bytes | Path) -> np.ndarray:
    with Image.open(io.BytesIO(content) if isinstance(content, bytes) else content) as image:
        return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize("channels", [1, 3])
def test_a_mosaic_is_enlarged_by_a_whole_factor(tmp_path: Path, channels: int) -> None:
    x = pictures(channels)
    write_pictures(tmp_path / "all.png", x, columns=3)
    expected = mosaic(x, 3)
    factor = 1200 // max(expected.shape)
    np.testing.assert_array_equal(opened(tmp_path / "all.png")[::factor, ::factor], expected)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", ["many.zip", "many"])
def test_single_pictures_read_back_exactly(tmp_path: Path, channels: int, name: str) -> None:
    x = pictures(channels)
    write_pictures(tmp_path / name, x)
    if name.endswith(".zip"):
        with zipfile.ZipFile(tmp_path / name) as archive:
            found = {member: opened(archive.read(member)) for member in archive.namelist()}
    else:
        found = {path.name: opened(path) for path in (tmp_path / name).iterdir()}
    assert sorted(found) == [f"{i:04}.png" for i in range(1, 8)]
    for index in range(7):
        expected = np.broadcast_to(x[index].transpose(1, 2, 0), (5, 4, 3))
        np.testing.assert_array_equal(found[f"{index + 1:04}.png"], expected)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_arrays_keep_what_else_is_known(tmp_path: Path) -> None:
    x = pictures() / 255
    write_pictures(tmp_path / "all.npz", x, {"x": x, "row": np.arange(7)})
    with np.load(tmp_path / "all.npz", allow_pickle=False) as found:
        np.testing.assert_array_equal(found["x"], x)
        assert found["row"].tolist() == list(range(7))


@pytest.mark.parametrize(("name", "error"), [("a.gif", DataError), ("full", ArchiveError), ("none/a.png", ArchiveError),
                                             ("none/b", ArchiveError), ("none/c.zip", ArchiveError)])
def test_what_cannot_be_written_is_said_and_leaves_nothing(tmp_path: Path, name: str, error: type[Exception]) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(error):
        write_pictures(tmp_path / name, pictures())
    assert [path.name for path in tmp_path.rglob("*")] == ["full", "mine.txt"]


def test_no_pictures_are_no_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no pictures"):
        write_pictures(tmp_path / "a.png", pictures()[:0])


@pytest.mark.parametrize("name", ["many.zip", "many"])
def test_a_cancelled_export_leaves_nothing(tmp_path: Path, name: str) -> None:
    def watch(fraction: float, doing: str) -> None:
        if fraction > 0:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_pictures(tmp_path / name, pictures(count=200), watch=watch)
    assert not list(tmp_path.iterdir())
