"""Which pictures are looked at."""

from __future__ import annotations

import numpy as np
import pytest

from genstudio.data.picture_glance import CLASSES_AT_MOST, glance_at_random, glance_by_class
from genstudio.data.pictures import Pictures


def numbered(codes: list[int], classes: int) -> Pictures:
    """Pictures whose first pixels say which they are."""
    pixels = np.zeros((len(codes), 2, 3, 1), np.uint8)
    pixels[:, 0, 0, 0] = np.arange(len(codes))
    return Pictures("numbered", pixels, np.array(codes), tuple("abcdefghijklmnopqrst"[:classes]))


def test_a_draw_takes_the_given_rows_only_and_repeats() -> None:
    pictures, rows = numbered([0] * 200, 1), np.arange(100, 200)
    first, again = (glance_at_random(pictures, rows, 30, 3) for _ in range(2))
    assert len(set(first.rows.tolist())) == 30
    assert first.rows.min() >= 100
    assert np.array_equal(first.x[:, 0, 0, 0], first.rows)
    assert np.array_equal(first.rows, again.rows)
    assert not np.array_equal(first.rows, glance_at_random(pictures, rows, 30, 4).rows)
    assert first.sentence == "30 of 100 pictures"


@pytest.mark.parametrize(
    ("classes", "columns", "lines"), [(1, 10, 10), (2, 10, 5), (3, 11, 3), (10, 10, 1), (12, 8, 1)]
)
def test_each_class_has_a_block_of_rows(classes: int, columns: int, lines: int) -> None:
    pictures = numbered([row % classes for row in range(240)], classes)
    found = glance_by_class(pictures, np.arange(240), 100, 0)
    assert (found.columns, found.each) == (columns, columns * lines)
    assert found.names == pictures.levels
    assert pictures.codes is not None
    shown = found.rows >= 0
    blocks = np.repeat(np.arange(classes), found.each)
    assert np.array_equal(pictures.codes[found.rows[shown]], blocks[shown])


def test_places_of_a_small_class_stay_black() -> None:
    pictures = numbered([0] * 20 + [1] * 2, 2)
    found = glance_by_class(pictures, np.arange(22), 20, 0)
    assert (found.rows >= 0).tolist() == [True] * 10 + [True] * 2 + [False] * 8
    assert not found.x[12:].any()


def test_of_very_many_classes_some_are_shown() -> None:
    pictures = numbered([row % 20 for row in range(200)], 20)
    found = glance_by_class(pictures, np.arange(200), 100, 0)
    assert len(found.names) == CLASSES_AT_MOST
    assert "the first 12 of 20 classes" in found.sentence


def test_without_classes_they_are_drawn_from_all() -> None:
    pictures = numbered([-1] * 30, 2)
    assert glance_by_class(pictures, np.arange(30), 10, 0).names == ()
