"""Likelihood, criteria and accuracy of sequences, by models whose figures are known in closed form."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from genstudio.data.dataset import Dataset, Kind
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.sequences import Sequences
from genstudio.data.table import Column, ColumnType
from genstudio.errors import DataError
from genstudio.evaluation import items
from genstudio.evaluation.metric import evaluate, unsuitable
from genstudio.evaluation.series import SEVERAL, mean_in_time
from genstudio.models.contract import ModelInfo
from genstudio.models.fitted import Fitted
from genstudio.settings import Settings
from genstudio.training.events import LiveSettings
from tests.evaluation.gaussian import GaussianModel

LEVELS = ("still", "loud")


class Noise(GaussianModel):
    """White noise as a hidden Markov model of one state; tells loud sequences from still ones by their size."""

    info = ModelInfo("noise", "Noise", "One bell at each step.", frozenset({Kind.SEQUENCES}))

    def n_states(self) -> int:
        return 1

    def states(self, x: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        return np.zeros(len(x), np.int64)

    def posteriors(self, x: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        return np.ones((len(x), 1))

    def step_log_prob(self, x: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        assert lengths.sum() == len(x)
        present = ~np.isnan(x).any(axis=1)
        found = np.zeros(len(x))
        found[present] = self.log_prob(x[present])
        return found

    def classify(self, x: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        sizes = [np.nanmean(np.abs(part)) for part in np.split(x, np.cumsum(lengths)[:-1])]
        return np.column_stack([np.zeros(len(sizes)), np.array(sizes) - 1.5])


def spoken(count: int, seed: int = 0, *, levels: tuple[str, ...] = LEVELS, gaps: int = 0) -> Sequences:
    """Sequences of noise, the second half of them three times as loud."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(20, 40, count)
    codes = np.repeat(np.arange(count) >= count / 2, lengths).astype(float)
    x = rng.normal(size=lengths.sum()) * (1 + 2 * codes)
    x[rng.permutation(len(x))[:gaps]] = np.nan
    columns = Column("x", ColumnType.NUMBER, x), Column("kind", ColumnType.CATEGORY, codes, levels)
    keys = tuple(f"s{i}" for i in range(count))
    return Sequences("spoken", columns, "kind", lengths=lengths, keys=keys)


def prepared(raw: Sequences, **settings: object) -> Dataset:
    return prepare(raw, PreparationSettings(**settings), seed=0)  # type: ignore[arg-type]


def fitted(data: Dataset, kind: type[Noise] = Noise) -> Fitted:
    model = kind(Settings())
    list(model.fit(dataclasses.replace(data, train=data.train[~np.isnan(data.train[:, 0])]), LiveSettings(), 0))
    return Fitted(model, data.preparation)


@pytest.mark.parametrize("scaling", ["none", "standard"])
def test_likelihood_is_that_of_the_rows_that_are_no_gaps(scaling: str) -> None:
    data = prepared(spoken(40, gaps=50), scaling=scaling)
    judged = items.from_dataset(data)
    found = evaluate(fitted(data), judged, ["log_likelihood"])["log_likelihood"]
    x = judged.x[~np.isnan(judged.x[:, 0])]
    train = judged.learned_from()[~np.isnan(judged.learned_from()[:, 0])]
    expected = -0.5 * ((x - train.mean()) ** 2 / train.var() + np.log(2 * np.pi * train.var()))
    assert found.value == pytest.approx(expected.mean())
    assert found.n == len(x) < len(judged.x)
    assert found.stderr is not None


def test_several_sequences_tell_the_standard_error() -> None:
    rng = np.random.default_rng(1)
    means = []
    for _ in range(300):
        # All rows of a sequence share what makes them unlikely: they tell no more than one would.
        owner = np.repeat(np.arange(30), 5)
        values = rng.normal(size=30)[owner]
        means.append(mean_in_time(values, owner))
    errors = [figure.stderr for figure in means]
    assert all("30 sequences" in figure.note for figure in means)
    assert np.mean(errors) == pytest.approx(np.std([figure.value for figure in means]), rel=0.15)  # type: ignore[arg-type]


def test_blocks_in_time_tell_the_standard_error_of_one_sequence() -> None:
    rng = np.random.default_rng(2)
    figures, n = [], 10_000
    for _ in range(200):
        # Neighbours hang together: the mean varies (1 + r) / (1 - r) times as much as that of white noise.
        noise = rng.normal(size=n)
        values = np.empty(n)
        values[0] = noise[0] / math.sqrt(1 - 0.8**2)
        for i in range(1, n):
            values[i] = 0.8 * values[i - 1] + noise[i]
        figures.append(mean_in_time(values, np.zeros(n, np.int64)))
    spread = np.std([figure.value for figure in figures])
    assert "100 blocks of 100 rows" in figures[0].note
    assert np.mean([figure.stderr for figure in figures]) == pytest.approx(spread, rel=0.2)  # type: ignore[arg-type]


