"""The textbook's deep convolutional GAN on MNIST: how fast beside its loop of `train_on_batch` in Keras.

Keras gets an environment of its own in the user's cache folder, which takes a minute or two at the first time.
Both may use two cores, in turn.
"""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Iterator
from statistics import median
from time import perf_counter

import numpy as np

from genstudio.data.dataset import Dataset
from genstudio.models.gan import GenerativeAdversarialNetwork
from genstudio.training.budget import Budget
from genstudio.training.device import device_of, fast_bfloat16
from genstudio.training.events import Progress
from tests.benchmarks.bench_vae import THREADS, digits, keras, keras_rates
from tests.benchmarks.report import Report

TEXTBOOK = "Textbook (DCGAN)"
SCRIPT = "keras_gan.py"
STEPS, ROUNDS = 40, 9


def run(report: Report) -> None:
    """Real pictures per second of both, in turn: machines that are shared change their speed."""
    mnist = report.data("mnist.npz")
    with np.load(mnist) as arrays:
        data = digits(arrays["x_train"])
    if report.short:
        report("pictures_per_second", next(rates(data, 2, "float32")), "1/s")
        return
    with keras(mnist, SCRIPT) as process:
        compare(report, "pictures_per_second", process, data, "float32")
        if fast_bfloat16(device_of("cpu")):
            compare(report, "pictures_per_second_in_bfloat16", process, data, "bfloat16")


def compare(report: Report, name: str, process: subprocess.Popen[str], data: Dataset, precision: str) -> None:
    """The median of both, and of the ratios of what was measured one right after the other."""
    both = zip(rates(data, STEPS, precision), keras_rates(process, STEPS // 2), strict=False)
    pairs = list(itertools.islice(both, ROUNDS))
    ours, theirs = zip(*pairs, strict=True)
    report(name, median(ours), "1/s", reference=median(theirs), ratio=median(mine / other for mine, other in pairs))


def textbook() -> GenerativeAdversarialNetwork:
    """The model of the preset."""
    kind = GenerativeAdversarialNetwork
    return kind(kind.Settings(**kind.info.presets[TEXTBOOK]))


def rates(data: Dataset, steps: int, precision: str) -> Iterator[float]:
    """Pictures per second over so many rounds of the game, again and again, of one training."""
    model = textbook()
    events = model.fit(data, model.live_settings(), 0, Budget(steps=10**6, threads=THREADS, precision=precision))
    progress = (event for event in events if isinstance(event, Progress) and event.step > 1)
    next(progress)
    while True:
        began = perf_counter()
        items = sum(event.items for event in itertools.islice(progress, steps))
        yield items / (perf_counter() - began)
