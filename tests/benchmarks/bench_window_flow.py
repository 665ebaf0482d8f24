"""The window while flows and flow matching learn points and a table, and how soon What if? follows a slider.

Throughput, delay and previews are measured as for the mixture. A move of the slider counts as answered once a curve of
its value, or of a later one, has been painted.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from statistics import median
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QSlider

from genstudio.data.preparation import prepare
from genstudio.models.registry import model
from genstudio.runs.loading import load_raw
from genstudio.runs.recipe import DataRecipe, ModelRecipe, Recipe, TrainingRecipe
from genstudio.ui.panels.what_if import WhatIfPanel
from tests.benchmarks.desk import Delays, Window
from tests.benchmarks.report import Report

MODELS = {"flow": "flow", "diffusion": "flow_matching"}
SOURCES = {"two_moons": "points", "penguins": "table"}
MOST_EPOCHS = 100_000
MOVE_MS = 15
LEARNED_STEPS = 100
LAST_ANSWER_SECONDS = 30.0


def run(report: Report) -> None:
    """Measure each model on each data set, and dragging on the points."""
    os.environ.setdefault("QT_QPA_PLATFORM", "" if os.environ.get("DISPLAY") else "offscreen")
    for key, name in MODELS.items():
        for source, kind in SOURCES.items():
            described = recipe(key, source)
            window = Window(described, load_raw(described))
            try:
                learning(report, window, f"{name}_{kind}")
                if source == "two_moons":
                    asking(report, window, name)
            finally:
                window.close()


def learning(report: Report, window: Window, name: str) -> None:
    """Throughput beside the same generator alone, in turn; event-loop delay and previews in a longer run."""
    seconds, rounds = (5.0, 1) if report.short else (4.0, 10)
    compared, delays = window.compared(seconds, rounds), Delays()
    window.trained_in_window(5 * seconds, delays)
    report(f"{name}_steps_per_second_with_live_plots", median(compared.shown), "1/s", reference=median(compared.alone),
           ratio=compared.ratio)
    report(f"{name}_preview_share_of_training", window.preview_share, "1")
    report(f"{name}_event_loop_delay_p99", delays.percentile(99), "ms")


def asking(report: Report, window: Window, name: str) -> None:
    """From moving the slider of What if? to the painted answer, of a model that has learned."""
    hand = Hand(window)
    parts = [hand.drag(30 if report.short else 300) for _ in range(1 if report.short else 3)]
    for share in (50, 95):
        report(f"{name}_what_if_p{share}", median(float(np.percentile(part, share)) for part in parts), "ms")


def recipe(key: str, source: str) -> Recipe:
    """The recommended model of some data, which goes on until it is stopped."""
    # Compiling goes on beside a training; here it would be a part of one of the two that are compared.
    plain = Recipe(seed=0, data=DataRecipe(source=source), training=TrainingRecipe(compile="never"))
    data = prepare(load_raw(plain), plain.data.preparation, plain.data_seed)
    family = model(key)
    settings = family.Settings(**{**family.recommended(data), "max_epochs": MOST_EPOCHS}).model_dump(mode="json")
    return plain.model_copy(update={"model": ModelRecipe(name=key, settings=settings)})


class Painted(QObject):
    """Notes which answers of What if? have been painted, and how long after they were asked for."""

    def __init__(self, panel: WhatIfPanel) -> None:
        super().__init__()
        self.waiting: list[tuple[float, float]] = []
        self.late_ms: list[float] = []
        self._shown = np.nan
        self._set = panel._show
        # What is answered is nowhere else to be seen.
        panel._show = self._take  # type: ignore[method-assign]
        panel.curve.graph.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """The curve is being painted: from now on moves up to its value are answered."""
        if event.type() == QEvent.Type.Paint:
            places = [k for k, (_, value) in enumerate(self.waiting) if value == self._shown]
            answered = places[-1] + 1 if places else 0
            self.late_ms += [1000 * (time.perf_counter() - at) for at, _ in self.waiting[:answered]]
            del self.waiting[:answered]
        return False

    def _take(self, answer: Mapping[str, Any]) -> None:
        self._shown = float(answer["values"][0])
        self._set(answer)


class Hand:
    """A hand on the slider of the first column, once a model has learned a little."""

    def __init__(self, window: Window) -> None:
        self._window = window
        window.model.train()
        run = window.model.current
        assert run is not None
        window.until(lambda: run.history.step >= LEARNED_STEPS)
        window.model.stop()
        window.until(lambda: run.status.ended)
        # Where the window is small the curve is out of sight, and is not painted.
        window.studio.window.resize(1700, 1200)
        panel = window.studio.window.show_panel("what_if")
        assert isinstance(panel, WhatIfPanel)
        self._panel = panel
        window.until(lambda: panel.state.known)
        window.pass_seconds(3.0)
        self._painted = Painted(panel)
        slider = panel.findChild(QSlider, "what_if.slider.1")
        assert slider is not None
        self._slider = slider

    def drag(self, moves: int) -> list[float]:
        """Move to and fro; how long each move took to be seen, ms."""
        painted, sent = self._painted, 0
        painted.waiting, painted.late_ms = [], []
        low, high = self._slider.minimum(), self._slider.maximum()

        def move() -> None:
            nonlocal sent
            sent += 1
            at, before = time.perf_counter(), self._value()
            self._slider.setValue(round(low + (0.5 + 0.3 * np.sin(0.1 * sent)) * (high - low)))
            if self._value() != before:
                painted.waiting.append((at, self._value()))

        timer = QTimer(interval=MOVE_MS, timerType=Qt.TimerType.PreciseTimer)
        timer.timeout.connect(move)
        timer.start()
        self._window.until(lambda: sent >= moves)
        timer.stop()
        deadline = time.monotonic() + LAST_ANSWER_SECONDS
        self._window.until(lambda: not painted.waiting or time.monotonic() > deadline)
        assert not painted.waiting, "the last moves were never answered"
        assert len(painted.late_ms) > moves // 2, "the question did not follow the slider"
        return painted.late_ms

    def _value(self) -> float:
        return float(self._panel.state.values[0])
