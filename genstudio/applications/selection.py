"""How many components, or states: information criteria of models over a range of sizes and shapes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from genstudio.data.dataset import Dataset
from genstudio.errors import DataError, TrainingError
from genstudio.models.capabilities import Counted
from genstudio.models.contract import Model
from genstudio.models.fitted import Fitted
from genstudio.models.gmm import GaussianMixtureModel, MixtureSettings
from genstudio.models.hmm import HiddenMarkovModel, MarkovSettings
from genstudio.models.sequential import Sequential
from genstudio.settings import Settings, validate
from genstudio.training.em import NOT_CONVERGED
from genstudio.training.events import Note, Progress

Criterion = Literal["bic", "aic"]
NOT_BAYESIAN = {"weight_concentration_prior_type": "none"}
MIXTURE_BY_HAND = ("weights_init", "means_init", "precisions_init")


@dataclass(frozen=True)
class Candidate:
    """One mixture, or chain of states, that was tried, and how it did on the training rows; everything in data units.

    Arguments:
        n_components: components of a mixture, or states.
        n_parameters: free parameters.
        bic, aic: nats, over all training rows; lower is better, infinite where the fit failed.
        train, valid: mean log-likelihood, nats per row that is no gap; `valid` is None without validation rows.
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
    plain = {**NOT_BAYESIAN, **dict.fromkeys(MIXTURE_BY_HAND)}
    yield from _compared(
        data, GaussianMixtureModel, _without(settings, plain, "max_iter"), n_components, seed,
        shapes=covariance_types or [settings.covariance_type], criterion=criterion, on_step=on_step,
    )


def compare_chains(
    data: Dataset,
    settings: MarkovSettings,
    n_components: Sequence[int],
    seed: int,
    *,
    covariance_types: Sequence[str] = (),
    criterion: Criterion = "bic",
    on_step: Callable[[], None] = lambda: None,
) -> Generator[Candidate, None, None]:
    """As `compare_mixtures`, for hidden Markov models over their number of states.

    Where what states show has no covariances, one shape is tried.
    """
    shaped = settings.emission in ("gaussian", "mixture")
    shapes = covariance_types if covariance_types and shaped else [settings.covariance_type]
    yield from _compared(
        data, HiddenMarkovModel, _without(settings, dict.fromkeys(settings.given), "n_iter"), n_components, seed,
        shapes=shapes, criterion=criterion, on_step=on_step,
    )


def _compared(
    data: Dataset, family: type[Model], values: Mapping[str, Any], n_components: Sequence[int], seed: int,
    *, shapes: Sequence[str], criterion: Criterion, on_step: Callable[[], None],
) -> Generator[Candidate, None, None]:
    sizes = [k for k in n_components if 1 <= k <= len(data.train)]
    if not sizes:
        raise DataError(f"{data.name} has {len(data.train)} rows, too few for the sizes asked for.", "Try fewer.")
    lowest = math.inf
    for shape, size in itertools.product(shapes, sizes):
        asked = {**values, "n_components": size, "covariance_type": shape}
        model = family(validate(family.Settings, asked, "the models to compare"))
        candidate = _try(data, model, seed, on_step)
        value = getattr(candidate, criterion)
        yield replace(candidate, best=value < lowest)
        lowest = min(lowest, value)


def best_candidate(candidates: Iterable[Candidate], criterion: Criterion = "bic") -> Candidate:
    """The candidate with the lowest criterion; the first of equal ones."""
    return min(candidates, key=lambda candidate: getattr(candidate, criterion))


def _without(settings: Settings, changed: Mapping[str, Any], steps: str) -> dict[str, Any]:
    """All settings but what was given by hand; where that stood in the place of learning, with the usual steps."""
    values = {**settings.model_dump(), **changed}
    if values[steps] == 0:
        del values[steps]
    return values


def _try(data: Dataset, model: Model, seed: int, on_step: Callable[[], None]) -> Candidate:
    last, converged = Progress(0, None, {}), True
    try:
        for event in model.fit(data, model.live_settings(), seed):
            on_step()
            if isinstance(event, Progress):
                last = event
            elif isinstance(event, Note) and event.badge == NOT_CONVERGED:
                converged = False
        return _judged(data, model, last, converged)
    except TrainingError as error:
        return Candidate(
            model.settings.n_components, model.settings.covariance_type, 0, math.inf, math.inf, -math.inf, None,
            last.step, converged=False, failure=str(error),
        )


def _judged(data: Dataset, model: Model, last: Progress, converged: bool) -> Candidate:
    fitted = Fitted(model, data.preparation)
    p = fitted.n_parameters() if isinstance(model, Counted) else 0
    n, train = _mean(fitted, data, 0)
    _, valid = _mean(fitted, data, 1)
    return Candidate(
        model.settings.n_components, model.settings.covariance_type, p, bic=p * math.log(n) - 2 * n * train,
        aic=2 * p - 2 * n * train, train=train, valid=valid if len(data.valid) else None, steps=last.step,
        converged=converged,
    )


def _mean(fitted: Fitted, data: Dataset, part: int) -> tuple[int, float]:
    """How many rows of a part are no gaps, and their mean log-likelihood, nats, data units."""
    x = data.preparation.to_data((data.train, data.valid)[part])
    if data.lengths is None or not fitted.can(Sequential):
        log_prob = fitted.log_prob(x)
    else:
        log_prob = fitted.step_log_prob(x, data.lengths[part])[~np.isnan(x).all(axis=1)]
    return len(log_prob), float(log_prob.mean()) if len(log_prob) else math.nan
