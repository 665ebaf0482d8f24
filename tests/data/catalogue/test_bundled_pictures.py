"""The pictures that come with the program, and the notices of everything that does."""

from __future__ import annotations

import numpy as np
import pytest

from genstudio.data.pictures import Pictures
from genstudio.data.source import source
from genstudio.resources import resource

MOST_BYTES = 5 << 20


def loaded(key: str, **chosen: str) -> Pictures:
    plug = source(key)
    found = plug().load(plug.Settings(**chosen), 0)
    assert isinstance(found, Pictures)
    return found


@pytest.mark.parametrize(
    ("key", "shape", "counts"),
    [
        ("digits", (1, 28, 28), [500] * 10), ("fashion", (1, 28, 28), [250] * 10),
        ("emoji", (3, 32, 32), [159, 131, 169]),
        ("sklearn_digits", (1, 8, 8), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]),
    ],
)  # fmt: skip
def test_sizes_and_counts(key: str, shape: tuple[int, int, int], counts: list[int]) -> None:
    found = loaded(key)
    assert found.shape == shape
    assert found.codes is not None
    assert np.bincount(found.codes).tolist() == counts


@pytest.mark.parametrize("key", ["digits", "sklearn_digits"])
def test_digits_are_light_on_dark_and_named_rightly(key: str) -> None:
    found = loaded(key)
    assert found.codes is not None
    height, width = found.shape[1:]
    middle = found.pixels[:, height // 2 - 1 : height // 2 + 1, width // 2 - 1 : width // 2 + 1].mean(axis=(1, 2, 3))
    # A one is lit in its middle, a zero is a ring around it.
    zero, one = (middle[found.codes == found.levels.index(digit)].mean() for digit in "01")
    assert one > 4 * zero
    assert found.pixels[:, 0, 0].mean() < 10


def test_both_styles_show_the_same_emoji() -> None:
    noto, twemoji = loaded("emoji", style="A"), loaded("emoji", style="B")
    assert np.array_equal(noto.codes, twemoji.codes)
    assert not np.array_equal(noto.pixels, twemoji.pixels)
    near, far = (
        np.abs(noto.pixels.astype(int) - np.roll(twemoji.pixels, shift, axis=0)).mean() for shift in (0, 100)
    )
    assert near < 0.7 * far


def test_bundled_data_are_small_and_each_file_has_its_notice() -> None:
    files = [path for path in resource("data").iterdir() if path.suffix != ".txt"]
    assert sum(path.stat().st_size for path in files) <= MOST_BYTES
    for path in files:
        notice = path.with_suffix(".txt").read_text(encoding="utf-8")
        assert len(notice) > 100
