from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.source import source
from genstudio.data.table import points_table
from genstudio.models.fitted import Fitted
from genstudio.models.hmm import HiddenMarkovModel
from genstudio.runs.chain_hand import textbook
from genstudio.runs.question import Subject, answer


def silent(share: float, doing: str) -> None:
    """Nobody watches."""


def subject(columns: tuple[str, ...] | None = None, scaling: str = "standard") -> Subject:
    kind = source("textbook_chain")
    raw = kind().load(kind.Settings(samples=400), 3)
    settings = PreparationSettings(scaling=scaling, valid=0.25, test=0.25, columns=columns)
    data = prepare(raw, settings, 0)
    chain = textbook()
    if columns is not None:
        chain = {**chain, "means": chain["means"][:, :1], "covars": chain["covars"][:, :1, :1]}
    model = HiddenMarkovModel(HiddenMarkovModel.Settings(n_components=3, covariance_type="full"))
    found = Subject(Fitted(model, data.preparation), data)
    answer("set_chain", found, {**chain, "judged": False}, silent)
    return found


def log_likelihood(x: np.ndarray) -> float:
    """By the forward recursion written out, of rows in data units."""
    chain = textbook()
    emission = np.array([norm.pdf(x, mean).prod(axis=1) for mean in chain["means"]]).T
    total, belief = 0.0, chain["startprob"]
    for row in emission:
        joint = belief * row
        total += np.log(joint.sum())
        belief = joint / joint.sum() @ chain["transmat"]
    return total


@pytest.mark.parametrize("scaling", ["none", "standard"])
def test_a_chain_that_is_taken_says_how_well_it_explains_each_part(scaling: str) -> None:
    found = subject(scaling=scaling)
    told = answer("set_chain", found, textbook(), silent)
    for part in ("train", "valid", "test"):
        x = found.items().preparation.to_data(getattr(found.items(), part))
        assert float(told[part]) == pytest.approx(log_likelihood(x) / len(x), rel=1e-9)
    assert set(told) == {*textbook(), "train", "valid", "test"}
    unjudged = answer("set_chain", found, {**textbook(), "judged": False}, silent)
    assert set(unjudged) == set(textbook())


def test_the_states_of_the_first_rows_are_those_of_the_whole_path_so_far() -> None:
    found = subject()
    told = answer("present_states", found, {"most": 120}, silent)
    assert told["states"].dtype == np.uint8
    x = found.items().preparation.to_data(found.items().train[:120])
    np.testing.assert_array_equal(told["states"], found.fitted.states(x, np.array([120])))
    assert (told["states"] == ((x[:, None] - textbook()["means"]) ** 2).sum(axis=2).argmin(axis=1)).mean() > 0.95


def test_a_long_sequence_is_as_the_typed_chain_says() -> None:
    told = answer("sequences", subject(), {"lengths": np.array([100_000]), "seed": 0}, silent)
    chain, states = textbook(), told["state"]
    counts = np.zeros((3, 3))
    np.add.at(counts, (states[:-1], states[1:]), 1)
    visits = counts.sum(axis=1, keepdims=True)
    errors = np.sqrt(chain["transmat"] * (1 - chain["transmat"]) / visits)
    assert (abs(counts / visits - chain["transmat"]) < 4 * errors).all()
    for state in range(3):
        rows = told["x"][states == state]
        assert (abs(rows.mean(axis=0) - chain["means"][state]) < 4 / np.sqrt(len(rows))).all()


@pytest.mark.parametrize("emission", ["poisson", "mixture"])
def test_counts_and_mixtures_add_up_to_one_as_well(emission: str) -> None:
    rng = np.random.default_rng(0)
    rates = np.repeat([[2.0], [9.0]], 100, axis=0)
    raw = points_table("counts", rng.poisson(rates).astype(float), names=("n",))
    data = prepare(raw, PreparationSettings(kind="sequences", scaling="none", valid=0.0, test=0.0), 0)
    settings = HiddenMarkovModel.Settings(n_components=2, emission=emission, n_mix=2 if emission == "mixture" else 1)
    model = HiddenMarkovModel(settings)
    for _ in model.fit(data, model.live_settings(), seed=0):
        pass
    told = answer("emission_line", Subject(Fitted(model, data.preparation), data), {"n": 500, "most": 1000}, silent)
    whole = told["density"].sum(axis=0)
    area = whole.sum() if emission == "poisson" else np.trapezoid(whole, told["x"])
    assert area == pytest.approx(1, abs=0.1)


def test_what_states_explain_of_one_column_adds_up_to_one() -> None:
    told = answer("emission_line", subject(("y",)), {"n": 400, "most": 1000}, silent)
    assert told["density"].shape == (3, 400)
    assert np.trapezoid(told["density"].sum(axis=0), told["x"]) == pytest.approx(1, abs=0.02)
