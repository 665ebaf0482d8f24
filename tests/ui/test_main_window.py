from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QAccessible, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QScrollBar,
    QTreeWidget,
    QWhatsThis,
    QWidget,
)

from genstudio.runs.job import Status
from genstudio.ui.main_window import PANEL_KEYS
from genstudio.ui.panels.live import LivePanel
from tests.ui.desk import Desk

QTS_OWN = ("qt_", "ScrollLeftButton", "ScrollRightButton")
INTERACTIVE = (QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox, QAbstractSlider, QAbstractItemView)


def live(desk: Desk) -> LivePanel:
    panel = desk.window.panel("live")
    assert isinstance(panel, LivePanel)
    return panel


def drop(desk: Desk, *paths: Path) -> None:
    carried = QMimeData()
    carried.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, carried, Qt.MouseButton.LeftButton,
                       Qt.KeyboardModifier.NoModifier, QEvent.Type.Drop)
    desk.window.dropEvent(event)
    assert event.isAccepted()


def test_the_first_minute(desk: Desk) -> None:
    """The window is never empty: data are there, Train is the one bright button, and one click shows a density."""
    stage = live(desk).stage
    desk.until(lambda: len(stage.data.arrays().get("data", ())) == 2000)
    bright = [b for b in desk.window.findChildren(QAbstractButton) if b.property("role") == "primary" and b.isVisible()]
    assert [button.objectName() for button in bright] == ["training.start"]
    assert desk.find("source.choice", QComboBox).currentText() == "Two moons"

    run = desk.train()

    desk.until(stage.heat.arrays)
    runs = desk.find("runs.list", QTreeWidget)
    assert runs.topLevelItemCount() == 1
    assert float(runs.topLevelItem(0).text(1)) == pytest.approx(run.history.last("valid"), abs=1e-3)
    desk.until(lambda: "done after" in desk.find("status.text", QLabel).text())
    drawn = desk.window.curves.curves.arrays()
    assert drawn[f"{run.key}.train"][:, 1] == pytest.approx(-run.history.series("train")[1])
    assert run.data is not None
    assert run.data.truth is not None
    lines = [line.value() for line in desk.window.curves.curves.item.items if isinstance(line, pg.InfiniteLine)]
    assert run.data.truth.entropy in lines


def test_keys_steer_training(desk: Desk) -> None:
    desk.model.slow_down(0.02)
    desk.model.edit_settings(max_iter=100_000, tol=1e-300)
    desk.window.setFocus()

    desk.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.until(lambda: desk.model.current is not None and desk.run.history.step > 1)
    first = desk.run
    desk.key(Qt.Key.Key_Space)
    desk.until(lambda: first.status is Status.PAUSED)
    assert desk.action("pause").text() == "Resume"
    held = first.history.step
    desk.key(Qt.Key.Key_Period)
    desk.until(lambda: first.history.step == held + 1 and first.status is Status.PAUSED)
    desk.key(Qt.Key.Key_Space)
    desk.until(lambda: first.history.step > held + 2)
    desk.key(Qt.Key.Key_Escape)
    desk.until(lambda: first.status is Status.STOPPED)
    assert not desk.action("stop").isEnabled()
    desk.key(Qt.Key.Key_Space)
    desk.until(lambda: desk.run is not first and desk.run.status is Status.TRAINING)


def test_keys_change_what_is_seen(desk: Desk) -> None:
    window = desk.window
    desk.train()
    # There are more panels than keys; the last ones are in the menu.
    for place, key in enumerate(list(window.tabs.panel_tabs)[: len(PANEL_KEYS)]):
        desk.key(Qt.Key(ord(PANEL_KEYS[place])), Qt.KeyboardModifier.AltModifier)
        assert window.tabs.currentIndex() == place
        assert window.panel(key).isVisible()
    was = window.theme.tokens.name
    desk.control(Qt.Key.Key_T)
    assert window.theme.tokens.name != was

    desk.key(Qt.Key.Key_F11)
    assert window.isFullScreen()
    assert not window.menuBar().isVisible()
    assert not desk.find("experiment").isVisible()
    desk.key(Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert window.tabs.currentIndex() == 0, "keys of hidden menus work"
    desk.key(Qt.Key.Key_F11)
    assert not window.isFullScreen()
    assert window.menuBar().isVisible()
    assert desk.find("experiment").isVisible()

    desk.key(Qt.Key.Key_F1)
    assert QWhatsThis.inWhatsThisMode()
    QWhatsThis.leaveWhatsThisMode()


def test_undo_and_redo_by_keys_even_from_a_field(desk: Desk) -> None:
    former = desk.model.recipe.model.settings["n_components"]
    desk.enter("family.n_components", "7")
    assert desk.model.recipe.model.settings["n_components"] == 7
    desk.control(Qt.Key.Key_Z)
    assert desk.model.recipe.model.settings["n_components"] == former
    desk.control(Qt.Key.Key_Z, shift=True)
    assert desk.model.recipe.model.settings["n_components"] == 7


def test_typing_is_left_alone(desk: Desk) -> None:
    """Space, full stop and Ctrl+Z belong to a field in which something is being typed."""
    field = desk.find("family.n_components")
    line = field.findChild(QLineEdit)
    assert line is not None
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "1 .2")
    assert line.text() == "1 .2"
    assert desk.model.current is None
    QTest.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert line.text() != "1 .2"
    run = desk.train_slowly()
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "9")
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() != "9"
    desk.qtbot.waitUntil(lambda: run.history.step > 3)
    assert run.status is Status.TRAINING, "Escape in a field gives back its value and does not stop the training"


