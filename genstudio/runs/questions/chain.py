"""The chain of hidden states: its parameters, and which state each row is in as it learns."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from genstudio.data.reader import Watch
from genstudio.runs.question import Answer, Array, Subject, evenly, question
from genstudio.runs.questions.density import likelihoods
from genstudio.runs.questions.states import first_rows
from genstudio.runs.timeline import PARTS


@question
def chain(subject: Subject, watch: Watch) -> Answer:
    """The parameters as `models.sequential.Chain` names them, data units."""
    return dict(subject.fitted.chain())


@question
def set_chain(subject: Subject, watch: Watch, *, judged: bool = True, **parameters: Array) -> Answer:
    """Takes a chain given by hand, data units.

    Arguments:
        judged: whether the answer says how well it explains the data, which takes a pass through them.

    Returns:
        The parameters; and if judged `train`, `valid` and `test`: mean log-likelihoods, nats per row, data units.
    """
    subject.fitted.set_chain({name: np.asarray(array, float) for name, array in parameters.items()})
    return {**subject.fitted.chain(), **(likelihoods(subject, watch) if judged else {})}


@question
def present_states(subject: Subject, watch: Watch, *, most: int) -> Answer:
    """The chain as it is now, and the most likely state of each of the first training rows.

    Arguments:
        most: so many rows at most, of as many sequences as they come from.

    Returns:
        The parameters; and `states`, shape (M,), in as few bytes as they need, because they are kept for every step.
    """
    data = subject.items()
    lengths = first_rows(_lengths(subject, "train"), most)
    x = data.preparation.to_data(data.train[:int(lengths.sum())])
    found = subject.fitted.chain()
    narrow = np.uint8 if len(found["startprob"]) <= np.iinfo(np.uint8).max else np.uint16
    return {**found, "states": subject.fitted.states(x, lengths).astype(narrow)}


@question
def emission_line(subject: Subject, watch: Watch, *, n: int, most: int) -> Answer:
    """What each state explains of the one column that a chain emits as numbers or counts.

    Arguments:
        n: places along the column; of counts at most so many whole numbers.
        most: so many training rows say how often each state comes.

    Returns:
        `x` (P,), data units; `density` (K, P): the density of each state times its share of the rows.
    """
    data, found = subject.items(), present_states(subject, watch, most=most)
    values = data.preparation.to_data(data.train[evenly(len(data.train), most)])[:, 0]
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    spare = 0.08 * (high - low)
    shares = np.bincount(found["states"], minlength=len(found["startprob"])) / max(len(found["states"]), 1)
    x = np.linspace(low - spare, high + spare, n)
    if "lambdas" in found:
        x = np.unique(np.linspace(0, np.ceil(high), n).astype(np.int64)).astype(float)
        rates = found["lambdas"]
        density = np.exp(x * np.log(rates) - rates - gammaln(x + 1))
    else:
        count = len(shares)
        means, variances = (found[name].reshape(count, -1, 1) for name in ("means", "covars"))
        weights = found.get("weights", np.ones((count, 1)))
        each = np.exp(-((x - means) ** 2) / (2 * variances)) / np.sqrt(2 * np.pi * variances)
        density = np.einsum("km,kmp->kp", weights, each)
    return {"x": x, "density": shares[:, None] * density}


def _lengths(subject: Subject, part: str) -> Array:
    data = subject.items()
    if data.lengths is None:
        return np.array([len(getattr(data, part))], np.int64)
    return data.lengths[PARTS.index(part)]
