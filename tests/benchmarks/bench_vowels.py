"""Spoken vowels, the standard split: speakers told by one HMM each, beside logistic regression on the same utterances.

The settings are the model's defaults, which were chosen on the training utterances alone.
"""

from __future__ import annotations

from time import perf_counter

from genstudio.applications.classification import Share, share_right, told_classes
from genstudio.applications.discriminative import Rival
from genstudio.data.dataset import Dataset
from genstudio.data.files import open_raw
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.sequences import bounds
from genstudio.models.contract import Ints
from genstudio.models.fitted import Fitted
from genstudio.models.registry import model
from genstudio.settings import validate
from genstudio.training.budget import Budget
from tests.benchmarks.report import Report


def run(report: Report) -> None:
    """Train both on the 270 utterances of the split, and judge them by the other 370."""
    raw = open_raw(report.data("japanese_vowels.npz"), None)
    data = prepare(raw, PreparationSettings(valid=0), seed=0)
    assert data.lengths is not None
    began = perf_counter()
    fitted = trained(data, report.short)
    report("training", perf_counter() - began, "s")
    x, lengths = data.preparation.to_data(data.test), data.lengths[2]
    own = share_right(codes(data, 2), told_classes(fitted.classify(x, lengths)))
    train = data.preparation.to_data(data.train)
    rival = Rival.trained(train, data.lengths[0], codes(data, 0))
    other = share_right(codes(data, 2), rival.told(x, lengths))
    report("utterances_learned", len(data.lengths[0]), "1")
    report("utterances_judged", own.n, "1")
    tell(report, "accuracy", own, other)
    tell(report, "accuracy_of_logistic_regression", other)


def trained(data: Dataset, short: bool) -> Fitted:
    """One HMM a class by the defaults."""
    kind = model("hmm_classes")
    learner = kind(validate(kind.Settings, kind.recommended(data), "the model `hmm_classes`"))
    for _ in learner.fit(data, learner.live_settings(), 0, Budget(steps=2) if short else None):
        pass
    return Fitted(learner, data.preparation)


def codes(data: Dataset, part: int) -> Ints:
    """The class of each sequence of a part."""
    assert data.labels is not None
    assert data.lengths is not None
    return (data.labels.train, data.labels.valid, data.labels.test)[part][bounds(data.lengths[part])[:-1]]


def tell(report: Report, name: str, found: Share, other: Share | None = None) -> None:
    """A share with its standard error, beside another one; the ratio is that of what is told wrongly."""
    wrong = 1 - found.value
    compared = {} if other is None else {"reference": other.value}
    if other is not None and wrong:
        compared["ratio"] = (1 - other.value) / wrong
    report(name, found.value, "", **compared)
    if found.stderr is not None:
        report(f"{name}_stderr", found.stderr, "")
