"""The preset with a larger latent space on black and white MNIST: the importance-weighted bound after 20 minutes.

Held-out digits are drawn black or white by their intensities once, from a fixed seed; training draws anew at each step.
"""

from __future__ import annotations

import math
from time import perf_counter

import numpy as np

from genstudio.data.dataset import Dataset
from genstudio.models.vae import VariationalAutoencoder
from genstudio.training.budget import Budget
from genstudio.training.events import Progress
from tests.benchmarks.bench_vae import digits
from tests.benchmarks.report import Report

LARGER = "Larger latent space (28 × 28, black and white)"
SECONDS, THREADS, DRAWS = 1200, 2, 250
VAE_OF_THE_PAPER = 86.76
"""Burda et al. (2016), Table 1: one stochastic layer, k = 1 in training, 5,000 draws; after days, not minutes."""


def run(report: Report) -> None:
    """Train the preset, then bound the held-out digits."""
    with np.load(report.data("mnist.npz")) as arrays:
        data, held_out = digits(arrays["x_train"]), arrays["x_test"][:, None]
    uniform = np.random.default_rng(0).random(held_out.shape, np.float32)
    binary = 255 * (uniform * 255 < held_out).astype(np.uint8)
    model, steps = trained(data, 20 if report.short else None)
    bounds = model.log_prob_bound(binary[:20] if report.short else binary, 10 if report.short else DRAWS, seed=0)
    iwae = -float(bounds.mean())
    report("training_steps", steps, "1")
    report("iwae_bound_of_held_out", iwae, "nats", reference=VAE_OF_THE_PAPER, ratio=VAE_OF_THE_PAPER / iwae)
    report("iwae_standard_error", float(bounds.std()) / math.sqrt(len(bounds)), "nats")


def trained(data: Dataset, steps: int | None) -> tuple[VariationalAutoencoder, int]:
    """The preset after so many steps, or 20 minutes; and the steps that it took."""
    model = VariationalAutoencoder(VariationalAutoencoder.Settings(**VariationalAutoencoder.info.presets[LARGER]))
    seconds = SECONDS if steps is None else None
    budget = Budget(seconds=seconds, steps=steps, threads=THREADS)
    began, taken = perf_counter(), 0
    for event in model.fit(data, model.live_settings(), 0, budget):
        budget.spent = perf_counter() - began
        taken = event.step if isinstance(event, Progress) else taken
    return model, taken
