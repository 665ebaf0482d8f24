"""The map of errors: its colours, its limits, and the line where the error is zero."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtGui import QColor

from genstudio.ui.plots.levels import IMPOSSIBLE_NATS, contour_lines, diverging_picture, symmetric_limit
from genstudio.ui.plots.paint import diverging_table
from genstudio.ui.plots.stage import Stage
from genstudio.ui.theme import Theme
from genstudio.ui.tokens import DARK, LIGHT, Tokens
from tests.ui.plots.mouse import pixel

AXIS = np.linspace(-3, 3, 61)
SLOPE = np.tile(AXIS / 2, (61, 1))
"""Nats: too little on the left, too much on the right."""


@pytest.fixture
def stage(theme: Theme, show_alone: Callable[..., Stage]) -> Stage:
    found = show_alone(Stage(theme), 640, 480)
    for name in found.layer_names():
        found.set_layer_visible(name, name == "errors")
    found.set_bounds((-3, 3, -3, 3))
    return found


def colour(stage: Stage, x: float, y: float) -> QColor:
    return stage.graph.grab().toImage().pixelColor(pixel(stage, x, y))


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=lambda tokens: str(tokens.name))
def test_zero_has_the_grounds_lightness_and_the_ends_stand_apart_from_it(tokens: Tokens) -> None:
    table, ground = diverging_table(tokens)[:, :3].astype(int), QColor(tokens.plot)
    light = table.mean(axis=1)
    middle = light[127:129].mean()
    assert abs(middle - np.mean([ground.red(), ground.green(), ground.blue()])) < 30
    away = np.abs(light - middle)
    assert min(away[0], away[-1]) > 60
    assert table[0, 2] > table[0, 0], "too little is blue"
    assert table[-1, 0] > table[-1, 2], "too much is red"


@pytest.mark.parametrize(
    ("typical", "limit"), [(0.0, 0.02), (0.02, 0.05), (0.3, 1.0), (0.5, 1.0), (0.51, 2.0), (30.0, 5.0)]
)
def test_limits_are_round_and_twice_the_typical_error(typical: float, limit: float) -> None:
    assert symmetric_limit(typical) == limit


@pytest.mark.parametrize(("typical", "limit"), [(0.45, 1.0), (0.2, 1.0), (0.1, 0.2), (0.55, 2.0)])
def test_a_limit_that_still_fits_is_kept(typical: float, limit: float) -> None:
    assert symmetric_limit(typical, former=1.0) == limit


def test_colours_are_as_far_from_zero_on_both_sides_and_unknown_cells_are_clear() -> None:
    table = diverging_table(LIGHT)
    found = diverging_picture(np.array([[-9.0, -0.5, 0.0, 0.5, np.nan]]), 0.5, table)[0]
    assert found[0].tolist() == found[1].tolist() == table[0].tolist()
    assert found[3].tolist() == table[-1].tolist()
    assert found[2, :3].tolist() in (table[127, :3].tolist(), table[128, :3].tolist())
    assert found[:, 3].tolist() == [255, 255, 255, 255, 0]


def test_lines_end_at_holes() -> None:
    z = np.where(np.abs(AXIS)[:, None] < 1, SLOPE, np.nan)
    x, y = contour_lines(AXIS, AXIS, z, [0.0], holes=True)
    assert np.nanmax(np.abs(x)) < 1e-9, "zero alone, not the rim of what is known"
    assert np.nanmax(np.abs(y)) < 1.01
    x, _ = contour_lines(AXIS, AXIS, z, [0.0])
    assert np.nanmax(x) > 2, "elsewhere the rim counts"


def test_too_much_is_red_and_too_little_blue(stage: Stage) -> None:
    ground = colour(stage, -2.6, -1.3)
    stage.set_errors(AXIS, AXIS, SLOPE, 0.8)
    left, right = colour(stage, -2.5, 1), colour(stage, 2.5, 1)
    assert left.blue() > left.red() + 50
    assert right.red() > right.blue() + 50
    assert stage.errors.limit == 2.0
    stage.set_errors(AXIS, AXIS, np.where(AXIS[:, None] > 0, SLOPE, np.nan), 0.8)
    assert colour(stage, -2.6, -1.3) == ground, "what is unknown lets the ground through"


def test_the_scale_says_what_colours_mean_while_the_layer_is_seen(stage: Stage) -> None:
    bar = stage.errors._bar
    assert not bar.isVisible()
    stage.set_errors(AXIS, AXIS, SLOPE, 0.8)
    assert bar.isVisible()
    assert bar.words == ("+2 nats, too much", "0", "−2 nats, too little")
    stage.set_errors(AXIS, AXIS, SLOPE / 10, 0.08, bound=True)
    assert bar.words == ("≥ +0.2 nats, too much", "0", "≥ −0.2 nats, too little")
    stage.set_layer_visible("errors", False)
    assert not bar.isVisible()
    stage.set_layer_visible("errors", True)
    assert bar.isVisible()
    stage.clear_model()
    assert not bar.isVisible()
    assert "log_ratio" not in stage.arrays()


def test_what_is_infinitely_wrong_is_drawn_and_exported(stage: Stage) -> None:
    ratio = np.where(AXIS[None] > 0, np.inf, np.where(AXIS[:, None] > 0, -0.1, np.nan))
    stage.set_errors(AXIS, AXIS, ratio, 0.05)
    assert stage.errors.limit == 0.1
    right = colour(stage, 2.5, 1)
    assert right.red() > right.blue() + 50
    table = stage.arrays()["log_ratio"]
    assert table.shape == (61 * 61, 3)
    assert set(np.unique(table[:, 2][~np.isnan(table[:, 2])])) == {-0.1, IMPOSSIBLE_NATS}


def test_colours_follow_the_theme(stage: Stage, theme: Theme) -> None:
    stage.set_errors(AXIS, AXIS, SLOPE * 0, 0.0)
    dark = colour(stage, 1.5, 1.5)
    theme.set_mode("light")
    assert colour(stage, 1.5, 1.5).lightness() > dark.lightness() + 100
