"""Chains given by hand: they stand in the recipe, under hmmlearn's names, and nothing is fitted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from genstudio.data.chains import TEXTBOOK
from genstudio.data.dataset import Dataset
from genstudio.data.preparation import Preparation
from genstudio.errors import DataError, RecipeError
from genstudio.models.fitted import Fitted
from genstudio.models.registry import model
from genstudio.runs import hand
from genstudio.runs.chain_edits import Parameters, check_chain
from genstudio.runs.job import Job, Status
from genstudio.runs.question import Subject, evenly
from genstudio.runs.recipe import ModelRecipe, Recipe
from genstudio.runs.run import Run, with_settings
from genstudio.runs.work import new_model

Floats = NDArray[np.float64]

KEY = "hmm"
"""The model that chains are made of."""
HAND_GIVEN = ("startprob", "transmat", "means", "covars", "emissionprob", "lambdas", "weights")
"""Settings that hold parameters given by hand, as far as a model has them."""
START_ROWS = 100_000
"""So many rows say well enough how the data are spread."""
STAYS = 0.9
"""How likely a state of a chain that is begun by hand stays as it is: long enough to be seen."""


def textbook() -> dict[str, Floats]:
    """The textbook's chain of three states over two columns."""
    chain = TEXTBOOK
    found = {"startprob": chain.startprob, "transmat": chain.transmat, "means": chain.means, "covars": chain.covars}
    return {name: array.copy() for name, array in found.items()}


def by_hand(recipe: Recipe, preparation: Preparation, parameters: Parameters) -> Recipe:
    """The recipe of a model with just this chain.

    Arguments:
        parameters: data units.

    Raises:
        RecipeError: these make no chain, a recipe has no place for them, or the scaling is no affine map.
    """
    check_chain(parameters)
    fields = model(recipe.model.name).Settings.model_fields
    if any(name not in fields for name in parameters):
        raise RecipeError("A recipe has no place for emissions of this kind.", "Train a chain with Gaussian emissions.")
    given = dict.fromkeys(name for name in HAND_GIVEN if name in fields)
    given |= {name: array.tolist() for name, array in _in_model_units(parameters, preparation).items()}
    shape = {"covariance_type": "full"} if "covars" in parameters else {}
    return with_settings(
        recipe, **given, **shape, n_components=len(parameters["startprob"]), n_iter=0, n_init=1, topology="ergodic"
    )


def given_chain(recipe: Recipe, preparation: Preparation) -> dict[str, Floats] | None:
    """The chain that a recipe made by `by_hand` carries, data units; None where it carries none."""
    settings = recipe.model.settings
    found = {name: np.array(settings[name], float) for name in HAND_GIVEN if settings.get(name) is not None}
    if "startprob" not in found:
        return None
    if "means" in found:
        shift, scale = _affine(preparation)
        found["means"] = found["means"] * scale + shift
        found["covars"] = found["covars"] * scale[:, None] * scale
    return found


def hand_run(run: Run, parameters: Parameters) -> Run:
    """A run of the same data whose model has just this chain, to be changed by hand; it never trains.

    Raises:
        RecipeError: as for `by_hand`, or the run's data are not at hand.
    """
    if run.data is None:
        raise RecipeError(f"The data of {run.name} are not at hand.", "Open them first.")
    recipe = by_hand(run.recipe, run.preparation, parameters)
    fitted = Fitted(new_model(recipe, run.data), run.preparation)
    fitted.set_chain(parameters)
    job = Job(Subject(fitted, run.data), None)
    return Run(f"{run.name} by hand", recipe, run.preparation, run.data, job, status=Status.DONE, by_hand=True,
               raw=run.raw)


def trained_from(run: Run, parameters: Parameters, n_iter: int | None = None) -> Recipe:
    """The run's recipe, to be trained from this chain.

    Transitions that are 0 stay 0 under EM, so that a topology can be drawn by hand.

    Arguments:
        n_iter: most steps; as the model's default says when None.

    Raises:
        RecipeError: as for `by_hand`.
    """
    start = by_hand(run.recipe, run.preparation, parameters)
    return with_settings(start, n_iter=n_iter or run.model.Settings().n_iter)  # type: ignore[attr-defined]


def started_by_hand(recipe: Recipe, data: Dataset) -> Recipe:
    """The recipe of a chain that nobody fitted, spread over the data: as many states as the recipe says.

    Raises:
        DataError: the data cannot be spread over.
        RecipeError: the scaling is no affine map.
    """
    settings = recipe.model.settings if recipe.model.name == KEY else {}
    count = int(settings.get("n_components", 3))
    plain = recipe.model_copy(update={"model": ModelRecipe(name=KEY, settings={**settings, "emission": "gaussian"})})
    return by_hand(plain, data.preparation, starting_chain(_some_rows(data), count))


def textbook_by_hand(recipe: Recipe, data: Dataset) -> Recipe:
    """The recipe of the textbook's chain over data of two columns.

    Raises:
        DataError: there are more columns, or fewer.
    """
    if len(data.preparation.columns) != 2:
        raise DataError(f"{data.name} has other than two columns.", "Choose two of them in the Data panel.")
    plain = recipe.model_copy(update={"model": ModelRecipe(name=KEY, settings={"emission": "gaussian"})})
    return by_hand(plain, data.preparation, textbook())


def starting_chain(x: Floats, count: int) -> dict[str, Floats]:
    """A chain to begin editing from: states spread over rows x, shape (N, D), data units, that mostly stay."""
    _, means, covars = hand.starting_parameters(x, count)
    turns = np.full((count, count), (1 - STAYS) / max(count - 1, 1))
    np.fill_diagonal(turns, STAYS if count > 1 else 1.0)
    return {"startprob": np.full(count, 1 / count), "transmat": turns, "means": means, "covars": covars}


def moved(
    parameters: Parameters, state: int, mean: Floats, covariance: Floats, columns: Sequence[int]
) -> dict[str, Floats]:
    """The chain after a state's ellipse was dragged in a plane of two columns.

    The other columns follow by the linear map that takes the former ellipse to the new one, so that the covariance
    stays positive definite.

    Arguments:
        mean: shape (2,); covariance: shape (2, 2), data units.
    """
    dragged = (parameters["startprob"], parameters["means"], parameters["covars"])
    _, means, covars = hand.moved(dragged, state, mean, covariance, columns)
    return {**parameters, "means": means, "covars": covars}


def _some_rows(data: Dataset) -> Floats:
    x = data.preparation.to_data(data.train[evenly(len(data.train), START_ROWS)])
    x = x[np.isfinite(x).all(axis=1)]
    if len(x) < 2:
        raise DataError("States need at least two whole rows to be spread over.", "Load more rows.")
    with np.errstate(all="ignore"):
        if not np.isfinite(np.square(x).sum()):
            raise DataError(f"The numbers of {data.name} are too large for Gaussian states.", "Scale the columns.")
    return x


def _in_model_units(parameters: Parameters, preparation: Preparation) -> dict[str, Floats]:
    found = dict(parameters)
    if "means" in found:
        shift, scale = _affine(preparation)
        found["means"] = (found["means"] - shift) / scale
        found["covars"] = found["covars"] / scale[:, None] / scale
    return found


def _affine(preparation: Preparation) -> tuple[Floats, Floats]:
    known = preparation.scaling.affine(len(preparation.columns))
    if known is None:
        raise RecipeError("Under a logit scaling states are no ellipses.", "Choose another scaling.")
    return known
