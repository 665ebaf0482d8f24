"""Starts the window: first paint first, everything heavy after it."""

from __future__ import annotations

import contextlib
import gc
import locale
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from genstudio.data.reader import Watch
from genstudio.errors import GenStudioError
from genstudio.models.registry import models
from genstudio.resources import resource
from genstudio.runs.session import Session
from genstudio.runs.workers import Workers
from genstudio.ui.main_window import MainWindow
from genstudio.ui.panel import Panel, panels
from genstudio.ui.qt_messages import route_messages
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

COLLECT_INTERVAL_MS = 2000
WHOLE_ROUNDS = 30
SWITCH_SECONDS = 0.0005
"""A thread that learns gets the interpreter back so soon after each array operation, even while the window paints."""


def main(paths: Sequence[Path] = ()) -> int:
    """Open the window, with files if any are named, and run until it is closed.

    Returns:
        The exit status.

    Raises:
        GenStudioError: there is no display.
    """
    require_display(os.environ, sys.platform)
    app = application()
    route_messages()
    studio = Studio(app, Workers())
    studio.open(paths)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, partial(_close_soon, studio.window))
    return app.exec()


def _close_soon(window: MainWindow, number: int, frame: object) -> None:
    # A signal may come amid a paint, whose window must not be gone when it ends.
    QTimer.singleShot(0, window, window.close)


def require_display(environment: Mapping[str, str], platform: str) -> None:
    """Say in one sentence that there is no display, where there is none."""
    chosen = environment.get("QT_QPA_PLATFORM", "")
    shown = environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")
    if platform.startswith("linux") and not shown and chosen in ("", "xcb", "wayland"):
        raise GenStudioError(
            "There is no display to open the window on.",
            "Use the commands (`genstudio --help`), or set DISPLAY.",
        )


def application() -> QApplication:
    """The one application object, named and dressed for our settings."""
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication(sys.argv[:1])
    # Qt takes over the person's locale, which would make C libraries read 0,5 for 0.5.
    locale.setlocale(locale.LC_NUMERIC, "C")
    QCoreApplication.setOrganizationName("GenStudio")
    QCoreApplication.setApplicationName("GenStudio")
    app.setDesktopFileName("genstudio")
    app.setWindowIcon(QIcon(str(resource("icons", "genstudio.svg"))))
    return app


class Studio(QObject):
    """The window with its model, warmed up after the first paint.

    Arguments:
        workers: processes to train in; the window shares one with the learning when None.
    """

    def __init__(self, app: QApplication, workers: Workers | None = None) -> None:
        super().__init__(app)
        sys.setswitchinterval(SWITCH_SECONDS)
        self.theme = Theme(app)
        self.theme.apply()
        self.model = SessionModel(workers=workers)
        self.window = MainWindow(self.model, self.theme)
        self._collector = Collector(self)
        self._paths: list[Path] = []
        self.window.furnished.connect(self._warm_up)
        self.window.destroyed.connect(self._collector.stop)
        sys.excepthook = self._on_exception

    def open(self, paths: Sequence[Path] = ()) -> None:
        """Show the window; files are opened once it is painted."""
        self._paths = list(paths)
        self.window.show()

    def _warm_up(self) -> None:
        # Data first: should the file be unreadable, the window is not empty.
        self.model.start_up()
        for path in self._paths[:1]:
            self.window.documents.open(path)
        self.window.documents.offer_rescued()
        self.model.pump.run("panels", _import_panels, self._on_panels)

    def _on_panels(self, kinds: Mapping[str, type[Panel]]) -> None:
        self.window.add_panels(kinds)
        self.model.pump.run("warm-up", partial(_get_ready, self.model.session), self._on_warm)

    def _on_warm(self, found: tuple[Mapping[str, Any], tuple[str, ...]]) -> None:
        families, devices = found
        self._collector.freeze()
        self.model.set_models(families, devices)

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, Exception):
            sys.__excepthook__(kind, error, trace)
            self.window.close()
            return
        # Showing an error may itself go wrong, and must not go round in circles.
        with contextlib.suppress(RuntimeError):
            self.model.messages.show_error(error)
        sys.__excepthook__(kind, error, trace)


class Collector(QObject):
    """Collects garbage in the window's thread only: a worker that frees a Qt object crashes the program."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._rounds = 0
        self._timer = QTimer(self)
        self._timer.setInterval(COLLECT_INTERVAL_MS)
        self._timer.timeout.connect(self._on_timeout)
        self._timer.start()

    def freeze(self) -> None:
        """Leave all that was imported out of later collections, which keeps them short."""
        gc.freeze()

    def stop(self) -> None:
        """Collect no more: amid Qt's destructors, where the window now is, a collection could wait for itself."""
        self._timer.stop()
        gc.unfreeze()

    def _on_timeout(self) -> None:
        assert threading.current_thread() is threading.main_thread()
        self._rounds += 1
        gc.collect(2 if self._rounds % WHOLE_ROUNDS == 0 else 1)


def _import_panels(watch: Watch) -> Mapping[str, type[Panel]]:
    watch(0.0, "Getting ready")
    return panels()


def _get_ready(session: Session, watch: Watch) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    watch(0.0, "Getting ready")
    session.prepare()
    families = models()
    # torch stays out of the window's start.
    from genstudio.training.device import devices  # noqa: PLC0415

    return families, devices()
