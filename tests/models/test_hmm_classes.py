"""One HMM a class: each learns its own sequences as it would alone, and Bayes' theorem tells the class."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.special import logsumexp

from genstudio.data.dataset import Dataset
from genstudio.errors import TrainingError
from genstudio.models._class_learning import of_class, sequence_codes
from genstudio.models._class_mixture import ClassMixture, sums
from genstudio.models.hmm import HiddenMarkovModel, MarkovSettings
from genstudio.models.hmm_classes import ClassesSettings, HiddenMarkovClasses
from genstudio.training.budget import Budget
from genstudio.training.events import Event, Note, Progress

MakeDataset = Callable[..., Dataset]
SMALL: dict[str, Any] = {"n_components": 2, "n_iter": 8, "topology": "ergodic", "covariance_type": "diag"}


def turning(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sequences that change between -2 and 2 often (class 1) or seldom (class 0): all rows are alike, time tells."""
    rng = np.random.default_rng(seed)
    lengths, codes = rng.integers(20, 40, count), np.arange(count) % 2
    pieces = []
    for length, code in zip(lengths, codes, strict=True):
        changes = rng.random(length) < (0.6 if code else 0.12)
        pieces.append(np.where(np.cumsum(changes) % 2, 2.0, -2.0) + rng.normal(0, 0.7, length))
    return np.concatenate(pieces)[:, None], lengths, codes


@pytest.fixture
def data(series: MakeDataset) -> Dataset:
    x, lengths, codes = turning(40)
    return series(x, lengths, classes=codes, valid=0.25)


def learned(
    data: Dataset, seed: int = 0, budget: Budget | None = None, **settings: Any
) -> tuple[HiddenMarkovClasses, list[Event]]:
    model = HiddenMarkovClasses(ClassesSettings(**{**SMALL, **settings}))
    return model, list(model.fit(data, model.live_settings(), seed, budget))


def progress(events: list[Event]) -> list[Progress]:
    return [event for event in events if isinstance(event, Progress)]


def test_time_tells_classes_apart_whose_rows_are_alike(data: Dataset) -> None:
    model, events = learned(data, n_iter=50, n_init=5)
    x, lengths, codes = turning(60, seed=1)
    assert (model.classify(x, lengths).argmax(axis=1) == codes).mean() > 0.9
    assert progress(events)[-1].metrics["accuracy"] > 0.7


def test_each_class_learns_as_it_would_alone(data: Dataset) -> None:
    model, events = learned(data, seed=3)
    assert data.lengths is not None
    assert data.labels is not None
    shares, expected = [], []
    for code in (0, 1):
        own = of_class(data, code)
        alone = HiddenMarkovModel(MarkovSettings(**SMALL))
        seed = int(np.random.SeedSequence((3, code)).generate_state(1)[0])
        *_, last = progress(list(alone.fit(own, alone.live_settings(), seed)))
        for name, array in alone.state().items():
            np.testing.assert_array_equal(model.state()[f"class{code}.{name}"], array)
        shares.append(len(own.train))
        expected.append(last.metrics["train"])
    told = progress(events)[-1].metrics
    assert told["train"] == pytest.approx(np.average(expected, weights=shares))
    assert model.n_parameters() == 2 * alone.n_parameters() + 1


def test_scores_are_joint_log_probabilities(data: Dataset) -> None:
    model, _ = learned(data)
    assert data.lengths is not None
    lengths = data.lengths[1]
    found = model.classify(data.valid, lengths)
    priors = model.state()["priors"]
    assert priors.sum() == pytest.approx(1)
    for code in (0, 1):
        chain = model.learned.chains[code]
        expected = sums(chain.step_log_prob(data.valid, lengths), lengths) + np.log(priors[code])
        np.testing.assert_allclose(found[:, code], expected)


def test_steps_add_up_to_the_likelihood_whatever_the_class(data: Dataset) -> None:
    model, _ = learned(data)
    assert data.lengths is not None
    lengths = data.lengths[1]
    steps = model.step_log_prob(data.valid, lengths)
    np.testing.assert_allclose(sums(steps, lengths), logsumexp(model.classify(data.valid, lengths), axis=1))
    # A row does not hang on those that follow.
    np.testing.assert_allclose(model.step_log_prob(data.valid[:7], np.array([7])), steps[:7])
    assert len(model.step_log_prob(data.valid[:0], lengths[:0])) == 0


def test_what_is_impossible_stays_so(series: MakeDataset) -> None:
    words = series(np.array([[0.0], [1.0]] * 8), [4, 4, 4, 4], classes=[0, 1, 0, 1], symbols="abc")
    model, _ = learned(words, emission="categorical", n_components=1)
    steps = model.step_log_prob(np.array([[0.0], [2.0], [1.0]]), np.array([3]))
    assert np.isfinite(steps[0])
    assert np.isneginf(steps.sum())
    assert not np.isnan(steps).any()


def test_steps_are_taken_by_all_classes_together(data: Dataset) -> None:
    _, events = learned(data, n_iter=8, tol=0.0)
    steps = [event.step for event in progress(events) if event.metrics]
    assert steps == [*range(9), 8]
    assert progress(events)[-1].total == 8
    assert all(event.items == len(data.train) for event in progress(events)[:-1] if event.metrics)


@pytest.mark.parametrize("steps", [1, 3])
def test_a_limit_of_steps_is_kept_by_every_class(data: Dataset, steps: int) -> None:
    model, events = learned(data, budget=Budget(steps=steps), tol=0.0)
    assert progress(events)[-1].step == steps
    same, _ = learned(data, n_iter=steps, tol=0.0)
    for name, array in model.state().items():
        np.testing.assert_array_equal(array, same.state()[name], name)


