"""The flow of pictures on MNIST: bits per dimension of held-out digits after 20 minutes on two cores.

Pixels of 256 intensities are dequantized by uniform noise; the figure is the bound of several draws, in bits for each
of the 784 pixels. Training takes the 60,000 digits with the settings that are recommended for them.
"""

from __future__ import annotations

import math
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from genstudio.data.dataset import Dataset
from genstudio.models.flow import NormalizingFlow
from genstudio.settings import validate
from genstudio.training.budget import Budget
from genstudio.training.events import Progress
from tests.benchmarks.bench_vae import digits
from tests.benchmarks.report import Report

Floats = NDArray[np.float64]
SECONDS, THREADS, DRAWS = 1200, 2, 4
SAMPLED = 64
AIM = 1.35
GLOW_OF_THE_PAPER = 1.05
"""Kingma and Dhariwal (2018) on MNIST, as Grathwohl et al. (2019), Table 2, tell it; after days on several GPUs."""


def run(report: Report) -> None:
    """Train for 20 minutes, then bound the held-out digits."""
    with np.load(report.data("mnist.npz")) as arrays:
        data, held_out = digits(arrays["x_train"]), arrays["x_test"][:, None] / 255
    held_out = held_out[:50] if report.short else held_out
    report("bits_per_dim_of_frequencies", bits(trained(data, steps=1)[0], held_out[:1000], 1).mean(), "bits")
    model, steps = trained(data, steps=20 if report.short else None)
    report("training_steps", steps, "1")
    one, many = bits(model, held_out, 1), bits(model, held_out, DRAWS)
    report("bits_per_dim", many.mean(), "bits", reference=AIM, ratio=AIM / many.mean())
    report("bits_per_dim_beside_glow", many.mean(), "bits", reference=GLOW_OF_THE_PAPER,
           ratio=GLOW_OF_THE_PAPER / many.mean())
    report("bits_per_dim_standard_error", many.std() / math.sqrt(len(many)), "bits")
    report("bits_per_dim_of_one_draw", one.mean(), "bits")
    began = perf_counter()
    model.sample(SAMPLED, seed=0)
    report("samples_per_second", SAMPLED / (perf_counter() - began), "1/s")


def trained(data: Dataset, steps: int | None) -> tuple[NormalizingFlow, int]:
    """The model after so many steps, or 20 minutes; and the steps that it took."""
    settings = validate(NormalizingFlow.Settings, NormalizingFlow.recommended(data), "the model `flow`")
    model = NormalizingFlow(settings)
    budget = Budget(seconds=SECONDS if steps is None else None, steps=steps, threads=THREADS)
    began, taken = perf_counter(), 0
    for event in model.fit(data, model.live_settings(), 0, budget):
        budget.spent = perf_counter() - began
        taken = event.step if isinstance(event, Progress) else taken
    return model, taken


def bits(model: NormalizingFlow, pictures: Floats, draws: int) -> Floats:
    """Bits for each pixel of each picture, from the bound of so many draws."""
    found: Floats = -model.log_prob_bound(pictures, draws, seed=0) / (math.log(2) * pictures[0].size)
    return found
