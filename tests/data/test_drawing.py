"""The tools of the canvas, and the source that gives the drawn points back."""

from __future__ import annotations

import numpy as np
import pytest

from genstudio.data import drawing as drawing_module
from genstudio.data.drawing import along, drawing_of, empty_drawing, spray
from genstudio.data.source import source
from genstudio.errors import DataError, SettingsError
from genstudio.runs.recipe import DataRecipe, Recipe, parse_recipe, to_toml
from genstudio.settings import validate


def test_points_are_rounded_and_kept_inside() -> None:
    drawn = empty_drawing().put(np.array([[0.123456, -1.0], [4.1, 0.0]]), 3)
    assert drawn.rows() == [[0.1235, -1.0, 3]]


def test_erasing_takes_what_lies_within_the_radius() -> None:
    drawn = empty_drawing().put(np.array([[0.0, 0.0], [1.0, 0.0]]), 0)
    assert drawn.erase((0.0, 0.1), 0.5).rows() == [[1.0, 0.0, 0]]
    assert drawn.erase((3.0, 3.0), 0.5) is drawn


def test_a_full_drawing_takes_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing_module, "MOST_POINTS", 5)
    drawn = empty_drawing().put(np.zeros((9, 2)), 0)
    assert len(drawn) == 5
    assert drawn.full


def test_spray_repeats_with_its_seed() -> None:
    first, second = (spray((1.0, 2.0), 0.5, 400, np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert np.mean(np.hypot(*(first - (1.0, 2.0)).T) < 0.5) == pytest.approx(1 - np.exp(-2), abs=0.06)


def test_places_along_a_stroke_are_a_spacing_apart() -> None:
    np.testing.assert_allclose(along((0, 0), (1, 0), 0.3), [[0.3, 0], [0.6, 0], [0.9, 0]])
    assert along((0, 0), (0.1, 0), 0.3).shape == (0, 2)
    assert along((2, 2), (2, 2), 0.3).shape == (0, 2)


def test_drawn_data_live_in_the_recipe() -> None:
    drawn = empty_drawing().put(np.array([[1.0, 2.0], [-0.5, 0.25]]), 0).put(np.array([[3.0, 3.0]]), 2)
    recipe = Recipe(data=DataRecipe(source="drawing", options={"points": drawn.rows()}))
    again = parse_recipe(to_toml(recipe))
    kind = source("drawing")
    table = kind().load(validate(kind.Settings, again.data.options, "the drawing"), seed=0)
    assert table.names == ("x", "y", "class")
    assert table.column("x").values.tolist() == [1.0, -0.5, 3.0]
    assert table.column("class").levels == ("A", "B", "C")
    assert drawing_of(again.data.options["points"]).rows() == drawn.rows()


def test_an_empty_drawing_says_what_to_do() -> None:
    kind = source("drawing")
    with pytest.raises(DataError, match=r"Draw some points"):
        kind().load(kind.Settings(), seed=0)


@pytest.mark.parametrize("points", [[[5.0, 0.0, 0]], [[0.0, 0.0, 8]], [[0.0, 0.0]], [[0.0, 0.0, 0]] * 20_001])
def test_points_that_no_canvas_draws_are_refused(points: list[list[float]]) -> None:
    with pytest.raises(SettingsError):
        validate(source("drawing").Settings, {"points": points}, "the drawing")