def test_classes_without_training_sequences_are_impossible(data: Dataset) -> None:
    assert data.labels is not None
    more = dataclasses.replace(data, labels=dataclasses.replace(data.labels, levels=("left", "right", "nowhere")))
    model, _ = learned(more)
    assert data.lengths is not None
    assert np.isneginf(model.classify(data.valid, data.lengths[1])[:, 2]).all()
    with pytest.raises(TrainingError, match="No sequence of this class"):
        model.sample(5, 0, condition=2)
    assert model.n_conditions() == 3


def test_sequences_without_a_label_are_left_out(data: Dataset) -> None:
    assert data.labels is not None
    assert data.lengths is not None
    unlabelled = np.repeat(np.arange(len(data.lengths[0])) < 4, data.lengths[0])
    labels = dataclasses.replace(data.labels, train=np.where(unlabelled, -1, data.labels.train))
    some, _ = learned(dataclasses.replace(data, labels=labels))
    rest = dataclasses.replace(
        data, train=data.train[~unlabelled], lengths=(data.lengths[0][4:], *data.lengths[1:]),
        labels=dataclasses.replace(data.labels, train=data.labels.train[~unlabelled]),
    )
    for name, array in learned(rest)[0].state().items():
        np.testing.assert_array_equal(array, some.state()[name], name)


def two_values(weight: float, rows: int = 3) -> ClassMixture:
    """Two classes of chains that show nearly always -5 (class 0) or 5 (class 1)."""
    chains = {}
    for code, mean in ((0, -5.0), (1, 5.0)):
        chains[code] = HiddenMarkovModel(MarkovSettings())
        chains[code].set_chain({
            "startprob": np.ones(1), "transmat": np.ones((1, 1)), "means": np.array([[mean]]),
            "covars": np.ones((1, 1, 1)),
        })
    return ClassMixture(np.array([weight, 1 - weight]), chains, rows)


@pytest.mark.parametrize("weight", [0.2, 0.7])
def test_what_nothing_is_known_of_is_drawn_of_all_classes_and_else_of_its_own(weight: float) -> None:
    mixture, rng = two_values(weight), np.random.default_rng(0)
    x = np.array([[np.nan], [np.nan], [5.2], [np.nan], [-4.0], [np.nan], [np.nan]])
    filled = mixture.fill(x, np.array([2, 2, 3]), 2000, rng)
    assert (filled[:, 0] < 0).mean() == pytest.approx(weight, abs=4 * np.sqrt(weight * (1 - weight) / 2000))
    # The class is drawn once for a sequence, not for each row.
    np.testing.assert_array_equal(filled[:, 0] < 0, filled[:, 1] < 0)
    assert (filled[:, 3] > 0).all()
    assert (filled[:, 5:] < 0).all()
    known = ~np.isnan(x)
    assert (filled[:, known] == x[known]).all()


def test_sequences_go_on_as_their_class_does() -> None:
    mixture, rng = two_values(0.5), np.random.default_rng(0)
    assert (mixture.forecast(np.array([[5.0]]), 4, 300, rng) > 0).all()
    drawn = mixture.forecast(np.empty((0, 1)), 4, 2000, rng)
    assert (drawn[:, 0] > 0).mean() == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(2000))
    np.testing.assert_array_equal(drawn[:, 0] > 0, drawn[:, 3] > 0)


@pytest.mark.parametrize("condition", [None, 0, 1])
def test_samples_are_of_the_class_asked_for(data: Dataset, condition: int | None) -> None:
    model, _ = learned(data, n_iter=50, n_init=5)
    x, component = model.sample(3000, 1, condition=condition)
    assert set(component) == ({0, 1} if condition is None else {condition})
    turns = (np.diff(np.sign(x[:, 0])) != 0).mean()
    if condition is not None:
        assert (turns > 0.3) == bool(condition)


@pytest.mark.parametrize(
    ("classes", "words"), [("none", "needs the class of each sequence"), ("one", "two classes or more")]
)
def test_what_cannot_be_told_apart_is_refused_in_a_sentence(
    classes: str, words: str, data: Dataset, series: MakeDataset
) -> None:
    x, lengths, codes = turning(10)
    unlike = dataclasses.replace(data, labels=None) if classes == "none" else series(x, lengths, classes=0 * codes)
    reason = HiddenMarkovClasses.unsuitable(unlike)
    assert reason is not None
    assert words in reason
    with pytest.raises(TrainingError, match=words):
        learned(unlike)


def test_remarks_name_the_classes_that_they_hold_for(data: Dataset) -> None:
    _, events = learned(data, n_iter=2, tol=0.0)
    notes = [event for event in events if isinstance(event, Note)]
    assert [note.badge for note in notes] == ["not converged"]
    assert notes[0].text.startswith("Class left: EM had not converged after 2 steps")
    assert notes[0].text.endswith("So it is with class right.")


def test_symbols_are_taken_as_symbols(series: MakeDataset) -> None:
    x, lengths, codes = turning(20)
    words = series((x > 0).astype(float), lengths, classes=codes, symbols="ab")
    assert HiddenMarkovClasses.recommended(words) == {"emission": "categorical"}
    model, _ = learned(words, emission="categorical")
    assert set(np.unique(model.sample(50, 0)[0])) <= {0.0, 1.0}
    assert HiddenMarkovClasses.recommended(series(x, lengths, classes=codes)) == {}


def test_the_class_of_a_sequence_is_that_of_its_rows() -> None:
    assert sequence_codes(np.array([1, 1, 0, 2]), np.array([2, 1, 1])).tolist() == [1, 0, 2]
    assert sums(np.array([1.0, 2.0, 4.0]), np.array([2, 0, 1])).tolist() == [3, 0, 4]
