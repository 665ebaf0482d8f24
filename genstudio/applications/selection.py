"""How many components: information criteria of mixtures over a range of sizes and shapes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from genstudio.data.dataset import Dataset
from genstudio.errors import DataError, TrainingError
from genstudio.models.gmm import GaussianMixtureModel, MixtureSettings
from genstudio.settings import validate
from genstudio.training.em import NOT_CONVERGED
from genstudio.training.events import Note, Progress

Floats = NDArray[np.float64]
Criterion = Literal["bic", "aic"]


@dataclass(frozen=True)
class Candidate:
    """One mixture that was tried, and how it did on the training rows; everything in data units.

    Arguments:
        n_parameters: free parameters.
        bic, aic: nats, over all training rows; lower is better, infinite where the fit failed.
        train, valid: mean log-likelihood, nats per row; `valid` is None without validation rows.
        steps: EM steps taken.
        converged: whether EM had converged.
        best: whether this is the best of those tried so far, by the criterion asked for.
        failure: why it could not be learned, or "".
    """

    n_components: int
    covariance_type: str
    n_parameters: int
    bic: float
    aic: float
    train: float
    valid: float | None
    steps: int
    converged: bool
    best: bool = False
    failure: str = ""


def compare_mixtures(
    data: Dataset,
    settings: MixtureSettings,
    n_components: Sequence[int],
    seed: int,
    *,
    covariance_types: Sequence[str] = (),
    criterion: Criterion = "bic",
    on_step: Callable[[], None] = lambda: None,
) -> Generator[Candidate, None, None]:
    """Fit one mixture for each size (and shape), and yield how it did; the last row marked best is the best of all.

    Arguments:
        settings: all other settings; a Bayesian prior and parameters given by hand are left out.
        n_components: sizes to try; those above the number of rows are passed over.
        covariance_types: shapes to try; that of the settings when empty.
        on_step: called after every EM step; may raise `Cancelled`.

    Raises:
        DataError: no size can be tried with these data.
    """
    sizes = [k for k in n_components if 1 <= k <= len(data.train)]
    if not sizes:
        raise DataError(f"{data.name} has {len(data.train)} rows, too few for the sizes asked for.", "Try fewer.")
    lowest = math.inf
    for shape, size in itertools.product(covariance_types or [settings.covariance_type], sizes):
        candidate = _try(data, _plain(settings, size, shape), seed, on_step)
        value = getattr(candidate, criterion)
        yield replace(candidate, best=value < lowest)
        lowest = min(lowest, value)


def best_candidate(candidates: Iterable[Candidate], criterion: Criterion = "bic") -> Candidate:
    """The candidate with the lowest criterion; the first of equal ones."""
    return min(candidates, key=lambda candidate: getattr(candidate, criterion))


def _plain(settings: MixtureSettings, size: int, shape: str) -> MixtureSettings:
    by_hand = {"weights_init": None, "means_init": None, "precisions_init": None}
    changed = {"n_components": size, "covariance_type": shape, "weight_concentration_prior_type": "none", **by_hand}
    values = {**settings.model_dump(), **changed}
    if values["max_iter"] == 0:
        del values["max_iter"]
    return validate(MixtureSettings, values, "the mixtures to compare")


def _try(
    data: Dataset, settings: MixtureSettings, seed: int, on_step: Callable[[], None]
) -> Candidate:
    model = GaussianMixtureModel(settings)
    last, converged = Progress(0, None, {}), True
    try:
        for event in model.fit(data, model.live_settings(), seed):
            on_step()
            if isinstance(event, Progress):
                last = event
            elif isinstance(event, Note) and event.badge == NOT_CONVERGED:
                converged = False
    except TrainingError as error:
        return Candidate(
            settings.n_components, settings.covariance_type, 0, math.inf, math.inf, -math.inf, None, last.step,
            converged=False, failure=str(error),
        )
    return _judged(data, model, last, converged)


def _judged(data: Dataset, model: GaussianMixtureModel, last: Progress, converged: bool) -> Candidate:
    n, p = len(data.train), model.n_parameters()
    train = last.metrics["train"] + _mean_log_det(data, data.train)
    valid = last.metrics["valid"] + _mean_log_det(data, data.valid) if "valid" in last.metrics else None
    return Candidate(
        model.settings.n_components, model.settings.covariance_type, p, bic=p * math.log(n) - 2 * n * train,
        aic=2 * p - 2 * n * train, train=train, valid=valid, steps=last.step, converged=converged,
    )


def _mean_log_det(data: Dataset, z: Floats) -> float:
    return float(data.preparation.log_det(data.preparation.to_data(z)).mean())
