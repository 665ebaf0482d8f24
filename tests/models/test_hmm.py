"""Hidden Markov models beside hmmlearn: the same likelihoods, paths, posteriors and fits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hmmlearn import hmm

from genstudio.data.chains import TEXTBOOK
from genstudio.data.dataset import Dataset
from genstudio.errors import TrainingError
from genstudio.models._hmm_observations import data_dimension, observations
from genstudio.models.hmm import HiddenMarkovModel
from genstudio.settings import validate
from genstudio.training.events import Event, Note, Progress

MakeDataset = Callable[..., Dataset]

LENGTHS = np.array([150, 1, 249, 200])
TYPES = ("full", "tied", "diag", "spherical")


def make(**settings: Any) -> HiddenMarkovModel:
    return HiddenMarkovModel(validate(HiddenMarkovModel.Settings, settings, "the model"))


def learn(data: Dataset, seed: int = 0, **settings: Any) -> tuple[HiddenMarkovModel, list[Event]]:
    model = make(**settings)
    return model, list(model.fit(data, model.live_settings(), seed))


def notes(events: list[Event]) -> str:
    return " ".join(f"{event.text} {event.remedy}" for event in events if isinstance(event, Note))


def train_figures(events: list[Event]) -> list[float]:
    return [event.metrics["train"] for event in events if isinstance(event, Progress) and event.metrics]


def textbook(n: int = 600, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    return TEXTBOOK.sample(n, np.random.default_rng(seed))


def seen(emission: str) -> np.ndarray:
    """Rows of the textbook's chain, as numbers, symbols or counts."""
    x, states = textbook()
    rng = np.random.default_rng(1)
    if emission == "categorical":
        return np.where(rng.random(len(x)) < 0.3, rng.integers(0, 5, len(x)), states).astype(float)[:, None]
    if emission == "poisson":
        return rng.poisson(np.array([[1.0, 6.0], [5.0, 2.0], [12.0, 0.3]])[states]).astype(float)
    return x


def series_of(series: MakeDataset, emission: str) -> Dataset:
    return series(seen(emission), LENGTHS, symbols="abcde" if emission == "categorical" else "")


