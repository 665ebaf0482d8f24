"""The window. It only places things: what they do lies in the model, the panels and the documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QMainWindow,
    QSizePolicy,
    QTabWidget,
    QToolBar,
    QVBoxLayout,
    QWhatsThis,
    QWidget,
)

from genstudio.models.capabilities import Scripted
from genstudio.runs.job import Status
from genstudio.ui.actions import ActionInfo, Actions, Slot
from genstudio.ui.appearance import keep_shape, restore_shape
from genstudio.ui.documents import Documents
from genstudio.ui.drops import leave_drops_to_window
from genstudio.ui.experiment import Experiment
from genstudio.ui.film_bar import FilmBar
from genstudio.ui.icons import bind_icon
from genstudio.ui.keys import KeyGuard
from genstudio.ui.learning_curves import LearningCurves
from genstudio.ui.messages import MessageStrip
from genstudio.ui.panel import Panel, panel_kind
from genstudio.ui.panel_tab import PanelTab
from genstudio.ui.runs_list import RunsList
from genstudio.ui.session_model import SessionModel
from genstudio.ui.speed import SpeedSlider
from genstudio.ui.status import StatusBar
from genstudio.ui.theme import Theme

FIRST_PANEL = "live"
GO_ON = "Let the shown run go on where it was stopped, with the limits and live settings as they are now"
SCRIPT = "Write plain Python that gives the same numbers with scikit-learn alone"
NO_SCRIPT = "This model cannot be written as plain Python; export the recipe instead"
PANEL_INTERVAL_MS = 120
"""Panels that nobody has asked for yet are made one after the other, with time to breathe in between."""


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
        self._painted = self._close_later = False
        self._presenting: bytes | None = None
        self.bar = self._make_bar()
        self.actions_ = Actions(self, theme)
        self._add_actions()
        self._panel_tabs: dict[str, PanelTab] = {}
        self.tabs = self._make_tabs()
        self.curves = LearningCurves(model, theme)
        self.runs = RunsList(model, theme)
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
        tabs = {key: self._panel_tabs.get(key) or PanelTab(kind, self.model, self.theme) for key, kind in kinds.items()}
        self._panel_tabs = tabs
        self.actions_.menu("View", self.menuBar()).addSeparator()
        for place, tab in enumerate(tabs.values()):
            if self.tabs.indexOf(tab) < 0:
                self.tabs.insertTab(place, tab, tab.info.title)
            self._add_panel_action(place, tab)
        self._making.start()

    def panel(self, key: str) -> Panel:
        """One of the panels."""
        return self._panel_tabs[key].panel

    def show_panel(self, key: str) -> Panel:
        """Bring a panel to the front."""
        self.tabs.setCurrentWidget(self._panel_tabs[key])
        return self.panel(key)

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
        self._making.stop()
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
        for info, slot in self._action_table():
            self.actions_.add(info, slot, self.menuBar(), self.bar)
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

    def _action_table(self) -> list[tuple[ActionInfo, Slot]]:
        documents, model = self.documents, self.model
        info = ActionInfo
        return [
            (info("open", "Open", "File", "Ctrl+O", "open", "Open data, a recipe or a session", bar=True),
             documents.choose_and_open),
            (info("open_folder", "Open a folder…", "File", "Ctrl+Shift+O", "folder", "Open a folder of pictures, whose "
                  "sub-folders are the classes"), documents.choose_and_open_folder),
            (info("save", "Save", "File", "Ctrl+S", "save", "Save all runs in one file", bar=True), documents.save),
            (info("save_as", "Save as…", "File", "Ctrl+Shift+S", "", "Save all runs under another name"),
             documents.save_as),
            (info("last_session", "Reopen the last session", "File", "", "", "Bring back what was open when the "
                  "program was last closed"), documents.open_last),
            (info("export_recipe", "Export the recipe…", "File", "", "settings", "Write the shown run's recipe as TOML",
                  group=True), lambda: documents.export("recipe")),
            (info("export_script", "Export as a Python script…", "File", "", "script", SCRIPT),
             lambda: documents.export("script")),
            (info("quit", "Quit", "File", "Ctrl+Q", "", "Close the window; the session is kept", group=True),
             self.close),
            (info("rename", "Rename the run", "Edit", "F2", "rename", "Call the shown run something else", group=True),
             partial(self._on_run, RunsList.rename_current)),
            (info("delete", "Delete the run", "Edit", "", "delete", "Delete the shown run; undo brings it back"),
             partial(self._on_run, RunsList.delete_current)),
            (info("compare", "Compare the run", "Edit", "Ctrl+K", "compare", "Lay the shown run's curves over those of "
                  "others, or take them away"), partial(self._on_run, RunsList.compare_current)),
            (info("train", "Train", "Train", "Ctrl+Return", "play", "Train afresh with these settings", bar=True,
                  group=True, colour="success"), model.train),
            (info("go_on", "Continue training", "Train", "Ctrl+Shift+Return", "play", GO_ON), model.continuation.go_on),
            (info("pause", "Pause", "Train", "Space", "pause", "Pause, and go on", bar=True), model.play_or_pause),
            (info("step", "Step", "Train", ".", "step", "Take one step, then hold", bar=True), model.step),
            (info("stop", "Stop", "Train", "Escape", "stop", "End training and keep what was learned", bar=True),
             model.stop),
            (info("export", "Export", "File", "Ctrl+E", "export", "Export what the shown panel shows", bar=True,
                  group=True), self._export_shown),
            (info("theme", "Theme", "View", "Ctrl+T", "moon", "From light to dark, and back", bar=True),
             self.theme.toggle),
            (info("present", "Present", "View", "F11", "present", "The stage alone, full screen", bar=True),
             self.present),
            (info("help", "What is this?", "Help", "F1", "info", "Click a thing to learn what it is"),
             QWhatsThis.enterWhatsThisMode),
        ]

    def _make_tabs(self) -> QTabWidget:
        tabs = QTabWidget()
        tabs.setObjectName("tabs")
        tabs.setDocumentMode(True)
        tabs.tabBar().setDrawBase(False)
        # The others are imported after the first paint.
        first = PanelTab(panel_kind(FIRST_PANEL), self.model, self.theme, held=True)
        self._panel_tabs[FIRST_PANEL] = first
        tabs.addTab(first, first.info.title)
        self._making = QTimer(self)
        self._making.setInterval(PANEL_INTERVAL_MS)
        self._making.timeout.connect(self._make_next_panel)
        return tabs

    def _furnish(self) -> None:
        """Make what the first paint does not wait for."""
        self.experiment = Experiment(self.model, self.theme, self.actions_["train"])
        self.experiment.open_requested.connect(self.documents.choose_and_open)
        self.experiment.folder_requested.connect(self.documents.choose_and_open_folder)
        self.experiment.draw_requested.connect(self._draw)
        leave_drops_to_window(self.experiment)
        self._docks["experiment"].setWidget(self.experiment)
        self._panel_tabs[FIRST_PANEL].release()
        self.furnished.emit()

    def _add_panel_action(self, place: int, tab: PanelTab) -> None:
        self.tabs.setTabToolTip(place, f"{tab.info.help} (Alt+{place + 1})")
        action = QAction(tab.info.title, self)
        action.triggered.connect(partial(self.show_panel, tab.info.key))
        self.actions_.adopt(action, f"panel.{tab.info.key}", f"Alt+{place + 1}", tab.info.help)
        bind_icon(action, self.theme, tab.info.icon)
        self.actions_.menu("View", self.menuBar()).addAction(action)

    def _make_next_panel(self) -> None:
        waiting = [tab for tab in self._panel_tabs.values() if not tab.made]
        if waiting:
            _ = waiting[0].panel
        else:
            self._making.stop()

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
        run, current = self.model.training, self.model.current
        ready = self.model.models is not None and self.model.data is not None
        learning = run is not None and run.status is Status.TRAINING
        self.actions_["train"].setEnabled(ready and not learning and self.model.loading is None)
        self._refresh_going_on()
        self.actions_["pause"].setEnabled(ready)
        self.actions_["step"].setEnabled(ready)
        self.actions_["stop"].setEnabled(run is not None)
        for key in ("save", "save_as", "export_recipe", "rename", "delete", "compare"):
            self.actions_[key].setEnabled(current is not None)
        scripted = current is not None and current.offers(Scripted)
        self.actions_["export_script"].setEnabled(scripted)
        self.actions_.tell("export_script", SCRIPT if scripted or current is None else NO_SCRIPT)
        self.actions_["last_session"].setEnabled(self.documents.has_last())

    def _refresh_going_on(self) -> None:
        run, continuation = self.model.training, self.model.continuation
        learning = run is not None and run.status is Status.TRAINING
        reason = continuation.why_not()
        self.actions_["go_on"].setEnabled(not reason)
        self.actions_.tell("go_on", reason or GO_ON)
        stopped = run is None and continuation.suits()
        self.actions_["pause"].setText("Continue" if stopped else "Pause" if learning or run is None else "Resume")
        self.actions_.show_icon("pause", "play" if stopped or (run is not None and not learning) else "pause")

    def _on_run(self, doing: Callable[[RunsList], None]) -> None:
        doing(self.runs)

    def _on_saved(self) -> None:
        if self._close_later:
            self.close()

    def _on_named(self, name: str) -> None:
        # Qt takes [*] for the place of its own mark.
        plain = name.replace("[*]", "[*][*]")
        self.setWindowTitle(f"{plain} — GenStudio" if plain else "GenStudio")

    def _draw(self) -> None:
        self.show_panel("data").open_canvas()  # type: ignore[attr-defined]

    def _export_shown(self) -> None:
        tab = self.tabs.currentWidget()
        if isinstance(tab, PanelTab):
            tab.panel.export()
