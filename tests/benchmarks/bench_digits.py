"""Digits by flow matching and by the VAE, each as recommended and for as long: the distance of each from real ones.

Both are held against the same digits by the same features. A contact sheet of each is left in the folder that the
environment variable GENSTUDIO_SHEETS names, or in the one for temporary files.
"""

from __future__ import annotations

import math
import os
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np
from PIL import Image

from genstudio.applications.mosaic import mosaic
from genstudio.data.dataset import Dataset
from genstudio.data.pictures import Pictures
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.reader import unwatched
from genstudio.evaluation.compared import as_bytes, drawn
from genstudio.evaluation.features import extractor
from genstudio.evaluation.frechet import Distance, distance
from genstudio.models.contract import Floats
from genstudio.models.diffusion import FlowMatching
from genstudio.models.fitted import Fitted
from genstudio.models.registry import model
from genstudio.settings import validate
from genstudio.training.budget import Budget
from genstudio.training.events import Progress
from tests.benchmarks.report import Report

SECONDS, THREADS, DRAWN, BOUNDED = 1200, 2, 2_000, 256
FEATURES = "inception"
SHEET_SIDE, SHEETS_VARIABLE = 12, "GENSTUDIO_SHEETS"


def run(report: Report) -> None:
    """Train both, draw, and compare; how far real digits of two halves are apart stands beside them."""
    with np.load(report.data("mnist.npz")) as arrays:
        data = prepare(Pictures("MNIST", arrays["x_train"][..., None]), PreparationSettings(valid=0.02, test=0), 0)
        held_out = arrays["x_test"][:, None]
    count = 64 if report.short else DRAWN
    real = data.preparation.to_data(held_out)
    extract = extractor(FEATURES, real[:count])
    seen = extract(real[:count])
    found = {}
    for key in ("diffusion", "vae"):
        fitted, steps = trained(key, data, report.short)
        made = as_bytes(drawn(fitted, count, 0, unwatched))
        found[key] = distance(seen, extract(made))
        sheet(key, made)
        report(f"{key}_training_steps", steps, "1")
        if key == "diffusion":
            bits(report, fitted, real[:4 if report.short else BOUNDED])
    tell(report, "frechet_of_flow_matching", found["diffusion"], found["vae"])
    tell(report, "frechet_of_training_digits", distance(seen, extract(data.preparation.to_data(data.train[:count]))))


def trained(key: str, data: Dataset, short: bool) -> tuple[Fitted, int]:
    """A model with what is recommended, after 20 minutes; and the steps that it took."""
    kind = model(key)
    learner = kind(validate(kind.Settings, kind.recommended(data), f"the model `{key}`"))
    budget = Budget(steps=10) if short else Budget(seconds=SECONDS, threads=THREADS)
    began, taken = perf_counter(), 0
    for event in learner.fit(data, learner.live_settings(), 0, budget):
        budget.spent = perf_counter() - began
        taken = event.step if isinstance(event, Progress) else taken
    return Fitted(learner, data.preparation), taken


def bits(report: Report, fitted: Fitted, x: Floats) -> None:
    """The bound of held-out digits by the field's divergence, bits per dimension, with its standard error."""
    assert isinstance(fitted.model, FlowMatching)
    bounds = -fitted.log_prob_bound(x, 1, seed=0) / (fitted.latent_dim * math.log(2))
    report("bits_per_dimension", float(bounds.mean()), "bits")
    report("bits_per_dimension_stderr", float(bounds.std(ddof=1) / math.sqrt(len(bounds))), "bits")


def tell(report: Report, name: str, found: Distance, other: Distance | None = None) -> None:
    """A distance with its standard error, beside another one."""
    compared = {} if other is None else {"reference": other.value, "ratio": other.value / found.value}
    report(name, found.value, "", **compared)
    report(f"{name}_stderr", found.stderr, "")


def sheet(key: str, made: Floats) -> None:
    """The first samples as one picture, twice their size."""
    folder = Path(os.environ.get(SHEETS_VARIABLE) or tempfile.gettempdir())
    pixels = mosaic(made[:SHEET_SIDE**2], SHEET_SIDE).repeat(2, axis=0).repeat(2, axis=1)
    Image.fromarray(pixels).save(folder / f"genstudio_digits_{key}.png")
