"""The window while a variational autoencoder learns digits: the same figures as for the mixture, and its answers.

A job heeds stop, pause and step before its next step; how long it takes until the window knows is told in ms.
The previews' share is that of the longest run.
"""

from __future__ import annotations

import os
import time
from statistics import median

from genstudio.data.preparation import prepare
from genstudio.models.registry import model
from genstudio.runs.loading import load_raw
from genstudio.runs.recipe import DataRecipe, ModelRecipe, Recipe
from genstudio.runs.status import Status
from tests.benchmarks.desk import Delays, Window
from tests.benchmarks.report import Report

MOST_EPOCHS = 100_000


def run(report: Report) -> None:
    """Measure throughput, delay, previews and answers."""
    os.environ.setdefault("QT_QPA_PLATFORM", "" if os.environ.get("DISPLAY") else "offscreen")
    seconds, rounds = (2.0, 1) if report.short else (4.0, 12)
    described = recipe()
    window = Window(described, load_raw(described))
    try:
        compared, delays = window.compared(seconds, rounds), Delays()
        window.trained_in_window(5 * seconds, delays)
        answers = [median(seconds_to_answer(window, c) for _ in range(rounds)) for c in ("pause", "step", "stop")]
    finally:
        window.close()
    report("vae_steps_per_second_with_live_plots", median(compared.shown), "1/s", reference=median(compared.alone),
           ratio=compared.ratio)
    report("vae_event_loop_delay_p99", delays.percentile(99), "ms")
    report("vae_event_loop_delay_max", delays.percentile(100), "ms")
    report("vae_preview_share_of_training", window.preview_share, "1")
    report("vae_step", 1000 / median(compared.shown), "ms")
    for command, answered in zip(("pause", "step", "stop"), answers, strict=True):
        report(f"vae_{command}_is_known_after", 1000 * answered, "ms")


def recipe() -> Recipe:
    """The recommended autoencoder on the bundled digits, which goes on until it is stopped."""
    plain = Recipe(seed=0, data=DataRecipe(source="digits"))
    data = prepare(load_raw(plain), plain.data.preparation, plain.data_seed)
    family = model("vae")
    settings = family.Settings(**{**family.recommended(data), "max_epochs": MOST_EPOCHS}).model_dump(mode="json")
    return plain.model_copy(update={"model": ModelRecipe(name="vae", settings=settings)})


def seconds_to_answer(window: Window, command: str) -> float:
    """From a command until the window knows that the run has heeded it."""
    window.model.train()
    run = window.model.current
    assert run is not None
    window.until(lambda: run.history.step >= 3)
    if command == "step":
        run.job.pause()
        window.until(lambda: run.status is Status.PAUSED)
    before, began = run.history.step, time.perf_counter()
    getattr(run.job, command)()
    if command == "step":
        window.until(lambda: run.history.step > before)
    else:
        window.until(lambda: run.status is Status.PAUSED or run.status.ended)
    taken = time.perf_counter() - began
    run.job.stop()
    window.until(lambda: run.status.ended)
    window.model.remove_run(run)
    return taken
