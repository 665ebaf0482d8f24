"""Scores made ready for choosing a threshold: any scores, any labels."""

from __future__ import annotations

import numpy as np
import pytest

from genstudio.applications.anomaly import flagged, strangest
from genstudio.applications.detection import rank
from genstudio.applications.screening import Choice, Screening, mark_names, screen
from genstudio.data.dataset import Labels
from genstudio.errors import Cancelled, SettingsError

NONE = np.empty(0, np.int64)
WILD = np.array([3.0, np.inf, 1.0, np.nan, -np.inf, 2.0, np.inf, 3.0])


def screened(scores: np.ndarray, labels: np.ndarray = NONE, anomalous: int | None = None) -> Screening:
    rows = np.arange(len(scores)) + 100
    return screen(scores, rows, np.column_stack([scores, scores]), labels, anomalous)


def test_any_scores_are_put_in_order() -> None:
    found = screened(WILD)
    np.testing.assert_array_equal(found.order, [1, 6, 0, 7, 5, 2, 4, 3])
    for k in (0, 1, 3, 7, 100):
        np.testing.assert_array_equal(found.strangest(k), strangest(WILD, k))


@pytest.mark.parametrize("choice", [Choice(), Choice("percent", 50), Choice("value", 2.5), Choice("value", -1e9)])
def test_flagged_rows_are_those_beyond_the_threshold(choice: Choice) -> None:
    found = screened(WILD)
    threshold = choice.threshold(found.distribution)
    np.testing.assert_array_equal(found.flagged(threshold, 100), flagged(WILD, threshold))


def test_of_very_many_flagged_rows_some_are_named_evenly() -> None:
    scores = np.random.default_rng(0).normal(size=1000)
    found = screened(scores)
    threshold = Choice("percent", 50).threshold(found.distribution)
    some = found.flagged(threshold, 10)
    everything = flagged(scores, threshold)
    assert len(some) == 10
    assert (some[0], some[-1]) == (everything[0], everything[-1])


@pytest.mark.parametrize("choice", [Choice("percent", 101), Choice("value", np.inf)])
def test_a_threshold_that_cannot_be_is_refused(choice: Choice) -> None:
    with pytest.raises(SettingsError):
        choice.threshold(screened(WILD).distribution)


def test_labels_are_judged_as_their_ranking_does() -> None:
    scores = np.random.default_rng(0).normal(size=300)
    labels = np.where(scores + np.random.default_rng(1).normal(size=300) > 1, 2, 0)
    labels[:20] = -1
    found = screened(scores, labels, anomalous=2)
    expected = rank(scores, labels, 2)
    assert found.detection is not None
    assert (found.detection.auroc, found.detection.average_precision) == (expected.auroc, expected.average_precision)
    assert (found.detection.best_f1, found.detection.best_value) == expected.best_f1()
    assert found.marks is not None
    np.testing.assert_array_equal(np.unique(found.marks), [-1, 0, 1])
    assert found.bars.counts.sum() == 300
    assert found.bars.counts[1].sum() == (labels == 2).sum()


@pytest.mark.parametrize(
    ("labels", "anomalous", "words"),
    [(NONE, None, "have no label"), (np.zeros(8, np.int64), None, "No word of the label"),
     (np.zeros(8, np.int64), 1, "are normal"), (np.ones(8, np.int64), 1, "are anomalous"),
     (np.full(8, -1), 1, "No row has both")],
)
def test_labels_that_tell_nothing_apart_have_a_sentence(labels: np.ndarray, anomalous: int | None, words: str) -> None:
    found = screened(WILD, labels, anomalous)
    assert found.detection is None
    assert words in found.reason


def test_it_can_be_cancelled() -> None:
    def stop(fraction: float, doing: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        screen(WILD, np.arange(8), np.zeros((8, 1)), NONE, None, on_step=stop)


@pytest.mark.parametrize(
    ("levels", "anomalous", "names"),
    [(("ok", "fraud"), 1, ("ok", "fraud")), (("a", "b", "c"), 2, ("not c", "c")),
     (("a",), None, ("normal", "anomalous"))],
)
def test_marks_are_called_by_the_labels_words(levels: tuple[str, ...], anomalous: int | None, names: object) -> None:
    assert mark_names(Labels(levels, NONE, NONE, NONE, anomalous)) == names
    assert mark_names(None) == ("normal", "anomalous")
