from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from genstudio.ui.plots.outlook_plot import OutlookPlot, Piece
from genstudio.ui.plots.symbol_shades import Shade
from genstudio.ui.theme import Theme


def piece(first: float = 10.0, values: float = 5.0, steps: int = 4) -> Piece:
    """A stretch of one column, from `first` on."""
    quantiles = values + np.array([-2.0, -1, 0, 1, 2])[:, None, None] * np.ones((5, steps, 1))
    draws = values + np.array([-1.5, 1.5])[:, None, None] * np.ones((2, steps, 1))
    return Piece(first + np.arange(float(steps)), draws, np.full((steps, 1), values), quantiles)


@pytest.fixture
def plot(show_alone: Callable[..., OutlookPlot], theme: Theme) -> OutlookPlot:
    shown = show_alone(OutlookPlot(theme, "outlook"), 600, 300)
    shown.show_series(np.arange(10.0), ["x"])
    return shown


def test_a_piece_can_start_and_end_with_what_is_certain() -> None:
    found = piece().anchored((9.0, np.array([4.0])), (14.0, np.array([6.0])))
    assert found.times.tolist() == [9, 10, 11, 12, 13, 14]
    assert found.middle[:, 0].tolist() == [4, 5, 5, 5, 5, 6]
    assert found.quantiles[:, 0, 0].tolist() == [4] * 5
    assert found.draws[:, -1, 0].tolist() == [6, 6]
    assert piece().anchored(None).times.tolist() == piece().times.tolist()


def test_all_that_is_said_is_in_sight_and_in_exports(plot: OutlookPlot, tmp_path: Path) -> None:
    plot.show_pieces([piece(10, 20.0), piece(30, -20.0)])
    plot.fit_view()
    first, last = plot.visible_range()
    assert first < 0
    assert last > 33
    lane, = plot.picture.lanes(300.0)
    assert lane.low <= -22
    assert lane.high >= 22
    arrays = plot.arrays()
    assert arrays["x time, middle, quantiles"].shape == (8, 7)
    assert arrays["x draws"].shape == (8, 2)
    assert arrays["x"].tolist() == list(range(10))
    for name in ("a.svg", "a.png", "a.npz"):
        plot.export(tmp_path / name)
        assert (tmp_path / name).stat().st_size > 500
    plot.show_pieces(())
    assert set(plot.arrays()) == {"step", "x"}


def test_single_draws_are_switched_off(plot: OutlookPlot) -> None:
    plot.show_pieces([piece()])
    assert len(plot.picture.draws) == 1
    plot._single.click()
    assert not plot.picture.draws
    assert len(plot.picture.bands) == 2


def test_symbols_are_shades(plot: OutlookPlot, theme: Theme) -> None:
    plot.show_series(np.array([0.0, 1, 2, 1]), ["letter"], levels={"letter": ("a", "b", "c")})
    nothing = np.full((5, 2, 1), np.nan)
    draws = np.array([[0.0, 2.0], [1.0, 2.0], [1.0, 2.0], [1.0, 0.0]])[:, :, None]
    plot.show_pieces([Piece(np.array([4.0, 5.0]), draws, draws[1], nothing)])
    assert not plot.picture.draws
    shade = Shade.of(0, np.array([4.0, 5.0]), draws[:, :, 0], 3, 1.0)
    assert shade.shares.tolist() == [[0.25, 0.25], [0.75, 0.0], [0.0, 0.75]]
    assert (shade.first, shade.last) == (3.5, 5.5)
    before = plot.grab().toImage()
    theme.set_mode("light")
    assert plot.grab().toImage() != before
    assert plot.visible_range()[1] >= 3
    plot.fit_view()
    assert plot.visible_range()[1] >= 5