def assert_equal_to(model: HiddenMarkovModel, reference: Any, x: np.ndarray) -> None:
    given = x.astype(int) if isinstance(reference, (hmm.CategoricalHMM, hmm.PoissonHMM)) else x
    log_prob, posteriors = reference.score_samples(given, LENGTHS)
    assert model.step_log_prob(x, LENGTHS).sum() == pytest.approx(log_prob, rel=1e-9)
    np.testing.assert_allclose(model.posteriors(x, LENGTHS), posteriors, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(model.states(x, LENGTHS), reference.predict(given, LENGTHS))


REFERENCES: dict[str, Callable[..., Any]] = {
    "gaussian": hmm.GaussianHMM, "categorical": hmm.CategoricalHMM, "poisson": hmm.PoissonHMM,
}


class TestBesideHmmlearn:
    @pytest.mark.parametrize("implementation", ["log", "scaling"])
    @pytest.mark.parametrize(
        ("emission", "more"),
        [
            *(("gaussian", {"covariance_type": shape}) for shape in TYPES[:3]),
            ("gaussian", {"covariance_type": "full", "covars_prior": 0.5, "covars_weight": 7.0}),
            ("gaussian", {"covariance_type": "diag", "covars_prior": 0.5, "covars_weight": 7.0}),
            ("categorical", {}), ("poisson", {}),
        ],
    )
    def test_a_fit_gives_the_same_numbers(
        self, emission: str, more: dict[str, Any], implementation: str, series: MakeDataset
    ) -> None:
        data = series_of(series, emission)
        model, events = learn(data, 7, emission=emission, n_components=3, n_iter=12, tol=0.0, **more)
        reference = REFERENCES[emission](
            3, n_iter=12, tol=-np.inf, random_state=7, implementation=implementation, **more
        )
        x = data.train.astype(int) if emission != "gaussian" else data.train
        reference.fit(x, LENGTHS)
        assert_equal_to(model, reference, data.train)
        history = np.array(reference.monitor_.history) / len(x)
        np.testing.assert_allclose(train_figures(events)[:12], history, rtol=1e-9)
        assert model.n_parameters() == sum(reference._get_n_fit_scalars_per_param().values())

    @pytest.mark.parametrize("seed", range(6))
    def test_it_ends_where_hmmlearn_ends(self, seed: int, series: MakeDataset) -> None:
        data = series_of(series, "gaussian")
        model, events = learn(data, seed, n_components=3, n_iter=60, covariance_type="full")
        reference = hmm.GaussianHMM(3, covariance_type="full", n_iter=60, random_state=seed)
        reference.fit(data.train, LENGTHS)
        assert max(event.step for event in events if isinstance(event, Progress)) == reference.monitor_.iter
        assert_equal_to(model, reference, data.train)

    @pytest.mark.parametrize("covariance_type", TYPES)
    @pytest.mark.parametrize("implementation", ["log", "scaling"])
    def test_gaussians_given_by_hand(self, covariance_type: str, implementation: str, series: MakeDataset) -> None:
        data = series_of(series, "gaussian")
        reference = hmm.GaussianHMM(3, covariance_type=covariance_type, implementation=implementation)
        give(reference, covars=COVARS[covariance_type])
        model, _ = learn(data, **given(reference), covariance_type=covariance_type)
        assert_equal_to(model, reference, data.train)
        np.testing.assert_allclose(model.chain()["covars"], reference.covars_)

    @pytest.mark.parametrize("covariance_type", TYPES)
    def test_mixtures_given_by_hand(self, covariance_type: str, series: MakeDataset) -> None:
        data = series_of(series, "gaussian")
        reference = hmm.GMMHMM(3, 2, covariance_type=covariance_type)
        each = {
            "full": np.array([[COVARS["full"][i] * f for f in (1, 3)] for i in range(3)]), "tied": COVARS["full"],
            "diag": np.array([[COVARS["diag"][i] * f for f in (1, 3)] for i in range(3)]),
            "spherical": np.array([[1.0, 3.0], [0.5, 2.0], [2.0, 1.0]]),
        }
        give(reference, covars=each[covariance_type])
        reference.weights_ = np.array([[0.3, 0.7], [0.5, 0.5], [0.9, 0.1]])
        reference.means_ = np.stack([MEANS, MEANS + 1.5], axis=1)
        model, _ = learn(
            data, **given(reference), weights=reference.weights_.tolist(), n_mix=2, emission="mixture",
            covariance_type=covariance_type,
        )
        assert_equal_to(model, reference, data.train)

    def test_where_scaling_underflows_logarithms_take_over(self, series: MakeDataset) -> None:
        x = np.concatenate([np.zeros((30, 2)), np.full((30, 2), 60.0), np.zeros((540, 2))])
        transmat = np.array([[0.9, 0.1, 0.0], [0.0, 0.9, 0.1], [0.0, 0.0, 1.0]])
        reference = hmm.GaussianHMM(3, covariance_type="diag")
        give(reference, covars=np.full((3, 2), 0.5))
        reference.startprob_, reference.transmat_ = np.array([1.0, 0.0, 0.0]), transmat
        model, _ = learn(series(x, LENGTHS), **given(reference))
        assert reference.score(x, LENGTHS) < -10_000
        assert_equal_to(model, reference, x)

    def test_far_rows_and_narrow_states_keep_their_digits(self, series: MakeDataset) -> None:
        x = textbook()[0] * 1e-4 + 1e3
        reference = hmm.GaussianHMM(3, covariance_type="full", init_params="", n_iter=5, tol=-np.inf)
        give(reference, covars=COVARS["full"] * 1e-8)
        reference.means_ = MEANS * 1e-4 + 1e3
        model, _ = learn(series(x, LENGTHS), **{**given(reference), "n_iter": 0}, covariance_type="full")
        assert_equal_to(model, reference, x)


MEANS = np.array([[0.1, -0.2], [2.5, -2.5], [5.5, 9.0]])
COVARS = {
    "full": np.array([[[1.0, 0.3], [0.3, 2.0]], [[0.8, -0.2], [-0.2, 0.7]], [[2.0, 0.0], [0.0, 1.0]]]),
    "tied": np.array([[1.5, 0.4], [0.4, 1.0]]),
    "diag": np.array([[1.0, 2.0], [0.5, 0.7], [1.5, 1.5]]),
    "spherical": np.array([1.0, 0.5, 2.0]),
}


def give(reference: Any, covars: np.ndarray) -> None:
    """Parameters for one of hmmlearn's models, near those of the textbook."""
    reference.startprob_ = np.array([0.5, 0.2, 0.3])
    reference.transmat_ = np.array([[0.6, 0.3, 0.1], [0.2, 0.6, 0.2], [0.3, 0.2, 0.5]])
    reference.n_features = 2
    reference.means_ = MEANS
    reference.covars_ = covars


def given(reference: Any) -> dict[str, Any]:
    """The same as settings that take them as they are."""
    covars = getattr(reference, "_covars_", None)
    covars = reference.covars_ if covars is None else covars
    return {
        "n_components": 3, "n_iter": 0, "startprob": reference.startprob_.tolist(),
        "transmat": reference.transmat_.tolist(), "means": reference.means_.tolist(), "covars": covars.tolist(),
    }


class TestLearning:
    @pytest.mark.parametrize("covariance_type", TYPES)
    @pytest.mark.parametrize(("emission", "n_mix"), [("gaussian", 1), ("mixture", 2)])
    def test_the_likelihood_rises(
        self, emission: str, n_mix: int, covariance_type: str, series: MakeDataset
    ) -> None:
        x = seen("gaussian").copy()
        x[30:60, 0] = x[50:70, 1] = x[100:120] = np.nan
        _, events = learn(
            series(x, LENGTHS), emission=emission, n_mix=n_mix, covariance_type=covariance_type, n_components=3,
            covars_prior=0.0, n_iter=25, tol=0.0,
        )
        assert np.diff(train_figures(events)).min() > -1e-12

    def test_figures_are_the_likelihood_of_each_row(self, series: MakeDataset) -> None:
        data = series(seen("gaussian"), LENGTHS, valid=0.3)
        model, events = learn(data, n_components=2, n_iter=5)
        last = [event for event in events if isinstance(event, Progress)][-1].metrics
        for name, x, lengths in zip(("train", "valid"), (data.train, data.valid), data.lengths, strict=False):
            assert last[name] == pytest.approx(model.step_log_prob(x, lengths).mean(), rel=1e-9)

    def test_of_several_starts_the_best_is_kept(self, series: MakeDataset) -> None:
        data = series_of(series, "gaussian")
        ends = [train_figures(learn(data, seed, n_components=4, n_iter=15)[1])[-1] for seed in range(3, 7)]
        model, _ = learn(data, 3, n_components=4, n_iter=15, n_init=4)
        assert np.ptp(ends) > 1e-3
        assert model.step_log_prob(data.train, LENGTHS).mean() == pytest.approx(max(ends), rel=1e-9)

    def test_gaps_do_not_lead_astray(self, series: MakeDataset) -> None:
        x, _ = textbook(3000)
        rng = np.random.default_rng(2)
        x[rng.random(x.shape) < 0.3] = np.nan
        model, _ = learn(series(x, [3000]), n_components=3, covariance_type="full", n_iter=60, n_init=3)
        found = model.chain()
        order = np.argsort(found["means"][:, 0])
        np.testing.assert_allclose(found["means"][order], TEXTBOOK.means, atol=0.25)
        np.testing.assert_allclose(found["transmat"][order][:, order], TEXTBOOK.transmat, atol=0.08)
        np.testing.assert_allclose(found["covars"], TEXTBOOK.covars, atol=0.3)

    def test_columns_that_are_missing_are_integrated_out(self, series: MakeDataset) -> None:
        x = textbook()[0]
        chain = {"startprob": (0.5, 0.5), "transmat": ((0.8, 0.2), (0.3, 0.7))}
        settings = {**chain, "n_components": 2, "covariance_type": "full", "n_iter": 0}
        covars = (((1.0, 0.9), (0.9, 1.0)), ((2.0, 0.3), (0.3, 1.0)))
        both, _ = learn(series(x, LENGTHS), **settings, means=((0, 0), (3, 3)), covars=covars)
        one, _ = learn(series(x[:, :1], LENGTHS), **settings, means=((0,), (3,)), covars=(((1.0,),), ((2.0,),)))
        gappy = np.column_stack([x[:, 0], np.full(len(x), np.nan)])
        np.testing.assert_allclose(both.posteriors(gappy, LENGTHS), one.posteriors(x[:, :1], LENGTHS), rtol=1e-9)
        np.testing.assert_allclose(both.step_log_prob(gappy, LENGTHS), one.step_log_prob(x[:, :1], LENGTHS), rtol=1e-9)


class TestManyRows:
    @pytest.mark.parametrize("emission", ["gaussian", "mixture", "categorical", "poisson"])
    def test_something_can_be_asked_while_the_start_is_looked_for(self, emission: str, series: MakeDataset) -> None:
        x = np.tile(seen(emission), (10, 1))
        data = series(x, np.tile(LENGTHS, 10), symbols="abcde" if emission == "categorical" else "")
        model = make(n_components=3, emission=emission, n_mix=2, n_iter=3)
        for _ in model.fit(data, model.live_settings(), 0):
            assert np.isfinite(model.posteriors(x[:50], np.array([50]))).all()

    @pytest.mark.parametrize("emission", ["gaussian", "mixture", "categorical", "poisson"])
    def test_until_then_all_states_are_as_all_rows_are(self, emission: str, series: MakeDataset) -> None:
        data = series_of(series, emission)
        settings = make(n_components=3, emission=emission, n_mix=2, covariance_type="full").settings
        found = observations(data.train, settings, data_dimension(data, settings)).overall()
        levels = found.log_prob(data.train)
        assert np.isfinite(levels).all()
        np.testing.assert_allclose(levels, levels[:, :1] * np.ones(3))
        if emission == "gaussian":
            expected = hmm.GaussianHMM(1, covariance_type="full")
            expected.startprob_, expected.transmat_ = np.ones(1), np.ones((1, 1))
            expected.means_, expected.n_features = data.train.mean(axis=0)[None], 2
            expected.covars_ = np.cov(data.train.T)[None] + 1e-3 * np.eye(2)
            assert levels[:, 0].sum() == pytest.approx(expected.score(data.train), rel=1e-9)


class TestTopology:
    @pytest.mark.parametrize("emission", ["gaussian", "mixture", "categorical", "poisson"])
    @pytest.mark.parametrize("bandwidth", [1, 2])
    @pytest.mark.parametrize("topology", ["left_to_right", "banded"])
    def test_what_is_not_there_stays_away(
        self, topology: str, bandwidth: int, emission: str, series: MakeDataset
    ) -> None:
        data = series_of(series, emission)
        model, _ = learn(data, topology=topology, bandwidth=bandwidth, n_components=4, n_iter=8, emission=emission)
        chain = model.chain()
        step = np.arange(4)[None, :] - np.arange(4)[:, None]
        there = (np.abs(step) <= bandwidth) & ((step >= 0) | (topology == "banded"))
        assert not chain["transmat"][~there].any()
        np.testing.assert_allclose(chain["transmat"].sum(axis=1), 1.0)
        if topology == "left_to_right":
            np.testing.assert_array_equal(chain["startprob"], [1, 0, 0, 0])
            for rows in np.split(model.states(data.train, LENGTHS), np.cumsum(LENGTHS)[:-1]):
                assert rows[0] == 0
                assert (np.diff(rows) >= 0).all()
        free = there.sum() - 4 + (0 if topology == "left_to_right" else 3)
        assert model.n_parameters() == free + model.model.emission.n_parameters()

    def test_what_is_drawn_by_hand_stays_drawn(self, series: MakeDataset) -> None:
        ring = ((0.9, 0.1, 0.0), (0.0, 0.9, 0.1), (0.1, 0.0, 0.9))
        model, _ = learn(series_of(series, "gaussian"), n_components=3, transmat=ring, n_iter=15)
        assert not model.chain()["transmat"][np.array(ring) == 0].any()
        assert model.n_parameters() == 2 + 3 + 12

    def test_left_to_right_finds_what_comes_one_after_another(self, series: MakeDataset) -> None:
        rng = np.random.default_rng(0)
        centres = np.array([[0.0, 0.0], [5.0, 0.0], [0.0, 0.0], [0.0, 5.0]])
        stays = rng.integers(8, 15, size=(10, 4))
        x = np.concatenate([np.repeat(centres, stay, axis=0) for stay in stays])
        data = series(x + 0.3 * rng.normal(size=x.shape), stays.sum(axis=1))
        model, _ = learn(data, topology="left_to_right", n_components=4, n_iter=30)
        np.testing.assert_allclose(model.chain()["means"], centres, atol=0.4)


class TestRepairs:
    def test_a_state_that_empties_is_begun_anew_and_said(self, series: MakeDataset) -> None:
        data = series_of(series, "gaussian")
        far = {"means": ((0, 0), (3, -3), (1e4, 1e4)), "covars": np.ones((3, 2)).tolist()}
        model, events = learn(data, n_components=3, n_iter=40, **far)
        assert "State 3 was left without rows" in notes(events)
        found = model.chain()
        assert np.isfinite(found["means"]).all()
        assert np.abs(found["means"]).max() < 20
        assert model.posteriors(data.train, LENGTHS).sum(axis=0).min() > 1.0

    def test_a_row_without_transitions_is_kept_and_said(self, series: MakeDataset) -> None:
        # The last row alone is of the second state, which nothing leaves therefore.
        x = 0.1 * np.random.default_rng(0).normal(size=(600, 2))
        x[-1] += 900.0
        model, events = learn(
            series(x, LENGTHS), n_components=2, n_iter=3, tol=0.0, means=((0, 0), (900, 900)),
            covars=np.ones((2, 2)).tolist(), startprob=(0.5, 0.5), transmat=((0.5, 0.5), (0.25, 0.75)),
        )
        assert "No transition from state 2 was expected 3 times" in notes(events)
        np.testing.assert_allclose(model.chain()["transmat"][1], [0.25, 0.75])
        assert model.sample(50, 0)[0].shape == (50, 2)

    @pytest.mark.parametrize("emission", ["gaussian", "mixture", "categorical", "poisson"])
    def test_many_random_fits_can_all_predict_and_sample(self, emission: str, series: MakeDataset) -> None:
        full = series_of(series, emission)
        few = series(full.train[:25], [12, 13], symbols="abcde" if emission == "categorical" else "")
        for seed in range(25):
            model, _ = learn(few, seed, n_components=6, n_iter=15, emission=emission, n_mix=2)
            chain = model.chain()
            np.testing.assert_allclose(chain["transmat"].sum(axis=1), 1.0)
            assert all(np.isfinite(array).all() for array in chain.values())
            assert np.isfinite(model.posteriors(few.train, np.array([12, 13]))).all()
            assert np.isfinite(model.sample(20, seed)[0]).all()

    @pytest.mark.parametrize("topology", ["ergodic", "banded"])
    @pytest.mark.parametrize("covariance_type", TYPES)
    def test_one_row_far_away_breaks_no_mixture(
        self, covariance_type: str, topology: str, series: MakeDataset
    ) -> None:
        x = np.random.default_rng(0).normal(size=(40, 2))
        x[-1] = 1e12, -1e12
        data = series(x, [10, 10, 20])
        model, _ = learn(
            data, n_components=5, n_mix=2, emission="mixture", covariance_type=covariance_type, topology=topology
        )
        assert np.isfinite(model.posteriors(x, np.array([10, 10, 20]))).all()

    def test_covariances_that_collapse_are_held_open_and_said(self, series: MakeDataset) -> None:
        x = np.column_stack([seen("gaussian")[:, 0], np.full(600, 3.0)])
        _, events = learn(series(x, LENGTHS), n_components=2, covariance_type="full", covars_prior=0.0, n_iter=5)
        assert "min_covar = 0.001 holds them open" in notes(events)


class TestRefusals:
    @pytest.mark.parametrize(
        ("x", "lengths", "settings", "words"),
        [
            (np.zeros((9, 1)), [3, 3, 3], {"topology": "left_to_right", "n_components": 4}, "takes 4 rows"),
            (np.zeros((9, 1)), [3, 3, 3], {"topology": "left_to_right", "n_components": 8, "bandwidth": 2}, "5 rows"),
            (np.arange(4.0)[:, None], [4], {"n_components": 5}, "5 states cannot be learned from 4 rows"),
            (np.arange(4.0)[:, None] - 1, [4], {"emission": "poisson"}, "need counts"),
            (np.arange(4.0)[:, None] / 2, [4], {"emission": "categorical"}, "need symbols"),
            (np.ones((4, 2)), [4], {"emission": "categorical"}, "one column"),
            (np.full((4, 1), 1e9), [4], {"emission": "categorical"}, "different symbols"),
            (np.arange(3.0)[:, None], [1, 1, 1], {"n_components": 2}, "one row"),
        ],
    )
    def test_rows_that_do_not_suit(
        self, x: np.ndarray, lengths: list[int], settings: dict[str, Any], words: str, series: MakeDataset
    ) -> None:
        with pytest.raises(TrainingError, match=words):
            learn(series(x, lengths), **settings)

    def test_sequences_too_short_for_the_way_are_counted(self, series: MakeDataset) -> None:
        x = np.random.default_rng(0).normal(size=(30, 1))
        _, events = learn(series(x, [2, 18, 3, 7]), topology="left_to_right", n_components=5, n_iter=3)
        assert "2 of 4 sequences are shorter than the 5 rows" in notes(events)

    def test_not_converged_names_the_setting(self, series: MakeDataset) -> None:
        _, events = learn(series_of(series, "gaussian"), n_components=3, n_iter=2)
        assert "Raise n_iter" in notes(events)


class TestAdvice:
    @pytest.mark.parametrize("seed", range(3))
    def test_it_counts_the_states_of_the_textbook(self, seed: int, series: MakeDataset) -> None:
        found = HiddenMarkovModel.recommended(series(textbook(3000, seed)[0], [1000, 2000]))
        assert found["n_components"] == 3
        assert found.get("emission", "gaussian") == "gaussian"

    def test_symbols_are_taken_for_symbols(self, series: MakeDataset) -> None:
        states = np.repeat(np.random.default_rng(0).integers(0, 3, 100), 9).astype(float)[:, None]
        found = HiddenMarkovModel.recommended(series(states, [900], symbols="abc"))
        assert found["emission"] == "categorical"
        assert found["n_components"] == 3

    def test_nothing_is_recommended_of_what_does_not_suit(self, series: MakeDataset) -> None:
        assert HiddenMarkovModel.recommended(series(np.full((4, 1), 1e200), [4])) == {}
