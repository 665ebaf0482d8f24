"""Columns over time: zooming and moving, states, bands, intervals, reading out, export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from genstudio.errors import DataError
from genstudio.ui.plots.prepared_series import prepare_series
from genstudio.ui.plots.series_plot import SeriesPlot
from genstudio.ui.plots.state_colours import ink_on, state_colour, state_colours
from genstudio.ui.plots.state_legend import StateLegend
from genstudio.ui.plots.time_axis import TimeAxis
from genstudio.ui.pump import Pump
from genstudio.ui.theme import Theme
from genstudio.ui.tokens import DARK, LIGHT
from tests.ui.plots.mouse import drag, hover

ROWS = 2_000
ALL = (-0.01 * (ROWS - 1), 1.01 * (ROWS - 1))


@pytest.fixture
def plot(theme: Theme, show_alone: Callable[..., Any]) -> SeriesPlot:
    found: SeriesPlot = show_alone(SeriesPlot(theme, "series"), 700, 420)
    x = np.sin(np.arange(ROWS) / 50)
    found.show_series(np.column_stack([x, 3 * x]), ["a", "b"])
    return found


def picture(plot: SeriesPlot) -> QImage:
    return plot.grab().toImage()


def colours(plot: SeriesPlot) -> set[str]:
    image = picture(plot)
    return {image.pixelColor(x, y).name() for y in range(image.height()) for x in range(0, image.width(), 3)}


def wheel(plot: SeriesPlot, turn: QPoint, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    viewport = plot.graph.viewport()
    centre = viewport.rect().center()
    event = QWheelEvent(
        QPointF(centre), QPointF(viewport.mapToGlobal(centre)), QPoint(), turn, Qt.MouseButton.NoButton, modifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )
    QApplication.sendEvent(viewport, event)


def test_all_of_the_time_is_seen_at_first(plot: SeriesPlot) -> None:
    assert plot.visible_range() == pytest.approx(ALL)


def test_the_wheel_zooms_along_time_only(plot: SeriesPlot) -> None:
    before = plot.bounds()
    wheel(plot, QPoint(0, 240))
    first, last = plot.visible_range()
    assert ALL[0] < first < last < ALL[1]
    assert plot.bounds()[2:] == before[2:]


@pytest.mark.parametrize(("turn", "modifier"), [
    (QPoint(-120, 0), Qt.KeyboardModifier.NoModifier), (QPoint(0, -120), Qt.KeyboardModifier.ShiftModifier),
])
def test_a_wheel_turned_sideways_moves(plot: SeriesPlot, turn: QPoint, modifier: Qt.KeyboardModifier) -> None:
    plot.box.setXRange(500, 700, padding=0)
    wheel(plot, turn, modifier)
    assert plot.visible_range() == pytest.approx((520, 720))


def test_dragging_moves_along_time_only(plot: SeriesPlot) -> None:
    plot.box.setXRange(500, 700, padding=0)
    drag(plot, (650, 0.5), (550, 0.9))
    first, last = plot.visible_range()
    assert last - first == pytest.approx(200)
    assert first > 560
    assert plot.bounds()[2:] == pytest.approx((0.0, 1.0))


@pytest.mark.parametrize(("key", "expected"), [
    (Qt.Key.Key_Home, ALL), (Qt.Key.Key_End, (ALL[1] - 200, ALL[1])), (Qt.Key.Key_Left, (480, 680)),
    (Qt.Key.Key_Right, (520, 720)), (Qt.Key.Key_PageDown, (680, 880)), (Qt.Key.Key_PageUp, (320, 520)),
    (Qt.Key.Key_Minus, (450, 750)), (Qt.Key.Key_Down, (450, 750)),
    (Qt.Key.Key_Plus, (600 - 100 / 1.5, 600 + 100 / 1.5)), (Qt.Key.Key_Up, (600 - 100 / 1.5, 600 + 100 / 1.5)),
])
def test_keys_move_and_zoom(plot: SeriesPlot, key: Qt.Key, expected: tuple[float, float]) -> None:
    plot.box.setXRange(500, 700, padding=0)
    QTest.keyClick(plot, key)
    assert plot.visible_range() == pytest.approx(expected)


def test_the_view_ends_where_the_data_do(plot: SeriesPlot) -> None:
    for _ in range(30):
        QTest.keyClick(plot, Qt.Key.Key_Minus)
    assert plot.visible_range() == pytest.approx(ALL)
    for _ in range(60):
        QTest.keyClick(plot, Qt.Key.Key_Plus)
    first, last = plot.visible_range()
    assert last - first == pytest.approx(4.0)


def test_the_view_stays_while_values_change_and_goes_home_with_another_time(plot: SeriesPlot) -> None:
    plot.box.setXRange(500, 700, padding=0)
    plot.show_series(np.zeros((ROWS, 1)), ["c"])
    assert plot.visible_range() == pytest.approx((500, 700))
    plot.show_series(np.zeros((3, 1)), ["c"], [0.0, 10.0, 11.0], "time in s")
    assert plot.visible_range() == pytest.approx((-0.11, 11.11))


def test_a_stretch_comes_into_the_middle(plot: SeriesPlot) -> None:
    plot.box.setXRange(0, 200, padding=0)
    plot.centre_on(1000, 1010)
    assert plot.visible_range() == pytest.approx((905, 1105))
    plot.centre_on(800, 1200)
    assert plot.visible_range() == pytest.approx((750, 1250))


def test_it_tells_what_is_in_sight(plot: SeriesPlot, qtbot: QtBot) -> None:
    told: list[tuple[float, float]] = []
    plot.visible_range_changed.connect(lambda first, last: told.append((first, last)))
    plot.box.setXRange(500, 700, padding=0)
    plot.box.setXRange(600, 800, padding=0)
    qtbot.waitUntil(lambda: bool(told) and told[-1] == pytest.approx((600, 800)))


def test_linked_plots_show_the_same_times(plot: SeriesPlot, theme: Theme, show_alone: Callable[..., Any]) -> None:
    other = show_alone(SeriesPlot(theme, "other"), 700, 300)
    other.show_series(np.zeros((ROWS, 1)), ["c"])
    other.link_to(plot)
    plot.box.setXRange(600, 800, padding=0)
    assert other.visible_range() == pytest.approx((600, 800), abs=2)


def test_states_are_seen_in_their_colours_and_words(plot: SeriesPlot) -> None:
    states = np.arange(ROWS) // 500
    shown = [state_colour(DARK, state).name() for state in range(4)]
    assert not set(shown) & colours(plot)
    plot.show_states(states, words=["calm", "storm"])
    assert set(shown) <= colours(plot)
    assert [plot.drawing.word(state) for state in range(4)] == ["calm", "storm", "3", "4"]
    plot.show_states(states, ["#ff00ff"] * 4)
    assert "#ff00ff" in colours(plot)
    plot.show_states(None)
    assert not set(shown) & colours(plot)


@pytest.mark.parametrize("rows", [3, 7])
def test_many_short_states_are_seen_in_their_colours_alone(plot: SeriesPlot, rows: int) -> None:
    states = np.arange(ROWS) // rows % 3
    states[:40] = -1
    plot.show_states(states)
    image, colour = picture(plot), {state_colour(DARK, state).name() for state in range(3)}
    foot = plot.graph.mapTo(plot, plot.graph.mapFromScene(plot.box.mapToScene(QPointF(0, plot.box.height() - 8))))
    strip = [image.pixelColor(x, foot.y()).name() for x in range(foot.x(), foot.x() + int(plot.box.width()))]
    assert set(strip) - {DARK.plot, DARK.axis, DARK.grid} == colour
    assert strip.count(state_colour(DARK, 0).name()) > 0.2 * len(strip)


def test_long_lines_are_as_high_as_their_extremes(plot: SeriesPlot) -> None:
    values = np.zeros((400_000, 1))
    values[123_456] = 5.0
    values[300_000:350_000] = np.nan
    plot.show_series(values, ["a"])
    image, line = picture(plot), plot.drawing._line_colour().name()
    (lane,) = plot.drawing.lanes
    top = plot.graph.mapTo(plot, plot.graph.mapFromScene(plot.box.mapToScene(QPointF(0, 0))))
    drawn = {
        x for x in range(top.x(), top.x() + int(plot.box.width()))
        if image.pixelColor(x, top.y() + int(lane.heights(np.array([2.5]))[0])).name() == line
    }
    (spike,) = drawn
    assert spike - top.x() == pytest.approx(plot.drawing.pixels(np.array([123_456.0]))[0], abs=2)


def test_states_stand_behind_the_lines_on_request(plot: SeriesPlot) -> None:
    plot.show_states(np.zeros(ROWS, np.int64))
    before = colours(plot)
    tool = plot.findChild(type(plot._behind), "series.behind")
    assert tool.isVisible()
    tool.click()
    assert colours(plot) - before


def test_states_of_another_number_of_rows_are_not_seen(plot: SeriesPlot) -> None:
    plot.show_states([0, 1, 2])
    assert not plot.picture.has_states
    plot.show_series(np.zeros((3, 1)), ["c"])
    assert plot.picture.has_states


def test_gaps_are_gaps_and_a_value_between_them_is_a_point(theme: Theme, show_alone: Callable[..., Any]) -> None:
    plot = show_alone(SeriesPlot(theme, "series"), 700, 300)
    line = plot.drawing._line_colour().name()
    plot.show_series(np.full((50, 1), np.nan), ["c"])
    assert line not in colours(plot)
    values = np.full((50, 1), np.nan)
    values[20] = 1.0
    plot.show_series(values, ["c"])
    image = picture(plot)
    points = [x for y in range(image.height()) for x in range(image.width()) if image.pixelColor(x, y).name() == line]
    assert points
    assert max(points) - min(points) < 8


def test_bands_draws_and_intervals_are_seen(plot: SeriesPlot) -> None:
    before = colours(plot)
    plot.show_bands([2000, 2400], [-1, -1], [0, 0], [1, 1], 1)
    assert plot.picture.extent == (0.0, 2400.0)
    plot.fit_view()
    with_band = colours(plot)
    assert with_band - before
    plot.show_draws([1000, 1400], np.zeros((3, 2, 2)))
    with_draws = colours(plot)
    plot.show_intervals([(100, 300)])
    assert colours(plot) - with_draws
    plot.clear_bands()
    assert plot.picture.extent == (0.0, ROWS - 1.0)
    plot.show_intervals([])
    plot.fit_view()
    assert colours(plot) == before


def test_what_lies_under_the_mouse_is_read_out(plot: SeriesPlot, qtbot: QtBot) -> None:
    plot.show_states(np.arange(ROWS) // 1000, words=["calm", "storm"])
    plot.box.setXRange(1495, 1505, padding=0)
    hover(plot, 1500, 0.5)
    a, b = (float(column.values[1500]) for column in plot.picture.series.columns)  # type: ignore[union-attr]
    wanted = f"step 1,500   a {a:.5g}   b {b:.5g}   state storm"
    qtbot.waitUntil(lambda: plot.readout.text() == wanted)
    plot.unhovered.emit()
    assert plot.readout.text() == ""


def test_symbols_are_written_where_there_is_room(plot: SeriesPlot) -> None:
    plot.show_series(np.arange(ROWS)[:, None] % 3, ["letter"], levels={"letter": ("alpha", "beta", "gamma")})
    ticks = [text for _, text in plot.item.getAxis("left")._tickLevels[0]]
    assert ticks == ["alpha", "beta", "gamma"]
    line = plot.drawing._line_colour().name()
    assert line not in colours(plot)
    plot.box.setXRange(100, 110, padding=0)
    assert line in colours(plot)
    plot.box.setXRange(100, 200, padding=0)
    assert line in colours(plot)


def test_names_stand_beside_low_lanes_and_over_high_ones(plot: SeriesPlot) -> None:
    before, _ = plot.visible_range()
    plot.show_series(np.zeros((ROWS - 1, 12)), [f"a long name {place}" for place in range(12)])
    assert plot.visible_range()[0] < 5 * before
    assert plot.drawing.pixels(np.zeros(1))[0] >= plot.drawing.title_px - 1
    plot.resize(700, 1400)
    picture(plot)
    assert plot.visible_range()[0] == pytest.approx(before, rel=0.01)
    plot.box.setXRange(10, 20, padding=0)
    plot.resize(700, 420)
    picture(plot)
    assert plot.visible_range() == pytest.approx((10, 20))


def test_a_legend_says_what_colours_mean(theme: Theme, show_alone: Callable[..., Any]) -> None:
    plot = show_alone(SeriesPlot(theme, "series", legend=True), 500, 300)
    legend = plot.findChild(StateLegend, "series.legend")
    plot.show_series(np.zeros((9, 1)), ["x"])
    assert not legend.isVisible()
    plot.show_states(np.arange(9) // 3, words=["calm", "<b>storm</b>", "rain"])
    assert legend.isVisible()
    assert legend.accessibleDescription() == "calm, <b>storm</b>, rain"
    image = legend.grab().toImage()
    seen = {image.pixelColor(x, legend.height() // 2).name() for x in range(legend.width())}
    assert {state_colour(DARK, state).name() for state in range(3)} <= seen
    plot.show_states(None)
    assert not legend.isVisible()


def test_long_series_are_prepared_beside_the_window(theme: Theme, show_alone: Callable[..., Any], qtbot: QtBot) -> None:
    pump = Pump()
    plot = show_alone(SeriesPlot(theme, "series", pump=pump), 700, 300)
    try:
        plot.show_series(np.zeros((150_000, 2)), ["a", "b"])
        assert plot.picture.series is None
        assert plot.hint.text() == "Preparing…"
        plot.show_states(np.zeros(250_000, np.int64))
        plot.show_series(np.ones((250_000, 1)), ["c"])
        qtbot.waitUntil(lambda: plot.picture.has_states)
        assert plot.picture.series is not None
        assert plot.picture.series.names == ("c",)
        assert plot.hint.text() == ""
        plot.show_series(np.ones((250_000, 2)), ["d", "e"])
        plot.show_series(np.zeros((3, 1)), ["f"])
        qtbot.waitUntil(lambda: pump.task("series.series") is None)
        assert plot.picture.series.names == ("f",)
    finally:
        pump.close()


@pytest.mark.parametrize("ending", ["csv", "npz", "png", "svg"])
def test_it_is_exported(plot: SeriesPlot, tmp_path: Path, ending: str) -> None:
    plot.show_states(np.arange(ROWS) // 1000)
    path = tmp_path / f"plot.{ending}"
    plot.export(path)
    if ending == "csv":
        lines = path.read_text(encoding="utf-8").splitlines()
        assert (lines[0], len(lines)) == ("step,a,b,state", ROWS + 1)
        assert lines[1] == "0.0,0.0,0.0,0"
    elif ending == "npz":
        with np.load(path) as kept:
            assert kept["b"].shape == (ROWS,)
    else:
        assert path.stat().st_size > 2_000


def test_long_series_that_cannot_be_drawn_are_refused_in_their_place(
    theme: Theme, show_alone: Callable[..., Any], qtbot: QtBot
) -> None:
    pump = Pump()
    plot = show_alone(SeriesPlot(theme, "series", pump=pump), 700, 300)
    try:
        plot.show_series(np.ones(250_000), ["a"], -np.arange(250_000))
        qtbot.waitUntil(lambda: "go backwards" in plot.hint.text())
        plot.show_series(np.ones(3), ["a"])
        assert plot.hint.text() == ""
        plot.set_hint("Nothing yet.")
        plot.clear()
        assert plot.hint.text() == "Nothing yet."
    finally:
        pump.close()


def test_numbers_of_long_series_are_written_beside_the_window(
    theme: Theme, show_alone: Callable[..., Any], qtbot: QtBot, tmp_path: Path
) -> None:
    pump = Pump()
    plot = show_alone(SeriesPlot(theme, "series", pump=pump), 700, 300)
    try:
        plot.show_prepared(prepare_series(np.ones(150_000), ["a"]))
        plot.export(tmp_path / "long.npz")
        assert pump.task("series.export") is not None
        qtbot.waitUntil(lambda: pump.task("series.export") is None)
        with np.load(tmp_path / "long.npz") as kept:
            assert kept["a"].sum() == 150_000
        failures: list[BaseException] = []
        pump.failed.connect(failures.append)
        plot.export(tmp_path / "missing" / "long.npz")
        qtbot.waitUntil(lambda: bool(failures))
        assert "could not be written" in str(failures[0])
    finally:
        pump.close()


@pytest.mark.parametrize("values", [np.array([["a"]]), np.zeros((3, 5))])
def test_what_cannot_be_drawn_leaves_the_plot_as_it_is(plot: SeriesPlot, values: Any) -> None:
    with pytest.raises(DataError):
        plot.show_series(values, ["x"])
    assert plot.picture.series is not None
    assert plot.picture.series.names == ("a", "b")


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_few_rows_can_be_shown(plot: SeriesPlot, rows: int) -> None:
    plot.show_series(np.zeros((rows, 1)), ["x"])
    plot.show_states(np.zeros(rows, np.int64))
    assert not picture(plot).isNull()
    plot.clear()
    assert plot.arrays() == {}


def test_both_themes_have_colours_for_states_that_differ(plot: SeriesPlot, theme: Theme) -> None:
    for tokens in (DARK, LIGHT):
        assert len({colour.name() for colour in state_colours(tokens, 24)}) == 24
        assert state_colour(tokens, 0).name() == tokens.series[0]
        assert state_colour(tokens, -1).alpha() == 0
    assert ink_on(QColor("#ffffff")) != ink_on(QColor("#000000"))
    plot.show_states(np.zeros(ROWS, np.int64))
    theme.set_mode("light")
    assert LIGHT.series[0] in colours(plot)


@pytest.mark.parametrize(("span", "first"), [
    (20.0, "00:00:"), (3600.0, "00:"), (5 * 86400.0, "2024-"), (300 * 86400.0, "2024"), (20 * 365 * 86400.0, "20"),
])
def test_dates_are_round_and_few(qapp: QApplication, span: float, first: str) -> None:
    axis, begin = TimeAxis("bottom"), 1_704_067_200.0 + 3
    axis.set_dates(True)
    (spacing, places), *_ = axis.tickValues(begin, begin + span, 800.0)
    assert 2 <= len(places) <= 9
    texts = axis.tickStrings(places, 1.0, spacing)
    assert len(set(texts)) == len(texts)
    assert all(begin <= place <= begin + span for place in places)
    assert any(first in text for text in texts)
    assert axis.moment(1_704_067_200.0) == "2024-01-01"
    assert axis.moment(1e300) == "1e+300 s"
    assert axis.tickStrings([1e300], 1.0, 1.0) == [""]


def test_whole_steps_are_written_with_separators(qapp: QApplication) -> None:
    axis = TimeAxis("bottom")
    assert axis.tickStrings([-2000.0, 1_000_000.0], 1.0, 1000.0) == ["−2,000", "1,000,000"]
    assert axis.tickStrings([0.5], 1.0, 0.5) == ["0.5"]
    assert axis.moment(-12.5) == "−12.5"
