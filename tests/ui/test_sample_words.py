"""What is said of samples and their nearest training items."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from genstudio.ui.sample_words import nearest_sentence, page_sentence

USUAL = np.array([0.1, 0.5, 0.9])


def found(distances: list[float], usual: Any = USUAL) -> dict[str, Any]:
    return {"distance": np.array(distances), "row": np.arange(len(distances)) + 41, "usual": usual}


@pytest.mark.parametrize(("distance", "begins"), [
    (0.0, "A copy of item 42"), (0.05, "A copy?"), (0.3, "No copy"), (0.7, "New"), (2.0, "Strange"),
    (np.nan, "This sample holds values that are no numbers"),
])
def test_a_sample_is_judged(distance: float, begins: str) -> None:
    said = nearest_sentence(found([distance]), 0)
    assert said.startswith(begins)
    if np.isfinite(distance):
        assert f"Distance {distance:.3g}, usual 0.1 to 0.9." in said


def test_where_there_is_one_training_item_only_the_distance_is_said() -> None:
    said = nearest_sentence(found([0.3], np.full(3, np.nan)), 0)
    assert said == "Item 42 is the nearest. Distance 0.3."
    assert page_sentence(found([0.3], np.full(3, np.nan))) == ""


@pytest.mark.parametrize(("distances", "begins"), [
    ([0.5] * 100, "None of 100 looks copied. Median distance 0.5"),
    ([0.0] * 3 + [0.5] * 97, "3 of 100 may be copied, 1 by"),
    ([0.05, 0.5], "1 of 2 may be copied. Median"), ([np.nan] * 4, "These samples hold no numbers"),
])
def test_a_page_is_judged(distances: list[float], begins: str) -> None:
    assert page_sentence(found(distances)).startswith(begins)
