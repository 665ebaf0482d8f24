"""Pictures side by side."""

from __future__ import annotations

import numpy as np
import pytest

from genstudio.applications.mosaic import as_bytes, mosaic


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("count", "columns"), [(1, 1), (1, 5), (6, 3), (7, 3), (3, 1)])
@pytest.mark.parametrize("gap", [0, 1, 2])
def test_every_picture_stands_in_its_place(channels: int, count: int, columns: int, gap: int) -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (count, channels, 4, 5), np.uint8)
    found = mosaic(x, columns, gap, (1, 2, 3))
    across = min(columns, count)
    rows = -(-count // across)
    assert found.shape == (rows * (4 + gap) - gap, across * (5 + gap) - gap, 3)
    for index in range(count):
        row, column = divmod(index, across)
        top, left = row * (4 + gap), column * (5 + gap)
        cell = found[top:top + 4, left:left + 5]
        np.testing.assert_array_equal(cell, np.broadcast_to(x[index].transpose(1, 2, 0), (4, 5, 3)))
        found[top:top + 4, left:left + 5] = (1, 2, 3)
    assert (found == (1, 2, 3)).all()


@pytest.mark.filterwarnings("error")
def test_intensities_become_bytes_and_what_is_none_is_clipped() -> None:
    x = np.array([0.0, 1.0, 0.5, -3.0, 7.0, np.nan, np.inf, -np.inf, 254.4 / 255])
    assert as_bytes(x).tolist() == [0, 255, 128, 0, 255, 0, 255, 0, 254]


def test_no_pictures_make_an_empty_one() -> None:
    assert mosaic(np.zeros((0, 1, 28, 28)), 10).shape == (0, 0, 3)


@pytest.mark.parametrize(("shape", "columns"), [((3, 28, 28), 1), ((3, 2, 28, 28), 1), ((3, 1, 28, 28), 0)])
def test_what_is_no_picture_is_refused(shape: tuple[int, ...], columns: int) -> None:
    with pytest.raises(ValueError, match="no mosaic"):
        mosaic(np.zeros(shape), columns)