@pytest.mark.parametrize("n", [1, 2])
def test_hardly_any_rows_have_hardly_an_error(n: int) -> None:
    found = mean_in_time(np.arange(n, dtype=float), np.zeros(n, np.int64))
    assert (found.stderr is None) == (n == 1)


def test_blocks_end_with_their_sequence() -> None:
    owner = np.repeat([0, 1], [7, 9])
    assert "blocks of 4 rows" in mean_in_time(np.zeros(16), owner).note
    assert "5 blocks" in mean_in_time(np.zeros(16), owner).note


def test_criteria_price_the_training_rows() -> None:
    data = prepared(spoken(40, gaps=50))
    judged = items.from_dataset(data)
    found = evaluate(fitted(data), judged, ["aic", "bic"])
    own = fitted(data)
    train, lengths = judged.learned_from(), data.lengths
    assert lengths is not None
    total = own.step_log_prob(train, lengths[0]).sum()
    n = int((~np.isnan(train[:, 0])).sum())
    assert found["aic"].value == pytest.approx(2 * 2 - 2 * total)
    assert found["bic"].value == pytest.approx(2 * math.log(n) - 2 * total)
    assert (found["aic"].n, found["aic"].stderr) == (n, None)


def test_accuracy_counts_sequences() -> None:
    data = prepared(spoken(60))
    judged = items.from_dataset(data)
    found = evaluate(fitted(data), judged, ["accuracy"])["accuracy"]
    assert found.n == len(judged.each_length())
    assert 0.9 <= found.value <= 1
    share = found.value
    assert found.stderr == (None if share == 1 else pytest.approx(math.sqrt(share * (1 - share) / found.n)))


@pytest.mark.parametrize(
    ("levels", "value", "words"),
    [(LEVELS, 1.0, ""), (("loud", "still"), 0.0, ""), (("still", "shouted"), 0.5, "never learned of shouted")],
)
def test_classes_of_another_file_are_known_by_their_words(levels: tuple[str, ...], value: float, words: str) -> None:
    data = prepared(spoken(60))
    other = spoken(10, 3, levels=levels)
    judged = items.from_raw(other, data.preparation, PreparationSettings())
    named = dataclasses.replace(judged, learned_levels=LEVELS)
    found = evaluate(fitted(data), named, ["accuracy"])["accuracy"]
    assert found.value == pytest.approx(value)
    assert words in found.note
    assert "not at hand" in unsuitable(fitted(data), judged)["accuracy"]


def test_another_file_keeps_its_sequences() -> None:
    data = prepared(spoken(20))
    other = spoken(4, 3, gaps=5)
    judged = items.from_raw(other, data.preparation, PreparationSettings())
    np.testing.assert_array_equal(judged.each_length(), other.lengths)
    assert len(judged.x) == len(other) == len(judged.rows)


def test_what_cannot_be_measured_is_said() -> None:
    data = prepared(spoken(20), label="")
    reasons = unsuitable(fitted(data), items.from_dataset(data))
    assert "class" in reasons["accuracy"]
    assert "log_likelihood" not in reasons
    assert all(why.endswith(".") for why in reasons.values())


def test_samples_of_rows_in_time_are_not_compared_one_by_one() -> None:
    data = prepared(spoken(20))
    reasons = unsuitable(fitted(data), items.from_dataset(data))
    assert "independent" in reasons["precision"]


def test_rows_that_are_no_sequences_have_no_lengths() -> None:
    judged = dataclasses.replace(items.from_dataset(prepared(spoken(20))), lengths=None)
    with pytest.raises(DataError, match="no sequences"):
        judged.each_length()


@pytest.mark.parametrize("most", [10, 100, 500])
def test_fewer_items_are_whole_sequences(most: int) -> None:
    judged = items.from_dataset(prepared(spoken(40), valid=0, test=0))
    few = items.thinned(judged, most)
    lengths = few.each_length()
    assert lengths.sum() == len(few.x) == len(few.rows) <= most
    assert few.labels is not None
    assert len(few.labels) == len(few.x)
    if most >= 100:
        assert set(lengths) <= set(judged.each_length())
        assert len(lengths) >= 2
    else:
        np.testing.assert_array_equal(few.x, judged.x[:most])


def test_several_is_what_it_says() -> None:
    owner = np.repeat(np.arange(SEVERAL), 3)
    assert "sequences" in mean_in_time(np.zeros(len(owner)), owner).note
    assert "blocks" in mean_in_time(np.zeros(len(owner) - 3), owner[3:] - 1).note
