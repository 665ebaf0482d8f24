"""One number of a chain at a time: what the others do when a person types it. Everything in data units."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from genstudio.errors import RecipeError

Floats = NDArray[np.float64]
Parameters = Mapping[str, Floats]
"""A chain of states as `models.sequential.Chain` names its arrays."""

PROBABILITIES = ("startprob", "transmat", "emissionprob", "weights")
"""What holds probabilities, each row with sum 1."""
OF_STATES = ("startprob", "means", "covars", "emissionprob", "weights", "lambdas")
"""What holds one row a state; transitions hold one from and one to each."""
_DUST = 1e-9
_SQUARINGS = 40
_GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))


def with_probability(
    parameters: Parameters, name: str, row: int, place: int, value: float, *,
    kept: Collection[int] = (), locked: Collection[int] = (),
) -> dict[str, Floats]:
    """The chain with one probability as it was typed; the rest of its row shares what is left in proportion.

    Arguments:
        name: one of `PROBABILITIES`.
        row: which state's, 0 for the start.
        value: in [0, 1].
        kept: places of the row that stay as long as that leaves room, as they were typed before.
        locked: places that stay whatever happens.

    Raises:
        RecipeError: what is locked leaves no room for it.
    """
    former = np.atleast_2d(parameters[name])[row]
    changed = np.atleast_2d(parameters[name]).copy()
    changed[row] = _row_with(former, place, value, kept, locked)
    return {**parameters, name: changed.reshape(parameters[name].shape)}


def with_mean(parameters: Parameters, state: int, column: int, value: float) -> dict[str, Floats]:
    """The chain with one coordinate of a state's mean changed."""
    return _with_entry(parameters, "means", (state, column), value)


def with_rate(parameters: Parameters, state: int, column: int, value: float) -> dict[str, Floats]:
    """The chain with the rate of one column's counts in a state changed."""
    return _with_entry(parameters, "lambdas", (state, column), value)


def with_covariance(parameters: Parameters, state: int, i: int, j: int, value: float) -> dict[str, Floats]:
    """The chain with one entry of a state's covariance, and its mirror image, changed.

    Raises:
        RecipeError: no data can vary so.
    """
    covars = parameters["covars"].copy()
    covars[state, i, j] = covars[state, j, i] = value
    if not positive_definite(covars[state]):
        raise RecipeError(
            f"With this number the covariance of state {state + 1} is not positive definite.",
            _remedy(covars[state], i, j),
        )
    return {**parameters, "covars": covars}


def added(parameters: Parameters) -> dict[str, Floats]:
    """The chain with one state more, near the middle of all; every state may turn to it."""
    count = len(parameters["startprob"])
    share = 1 / (count + 1)
    found = {name: np.concatenate([array, _middle(name, parameters)]) for name, array in parameters.items()
             if name in OF_STATES}
    found["startprob"] = np.append(parameters["startprob"] * (1 - share), share)
    grown = np.full((count + 1, count + 1), share)
    grown[:count, :count] = parameters["transmat"] * (1 - share)
    return {name: grown if name == "transmat" else found[name] for name in parameters}


def removed(parameters: Parameters, state: int) -> dict[str, Floats]:
    """The chain without a state; what led to it is shared by the others in proportion.

    Raises:
        RecipeError: it is the only one.
    """
    if len(parameters["startprob"]) == 1:
        raise RecipeError("A chain has at least one state.", "Add another one before this one is removed.")
    found = {name: np.delete(array, state, axis=0) for name, array in parameters.items()}
    found["startprob"] = _proportions(found["startprob"])
    found["transmat"] = np.array([_proportions(row) for row in np.delete(found["transmat"], state, axis=1)])
    return found


def ellipses(parameters: Parameters) -> tuple[Floats, Floats] | None:
    """Mean, shape (K, D), and covariance, shape (K, D, D), of what each state emits; None where that is no numbers.

    A mixture has those that all of its Gaussians have together.
    """
    if "covars" not in parameters:
        return None
    means, covars = parameters["means"], parameters["covars"]
    if means.ndim == 2:
        return means, covars
    weights = parameters["weights"]
    middle = np.einsum("km,kmi->ki", weights, means)
    apart = means - middle[:, None]
    return middle, np.einsum("km,kmij->kij", weights, covars + apart[..., :, None] * apart[..., None, :])


