"""Hidden Markov models beside the sum over all paths of states, and draws beside what they are drawn from."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from scipy.stats import multivariate_normal, poisson

from genstudio.data.chains import TEXTBOOK
from genstudio.data.dataset import Dataset
from genstudio.models.hmm import HiddenMarkovModel
from genstudio.settings import validate

MakeDataset = Callable[..., Dataset]
NAN = np.nan

STARTPROB = [0.5, 0.3, 0.2]
TRANSMAT = [[0.7, 0.2, 0.1], [0.0, 0.6, 0.4], [0.3, 0.3, 0.4]]
PARAMETERS: dict[str, dict[str, Any]] = {
    "gaussian": {
        "means": [[0.0, 1.0], [1.5, -1.0], [-1.0, 2.0]],
        "covars": [[[1.0, 0.6], [0.6, 1.0]], [[0.5, -0.3], [-0.3, 1.0]], [[2.0, 0.0], [0.0, 0.3]]],
    },
    "mixture": {
        "weights": [[0.3, 0.7], [0.5, 0.5], [0.9, 0.1]],
        "means": [[[0.0, 1.0], [2.0, 1.0]], [[1.5, -1.0], [0.0, 0.0]], [[-1.0, 2.0], [1.0, 1.0]]],
        "covars": np.tile([[1.0, 0.6], [0.6, 1.0]], (3, 2, 1, 1)).tolist(),
    },
    "categorical": {"emissionprob": [[0.7, 0.1, 0.1, 0.1], [0.1, 0.8, 0.1, 0.0], [0.25, 0.25, 0.25, 0.25]]},
    "poisson": {"lambdas": [[1.0, 5.0], [4.0, 1.0], [9.0, 3.0]]},
}
ROWS = {
    "numbers": [[0.3, 0.5], [NAN, NAN], [1.2, NAN], [NAN, NAN], [NAN, 0.2], [-0.5, 1.5], [1.0, 0.1]],
    "symbols": [[0], [NAN], [1], [NAN], [NAN], [3], [2]],
    "counts": [[1, 4], [NAN, NAN], [5, NAN], [NAN, NAN], [NAN, 2], [9, 3], [0, 6]],
}
SEEN = {"gaussian": "numbers", "mixture": "numbers", "categorical": "symbols", "poisson": "counts"}
every_emission = pytest.mark.parametrize("emission", PARAMETERS)


@pytest.fixture
def model(emission: str, series: MakeDataset) -> HiddenMarkovModel:
    given = {"startprob": STARTPROB, "transmat": TRANSMAT, **PARAMETERS[emission]}
    settings = {"n_components": 3, "n_iter": 0, "emission": emission, "covariance_type": "full", "n_mix": 2, **given}
    made = HiddenMarkovModel(validate(HiddenMarkovModel.Settings, settings, "the model"))
    rows = np.array([[0.0, 1.0], [1.0, 2.0], [3.0, 0.0]])
    data = series(rows[:, : 1 if emission == "categorical" else 2], [3], symbols="abcd" * (emission == "categorical"))
    for _ in made.fit(data, made.live_settings(), 0):
        pass
    return made


def seen(emission: str) -> np.ndarray:
    return np.array(ROWS[SEEN[emission]], float)


def density(emission: str, row: np.ndarray, state: int) -> float:
    """What the law of a state gives a row of which some is missing; all from first principles."""
    given, known = PARAMETERS[emission], np.flatnonzero(~np.isnan(row))
    if not len(known):
        return 1.0
    if emission == "categorical":
        return given["emissionprob"][state][int(row[0])]
    if emission == "poisson":
        return float(np.prod([poisson.pmf(row[j], given["lambdas"][state][j]) for j in known]))
    weights = given["weights"][state] if emission == "mixture" else [1.0]
    means, covars = (np.array(given[name][state]).reshape(len(weights), *shape) for name, shape in SHAPES)
    return sum(
        weight * multivariate_normal.pdf(row[known], mean[known], covar[np.ix_(known, known)])
        for weight, mean, covar in zip(weights, means, covars, strict=True)
    )


SHAPES = (("means", (2,)), ("covars", (2, 2)))


def paths(emission: str, x: np.ndarray) -> Iterator[tuple[tuple[int, ...], float]]:
    """Every path of states, and its probability together with the rows."""
    densities = np.array([[density(emission, row, state) for state in range(3)] for row in x])
    for path in itertools.product(range(3), repeat=len(x)):
        weight = STARTPROB[path[0]] * np.prod([TRANSMAT[a][b] for a, b in itertools.pairwise(path)])
        yield path, float(weight * densities[np.arange(len(x)), path].prod())


def enumerated(emission: str, x: np.ndarray) -> tuple[float, np.ndarray, tuple[int, ...]]:
    """Likelihood, posteriors (N, 3) and most likely path of rows."""
    total, shares, best = 0.0, np.zeros((len(x), 3)), ((), 0.0)
    for path, weight in paths(emission, x):
        total += weight
        shares[np.arange(len(x)), path] += weight
        best = max(best, (path, weight), key=lambda known: known[1])
    return total, shares / total, best[0]


def expected(emission: str, row: np.ndarray, state: int) -> np.ndarray:
    """The mean of a row of which some is missing, given its state."""
    given, known = PARAMETERS[emission], ~np.isnan(row)
    if emission == "poisson":
        return np.where(known, row, given["lambdas"][state])
    if emission == "categorical":
        return np.where(known, row, np.dot(given["emissionprob"][state], np.arange(4)))
    weights = np.array(given["weights"][state] if emission == "mixture" else [1.0])
    means, covars = (np.array(given[name][state]).reshape(len(weights), *shape) for name, shape in SHAPES)
    if not known.any():
        return weights @ means
    if known.all():
        return row
    j, i = int(np.flatnonzero(known)[0]), int(np.flatnonzero(~known)[0])
    shares = weights * [multivariate_normal.pdf(row[j], m[j], c[j, j]) for m, c in zip(means, covars, strict=True)]
    filled = [m[i] + c[i, j] / c[j, j] * (row[j] - m[j]) for m, c in zip(means, covars, strict=True)]
    result = row.copy()
    result[i] = shares @ filled / shares.sum()
    return result


@every_emission
def test_likelihood_posteriors_and_path_are_those_of_all_paths(emission: str, model: HiddenMarkovModel) -> None:
    x = seen(emission)
    likelihood, posteriors, path = enumerated(emission, x)
    lengths = np.array([len(x)])
    steps = model.step_log_prob(x, lengths)
    assert steps.sum() == pytest.approx(np.log(likelihood), rel=1e-9)
    assert (steps[np.isnan(x).all(axis=1)] == 0).all()
    np.testing.assert_allclose(model.posteriors(x, lengths), posteriors, rtol=1e-9, atol=1e-14)
    assert tuple(model.states(x, lengths)) == path
    before = [np.log(enumerated(emission, x[:n])[0]) for n in range(1, len(x) + 1)]
    np.testing.assert_allclose(np.cumsum(steps), before, rtol=1e-9)


@every_emission
def test_the_mean_of_the_draws_is_the_exact_conditional_mean(emission: str, model: HiddenMarkovModel) -> None:
    x, draws = seen(emission), 4000
    posteriors = enumerated(emission, x)[1]
    # Given its state, a row follows from nothing else.
    exact = np.array([
        sum(share * expected(emission, row, k) for k, share in enumerate(shares))
        for row, shares in zip(x, posteriors, strict=True)
    ])
    filled = model.fill(np.concatenate([x, x[:4]]), np.array([len(x), 4]), draws, seed=1)[:, : len(x)]
    known = ~np.isnan(x)
    assert (filled[:, known] == x[known]).all()
    errors = (filled.mean(axis=0) - exact)[~known] / (filled.std(axis=0)[~known] / np.sqrt(draws))
    assert np.abs(errors).max() < 4


@every_emission
def test_draws_of_neighbouring_gaps_go_together(emission: str, model: HiddenMarkovModel) -> None:
    """The product of two gaps that follow each other, of which each alone tells nothing."""
    x, draws = seen(emission)[:6], 6000
    first, second = 3, 4
    means = np.array([[expected(emission, x[row], k)[0] for k in range(3)] for row in (first, second)])
    total, exact = 0.0, 0.0
    for path, weight in paths(emission, x):
        total += weight
        exact += weight * means[0, path[first]] * means[1, path[second]]
    filled = model.fill(x, np.array([6]), draws, seed=2)[:, [first, second], 0].prod(axis=1)
    assert abs(filled.mean() - exact / total) < 4 * filled.std() / np.sqrt(draws)


@every_emission
def test_forecasts_have_the_exact_mean(emission: str, model: HiddenMarkovModel) -> None:
    x, draws, steps = seen(emission)[:5], 4000, 4
    last = enumerated(emission, x)[1][-1]
    found = model.forecast(x, steps, draws, seed=1)
    nothing = np.full(x.shape[1], NAN)
    means = np.array([expected(emission, nothing, k) for k in range(3)])
    for step in range(steps):
        exact = last @ np.linalg.matrix_power(np.array(TRANSMAT), step + 1) @ means
        error = found[:, step].std(axis=0) / np.sqrt(draws)
        assert (np.abs(found[:, step].mean(axis=0) - exact) < 4 * error).all()


@every_emission
def test_sampled_sequences_begin_and_go_on_as_typed(emission: str, model: HiddenMarkovModel) -> None:
    lengths = np.full(5000, 3)
    x, states = model.sample_sequences(lengths, seed=5)
    path = states.reshape(-1, 3)
    shares = np.bincount(path[:, 0], minlength=3) / len(path)
    assert (np.abs(shares - STARTPROB) < 4 * np.sqrt(np.array(STARTPROB) / len(path))).all()
    assert not ((path[:, :-1] == 1) & (path[:, 1:] == 0)).any()
    nothing = np.full(x.shape[1], NAN)
    for k in range(3):
        own = x[states == k]
        error = own.std(axis=0) / np.sqrt(len(own))
        assert (np.abs(own.mean(axis=0) - expected(emission, nothing, k)) < 4 * error).all()


def test_a_hundred_thousand_steps_of_the_textbook_are_as_typed(series: MakeDataset) -> None:
    preset = HiddenMarkovModel.info.presets["The textbook's chain"]
    model = HiddenMarkovModel(validate(HiddenMarkovModel.Settings, preset, "the preset"))
    list(model.fit(series([[0.0, 0.0], [1.0, 1.0]], [2]), model.live_settings(), 0))
    for name, typed in (("startprob", TEXTBOOK.startprob), ("transmat", TEXTBOOK.transmat),
                        ("means", TEXTBOOK.means), ("covars", TEXTBOOK.covars)):
        np.testing.assert_array_equal(model.chain()[name], typed)
    x, states = model.sample(100_000, seed=3)
    for k in range(3):
        left = states[1:][states[:-1] == k]
        shares = np.bincount(left, minlength=3) / len(left)
        error = np.sqrt(TEXTBOOK.transmat[k] * (1 - TEXTBOOK.transmat[k]) / len(left))
        assert (np.abs(shares - TEXTBOOK.transmat[k]) < 4 * error).all()
        own = x[states == k]
        assert (np.abs(own.mean(axis=0) - TEXTBOOK.means[k]) < 4 / np.sqrt(len(own))).all()
        assert np.abs(np.cov(own.T) - np.eye(2)).max() < 4 * np.sqrt(2 / len(own))


def test_symbols_that_no_state_shows_are_impossible_and_leave_the_rest_as_it_was(series: MakeDataset) -> None:
    settings = {
        "n_components": 2, "emission": "categorical", "n_iter": 0, "startprob": (1.0, 0.0),
        "transmat": ((0.5, 0.5), (0.0, 1.0)), "emissionprob": ((0.5, 0.5, 0.0), (0.9, 0.1, 0.0)),
    }
    model = HiddenMarkovModel(validate(HiddenMarkovModel.Settings, settings, "the model"))
    data = series(np.array([[0.0], [1.0], [0.0]]), [3], symbols="abc")
    list(model.fit(data, model.live_settings(), 0))
    x, lengths = np.array([[0.0], [2.0], [1.0]]), np.array([3])
    gap = np.where(x == 2, NAN, x)
    steps = model.step_log_prob(x, lengths)
    assert steps[1] == -np.inf
    np.testing.assert_allclose(steps[[0, 2]], model.step_log_prob(gap, lengths)[[0, 2]])
    np.testing.assert_allclose(model.posteriors(x, lengths), model.posteriors(gap, lengths))


def test_sequences_that_no_path_explains_are_impossible_and_still_have_a_path(series: MakeDataset) -> None:
    settings = {
        "n_components": 2, "emission": "categorical", "n_iter": 0, "startprob": (1.0, 0.0),
        "transmat": ((0.5, 0.5), (0.0, 1.0)), "emissionprob": ((1.0, 0.0), (0.0, 1.0)),
    }
    model = HiddenMarkovModel(validate(HiddenMarkovModel.Settings, settings, "the model"))
    list(model.fit(series(np.array([[0.0], [1.0]]), [2], symbols="ab"), model.live_settings(), 0))
    x, lengths = np.array([[0.0], [1.0], [0.0], [1.0]]), np.array([4])
    steps = model.step_log_prob(x, lengths)
    np.testing.assert_allclose(steps[:2], [0.0, np.log(0.5)])
    assert steps.sum() == -np.inf
    assert np.isfinite(model.posteriors(x, lengths)).all()
    assert list(model.states(x, lengths)) in ([0, 1, 1, 1], [0, 0, 0, 1])
