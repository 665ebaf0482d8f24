"""Hidden Markov models whose parameters a person types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from genstudio.data.chains import TEXTBOOK
from genstudio.data.dataset import Dataset
from genstudio.errors import SettingsError
from genstudio.models.fitted import Fitted
from genstudio.models.hmm import HiddenMarkovModel
from genstudio.settings import validate
from genstudio.training.events import Progress

MakeDataset = Callable[..., Dataset]

TEXTBOOK_SETTINGS = HiddenMarkovModel.info.presets["The textbook's chain"]
CHAIN = {
    "startprob": TEXTBOOK.startprob, "transmat": TEXTBOOK.transmat, "means": TEXTBOOK.means, "covars": TEXTBOOK.covars
}


def make(**settings: Any) -> HiddenMarkovModel:
    return HiddenMarkovModel(validate(HiddenMarkovModel.Settings, settings, "the model"))


@pytest.fixture
def data(series: MakeDataset) -> Dataset:
    return series(TEXTBOOK.sample(200, np.random.default_rng(0))[0], [120, 80])


@pytest.fixture
def model(data: Dataset) -> HiddenMarkovModel:
    made = make(**TEXTBOOK_SETTINGS)
    list(made.fit(data, made.live_settings(), 0))
    return made


class TestSettings:
    def test_the_preset_is_the_textbook_without_any_step(self, data: Dataset) -> None:
        model = make(**TEXTBOOK_SETTINGS)
        events = list(model.fit(data, model.live_settings(), 0))
        assert [event.step for event in events if isinstance(event, Progress)] == [0]
        for name, typed in CHAIN.items():
            np.testing.assert_array_equal(model.chain()[name], typed)

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"startprob": None}, "n_iter = 0 needs parameters by hand: startprob"),
            ({"emission": "poisson"}, "needs parameters by hand: lambdas"),
            ({"n_iter": 5, "emission": "poisson"}, "`covars` belongs to another emission"),
            ({"lambdas": ((1.0,),)}, "`lambdas` belongs to another emission than gaussian"),
        ],
    )
    def test_what_does_not_go_together_is_said(self, changes: dict[str, Any], words: str) -> None:
        settings = {**TEXTBOOK_SETTINGS, **changes}
        if changes.get("emission") == "poisson" and "n_iter" not in changes:
            settings = {name: value for name, value in settings.items() if name not in ("means", "covars")}
        with pytest.raises(SettingsError, match=words):
            make(**settings)

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"n_components": 4}, "Parameters of 3 states were typed, but n_components is 4"),
            ({"means": ((0.0,), (1.0,), (2.0,))}, "`means` has 1 columns, but the data have 2"),
            ({"covars": ((1.0, 2.0),)}, "`covars` has the shape"),
            ({"means": ((0.0, 1.0), (1.0,), (2.0, 2.0))}, "no regular table"),
        ],
    )
    def test_what_does_not_suit_the_data_is_said(self, changes: dict[str, Any], words: str, data: Dataset) -> None:
        model = make(**{**TEXTBOOK_SETTINGS, **changes})
        with pytest.raises(SettingsError, match=words):
            list(model.fit(data, model.live_settings(), 0))

    @pytest.mark.parametrize(
        ("covariance_type", "covars"),
        [
            ("spherical", (1.0, 2.0, 3.0)), ("diag", ((1.0, 1.0), (2.0, 2.0), (3.0, 3.0))),
            ("full", tuple(((k, 0.0), (0.0, k)) for k in (1.0, 2.0, 3.0))),
            ("spherical", tuple(((k, 0.0), (0.0, k)) for k in (1.0, 2.0, 3.0))),
        ],
    )
    def test_covariances_are_taken_in_either_shape(
        self, covariance_type: str, covars: Any, data: Dataset
    ) -> None:
        model = make(**{**TEXTBOOK_SETTINGS, "covariance_type": covariance_type, "covars": covars})
        list(model.fit(data, model.live_settings(), 0))
        np.testing.assert_array_equal(model.chain()["covars"], [k * np.eye(2) for k in (1.0, 2.0, 3.0)])

    def test_what_is_given_in_part_is_learned_from(self, data: Dataset) -> None:
        model = make(n_components=3, means=TEXTBOOK.means.tolist(), n_iter=20, covariance_type="full")
        training = model.fit(data, model.live_settings(), 0)
        next(training)
        np.testing.assert_array_equal(model.chain()["means"], TEXTBOOK.means)
        for _ in training:
            pass
        assert not np.array_equal(model.chain()["means"], TEXTBOOK.means)


class TestChain:
    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            ("startprob", [0.5, 0.6, -0.1], "`startprob` holds -0.1"),
            ("startprob", [0.5, 0.5], r"`transmat` has 3 × 3 numbers, but 2 states need 2 × 2"),
            ("transmat", [[0.7, 0.2, 0.1], [0.3, 0.5, 0.1], [0.3, 0.3, 0.4]], "Row 2 of `transmat` sums to 0.9"),
            ("transmat", [[0.7, 0.3], [0.3, 0.7]], "`transmat` has 2 × 2 numbers"),
            ("means", [[0.0, np.inf], [3.0, -3.0], [5.0, 10.0]], "no finite number"),
            ("means", [[0.0, 1.0], [3.0, -3.0]], "`means` has 2 rows for 3 states"),
            ("means", [["a", 1.0], [3.0, -3.0], [5.0, 10.0]], "no regular table of numbers"),
            ("covars", [np.eye(2), np.eye(2), [[1.0, 2.0], [2.0, 1.0]]], "Covariance 3 is not positive definite"),
            ("covars", [np.eye(2), [[1.0, 0.5], [0.1, 1.0]], np.eye(2)], "Covariance 2 is not symmetric"),
            ("covars", [np.zeros((2, 2)), np.eye(2), np.eye(2)], "Covariance 1 has a variance of 0"),
        ],
    )
    def test_what_cannot_be_is_said(self, name: str, value: Any, words: str, model: HiddenMarkovModel) -> None:
        with pytest.raises(SettingsError, match=words) as told:
            model.set_chain({**CHAIN, name: np.array(value, dtype=object) if name == "means" else value})
        assert told.value.remedy.endswith(".")
        np.testing.assert_array_equal(model.chain()["transmat"], TEXTBOOK.transmat)

    def test_there_may_be_more_states_or_fewer(self, model: HiddenMarkovModel, data: Dataset) -> None:
        model.set_chain({"startprob": [1.0], "transmat": [[1.0]], "means": [[1.0, 2.0]], "covars": [np.eye(2)]})
        assert model.n_states() == 1
        assert model.n_parameters() == 5
        four = {"startprob": np.full(4, 0.25), "transmat": np.full((4, 4), 0.25), "means": np.arange(8.0).reshape(4, 2)}
        model.set_chain({**four, "covars": np.tile(np.eye(2), (4, 1, 1))})
        assert model.posteriors(data.train, np.array([120, 80])).shape == (200, 4)

    def test_sampling_follows_at_once(self, model: HiddenMarkovModel) -> None:
        stays = {**CHAIN, "startprob": [0.0, 1.0, 0.0], "transmat": np.eye(3)}
        model.set_chain(stays)
        assert (model.sample(50, 0)[1] == 1).all()

    @pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
    def test_covariances_are_brought_into_their_type(self, covariance_type: str, data: Dataset) -> None:
        model = make(n_components=3, covariance_type=covariance_type, n_iter=2)
        list(model.fit(data, model.live_settings(), 0))
        covars = np.array([[[2.0, 0.5], [0.5, 1.0]], [[1.0, 0.0], [0.0, 1.0]], [[3.0, -0.2], [-0.2, 4.0]]])
        model.set_chain({**CHAIN, "covars": covars})
        expected = {
            "full": covars, "tied": np.tile(covars.mean(axis=0), (3, 1, 1)), "diag": covars * np.eye(2),
            "spherical": np.trace(covars, axis1=1, axis2=2)[:, None, None] / 2 * np.eye(2),
        }
        np.testing.assert_allclose(model.chain()["covars"], expected[covariance_type])

    def test_learning_goes_on_from_what_is_typed_between_two_steps(self, data: Dataset) -> None:
        model = make(n_components=3, covariance_type="full", n_iter=4, tol=0.0)
        training = model.fit(data, model.live_settings(), 0)
        next(training)
        ring = np.array([[0.5, 0.5, 0.0], [0.0, 0.5, 0.5], [0.5, 0.0, 0.5]])
        model.set_chain({**CHAIN, "transmat": ring})
        event = next(training)
        assert isinstance(event, Progress)
        assert not model.chain()["transmat"][ring == 0].any()
        # One step away from what was typed.
        np.testing.assert_allclose(model.chain()["means"], TEXTBOOK.means, atol=2.0)
        for _ in training:
            pass
        assert not model.chain()["transmat"][ring == 0].any()

    @pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
    @pytest.mark.parametrize("emission", ["gaussian", "mixture"])
    def test_states_and_gaussians_can_be_added_while_it_learns(
        self, emission: str, covariance_type: str, data: Dataset
    ) -> None:
        model = make(n_components=3, covariance_type=covariance_type, emission=emission, n_mix=2, n_iter=5, tol=0.0)
        training = model.fit(data, model.live_settings(), 0)
        next(training)
        means = np.random.default_rng(0).normal(size=(4, 3, 2) if emission == "mixture" else (4, 2))
        more = {"weights": np.full((4, 3), 1 / 3)} if emission == "mixture" else {}
        chain = {"startprob": np.full(4, 0.25), "transmat": np.full((4, 4), 0.25), "means": means, **more}
        model.set_chain({**chain, "covars": np.tile(np.eye(2), (*means.shape[:-1], 1, 1))})
        assert all(isinstance(event, Progress) or event.text for event in training)
        assert model.n_states() == 4
        assert model.chain()["means"].shape == means.shape

    @pytest.mark.parametrize("emission", ["categorical", "poisson"])
    def test_states_of_symbols_and_counts_can_be_added_while_it_learns(
        self, emission: str, series: MakeDataset
    ) -> None:
        x = np.random.default_rng(0).integers(0, 3, size=(60, 1)).astype(float)
        data = series(x, [60], symbols="abc" if emission == "categorical" else "")
        model = make(n_components=2, emission=emission, n_iter=5, tol=0.0)
        training = model.fit(data, model.live_settings(), 0)
        next(training)
        chain = {"startprob": np.full(4, 0.25), "transmat": np.full((4, 4), 0.25)}
        shown = {"emissionprob": np.full((4, 3), 1 / 3), "lambdas": np.arange(4.0)[:, None]}
        model.set_chain({**chain, **{name: value for name, value in shown.items() if name in model.chain()}})
        assert all(isinstance(event, Progress) or event.text for event in training)
        assert model.n_states() == 4

    def test_a_model_can_be_typed_before_any_learning(self) -> None:
        model = make(n_components=3, covariance_type="full")
        model.set_chain(CHAIN)
        assert model.sample(5, 0)[0].shape == (5, 2)

    def test_in_data_units_a_chain_comes_back_as_it_was_typed(self, series: MakeDataset) -> None:
        x = TEXTBOOK.sample(200, np.random.default_rng(0))[0] * [3.0, 100.0] + [7.0, -1e3]
        data = series(x, [200], scaling="standard")
        model = make(n_components=3, covariance_type="full", n_iter=1)
        list(model.fit(data, model.live_settings(), 0))
        fitted = Fitted(model, data.preparation)
        fitted.set_chain(CHAIN)
        for name, typed in CHAIN.items():
            np.testing.assert_allclose(fitted.chain()[name], typed, rtol=1e-9, atol=1e-9)
        lengths = np.array([len(x)])
        assert np.isfinite(fitted.step_log_prob(x, lengths)).all()
        np.testing.assert_allclose(
            fitted.posteriors(x, lengths), model.posteriors(data.train, lengths), rtol=1e-6, atol=1e-12
        )

    def test_what_was_drawn_while_it_learns_stays_drawn_even_if_a_state_empties(self, data: Dataset) -> None:
        model = make(n_components=3, covariance_type="full", n_iter=6, tol=0.0)
        training = model.fit(data, model.live_settings(), 0)
        next(training)
        ring = np.array([[0.5, 0.5, 0.0], [0.0, 0.5, 0.5], [0.5, 0.0, 0.5]])
        model.set_chain({**CHAIN, "transmat": ring, "means": [[0.0, 0.0], [3.0, 3.0], [1e5, 1e5]]})
        told = [event.text for event in training if not isinstance(event, Progress)]
        assert any("State 3 was left without rows" in text for text in told)
        assert not model.chain()["transmat"][ring == 0].any()
