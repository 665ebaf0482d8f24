from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageSequence

from genstudio.errors import ArchiveError, DataError
from genstudio.runs.animation import MOST_FRAMES, WANTED_PIXELS, write_gif, write_strip


def ramp(count: int, channels: int = 1) -> np.ndarray:
    """Pictures from black to white."""
    return np.ones((count, channels, 8, 6), np.float32) * np.linspace(0, 1, count)[:, None, None, None]


@pytest.mark.parametrize("channels", [1, 3])
def test_a_gif_loops_through_all_pictures_enlarged(tmp_path: Path, channels: int) -> None:
    write_gif(tmp_path / "walk.gif", ramp(5, channels), 10.0)
    with Image.open(tmp_path / "walk.gif") as found:
        assert found.info["loop"] == 0
        assert found.info["duration"] == 100
        factor = WANTED_PIXELS // 6
        assert found.size == (6 * factor, 8 * factor)
        levels = [np.asarray(frame.convert("L")).mean() for frame in ImageSequence.Iterator(found)]
    np.testing.assert_allclose(levels, np.linspace(0, 255, 5), atol=2)


def test_a_way_that_is_not_closed_turns_back(tmp_path: Path) -> None:
    write_gif(tmp_path / "walk.gif", ramp(4), 10.0, turn_back=True)
    with Image.open(tmp_path / "walk.gif") as found:
        levels = [np.asarray(frame.convert("L")).mean() for frame in ImageSequence.Iterator(found)]
    np.testing.assert_allclose(levels, np.array([0, 1, 2, 3, 2, 1]) * 85, atol=2)


def test_no_gif_is_faster_than_is_shown(tmp_path: Path) -> None:
    write_gif(tmp_path / "fast.gif", ramp(2), 1000.0)
    with Image.open(tmp_path / "fast.gif") as found:
        assert found.info["duration"] == 20


def test_a_strip_is_one_row(tmp_path: Path) -> None:
    write_strip(tmp_path / "strip.png", ramp(3, 3))
    with Image.open(tmp_path / "strip.png") as found:
        factor = WANTED_PIXELS // 6
        assert found.size == ((3 * 6 + 2) * factor, 8 * factor)
        assert found.mode == "RGB"


@pytest.mark.parametrize("count", [0, MOST_FRAMES + 1])
def test_too_few_and_too_many_pictures_are_refused(tmp_path: Path, count: int) -> None:
    with pytest.raises(DataError, match="cannot be made"):
        write_gif(tmp_path / "walk.gif", np.zeros((count, 1, 1, 1)), 10.0)
    if not count:
        with pytest.raises(DataError, match="no pictures"):
            write_strip(tmp_path / "strip.png", np.zeros((0, 1, 1, 1)))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments", [(write_gif, 10.0), (write_strip,)])
def test_what_cannot_be_written_leaves_nothing(tmp_path: Path, arguments: tuple[Any, ...]) -> None:
    write, *more = arguments
    with pytest.raises(ArchiveError, match="nowhere"):
        write(tmp_path / "nowhere" / "walk.gif", ramp(2), *more)
    assert not list(tmp_path.iterdir())
