"""The Anomalies panel on sequences, used as a person uses it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QSplitter, QWidget
from pytestqt.qtbot import QtBot

from genstudio.applications.anomaly import ScoreDistribution
from genstudio.applications.windows import Intervals, flagged_intervals, window_scores
from genstudio.data.sequences import bounds
from genstudio.ui.anomaly_series import SeriesAnomalies
from genstudio.ui.panels.anomalies import AnomaliesPanel
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme
from genstudio.ui.window_control import USUAL_JOIN
from tests.ui.panels import mixture_hand
from tests.ui.panels.series_hand import KEYS, LENGTHS, STRANGE, waves
from tests.ui.plots.mouse import drag


class Hand(mixture_hand.Hand):
    """A person at the Anomalies panel."""

    panel: AnomaliesPanel

    @property
    def view(self) -> SeriesAnomalies:
        return self.panel.series

    def learned(self) -> None:
        """Train, and wait until the flagged stretches are listed."""
        self.until(lambda: self.model.loading is None)
        self.train()
        self.until(lambda: self.view.found is not None and np.isfinite(self.view.found.scores).all())
        self.listed()

    def listed(self) -> None:
        """Wait until the stretches are those of the threshold."""
        expected = self.expected(self.view.scores.line.value())
        self.until(lambda: self.view.intervals is not None and len(self.view.intervals) == len(expected.start)
                   and np.array_equal(self.view.intervals.start, expected.start)
                   and np.array_equal(self.view.intervals.end, expected.end))

    def expected(self, threshold: float) -> Intervals:
        found = scores(self.view.windows.window_rows)
        return flagged_intervals(found, np.array(LENGTHS), threshold, self.view.windows.join_rows)


def scores(window: int) -> np.ndarray:
    return window_scores(-np.abs(waves().columns[0].values), np.array(LENGTHS), window)


@pytest.fixture
def hand(show_alone: Callable[..., AnomaliesPanel], qtbot: QtBot, theme: Theme, of_levels: SessionModel) -> Hand:
    found = Hand(show_alone(AnomaliesPanel(of_levels, theme), 1000, 720), of_levels, qtbot)
    # Two sequences are held out: all of them are scored, in their own order.
    found.load(waves(), valid=0.34, test=0.34)
    of_levels.choose_model("two_levels")
    return found


def test_the_strange_stretch_is_flagged_and_shaded(hand: Hand) -> None:
    hand.learned()
    found = hand.view.found
    assert found is not None
    np.testing.assert_allclose(found.scores, scores(25), atol=1e-9)
    np.testing.assert_array_equal(hand.view.series.arrays()["x"], waves().columns[0].values)
    value = -np.percentile(-scores(25), 1)
    assert hand.view.scores.line.value() == hand.view.histogram.threshold() == pytest.approx(value)
    intervals = hand.view.intervals
    assert intervals is not None
    assert len(intervals) == 1
    assert intervals.start[0] >= STRANGE.start - 13
    assert intervals.end[0] <= STRANGE.stop + 13
    assert len(hand.view.series.picture.intervals) == 1
    first, last = hand.view.series.picture.intervals[0]
    assert (first, last) == pytest.approx((intervals.start[0] - 0.5, intervals.end[0] - 0.5))
    assert hand.view.views.tabs.tabText(0) == "Stretches (1)"


def test_percent_value_histogram_and_line_stay_in_step(hand: Hand) -> None:
    hand.learned()
    hand.retype("anomaly.series.threshold_percent", "20")
    value = -np.percentile(-scores(25), 20)
    assert hand.view.scores.line.value() == hand.view.histogram.threshold() == pytest.approx(value)
    hand.listed()
    plot = hand.view.scores
    left, right, low, high = plot.bounds()
    middle = (left + right) / 2
    drag(plot, (middle, plot.line.value()), (middle, (low + high) / 2))
    assert plot.line.value() == pytest.approx((low + high) / 2, abs=0.05 * (high - low))
    assert hand.view.histogram.threshold() == plot.line.value()
    hand.listed()
    flagged = ScoreDistribution.of(scores(25)).by_value(float(plot.line.value())).flagged
    assert hand.find("anomaly.series.flagged").text() == f"{flagged:,} flagged"
    before = plot.line.value()
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Up)
    assert plot.line.value() > before
    hand.listed()


def test_windows_and_joining_are_chosen(hand: Hand) -> None:
    hand.learned()
    assert hand.view.windows.join_rows == USUAL_JOIN
    hand.retype("anomaly.series.window", "1")
    hand.until(lambda: hand.view.found is not None and hand.view.found.scores.max() > 39)
    hand.retype("anomaly.series.join", "0")
    hand.retype("anomaly.series.threshold_value", "20")
    hand.listed()
    intervals = hand.view.intervals
    assert intervals is not None
    assert (intervals.start.tolist(), intervals.end.tolist()) == ([STRANGE.start], [STRANGE.stop])
    hand.retype("anomaly.series.window", "0")
    assert hand.find("anomaly.series.window").property("problem")
    assert hand.view.windows.window_rows == 1


def test_a_selected_stretch_is_brought_into_sight(hand: Hand) -> None:
    hand.learned()
    hand.retype("anomaly.series.window", "1")
    hand.until(lambda: hand.view.found is not None and hand.view.found.scores.max() > 39)
    hand.retype("anomaly.series.threshold_value", "20")
    hand.listed()
    hand.view.table.selectRow(0)
    left, right = hand.view.series.visible_range()
    assert (left + right) / 2 == pytest.approx((STRANGE.start + STRANGE.stop - 1) / 2, abs=1)
    assert right - left < 60
    assert hand.view.scores.bounds()[:2] == pytest.approx((left, right), abs=0.5)


def test_stretches_are_exported(hand: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hand.learned()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "out"), ""))
    hand.click("anomaly.series.export")
    hand.until(lambda: "Saved" in hand.said())
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    intervals = hand.view.intervals
    assert intervals is not None
    owner = np.searchsorted(bounds(np.array(LENGTHS)), intervals.start, side="right") - 1
    assert [row["sequence"] for row in rows] == [KEYS[place] for place in owner]
    clock = np.concatenate([np.arange(length) / 4 for length in LENGTHS])
    assert [float(row["start"]) for row in rows] == clock[intervals.start].tolist()
    assert [float(row["end"]) for row in rows] == clock[intervals.end - 1].tolist()
    assert [float(row["highest_score"]) for row in rows] == intervals.highest.tolist()
    assert "Saved 1 flagged stretch as out.csv" in hand.said()


def test_rows_and_sequences_take_turns(hand: Hand) -> None:
    hand.learned()
    of_series = hand.model.current
    hand.load(mixture_hand.blobs(120), valid=0.0, test=0.0)
    hand.model.choose_model("gmm")
    hand.until(lambda: hand.model.loading is None)
    hand.train(n_components=3)
    hand.until(lambda: hand.panel.screening is not None and len(hand.panel.screening.rows) == 120)
    assert hand.panel.rows.isVisible()
    assert not hand.view.isVisible()
    hand.model.show_run(of_series)
    hand.until(hand.view.isVisible)
    hand.listed()


def test_labels_that_mark_anomalies_judge_the_threshold(hand: Hand) -> None:
    hand.load(waves(), valid=0.34, test=0.34, anomalous="high")
    hand.model.choose_model("two_levels")
    hand.learned()
    detection = hand.view.detection.detection
    assert detection is not None
    assert detection.ranking.confusion(float(hand.view.scores.line.value())) == hand.view.detection.matrix.confusion


def test_before_training_nothing_is_exported(hand: Hand) -> None:
    hand.panel.kinds.setCurrentWidget(hand.view)
    hand.panel.export()
    assert "No row is scored yet" in hand.said()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_nothing_is_clipped_in_a_narrow_window(hand: Hand, theme: Theme, mode: str) -> None:
    hand.learned()
    theme.set_mode(mode)
    hand.panel.resize(640, 440)
    assert (hand.panel.width(), hand.panel.height()) == (640, 440)
    hand.qtbot.waitExposed(hand.panel)
    for widget in hand.view.findChildren(QWidget):
        if widget.isVisible() and widget.objectName().startswith("anomaly.") and not isinstance(widget, QSplitter):
            place = widget.mapTo(hand.panel, QPoint())
            assert 0 <= place.x() <= 640 - widget.width(), widget.objectName()
    assert not hand.panel.grab().isNull()
