"""The window. It only places things: what they do lies in the model, the panels and the documents."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QMainWindow,
    QSizePolicy,
    QToolBar,
    QVBoxLayout,
    QWhatsThis,
    QWidget,
)

from genstudio.ui.actions import Actions, Slot
from genstudio.ui.appearance import keep_shape, restore_shape
from genstudio.ui.documents import Documents
from genstudio.ui.drops import leave_drops_to_window
from genstudio.ui.experiment import Experiment
from genstudio.ui.film_bar import FilmBar
from genstudio.ui.icons import bind_icon
from genstudio.ui.keys import KeyGuard
from genstudio.ui.learning_curves import LearningCurves
from genstudio.ui.messages import MessageStrip
from genstudio.ui.panel import Panel
from genstudio.ui.panel_tab import PanelTab
from genstudio.ui.panel_tabs import PanelTabs
from genstudio.ui.runs_list import RunsList
from genstudio.ui.session_model import SessionModel
from genstudio.ui.speed import SpeedSlider
from genstudio.ui.status import StatusBar
from genstudio.ui.theme import Theme
from genstudio.ui.window_actions import WINDOW_ACTIONS, allow, allow_going_on

PANEL_KEYS = "1234567890-="
"""With Alt each shows a panel, in the order of the tabs and of the keyboard."""


class MainWindow(QMainWindow):
    """GenStudio's one window.

    Signals:
        painted: the window was painted for the first time.
        furnished: what the first paint did not wait for is made.
    """

    painted = Signal()
    furnished = Signal()

    def __init__(self, model: SessionModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("main")
        self.setWindowTitle("GenStudio")
        self.setAcceptDrops(True)
        self.setDockOptions(QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        self.model, self.theme = model, theme
        self.documents = Documents(model, self)
        self.runs = RunsList(model, theme)
        self._painted = self._close_later = False
        self._presenting: bytes | None = None
        self.bar = self._make_bar()
        self.tabs = PanelTabs(model, theme)
        self.actions_ = Actions(self, theme)
        self._add_actions()
        self.curves = LearningCurves(model, theme)
        self._docks = self._make_docks()
        self._place_centre()
        self.setStatusBar(StatusBar(model, theme))
        self._connect()
        KeyGuard(self)
        self.resize(1500, 940)
        restore_shape(self)
        # On no button: Space is to play and to pause.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFocus()
        self._refresh_actions()

    def add_panels(self, kinds: Mapping[str, type[Panel]]) -> None:
        """Place the tabs of all panels in their order; the panels themselves are made one after the other."""
        self.tabs.add_panels(kinds)
        self.actions_.menu("View", self.menuBar()).addSeparator()
        for place, tab in enumerate(self.tabs.panel_tabs.values()):
            self._add_panel_action(place, tab)

    def panel(self, key: str) -> Panel:
        """One of the panels."""
        return self.tabs.panel_tabs[key].panel

    def show_panel(self, key: str) -> Panel:
        """Bring a panel to the front."""
        return self.tabs.show_panel(key)

    def present(self) -> None:
        """Full screen with the stage alone, and back."""
        if self._presenting is None:
            self._presenting = bytes(self.saveState().data())
            for dock in (self._docks["experiment"], self._docks["runs"]):
                dock.hide()
            self.menuBar().hide()
            self.showFullScreen()
        else:
            self.showNormal()
            self.menuBar().show()
            self.restoreState(self._presenting)
            self._presenting = None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell of the first painting, after which heavier things may be loaded."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            self.painted.emit()
            # The event loop must come round once more before the frame is on the screen.
            QTimer.singleShot(0, self._furnish)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped anywhere."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        for path in files[:1]:
            self.documents.open(path)
        if len(files) > 1:
            self.model.messages.show("info", f"{len(files)} files were dropped; the first was opened.")

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep the session and the window's shape, end every thread, and close."""
        if self.documents.saving:
            # What was asked for is finished first; a save that fails keeps the window open to say so.
            self._close_later = True
            event.ignore()
            return
        if self._presenting is None:
            keep_shape(self)
        self.tabs.close_down()
        self.hide()
        self.documents.keep_session()
        self.model.close()
        super().closeEvent(event)

    def _make_bar(self) -> QToolBar:
        bar = QToolBar("Tools")
        bar.setObjectName("toolbar")
        bar.setMovable(False)
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.addToolBar(bar)
        return bar

    def _add_actions(self) -> None:
        slots = self._slots()
        for info in WINDOW_ACTIONS:
            self.actions_.add(info, slots[info.key], self.menuBar(), self.bar)
            if info.key == "stop":
                self.speed = SpeedSlider()
                self.bar.addWidget(self.speed)
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.bar.insertWidget(self.actions_["theme"], spacer)
        file_menu = self.actions_.menu("File", self.menuBar())
        file_menu.insertMenu(self.actions_["save"], self.documents.recent_menu(file_menu))
        edit = self.actions_.menu("Edit", self.menuBar())
        undo, redo = self.model.undo.createUndoAction(self, "Undo"), self.model.undo.createRedoAction(self, "Redo")
        for action, key, name, tip in ((undo, "Ctrl+Z", "undo", "Take back the last change"),
                                       (redo, "Ctrl+Shift+Z", "redo", "Make the change again")):
            self.actions_.adopt(action, name, key, tip)
            bind_icon(action, self.theme, name)
            edit.insertAction(self.actions_["rename"], action)

    def _slots(self) -> dict[str, Slot]:
        """What each action does, by its key."""
        documents, model = self.documents, self.model
        return {
            "open": documents.choose_and_open,
            "open_folder": documents.choose_and_open_folder,
            "save": documents.save,
            "save_as": documents.save_as,
            "last_session": documents.open_last,
            "export_recipe": partial(documents.export, "recipe"),
            "export_script": partial(documents.export, "script"),
            "quit": self.close,
            "rename": self.runs.rename_current,
            "delete": self.runs.delete_current,
            "compare": self.runs.compare_current,
            "train": model.train,
            "go_on": model.continuation.go_on,
            "pause": model.play_or_pause,
            "step": model.step,
            "stop": model.stop,
            "export": self.tabs.export_shown,
            "theme": self.theme.toggle,
            "present": self.present,
            "help": QWhatsThis.enterWhatsThisMode,
        }

    def _furnish(self) -> None:
        """Make what the first paint does not wait for."""
        self.experiment = Experiment(self.model, self.theme, self.actions_["train"])
        self.experiment.open_requested.connect(self.documents.choose_and_open)
        self.experiment.folder_requested.connect(self.documents.choose_and_open_folder)
        self.experiment.draw_requested.connect(self._draw)
        leave_drops_to_window(self.experiment)
        self._docks["experiment"].setWidget(self.experiment)
        self.tabs.release()
        self.furnished.emit()

    def _add_panel_action(self, place: int, tab: PanelTab) -> None:
        key = f"Alt+{PANEL_KEYS[place]}" if place < len(PANEL_KEYS) else ""
        self.tabs.setTabToolTip(place, f"{tab.info.help} ({key})" if key else tab.info.help)
        action = QAction(tab.info.text, self)
        action.triggered.connect(partial(self.show_panel, tab.info.key))
        self.actions_.adopt(action, f"panel.{tab.info.key}", key, tab.info.help)
        bind_icon(action, self.theme, tab.info.icon)
        self.actions_.menu("View", self.menuBar()).addAction(action)

    def _make_docks(self) -> dict[str, QDockWidget]:
        places = (
            ("experiment", "Experiment", QWidget(), Qt.DockWidgetArea.LeftDockWidgetArea),
            ("runs", "Runs", self.runs, Qt.DockWidgetArea.RightDockWidgetArea),
            ("curves", "Learning curves", self.curves, Qt.DockWidgetArea.BottomDockWidgetArea),
        )
        for area in (Qt.Corner.BottomLeftCorner, Qt.Corner.TopLeftCorner):
            self.setCorner(area, Qt.DockWidgetArea.LeftDockWidgetArea)
        for area in (Qt.Corner.BottomRightCorner, Qt.Corner.TopRightCorner):
            self.setCorner(area, Qt.DockWidgetArea.RightDockWidgetArea)
        docks = {key: self._dock(key, title, widget, area) for key, title, widget, area in places}
        self.resizeDocks([docks["experiment"], docks["runs"]], [320, 300], Qt.Orientation.Horizontal)
        self.resizeDocks([docks["curves"]], [220], Qt.Orientation.Vertical)
        return docks

    def _dock(self, key: str, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title)
        dock.setObjectName(f"dock.{key}")
        dock.setWidget(widget)
        leave_drops_to_window(dock)
        self.addDockWidget(area, dock)
        shown = dock.toggleViewAction()
        self.actions_.adopt(shown, f"dock.{key}", "", f"Show or hide {title.lower()}")
        self.actions_.menu("View", self.menuBar()).addAction(shown)
        return dock

    def _place_centre(self) -> None:
        centre = QWidget()
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(FilmBar(self.model, self.theme))
        layout.addWidget(MessageStrip(self.model.messages, self.theme))
        self.setCentralWidget(centre)

    def _connect(self) -> None:
        model = self.model
        self.documents.saved.connect(self._on_saved, Qt.ConnectionType.QueuedConnection)
        self.documents.named.connect(self._on_named)
        self.speed.delay_changed.connect(model.slow_down)
        self.runs.export_requested.connect(self.documents.export)
        for signal in (model.ready_changed, model.data_changed, model.loading_changed, model.runs_changed,
                       model.current_changed, model.turned, self.theme.changed):
            signal.connect(self._refresh_actions)
        model.recipe_changed.connect(self._refresh_going_on)

    def _refresh_actions(self) -> None:
        allow(self.actions_, self.model, self.documents)

    def _refresh_going_on(self) -> None:
        allow_going_on(self.actions_, self.model)

    def _on_saved(self) -> None:
        if self._close_later:
            self.close()

    def _on_named(self, name: str) -> None:
        # Qt takes [*] for the place of its own mark.
        plain = name.replace("[*]", "[*][*]")
        self.setWindowTitle(f"{plain} — GenStudio" if plain else "GenStudio")

    def _draw(self) -> None:
        self.show_panel("data").open_canvas()  # type: ignore[attr-defined]
