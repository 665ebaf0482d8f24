from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from genstudio.errors import GenStudioError
from genstudio.ui.plots import export
from genstudio.ui.plots.bars import Bars
from genstudio.ui.plots.curves import Curves
from genstudio.ui.plots.histogram import Histogram
from genstudio.ui.plots.lines import Lines, LineSeries
from genstudio.ui.plots.pairs import Pairs
from genstudio.ui.plots.plot import Plot
from genstudio.ui.plots.stage import Stage
from genstudio.ui.theme import Theme

DIALOG = "genstudio.ui.plots.export_menu.QFileDialog.getSaveFileName"


def stage(theme: Theme) -> Stage:
    found = Stage(theme)
    found.set_points([[0, 1], [1, 0]], [0, 1], ["a", "b"])
    axis = np.linspace(-1, 2, 16)
    found.set_density(axis, axis, -np.add.outer(axis**2, axis**2))
    found.fit_view()
    return found


def curves(theme: Theme) -> Curves:
    found = Curves(theme)
    found.add_series("train", "train")
    found.append("train", [0, 1, 2], [3.0, 2.0, 1.0])
    return found


def histogram(theme: Theme) -> Histogram:
    found = Histogram(theme)
    found.set_values(np.arange(50.0))
    return found


def lines(theme: Theme) -> Lines:
    found = Lines(theme, "lines", "x", "y")
    found.set_series([LineSeries("roc", [0, 0.5, 1], [0, 0.9, 1])])
    return found


def bars(theme: Theme) -> Bars:
    found = Bars(theme)
    found.set_values(["=danger", "b"], [1.0, -2.0])
    return found


def pairs(theme: Theme) -> Pairs:
    found = Pairs(theme)
    found.set_columns(["a", "b"], np.random.default_rng(0).normal(size=(50, 2)))
    return found


@pytest.fixture(params=[stage, curves, histogram, lines, bars, pairs], ids=lambda make: make.__name__)
def plot(request: pytest.FixtureRequest, theme: Theme, qtbot: QtBot) -> Plot | Pairs:
    make: Callable[[Theme], Plot | Pairs] = request.param
    found = make(theme)
    qtbot.addWidget(found)
    found.resize(420, 320)
    found.show()
    return found


def test_every_plot_exports_everything(plot: Plot | Pairs, tmp_path: Path) -> None:
    for ending in ("png", "svg", "csv", "npz"):
        plot.export(tmp_path / f"plot.{ending}")
    image = QImage(str(tmp_path / "plot.png"))
    assert image.width() >= 600
    assert len({image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}) > 3
    root = ElementTree.parse(tmp_path / "plot.svg").getroot()
    assert root.tag.endswith("svg")
    assert len(list(root.iter())) > 5
    with (tmp_path / "plot.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) > 1
    assert {len(row) for row in rows} == {len(rows[0])}
    assert not any(title.startswith(("=", "+", "-", "@")) for title in rows[0])
    with np.load(tmp_path / "plot.npz", allow_pickle=False) as arrays:
        assert arrays.files
        assert all(arrays[name].dtype.kind == "f" for name in arrays.files)
    assert {path.name for path in tmp_path.iterdir()} == {"plot.png", "plot.svg", "plot.csv", "plot.npz"}


def test_columns_of_different_lengths_are_padded() -> None:
    text = export.csv_text({"short": np.array([1.0]), "pair": np.array([[1.5, 2.0], [1e-9, 4.0]])})
    assert list(csv.reader(io.StringIO(text))) == [
        ["short", "pair.1", "pair.2"], ["1.0", "1.5", "2.0"], ["", "1e-09", "4.0"],
    ]


def test_texts_in_cells_are_no_formulas() -> None:
    text = export.csv_text({"@name": np.array(["=1+1", "fine"])})
    assert list(csv.reader(io.StringIO(text))) == [["'@name"], ["'=1+1"], ["fine"]]


def test_names_in_archives_are_plain() -> None:
    content = export.npz({"../evil": np.zeros(2), "file": np.ones(2)})
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        assert set(arrays.files) == {".._evil", "file_"}


def test_a_failed_export_keeps_the_former_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "plot.csv"
    path.write_text("precious")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(GenStudioError, match="No space left"):
        export.write_whole(path, b"new")
    assert path.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["plot.bmp", "plot"])
def test_unknown_endings_are_refused(theme: Theme, qtbot: QtBot, tmp_path: Path, name: str) -> None:
    plot = curves(theme)
    qtbot.addWidget(plot)
    with pytest.raises(GenStudioError, match=r"\.png, \.svg, \.csv or \.npz"):
        plot.export(tmp_path / name)


def test_a_missing_folder_is_said(theme: Theme, qtbot: QtBot, tmp_path: Path) -> None:
    plot = curves(theme)
    qtbot.addWidget(plot)
    with pytest.raises(GenStudioError, match="could not be written"):
        plot.export(tmp_path / "none" / "plot.csv")


def test_the_menu_exports(
    theme: Theme, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plot = curves(theme)
    qtbot.addWidget(plot)
    chosen = tmp_path / "mine 1.5"
    monkeypatch.setattr(DIALOG, lambda *_: (str(chosen), ""))
    actions = {action.objectName(): action for action in plot.context_menu().actions()}
    actions["curves.export.csv"].trigger()
    assert (tmp_path / "mine 1.5.csv").read_text().startswith("train.1,train.2")


def test_the_menu_tells_what_failed(
    theme: Theme, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plot = pairs(theme)
    qtbot.addWidget(plot)
    monkeypatch.setattr(DIALOG, lambda *_: (str(tmp_path / "none" / "plot.png"), ""))
    actions = {action.objectName(): action for action in plot.context_menu().actions()}
    with qtbot.waitSignal(plot.export_failed) as failed:
        actions["pairs.export.png"].trigger()
    assert isinstance(failed.args[0], GenStudioError)
    monkeypatch.setattr(DIALOG, lambda *_: ("", ""))
    with qtbot.assertNotEmitted(plot.export_failed):
        actions["pairs.export.png"].trigger()


@pytest.mark.qt_log_ignore("grabbing the keyboard", "propagateSizeHints", "support raise")
def test_the_right_button_opens_the_menu(theme: Theme, qtbot: QtBot) -> None:
    plot = curves(theme)
    qtbot.addWidget(plot)
    plot.resize(400, 300)
    plot.show()
    QTest.mouseClick(plot.graph.viewport(), Qt.MouseButton.RightButton, pos=plot.graph.rect().center())
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
    assert "Export PNG…" in [action.text() for action in QApplication.activePopupWidget().actions()]
    QApplication.activePopupWidget().close()
