from __future__ import annotations

import numpy as np
import pytest

from genstudio.data import picture_summary
from genstudio.data.picture_summary import UNKNOWN, summarise_pictures
from genstudio.data.pictures import Pictures
from genstudio.errors import Cancelled

LEVELS = ("cat", "dog", "emu")
CODES = np.array([0, 1, 0, -1, 1, 0, 0])


def pictures(codes: np.ndarray | None = CODES, channels: int = 3) -> Pictures:
    pixels = np.random.default_rng(0).integers(0, 256, (len(CODES), 4, 5, channels), np.uint8)
    return Pictures("zoo", pixels, codes, LEVELS if codes is not None else ())


@pytest.mark.parametrize("piece_bytes", [1, 150, 1 << 22])
@pytest.mark.parametrize("channels", [1, 3])
def test_counts_and_means_are_those_of_the_pictures(
    channels: int, piece_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_summary, "_PIECE_BYTES", piece_bytes)
    raw = pictures(channels=channels)
    found = summarise_pictures(raw)
    assert (found.count, found.shape, found.colour) == (7, (channels, 4, 5), channels == 3)
    assert [(c.code, c.level, c.count) for c in found.classes] == [
        (0, "cat", 4), (1, "dog", 2), (2, "emu", 0), (UNKNOWN, "", 1)
    ]  # fmt: skip
    intensities = raw.pixels.transpose(0, 3, 1, 2) / 255
    assert np.allclose(found.mean, intensities.mean(axis=0))
    for summary in found.classes:
        of_class = intensities[summary.code == CODES]
        assert summary.mean.dtype == np.float32
        assert np.allclose(summary.mean, of_class.mean(axis=0) if len(of_class) else 0)


def test_without_classes_all_pictures_are_of_none() -> None:
    found = summarise_pictures(pictures(None))
    assert [(c.code, c.count) for c in found.classes] == [(UNKNOWN, 7)]


def test_looking_can_be_cancelled() -> None:
    def cancel(fraction: float, doing: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        summarise_pictures(pictures(), cancel)
