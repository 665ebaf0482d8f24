"""Curves, histogram, lines, bars and pairs."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton, QWidget
from pytestqt.qtbot import QtBot

from genstudio.errors import DataError
from genstudio.ui.plots.bars import Bars
from genstudio.ui.plots.curves import Curves
from genstudio.ui.plots.histogram import Histogram
from genstudio.ui.plots.lines import Lines, LineSeries
from genstudio.ui.plots.pairs import Pairs
from genstudio.ui.theme import Theme
from tests.ui.plots.mouse import drag, hover


def shown(widget: QWidget, qtbot: QtBot) -> Any:
    qtbot.addWidget(widget)
    widget.resize(640, 420)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def picture(widget: QWidget) -> bytes:
    image = widget.grab().toImage()
    return bytes(image.constBits())


@pytest.fixture
def curves(theme: Theme, qtbot: QtBot) -> Curves:
    found: Curves = shown(Curves(theme), qtbot)
    found.add_series("train", "train <b>")
    found.add_series("valid", "valid", "valid")
    return found


def test_curves_grow(curves: Curves) -> None:
    for step in range(300):
        curves.append("train", [step], [3.0 - step / 100])
    curves.append("valid", [0, 100, 200], [3.1, 2.1, 1.1])
    arrays = curves.arrays()
    assert arrays["train"].shape == (300, 2)
    assert arrays["valid"][:, 1].tolist() == [3.1, 2.1, 1.1]
    x0, x1, y0, y1 = curves.bounds()
    assert (x0 <= 0, x1 >= 299, y0 <= 0.01, y1 >= 3.1) == (True,) * 4


def test_the_view_moves_in_few_steps_while_curves_grow(curves: Curves) -> None:
    views = set()
    for step in range(1000):
        curves.append("train", [step], [1.0 + 2.0 * np.exp(-step / 200)])
        views.add(curves.bounds())
    assert len(views) < 60


def test_a_zoomed_view_stays_until_home(curves: Curves) -> None:
    curves.append("train", [0, 1], [1.0, 2.0])
    drag(curves, (0.4, 1.5), (0.6, 1.6))
    zoomed = curves.bounds()
    curves.append("train", [100], [50.0])
    assert curves.bounds() == zoomed
    QTest.mouseClick(curves.findChild(QToolButton, "curves.home"), Qt.MouseButton.LeftButton)
    assert curves.bounds()[1] >= 100


def test_curves_leave_out_what_is_not_finite(curves: Curves) -> None:
    curves.append("train", [0, 1, 2], [np.nan, np.inf, 1.0])
    assert curves.arrays()["train"].tolist() == [[2.0, 1.0]]


@pytest.mark.parametrize("bad", [np.array(["a"]), np.array([None]), np.array(["2020"], dtype="datetime64[Y]")])
def test_curves_refuse_what_is_no_number(curves: Curves, bad: Any) -> None:
    with pytest.raises(DataError, match="train"):
        curves.append("train", [0], bad)


def test_train_and_valid_differ_without_colour(curves: Curves) -> None:
    pens = [item.opts["pen"] for item in curves.item.listDataItems()]
    assert {pen.style() for pen in pens} == {Qt.PenStyle.SolidLine, Qt.PenStyle.CustomDashLine}


def test_long_curves_have_thin_pens(curves: Curves) -> None:
    assert {item.opts["pen"].widthF() for item in curves.item.listDataItems()} == {2.0}
    for key in curves.series_keys():
        curves.append(key, np.arange(5000), np.random.default_rng(0).normal(size=5000))
    assert {item.opts["pen"].widthF() for item in curves.item.listDataItems()} == {1.0}


def test_the_floor_is_seen_and_moves_with_the_logarithm(curves: Curves) -> None:
    curves.append("train", [1, 2], [3.0, 2.0])
    curves.set_floor(1.0)
    assert curves.bounds()[2] <= 1.0
    QTest.mouseClick(curves.findChild(QToolButton, "curves.log_y"), Qt.MouseButton.LeftButton)
    assert curves.bounds()[2] <= 0.0
    assert curves.bounds()[3] < 1.0
    QTest.mouseClick(curves.findChild(QToolButton, "curves.log_y"), Qt.MouseButton.LeftButton)
    assert curves.bounds()[3] >= 3.0
    curves.set_floor(None)
    curves.fit_view()
    assert curves.bounds()[2] > 1.0


@pytest.mark.parametrize("size", [(640, 420), (560, 150), (420, 150)])
@pytest.mark.parametrize("level", [0.0, 0.5, 0.8, 1.0])
def test_the_label_of_the_floor_leaves_the_legend_readable(
    curves: Curves, qtbot: QtBot, size: tuple[int, int], level: float
) -> None:
    """Whatever the height of the floor, and also once the legend has grown or the plot has become narrow."""
    curves.set_floor(level)
    for name in ("training", "validation", "bound"):
        curves.add_series(name, name)
        curves.append(name, [0, 1, 2], [1.0, 0.5, 0.0])
    curves.resize(*size)
    qtbot.waitUntil(lambda: curves.graph.width() > size[0] / 2 and curves.size().width() == size[0])
    picture(curves)
    (line,) = curves._floors.values()
    label, legend = (item.sceneBoundingRect() for item in (line.label.textItem, curves._legend))
    assert not label.intersects(legend)
    view = curves.box.mapRectToScene(curves.box.rect()).adjusted(-1, -1, 1, 1)
    assert view.top() <= label.top()
    assert label.bottom() <= view.bottom()
    curves.clear()
    curves.resize(640, 420)
    picture(curves)


@pytest.mark.parametrize("axis", ["x", "y"])
def test_logarithms_bear_what_is_not_positive(curves: Curves, axis: str) -> None:
    curves.append("train", [0, 1, 2], [-1.0, 0.0, 2.0])
    curves.set_floor(-3.0)
    curves.set_log(axis, True)
    picture(curves)
    assert np.all(np.isfinite(curves.bounds()))


def test_hovering_reads_the_curves_out(curves: Curves, qtbot: QtBot) -> None:
    curves.append("train", np.arange(100), np.linspace(3, 1, 100))
    hover(curves, 50, 2)
    qtbot.waitUntil(curves.readout.isVisible)
    assert "train <b> " in curves.readout.text()
    assert curves.readout.textFormat() == Qt.TextFormat.PlainText


def test_curves_can_begin_anew(curves: Curves) -> None:
    curves.append("train", [0], [1.0])
    curves.add_series("train", "again")
    assert curves.arrays()["train"].size == 0
    curves.clear()
    assert curves.series_keys() == ()
    picture(curves)


def noisy(n: int = 4000) -> np.ndarray:
    return 150 + 400 * np.exp(-np.arange(n) / 20) + 10 * np.random.default_rng(0).normal(size=n)


def test_noisy_curves_are_smoothed_and_stay_in_sight_faintly(curves: Curves) -> None:
    curves.add_series("noisy", "noisy", smooth=True)
    for start in range(0, 4000, 400):
        curves.append("noisy", np.arange(start, start + 400), noisy()[start:start + 400])
    series = curves._series["noisy"]
    x, mean = series.mean()
    assert series.smoothed
    assert len(x) <= 1000
    assert np.std(mean[len(mean) // 2:]) < 4
    assert abs(mean[-200:].mean() - 150) < 1
    for i in (300, 500):
        around = noisy()[int(x[i]) - 10:int(x[i]) + 11]
        assert mean[i] == pytest.approx(around.mean(), abs=1e-6), "the mean over 1/200 of the curve"
    assert mean[-1] == pytest.approx(noisy()[-11:].mean()), "the newest value alone is no mean"
    raw, smooth = (item.opts["pen"].color() for item in curves.item.listDataItems()[-2:])
    ground = QColor(curves.theme.tokens.plot).lightnessF()
    assert abs(raw.lightnessF() - ground) < abs(smooth.lightnessF() - ground)
    assert curves.arrays()["noisy"][:, 1].tolist() == noisy().tolist(), "exports hold the values themselves"
    picture(curves)


def test_a_high_beginning_is_left_out_of_sight_until_all_is_asked_for(curves: Curves) -> None:
    curves.append("train", np.arange(4000), noisy())
    curves.append("valid", [0, 1000, 2000, 3999], [543.0, 160.0, 155.0, 152.0])
    assert 170 < curves.bounds()[3] < 260
    curves.fit_view()
    assert curves.bounds()[3] >= 543
    curves.append("train", [4000], [150.0])
    assert curves.bounds()[3] >= 543, "all stays in sight while it grows"
    curves.fit_view()
    assert curves.bounds()[3] < 260


@pytest.mark.parametrize("values", [[9.0, 2.0, 1.0], [5.0] * 200, list(np.linspace(3, 1, 200))])
def test_nothing_is_left_out_of_short_and_even_curves(curves: Curves, values: list[float]) -> None:
    curves.append("train", np.arange(len(values)), values)
    assert curves.bounds()[3] >= max(values)


def test_marks_tell_what_happened(curves: Curves, qtbot: QtBot) -> None:
    curves.append("train", np.arange(100), np.linspace(3, 1, 100))
    curves.set_marks([(40, "step 40: β 1 → 4"), (80, "step 80: β 4 → 1")])

    def read_out(x: float) -> str:
        # A move that follows another at once may be passed over.
        hover(curves, x, 2)
        return str(curves.readout.text())

    qtbot.waitUntil(lambda: read_out(40) == "step 40: β 1 → 4")
    qtbot.waitUntil(lambda: "train <b>" in read_out(60))
    before = picture(curves)
    curves.set_marks([])
    assert picture(curves) != before
    curves.set_log("x", True)
    curves.set_marks([(0, "step 0: nothing"), (40, "step 40: β 1 → 4")])
    picture(curves)


def test_the_moment_that_is_shown_stands_in_the_curves(curves: Curves) -> None:
    curves.append("train", np.arange(1, 101), np.linspace(3, 1, 100))
    before = picture(curves)
    curves.set_moment(40)
    assert curves._moment.value() == 40
    assert picture(curves) != before
    curves.set_log("x", True)
    assert curves._moment.value() == pytest.approx(np.log10(40))
    curves.set_moment(None)
    assert not curves._moment.isVisible()


def test_long_noisy_curves_are_appended_to_quickly(curves: Curves) -> None:
    curves.add_series("noisy", "noisy", smooth=True)
    curves.append("noisy", np.arange(500_000), np.resize(noisy(), 500_000))
    spent = []
    for step in range(500_000, 500_040):
        started = time.perf_counter()
        curves.append("noisy", [step], [150.0])
        spent.append(time.perf_counter() - started)
    assert np.median(spent) < 0.1, "a bound that a busy machine keeps"
    assert all(len(item.getData()[0]) <= 2200 for item in curves.item.listDataItems() if item.xData is not None)


@pytest.mark.parametrize(("left", "right"), [(0, 200_000), (1000, 1400), (70_000, 190_000), (199_990, 200_100)])
def test_what_is_drawn_of_long_curves_looks_like_all_of_it(curves: Curves, left: float, right: float) -> None:
    y = np.random.default_rng(0).normal(size=200_000)
    curves.append("train", np.arange(200_000), y)
    curves.set_bounds((left, right, -5, 5))
    x, drawn = curves.item.listDataItems()[0].getData()
    assert len(x) <= 2200
    seen = y[left:right + 1]
    assert (drawn.min(), drawn.max()) == (pytest.approx(seen.min(), abs=0.8), pytest.approx(seen.max(), abs=0.8))
    assert (x[0] <= left, x[-1] >= min(right, 199_999)) == (True, True)
    assert np.all(np.diff(x) >= 0)


@pytest.fixture
def histogram(theme: Theme, qtbot: QtBot) -> Histogram:
    found: Histogram = shown(Histogram(theme), qtbot)
    found.set_values(np.random.default_rng(0).normal(size=2000))
    found.set_threshold(1.0)
    return found


def test_the_threshold_is_dragged_by_mouse(histogram: Histogram, qtbot: QtBot) -> None:
    moved: list[float] = []
    histogram.threshold_moved.connect(moved.append)
    height = histogram.bounds()[3] / 2
    with qtbot.waitSignal(histogram.threshold_released) as done:
        drag(histogram, (1.0, height), (-1.0, height))
    assert histogram.threshold() == pytest.approx(-1.0, abs=0.05)
    assert moved[-1] == pytest.approx(histogram.threshold())
    assert done.args[0] == pytest.approx(histogram.threshold())


def test_the_threshold_is_set_silently(histogram: Histogram, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(histogram.threshold_moved):
        histogram.set_threshold(0.5)
        histogram.set_threshold(np.nan)
    assert histogram.threshold() == 0.5


def test_arrow_keys_move_the_threshold(histogram: Histogram, qtbot: QtBot) -> None:
    with qtbot.waitSignals([histogram.threshold_moved, histogram.threshold_released]):
        QTest.keyClick(histogram, Qt.Key.Key_Left)
    assert histogram.threshold() < 1.0


@pytest.mark.parametrize("above", [True, False])
def test_the_flagged_side_is_shaded(theme: Theme, qtbot: QtBot, above: bool) -> None:
    plot: Histogram = shown(Histogram(theme, flagged_above=above), qtbot)
    plot.set_values(np.arange(100.0))
    plot.set_threshold(30.0)
    low, high = plot.region.getRegion()
    assert (low if above else high) == 30.0
    assert (high > 99) if above else (low < 0)


def test_counts_on_a_logarithmic_axis(histogram: Histogram) -> None:
    QTest.mouseClick(histogram.findChild(QToolButton, "histogram.log_count"), Qt.MouseButton.LeftButton)
    assert histogram.bounds()[3] < 4
    picture(histogram)


@pytest.mark.parametrize("values", [[], [np.nan], [3.0], [5.0] * 10, [0.0] * 99 + [1e9], [-1e90, 1e90]])
def test_any_values_have_a_histogram(histogram: Histogram, values: list[float]) -> None:
    histogram.set_values(np.array(values))
    picture(histogram)
    assert histogram.arrays()["count.0"].sum() == np.isfinite(values).sum()


def test_two_classes_are_counted_apart(histogram: Histogram) -> None:
    histogram.set_values([1, 2, 3, 10], [0, 0, 0, 1], ("normal", "<i>odd</i>"))
    assert histogram.arrays()["count.0"].sum() == 3
    assert histogram.arrays()["count.1"].sum() == 1
    picture(histogram)


def test_histograms_refuse_words(histogram: Histogram) -> None:
    with pytest.raises(DataError):
        histogram.set_values(np.array(["a", "b"]))


def test_lines_mark_the_best(theme: Theme, qtbot: QtBot) -> None:
    plot: Lines = shown(Lines(theme, "bic", "components", "BIC"), qtbot)
    plot.set_series([LineSeries("BIC", [1, 2, 3], [30.0, 10.0, 20.0])])
    plain = picture(plot)
    best = LineSeries("BIC", [1, 2, 3], [30.0, 10.0, 20.0], best=1)
    plot.set_series([best, LineSeries("chance", [1, 3], [9, 9], faint=True)])
    assert picture(plot) != plain
    x0, x1, y0, y1 = plot.bounds()
    assert (x0 < 1, x1 > 3, y0 < 9, y1 > 30) == (True,) * 4
    theme.toggle()
    picture(plot)
    plot.set_series([])
    picture(plot)


def test_bars_stand_by_size(theme: Theme, qtbot: QtBot) -> None:
    plot: Bars = shown(Bars(theme), qtbot)
    plot.set_values([f"column {place}" for place in range(40)], np.linspace(-1, 3, 40))
    names = list(plot.arrays())
    assert len(names) == 20
    assert names[0] == "column 39"
    plot.set_values([], [])
    picture(plot)
    with pytest.raises(DataError, match="2 names"):
        plot.set_values(["a", "b"], [1.0])


@pytest.mark.parametrize("columns", [1, 2, 8, 12])
@pytest.mark.parametrize("rows", [0, 1, 20_000])
def test_pairs_of_any_table(theme: Theme, qtbot: QtBot, columns: int, rows: int) -> None:
    plot: Pairs = shown(Pairs(theme), qtbot)
    values = np.random.default_rng(0).normal(size=(rows, columns))
    plot.set_columns([f"c{place}" for place in range(columns)], values, np.arange(rows) % 2)
    picture(plot)
    assert len(plot.arrays()) == min(columns, 8)
    theme.toggle()
    plot.resize(200, 300)
    picture(plot)


def test_a_pair_is_chosen_by_a_click(theme: Theme, qtbot: QtBot) -> None:
    plot: Pairs = shown(Pairs(theme), qtbot)
    plot.set_columns(["a", "b"], np.random.default_rng(0).normal(size=(20, 2)))
    middle = plot.rect().center()
    with qtbot.waitSignal(plot.pair_chosen) as chosen:
        QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=middle + QPoint(40, -40))
    assert chosen.args == [1, 0]
    with qtbot.assertNotEmitted(plot.pair_chosen):
        QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=middle + QPoint(-40, -40))


def test_pairs_refuse_words(theme: Theme, qtbot: QtBot) -> None:
    plot: Pairs = shown(Pairs(theme), qtbot)
    with pytest.raises(DataError):
        plot.set_columns(["a"], np.array([["x"], ["y"]]))
