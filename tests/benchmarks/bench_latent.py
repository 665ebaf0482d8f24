"""From moving the mouse over the latent map to the decoded picture on the screen, idle and while training.

The mouse drags the cursor of the real panel in circles. A move counts as answered once a picture of its point, or of
a later one, has been painted.
"""

from __future__ import annotations

import math
import os
import time
from statistics import median

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtTest import QTest

from genstudio.runs.loading import load_raw
from genstudio.ui.panels.latent import LatentPanel
from tests.benchmarks.bench_window_vae import recipe
from tests.benchmarks.desk import Delays, Window
from tests.benchmarks.report import Report

MOVE_MS = 15
MOVES_A_CIRCLE = 90
LEARNED_STEPS = 30
LEFT = Qt.MouseButton.LeftButton


def run(report: Report) -> None:
    """Measure while a run learns and when it has ended, in turn, and each for itself."""
    os.environ.setdefault("QT_QPA_PLATFORM", "" if os.environ.get("DISPLAY") else "offscreen")
    described, rounds, moves = recipe(), 1 if report.short else 3, 60 if report.short else 300
    window = Window(described, load_raw(described))
    try:
        hand = Hand(window)
        training, idle, delays = [], [], Delays()
        for _ in range(rounds):
            hand.begin_training()
            training.append(hand.drag(moves))
            hand.end_training()
            idle.append(hand.drag(moves, delays))
    finally:
        window.close()
    for name, parts in (("idle", idle), ("training", training)):
        report(f"latent_{name}_p50", median(float(np.percentile(part, 50)) for part in parts), "ms")
        report(f"latent_{name}_p95", median(float(np.percentile(part, 95)) for part in parts), "ms")
    report("latent_idle_event_loop_delay_p99", delays.percentile(99), "ms")


class Painted(QObject):
    """Notes when a widget has been painted."""

    def __init__(self, panel: LatentPanel) -> None:
        super().__init__()
        self._panel = panel
        self.waiting: list[tuple[float, NDArray[np.float64]]] = []
        self.late_ms: list[float] = []
        panel.item.pictures.installEventFilter(self)

    def sent(self, at: float) -> None:
        """The mouse was moved at a time, and the cursor stands where it is now."""
        self.waiting.append((at, self._panel.latent.z))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """A picture is being painted: from now on a move up to its point is answered."""
        if event.type() == QEvent.Type.Paint:
            shown = self._panel.item.decoded_of[0]
            places = [k for k, (_, z) in enumerate(self.waiting) if np.array_equal(z, shown)]
            for at, _ in self.waiting[:places[-1] + 1] if places else []:
                self.late_ms.append(1000 * (time.perf_counter() - at))
            del self.waiting[:places[-1] + 1 if places else 0]
        return False


class Hand:
    """A hand on the mouse over the map."""

    def __init__(self, window: Window) -> None:
        self._window = window
        panel = window.studio.window.show_panel("latent")
        assert isinstance(panel, LatentPanel)
        self._panel = panel
        self._painted = Painted(panel)

    def begin_training(self) -> None:
        """Train until the space is known and looks like something."""
        self._window.model.train()
        run = self._window.model.current
        assert run is not None
        self._window.until(lambda: run.history.step >= LEARNED_STEPS and self._panel.latent.known)

    def end_training(self) -> None:
        """Stop, and wait until all that is looked at has been drawn."""
        run = self._window.model.current
        assert run is not None
        self._window.model.stop()
        self._window.until(lambda: run.status.ended)
        self._window.pass_seconds(3.0)

    def drag(self, moves: int, delays: Delays | None = None) -> list[float]:
        """Drag the cursor in circles; how long each move took to be seen, ms."""
        plot, painted = self._panel.map.plot, self._painted
        viewport, sent = plot.graph.viewport(), 0
        painted.waiting, painted.late_ms = [], []
        QTest.mousePress(viewport, LEFT, pos=self._place(0))

        def move() -> None:
            nonlocal sent
            sent += 1
            before, at = self._panel.latent.z, time.perf_counter()
            QTest.mouseMove(viewport, self._place(sent))
            if not np.array_equal(before, self._panel.latent.z):
                painted.sent(at)

        timers = [QTimer(interval=MOVE_MS, timerType=Qt.TimerType.PreciseTimer)]
        timers[0].timeout.connect(move)
        if delays is not None:
            timers.append(QTimer(interval=4, timerType=Qt.TimerType.PreciseTimer))
            timers[1].timeout.connect(delays.tick)
            delays.begin()
        for timer in timers:
            timer.start()
        self._window.until(lambda: sent >= moves)
        for timer in timers:
            timer.stop()
        self._window.until(lambda: not painted.waiting)
        QTest.mouseRelease(viewport, LEFT, pos=self._place(sent))
        assert len(painted.late_ms) > moves // 2, "the cursor did not follow the mouse"
        return painted.late_ms

    def _place(self, move: int) -> object:
        """A place on a circle round the middle of the map, in pixels of the viewport."""
        plot, angle = self._panel.map.plot, 2 * math.pi * move / MOVES_A_CIRCLE
        x0, x1, y0, y1 = plot.bounds()
        place = QPointF((x0 + x1) / 2 + 0.3 * (x1 - x0) * math.cos(angle),
                        (y0 + y1) / 2 + 0.3 * (y1 - y0) * math.sin(angle))
        return plot.graph.mapFromScene(plot.box.mapViewToScene(place))
