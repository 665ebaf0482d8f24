"""The Anomalies panel, used as a person uses it: a trained run, typed and dragged thresholds, real files."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QSplitter, QTableView, QWidget
from pytestqt.qtbot import QtBot

from genstudio.applications.anomaly import ScoreDistribution
from genstudio.applications.detection import rank
from genstudio.applications.screening import Screening
from genstudio.models.registry import models
from genstudio.ui.anomaly_map import NOT_EXACT
from genstudio.ui.anomaly_rows import FIRST_ROWS, MORE_ROWS, ROWS_WHILE_TRAINING
from genstudio.ui.panels.anomalies import AnomaliesPanel
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme
from tests.patience import PATIENCE_MS
from tests.ui.plots.mouse import drag

LEFT = Qt.MouseButton.LeftButton
HTML = "<b>mass</b>"
TEXTBOOK_ROWS = 1050


class Hand:
    """A person at the panel."""

    def __init__(self, panel: AnomaliesPanel, model: SessionModel, qtbot: QtBot) -> None:
        self.panel, self.model, self.qtbot = panel, model, qtbot

    def until(self, condition: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MS)

    def loaded(self) -> None:
        self.until(lambda: self.model.data is not None and self.model.loading is None)

    def train(self) -> Screening:
        """Train, and wait until all rows are shown with their reasons."""
        self.loaded()
        self.model.train()
        run = self.model.current
        assert run is not None
        self.until(lambda: run.status.ended)
        self.until(lambda: self.panel.screening is not None and len(self.panel.screening.rows) == self.rows()
                   and self.panel.rows.strange.rows.rowCount() > 0)
        assert self.panel.screening is not None
        return self.panel.screening

    def rows(self) -> int:
        assert self.model.data is not None
        return len(self.model.data.everything)

    def find(self, name: str) -> QWidget:
        found = self.panel.findChild(QWidget, f"anomaly.{name}")
        assert found is not None, name
        return found

    def type_in(self, name: str, text: str) -> None:
        line = self.find(name).findChild(QLineEdit)
        assert line is not None
        line.setFocus()
        line.selectAll()
        QTest.keyClicks(line, text)
        QTest.keyClick(line, Qt.Key.Key_Return)

    def typed(self, name: str) -> float:
        line = self.find(name).findChild(QLineEdit)
        assert line is not None
        return float(line.text())

    def click(self, name: str) -> None:
        QTest.mouseClick(self.find(name), LEFT)

    def show_tab(self, title: str) -> None:
        bar = self.panel.rows.views.tabs.tabBar()
        place = [bar.tabText(i) for i in range(bar.count())].index(title)
        QTest.mouseClick(bar, LEFT, pos=bar.tabRect(place).center())

    def select(self, place: int) -> None:
        table = self.panel.rows.strange.table
        index = table.model().index(place, 0)
        table.scrollTo(index)
        QTest.mouseClick(table.viewport(), LEFT, pos=table.visualRect(index).center())


@pytest.fixture
def model() -> Iterator[SessionModel]:
    found = SessionModel()
    found.set_models(models())
    yield found
    found.close()


@pytest.fixture
def hand(show_alone: Callable[..., AnomaliesPanel], qtbot: QtBot, theme: Theme, model: SessionModel) -> Hand:
    return Hand(show_alone(AnomaliesPanel(model, theme), 900, 700), model, qtbot)


@pytest.fixture
def textbook(hand: Hand) -> Hand:
    hand.model.choose_source("textbook_anomalies")
    hand.loaded()
    return hand


def write_table(path: Path, header: list[str], columns: np.ndarray) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(columns.tolist())
    return path


def assert_in_step(hand: Hand, scores: np.ndarray) -> None:
    """Editors, line, count, rings and matrix tell of one threshold."""
    value = hand.panel.rows.histogram.threshold()
    assert hand.typed("threshold_value") == pytest.approx(value, rel=1e-5)
    expected = ScoreDistribution.of(scores).by_value(value)
    assert hand.typed("threshold_percent") == pytest.approx(expected.percent, rel=1e-3, abs=1e-9)
    label = hand.find("flagged")
    assert isinstance(label, QLabel)
    flagged = int((scores > value).sum())
    assert label.text() == f"{flagged:,} flagged"
    hand.until(lambda: len(hand.panel.rows.map.stage.arrays().get("flagged", ())) == flagged)
    confusion = hand.panel.rows.detection.matrix.confusion
    assert confusion.tp + confusion.fp == flagged


def test_the_strangest_percent_is_flagged_at_once(textbook: Hand) -> None:
    found = textbook.train()
    assert textbook.typed("threshold_percent") == 1
    assert textbook.panel.rows.histogram.threshold() == pytest.approx(-np.percentile(-found.scores, 1))
    assert_in_step(textbook, found.scores)
    assert textbook.panel.rows.histogram.arrays()["count.1"].sum() <= 50
    stage = textbook.panel.rows.map.stage
    assert "boundary" in stage.arrays() or stage.is_layer_visible("boundary")


def test_percent_value_and_line_stay_in_step(textbook: Hand) -> None:
    scores = textbook.train().scores
    textbook.type_in("threshold_percent", "5")
    assert textbook.panel.rows.histogram.threshold() == pytest.approx(-np.percentile(-scores, 5))
    assert_in_step(textbook, scores)
    textbook.type_in("threshold_value", "7.5")
    assert textbook.panel.rows.histogram.threshold() == 7.5
    assert_in_step(textbook, scores)
    histogram = textbook.panel.rows.histogram
    drag(histogram, (7.5, histogram.bounds()[3] / 2), (6.0, histogram.bounds()[3] / 2))
    assert histogram.threshold() == pytest.approx(6.0, abs=0.2)
    assert_in_step(textbook, scores)
    histogram.setFocus()
    QTest.keyClick(histogram, Qt.Key.Key_Right)
    assert histogram.threshold() > 6.0
    assert_in_step(textbook, scores)


@pytest.mark.parametrize("text", ["-1", "101", "much"])
def test_a_percentile_that_cannot_be_is_marked_and_changes_nothing(textbook: Hand, text: str) -> None:
    textbook.train()
    before = textbook.panel.rows.histogram.threshold()
    textbook.type_in("threshold_percent", text)
    assert textbook.find("threshold_percent").property("problem")
    assert "Strangest must be" in textbook.find("threshold_percent").toolTip()
    assert textbook.panel.rows.histogram.threshold() == before
    textbook.type_in("threshold_percent", "2")
    assert not textbook.find("threshold_percent").property("problem")


def test_figures_are_those_of_the_ranking(textbook: Hand) -> None:
    found = textbook.train()
    labels = np.repeat([0, 1], [1000, 50])
    np.testing.assert_array_equal(found.rows, np.arange(TEXTBOOK_ROWS))
    ranking = rank(found.scores, labels, 1)
    textbook.show_tab("Labels")
    texts = {key: label.text() for key, label in textbook.panel.rows.detection.figures.items()}
    assert texts["auroc"] == f"{ranking.auroc:.3f} ± {ranking.auroc_stderr():.3f}"
    assert texts["average_precision"] == f"{ranking.average_precision:.3f}"
    confusion = textbook.panel.rows.detection.matrix.confusion
    assert confusion == ranking.confusion(textbook.panel.rows.histogram.threshold())
    textbook.click("best_f1")
    best_f1, best_value = ranking.best_f1()
    assert textbook.panel.rows.histogram.threshold() == best_value
    assert textbook.panel.rows.detection.figures["f1"].text() == f"{best_f1:.3f}"
    assert_in_step(textbook, found.scores)
    point = ranking.confusion(best_value)
    assert textbook.panel.rows.curves.roc.point() == pytest.approx((point.fp / 1000, point.recall))
    assert textbook.panel.rows.curves.precision_recall.point() == pytest.approx((point.recall, point.precision))


def test_a_selected_row_is_ringed_and_explained(textbook: Hand) -> None:
    found = textbook.train()
    textbook.select(2)
    place = found.strangest(3)[2]
    row = textbook.panel.rows.strange.rows.rows[2]
    assert row.row == found.rows[place]
    reason = textbook.find("row_reason")
    assert isinstance(reason, QLabel)
    assert reason.text().startswith(f"Row {row.row + 1:,}: ")
    bars = textbook.panel.rows.strange.bars.arrays()
    assert {name: values[0] for name, values in bars.items()} == pytest.approx(
        dict(zip("xy", row.contributions, strict=True)))
    marked = textbook.panel.rows.map.marked()
    assert marked is not None
    np.testing.assert_array_equal(marked, found.x[place])


def test_more_rows_are_listed_on_demand(textbook: Hand) -> None:
    found = textbook.train()
    assert textbook.panel.rows.strange.rows.rowCount() == FIRST_ROWS
    textbook.select(1)
    chosen = textbook.panel.rows.strange.rows.rows[1].row
    textbook.click("more")
    textbook.until(lambda: textbook.panel.rows.strange.rows.rowCount() == FIRST_ROWS + MORE_ROWS)
    listed = [row.row for row in textbook.panel.rows.strange.rows.rows]
    np.testing.assert_array_equal(listed, found.rows[found.strangest(FIRST_ROWS + MORE_ROWS)])
    selected = textbook.panel.rows.strange.table.selectionModel().selectedRows()
    assert [listed[index.row()] for index in selected] == [chosen]


def test_flagged_rows_are_exported(textbook: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = textbook.train()
    textbook.type_in("threshold_percent", "2")
    path = tmp_path / "strange.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path.with_suffix("")), ""))
    textbook.click("export")
    textbook.until(textbook.find("export").isEnabled)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    beyond = found.order[: (found.scores > textbook.panel.rows.histogram.threshold()).sum()]
    assert [int(row["row"]) - 1 for row in rows] == found.rows[beyond].tolist()
    np.testing.assert_allclose([float(row["anomaly_score"]) for row in rows], found.scores[beyond])
    np.testing.assert_array_equal([[float(row["x"]), float(row["y"])] for row in rows], found.x[beyond])
    assert {row["anomaly"] for row in rows} <= {"normal", "anomalous"}
    assert all(row["reason"] for row in rows)
    said = textbook.model.messages.all[-1].text
    assert said == f"Saved {len(beyond)} flagged rows as strange.csv in {tmp_path}."


def test_an_export_that_fails_says_so(textbook: Hand, tmp_path: Path) -> None:
    textbook.train()
    textbook.panel.export_to(tmp_path / "nowhere" / "strange.csv")
    textbook.until(textbook.find("export").isEnabled)
    assert textbook.model.messages.all[-1].level == "warning"


def test_columns_beyond_two_have_no_boundary(hand: Hand) -> None:
    hand.model.choose_source("penguins")
    hand.loaded()
    hand.train()
    sentence = hand.find("map_sentence")
    assert isinstance(sentence, QLabel)
    assert sentence.isVisible()
    assert sentence.text() == NOT_EXACT
    assert "boundary" not in hand.panel.rows.map.stage.arrays()
    assert "No word of the label marks anomalies" in hand.panel.rows.detection.sentence.text()
    rings = hand.panel.rows.map.stage.arrays()["flagged"]
    hand.panel.rows.map.choice.choose_pair(2, 3)
    other = hand.panel.rows.map.stage.arrays()["flagged"]
    assert rings.shape == other.shape
    assert not np.allclose(rings, other)


def test_one_column_is_shown_against_the_score(hand: Hand, tmp_path: Path) -> None:
    x = np.append(np.random.default_rng(0).normal(size=300), 9.0)
    hand.model.open_data(write_table(tmp_path / "one.csv", ["length"], x[:, None]))
    hand.until(lambda: hand.model.data is not None and hand.model.data.name.startswith("one"))
    found = hand.train()
    points = hand.panel.rows.map.stage.arrays()["data"]
    assert points.shape == (301, 2)
    np.testing.assert_allclose(np.sort(points[:, 1]), np.sort(found.scores))
    assert found.x[found.order[0]] == pytest.approx(9.0)
    assert "have no label" in hand.panel.rows.detection.sentence.text()


def test_names_with_markup_stay_plain_text(hand: Hand, tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(120, 3))
    path = write_table(tmp_path / "html.csv", [HTML, "y", "z"], x)
    hand.model.open_data(path)
    hand.until(lambda: hand.model.data is not None and hand.model.data.preparation.names[0] == HTML)
    hand.train()
    table = hand.find("rows")
    assert isinstance(table, QTableView)
    header = table.model().headerData(3, Qt.Orientation.Horizontal)
    assert header == HTML
    tooltip = table.model().headerData(3, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert QTextDocumentFragment.fromHtml(tooltip).toPlainText() == HTML
    assert HTML in hand.panel.rows.strange.bars.arrays()
    for label in hand.panel.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText or HTML not in label.text()


def test_rows_without_any_density_are_the_strangest(hand: Hand, tmp_path: Path) -> None:
    x = np.vstack([np.random.default_rng(0).uniform(size=(200, 2)), np.arange(40).reshape(20, 2) * 50.0 + 100])
    hand.model.open_data(write_table(tmp_path / "far.csv", ["x", "y"], x))
    hand.until(lambda: hand.model.data is not None and hand.model.data.name.startswith("far"))
    hand.model.choose_model("kde")
    hand.model.edit_settings(kernel="tophat", bandwidth=0.5)
    found = hand.train()
    infinite = np.isinf(found.scores)
    assert infinite.any()
    assert np.isfinite(hand.panel.rows.histogram.threshold())
    hand.type_in("threshold_percent", "0")
    label = hand.find("flagged")
    assert isinstance(label, QLabel)
    assert label.text() == f"{infinite.sum()} flagged"
    hand.select(0)
    assert table_text(hand, 0, 1) == "∞"
    assert sum(values[0] for values in hand.panel.rows.strange.bars.arrays().values()) == pytest.approx(1)


def table_text(hand: Hand, row: int, column: int) -> str:
    model = hand.panel.rows.strange.table.model()
    return str(model.data(model.index(row, column)))


def test_labels_of_one_kind_have_a_sentence_in_their_place(hand: Hand) -> None:
    hand.model.choose_source("textbook_anomalies", normal=300, anomalies=2)
    hand.loaded()
    hand.model.edit_preparation(columns=("x", "y"), label="")
    hand.until(lambda: hand.model.data is not None and hand.model.data.labels is None)
    hand.train()
    assert "have no label" in hand.panel.rows.detection.sentence.text()
    hand.show_tab("Labels")
    assert hand.panel.rows.detection.sentence.isVisible()
    assert not hand.find("best_f1").isVisible()


def test_a_training_run_is_looked_at_in_part(hand: Hand) -> None:
    hand.model.choose_source("textbook_anomalies", normal=ROWS_WHILE_TRAINING + 5000)
    hand.loaded()
    hand.model.slow_down(0.02)
    hand.model.edit_settings(max_iter=100_000, tol=1e-300)
    hand.model.train()
    hand.until(lambda: hand.panel.screening is not None)
    assert hand.panel.screening is not None
    assert len(hand.panel.screening.rows) == ROWS_WHILE_TRAINING
    hand.model.stop()
    hand.until(lambda: len(hand.panel.screening.rows) == hand.rows() if hand.panel.screening else False)


def test_another_run_keeps_the_percentile_and_drops_late_answers(textbook: Hand) -> None:
    textbook.train()
    textbook.type_in("threshold_percent", "3")
    first = textbook.model.current
    textbook.model.edit_settings(n_components=2)
    found = textbook.train()
    assert textbook.model.current is not first
    assert textbook.typed("threshold_percent") == 3
    assert_in_step(textbook, found.scores)
    textbook.model.show_run(first)
    textbook.until(lambda: textbook.panel.screening is not None)
    assert textbook.panel.screening is not None
    assert not np.array_equal(textbook.panel.screening.scores, found.scores)


def test_without_a_run_a_sentence_says_what_to_do(hand: Hand) -> None:
    reason = hand.find("reason")
    assert isinstance(reason, QLabel)
    assert reason.isVisible()
    assert "Train a model first" in reason.text()
    hand.panel.export()
    assert "No row is scored yet" in hand.model.messages.all[-1].text


def test_a_low_panel_keeps_the_histogram_in_a_tab(textbook: Hand) -> None:
    scores = textbook.train().scores
    textbook.panel.resize(640, 400)
    assert textbook.panel.rows.histogram.isVisible()
    textbook.show_tab("Rows")
    assert not textbook.panel.rows.histogram.isVisible()
    textbook.type_in("threshold_percent", "4")
    textbook.panel.resize(640, 600)
    assert textbook.panel.rows.histogram.isVisible()
    assert textbook.panel.rows.views.tabs.count() == 3
    assert_in_step(textbook, scores)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_nothing_is_clipped_in_a_narrow_window(textbook: Hand, theme: Theme, mode: str) -> None:
    textbook.train()
    theme.set_mode(mode)
    textbook.panel.resize(640, 400)
    assert (textbook.panel.width(), textbook.panel.height()) == (640, 400)
    for tab in range(4):
        textbook.panel.rows.views.tabs.setCurrentIndex(tab)
        textbook.qtbot.waitExposed(textbook.panel)
        for widget in textbook.panel.findChildren(QWidget):
            if widget.isVisible() and widget.objectName().startswith("anomaly.") and not isinstance(widget, QSplitter):
                place = widget.mapTo(textbook.panel, QPoint())
                assert place.x() >= 0, widget.objectName()
                assert place.x() + widget.width() <= 640, widget.objectName()
    assert not textbook.panel.grab().isNull()


def test_everything_that_is_used_has_a_name(textbook: Hand) -> None:
    textbook.train()
    names = ("threshold_percent", "threshold_value", "histogram", "stage", "rows", "export", "best_f1", "more")
    for name in names:
        widget = textbook.find(name)
        assert widget.toolTip() or name in ("histogram", "stage", "rows"), name
    for name in ("threshold_percent", "threshold_value", "rows", "export", "best_f1", "more"):
        assert textbook.find(name).accessibleName(), name
