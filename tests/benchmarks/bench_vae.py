"""The textbook's variational autoencoder on MNIST: how good after ten passes, how fast beside Keras' own `fit`.

Keras gets an environment of its own in the user's cache folder, which takes a minute or two at the first time.
Both may use two cores, in turn.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import platformdirs
from numpy.typing import NDArray

from genstudio.data.dataset import Dataset
from genstudio.data.pictures import Pictures
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.models.vae import VariationalAutoencoder
from genstudio.training.budget import Budget
from genstudio.training.events import Progress
from tests.benchmarks.report import Report, Skipped

TEXTBOOK = "Textbook (28 × 28 pictures)"
TENSORFLOW = "tensorflow==2.21.0"
EPOCHS = 10
THREADS = 2
KERAS_AFTER_TEN = 155.5
"""The loss that Keras' example is published with after ten passes, on what it trains on."""


def run(report: Report) -> None:
    """The held-out loss of the textbook's preset, and pictures per second of both."""
    mnist = report.data("mnist.npz")
    with np.load(mnist) as arrays:
        data, held_out = digits(arrays["x_train"]), digits(arrays["x_test"]).train
    if report.short:
        loss, steps, rounds = loss_after(data, held_out[:100], Budget(steps=20)), 10, 1
    else:
        loss, steps, rounds = loss_after(data, held_out, Budget(epochs=EPOCHS, threads=THREADS)), 80, 9
    report("textbook_held_out_loss", loss, "nats", reference=KERAS_AFTER_TEN, ratio=KERAS_AFTER_TEN / loss)
    if report.short:
        report("pictures_per_second", next(rates(data, steps)), "1/s")
    else:
        beside_keras(report, data, mnist, steps, rounds)


def beside_keras(report: Report, data: Dataset, mnist: Path, steps: int, rounds: int) -> None:
    """Pictures per second of both, in turn: machines that are shared change their speed."""
    with keras(mnist) as process:
        pairs = list(itertools.islice(zip(rates(data, steps), keras_rates(process, steps), strict=False), rounds))
    ours, theirs = zip(*pairs, strict=True)
    ratio = median(mine / reference for mine, reference in pairs)
    report("pictures_per_second", median(ours), "1/s", reference=median(theirs), ratio=ratio)


def digits(pixels: NDArray[np.uint8]) -> Dataset:
    """All of them to train on."""
    return prepare(Pictures("MNIST", pixels[..., None]), PreparationSettings(valid=0, test=0), 0)


def textbook() -> VariationalAutoencoder:
    """The model of the preset."""
    return VariationalAutoencoder(VariationalAutoencoder.Settings(**VariationalAutoencoder.info.presets[TEXTBOOK]))


def loss_after(data: Dataset, held_out: NDArray[np.uint8], budget: Budget) -> float:
    """Reconstruction and KL of one draw, mean over the held-out items, nats."""
    model = textbook()
    for _ in model.fit(data, model.live_settings(), 0, budget):
        pass
    return -float(model.log_prob_bound(held_out, 1, seed=0).mean())


def rates(data: Dataset, steps: int) -> Iterator[float]:
    """Pictures per second over so many steps, again and again, of one training."""
    model = textbook()
    events = model.fit(data, model.live_settings(), 0, Budget(steps=10**6, threads=THREADS, precision="float32"))
    progress = (event for event in events if isinstance(event, Progress) and event.step > 1)
    next(progress)
    while True:
        began = perf_counter()
        items = sum(event.items for event in itertools.islice(progress, steps))
        yield items / (perf_counter() - began)


@contextmanager
def keras(mnist: Path, script: str = "keras_textbook.py") -> Iterator[subprocess.Popen[str]]:
    """A process that trains the same by Keras when it is asked to, and waits otherwise."""
    command = [keras_python(), Path(__file__).with_name(script), mnist]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if next(iter(process.stdout or ()), "").strip() != "ready":
            raise Skipped("Keras does not start")
        yield process


def keras_rates(process: subprocess.Popen[str], steps: int) -> Iterator[float]:
    """Keras' pictures per second over so many steps, again and again."""
    while process.stdin and process.stdout:
        print(steps, file=process.stdin, flush=True)
        yield float(process.stdout.readline())


def keras_python() -> Path:
    """The Python of an environment with TensorFlow, made where there is none yet.

    Raises:
        Skipped: it cannot be had.
    """
    folder = Path(platformdirs.user_cache_dir("genstudio")) / "benchmarks" / "keras"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    made = folder / TENSORFLOW
    if not made.exists():
        try:
            for command in ([sys.executable, "-m", "venv", folder], [python, "-m", "pip", "install", "-q", TENSORFLOW]):
                subprocess.run(command, check=True, capture_output=True, timeout=1800)
        except (OSError, subprocess.SubprocessError) as error:
            raise Skipped(f"an environment with {TENSORFLOW} cannot be had: {error}") from error
        made.touch()
    return python