def test_space_presses_a_button_that_was_gone_to_by_tab(desk: Desk) -> None:
    former = desk.model.recipe.seed
    desk.model.edit_settings(n_components=9)
    reset = desk.find("experiment.reset", QAbstractButton)
    reset.setFocus(Qt.FocusReason.TabFocusReason)
    desk.key(Qt.Key.Key_Space)
    assert desk.model.current is None
    assert desk.model.recipe.model.settings["n_components"] != 9
    assert desk.model.recipe.seed == former
    desk.window.setFocus()
    desk.click("experiment.reset")
    assert not reset.hasFocus(), "a click leaves space to play and pause"


def test_dropping_files(desk: Desk, tmp_path: Path) -> None:
    csv, other = tmp_path / "heights.csv", tmp_path / "b.csv"
    csv.write_text("a,b\n" + "\n".join(f"{i},{1000 * (i % 7)}" for i in range(60)), encoding="utf-8")
    other.write_text("a\n1\n", encoding="utf-8")
    before = desk.model.data
    drop(desk, csv, other)
    desk.loaded(before)
    assert desk.model.data is not None
    assert desk.model.data.name == "heights.csv"
    assert "2 files were dropped" in desk.said()
    assert desk.model.recipe.data.preparation.scaling == "standard", "spreads differ: scaling is proposed"
    assert desk.find("source.choice", QComboBox).currentText() == "heights.csv"
    menu = desk.find("menu.recent", QMenu)
    menu.aboutToShow.emit()
    assert menu.actions()[0].text() == "heights.csv"


def test_nothing_stands_between_a_file_and_the_window(desk: Desk) -> None:
    """Plots and fields would take a dropped file for themselves, and do nothing good with it."""
    for key in desk.window.tabs.panel_tabs:
        desk.window.show_panel(key)
    desk.model.choose_model("kde")
    takers = [f"{_path(w)}/{w.objectName()}" for w in desk.window.findChildren(QWidget) if w.acceptDrops()]
    assert takers == []