def long_run(parameters: Parameters) -> Floats:
    """The share of time that a chain spends in each state in the long run, shape (K,)."""
    turns = parameters["transmat"]
    # A chain that waits every other step has the same shares, and does not swing for ever.
    power = (turns + np.eye(len(turns))) / 2
    for _ in range(_SQUARINGS):
        power = power @ power
        power = power / power.sum(axis=1, keepdims=True)
    shares: Floats = parameters["startprob"] @ power
    return shares


def check_chain(parameters: Parameters) -> None:
    """Whether these make a chain.

    Raises:
        RecipeError: naming the state that does not.
    """
    for name in PROBABILITIES:
        for row in np.atleast_2d(parameters.get(name, np.ones(1))):
            if not (np.isfinite(row).all() and (row >= 0).all() and abs(row.sum() - 1) < 1e-6):
                raise RecipeError(f"A row of `{name}` is no distribution.", "Give numbers from 0 up that sum to 1.")
    covars = parameters.get("covars", np.ones((0, 1, 1)))
    for state, covariance in enumerate(covars):
        if not all(positive_definite(each) for each in covariance.reshape(-1, *covars.shape[-2:])):
            raise RecipeError(
                f"The covariance of state {state + 1} is not positive definite.",
                "Make its variances larger or its covariances smaller.",
            )


def positive_definite(covariance: Floats) -> bool:
    """Whether a matrix, shape (D, D), is the covariance of something that varies in every direction."""
    return bool(np.isfinite(covariance).all() and np.linalg.eigvalsh(covariance).min() > 0)


def _row_with(former: Floats, place: int, value: float, kept: Collection[int], locked: Collection[int]) -> Floats:
    others = [other for other in range(len(former)) if other != place]
    held = [other for other in others if other in locked]
    room = 1.0 - float(former[held].sum())
    if value > room + _DUST:
        raise RecipeError(f"What is locked leaves {max(room, 0.0):.4g} here.", "Type less, or unlock another one.")
    free = [other for other in others if other not in held and other not in kept]
    rest = room - value - float(former[[o for o in others if o in kept and o not in held]].sum())
    if not free or rest < -_DUST:
        free, rest = [other for other in others if other not in held], room - value
    if not free and abs(rest) > _DUST:
        whole = "A single state leads to itself with probability 1." if not others else \
            f"All others of this row are locked, so that {room:.4g} is left here."
        raise RecipeError(whole, "Unlock one first." if others else "Add another state first.")
    changed = former.copy()
    changed[place] = value
    changed[free] = max(rest, 0.0) * _proportions(former[free])
    return changed


def _with_entry(parameters: Parameters, name: str, place: tuple[int, ...], value: float) -> dict[str, Floats]:
    changed = parameters[name].copy()
    changed[place] = value
    return {**parameters, name: changed}


def _middle(name: str, parameters: Parameters) -> Floats:
    """What a new state has of an array, shape (1, ...)."""
    array = parameters[name]
    middle: Floats = array.mean(axis=0, keepdims=True)
    if name == "means":
        deviations = np.sqrt(np.diagonal(parameters["covars"], axis1=-2, axis2=-1)).mean(axis=0)
        # Each in a direction of its own, so that states that are added one after another can be told apart.
        turn = _GOLDEN_ANGLE * len(array)
        middle = middle + deviations * np.resize([np.cos(turn), np.sin(turn)], array.shape[-1])
    return middle


def _remedy(covariance: Floats, i: int, j: int) -> str:
    if i == j:
        return "Make it larger."
    limit = float(np.sqrt(covariance[i, i] * covariance[j, j]))
    return f"Its size must be below {limit:.4g}, as the two variances say." if abs(covariance[i, j]) >= limit \
        else "Bring it closer to 0."


def _proportions(row: Floats) -> Floats:
    """The row with sum 1; all alike where all are 0."""
    total = float(row.sum())
    return row / total if total > 0 else np.full(len(row), 1 / max(len(row), 1))
