"""Digits by the recommended GAN and by the textbook's, each for 20 minutes: how far made ones are from real ones.

Both are held against the same digits by the same features; precision and recall say whether it is quality or diversity
that is wanting. A contact sheet of each is left in the folder that the environment variable GENSTUDIO_SHEETS names, or
in the one for temporary files.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import Any

import numpy as np

from genstudio.data.dataset import Dataset
from genstudio.data.pictures import Pictures
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.reader import unwatched
from genstudio.evaluation.compared import as_bytes, drawn
from genstudio.evaluation.features import extractor
from genstudio.evaluation.frechet import distance
from genstudio.evaluation.manifold import Estimate, precision, recall
from genstudio.models.contract import Floats
from genstudio.models.fitted import Fitted
from genstudio.models.gan import GenerativeAdversarialNetwork
from genstudio.settings import validate
from genstudio.training.budget import Budget
from genstudio.training.events import Progress
from tests.benchmarks.bench_digits import DRAWN, FEATURES, SECONDS, THREADS, sheet, tell
from tests.benchmarks.bench_gan_speed import TEXTBOOK
from tests.benchmarks.report import Report


def run(report: Report) -> None:
    """Train both, draw, and compare; how far real digits of two halves are apart stands beside them."""
    with np.load(report.data("mnist.npz")) as arrays:
        data = prepare(Pictures("MNIST", arrays["x_train"][..., None]), PreparationSettings(valid=0.02, test=0), 0)
        held_out = arrays["x_test"][:, None]
    real = data.preparation.to_data(held_out)[: 64 if report.short else DRAWN]
    extract = extractor(FEATURES, real)
    seen = extract(real)
    kind = GenerativeAdversarialNetwork
    found = {}
    for name, settings in (("recommended", kind.recommended(data)), ("textbook", kind.info.presets[TEXTBOOK])):
        made = played(report, name, settings, data, len(real))
        sheet(f"gan_{name}", made)
        features = extract(made)
        found[name] = distance(seen, features)
        tell_share(report, f"precision_of_{name}", precision(seen, features))
        tell_share(report, f"recall_of_{name}", recall(seen, features))
    tell(report, "frechet_of_textbook", found["textbook"])
    tell(report, "frechet_of_recommended", found["recommended"], found["textbook"])
    learned = extract(data.preparation.to_data(data.train[: len(real)]))
    tell(report, "frechet_of_training_digits", distance(seen, learned))


def played(report: Report, name: str, settings: Mapping[str, Any], data: Dataset, count: int) -> Floats:
    """So many pictures of a generator, after 20 minutes of the game."""
    kind = GenerativeAdversarialNetwork
    model = kind(validate(kind.Settings, settings, name))
    budget = Budget(steps=10) if report.short else Budget(seconds=SECONDS, threads=THREADS)
    began, taken = perf_counter(), 0
    for event in model.fit(data, model.live_settings(), 0, budget):
        budget.spent = perf_counter() - began
        taken = event.step if isinstance(event, Progress) else taken
    report(f"{name}_training_steps", taken, "1")
    return as_bytes(drawn(Fitted(model, data.preparation), count, 0, unwatched))


def tell_share(report: Report, name: str, found: Estimate) -> None:
    """A share with its standard error."""
    report(name, found.value, "1")
    if found.stderr is not None:
        report(f"{name}_stderr", found.stderr, "1")