def test_shape_is_kept_and_a_damaged_one_forgotten(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    desk.action("dock.curves").trigger()
    assert not desk.find("dock.curves").isVisible()
    desk.window.close()
    assert QSettings().value("window/geometry") is not None
    again = open_desk()
    assert not again.find("dock.curves").isVisible()
    again.window.close()
    for key in ("window/geometry", "window/state"):
        QSettings().setValue(key, "<b>damaged</b>")
    assert open_desk().window.isVisible()


@pytest.mark.parametrize("garbage", [b"\x00\xff[[[", b"[window]\ngeometry=@ByteArray(\x01)\nstate=@Variant(\\0\\0)"])
def test_damaged_settings_file(open_desk: Callable[..., Desk], garbage: bytes) -> None:
    path = Path(QSettings().fileName())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(garbage)
    assert open_desk().window.isVisible()


def test_every_action_has_words_and_a_name(desk: Desk) -> None:
    menus = desk.window.menuBar().findChildren(QMenu)
    known = [action for menu in menus for action in menu.actions()]
    actions = [a for a in known if not a.isSeparator() and a not in [menu.menuAction() for menu in menus]]
    assert len(actions) > 20
    for action in actions:
        assert action.objectName(), action.text()
        assert action.text(), action.objectName()
        assert action.toolTip(), action.objectName()
    names = Counter(action.objectName() for action in actions)
    assert [name for name, count in names.items() if count > 1] == []
    keys = Counter(action.shortcut().toString() for action in actions if not action.shortcut().isEmpty())
    assert [key for key, count in keys.items() if count > 1] == []


def test_everything_that_can_be_used_has_a_name_of_its_own(desk: Desk) -> None:
    desk.train()
    for key in desk.window.tabs.panel_tabs:
        desk.window.show_panel(key)
    widgets = [w for w in desk.window.findChildren(QWidget) if isinstance(w, INTERACTIVE) and _ours(w)]
    assert len(widgets) > 60
    unnamed = [f"{type(w).__name__} in {_path(w)}" for w in widgets if not w.objectName()]
    assert unnamed == []
    counted = Counter(w.objectName() for w in widgets)
    assert [name for name, count in counted.items() if count > 1] == []
    silent = [w.objectName() for w in widgets if not _spoken(w)]
    assert silent == []


def _ours(widget: QWidget) -> bool:
    """Whether it is no part that Qt makes of another widget."""
    parents = []
    parent = widget.parentWidget()
    while parent is not None:
        parents.append(parent)
        parent = parent.parentWidget()
    inner = any(isinstance(p, QAbstractSpinBox | QComboBox | QLineEdit) for p in parents)
    qts = widget.objectName().startswith(QTS_OWN) or isinstance(widget, QScrollBar | QHeaderView)
    return not inner and not qts


def _path(widget: QWidget) -> str:
    parent = widget.parentWidget()
    return "" if parent is None else f"{_path(parent)}/{parent.objectName() or type(parent).__name__}"


def _spoken(widget: QWidget) -> str:
    """What a screen reader says."""
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def test_theme_changes_while_training(desk: Desk) -> None:
    run = desk.train_slowly(0.002)
    for _ in range(2):
        desk.click("toolbar.theme")
        step = run.history.step
        desk.until(lambda step=step: run.history.step > step)
    assert run.status is Status.TRAINING


def test_title_says_which_file(desk: Desk, tmp_path: Path) -> None:
    desk.train()
    desk.window.documents.save_to(tmp_path / "my <b>work [*].genstudio")
    desk.until(lambda: "Saved" in desk.said())
    assert desk.window.windowTitle().replace("[*][*]", "[*]") == "my <b>work [*] — GenStudio"


SCALED = """
import sys
from PySide6.QtWidgets import QLabel
from genstudio.ui.app import Studio, application
app = application()
studio = Studio(app)
studio.window.painted.connect(lambda: app.exit(0))
studio.open()
app.exec()
picture = studio.window.grab()
print(studio.window.devicePixelRatio(), picture.width() / studio.window.width())
studio.window.close()
"""


@pytest.mark.parametrize("scale", ["1.5", "2"])
def test_screens_of_any_density(scale: str, tmp_path: Path) -> None:
    environment = {**os.environ, "QT_SCALE_FACTOR": scale, "HOME": str(tmp_path)}
    # A fixed program of our own, no input.
    ended = subprocess.run([sys.executable, "-c", SCALED], capture_output=True, text=True, env=environment, check=True)
    ratio, grabbed = (float(word) for word in ended.stdout.split())
    assert ratio == float(scale)
    assert grabbed == pytest.approx(float(scale), rel=0.01)


def test_narrow_windows_cut_nothing(desk: Desk) -> None:
    """The smallest window still holds the form and the one bright button."""
    desk.window.resize(0, 0)
    button = desk.find("training.start")
    assert desk.window.rect().contains(button.mapTo(desk.window, button.rect().center()))
    assert desk.window.minimumSizeHint().width() <= 1280
    assert desk.window.minimumSizeHint().height() <= 768


def test_panels_that_nobody_asks_for_are_made_one_after_the_other(desk: Desk) -> None:
    tabs = desk.window.tabs.panel_tabs.values()
    desk.until(lambda: desk.window.tabs.panel_tabs["live"].made)
    assert [tab.info.key for tab in tabs if tab.made] == ["live"]
    making = desk.window.tabs._making
    making.setInterval(0)
    made = 1
    while made < len(tabs):
        desk.until(lambda made=made: sum(tab.made for tab in tabs) > made)
        made = sum(tab.made for tab in tabs)
    desk.until(lambda: not making.isActive())


def test_help_of_panels(desk: Desk) -> None:
    for key in desk.window.tabs.panel_tabs:
        assert desk.window.panel(key).whatsThis()


def test_tabs_that_cannot_serve_the_run_are_fainter(desk: Desk) -> None:
    desk.train()
    window = desk.window
    for key in window.tabs.panel_tabs:
        window.panel(key)
    tokens, bar = window.theme.tokens, window.tabs.tabBar()

    def colour(key: str) -> str:
        return bar.tabTextColor(list(window.tabs.panel_tabs).index(key)).name()

    desk.until(lambda: colour("levels") == tokens.disabled)
    assert colour("components") == tokens.muted
    desk.control(Qt.Key.Key_T)
    desk.until(lambda: colour("levels") == window.theme.tokens.disabled)
    assert colour("components") == window.theme.tokens.muted
