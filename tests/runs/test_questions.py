from __future__ import annotations

import numpy as np
import pytest

from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.reader import unwatched
from genstudio.data.table import points_table
from genstudio.errors import Cancelled, TrainingError
from genstudio.evaluation.items import from_dataset
from genstudio.models.contract import Model
from genstudio.models.fitted import Fitted
from genstudio.models.registry import model
from genstudio.runs.figures import plain_figures
from genstudio.runs.question import CHUNK, Answer, Subject, answer, in_chunks
from genstudio.runs.questions.density import grid_points
from genstudio.training.events import LiveSettings
from tests.runs.learners import Counter


def asked(subject: Subject, name: str, **arguments: object) -> Answer:
    return answer(name, subject, arguments, unwatched)


@pytest.fixture(scope="module")
def subject() -> Subject:
    """A mixture of two clouds in three columns of very different units, with one gap."""
    rng = np.random.default_rng(2)
    x = np.concatenate([rng.normal(0, 1, (100, 3)), rng.normal(5, 2, (100, 3))]) * [1.0, 100.0, 0.01]
    x[7, 1] = np.nan
    labels = np.repeat([0, 1], 100)
    table = points_table("clouds", x, labels, levels=["low", "high"])
    data = prepare(table, PreparationSettings(scaling="standard"), 0)
    return Subject(Fitted(learned(model("gmm"), data, n_components=2), data.preparation), data)


def learned(family: type[Model], data: object, **settings: object) -> Model:
    learner = family(family.Settings(**settings))
    for _ in learner.fit(data, LiveSettings(), 0):  # type: ignore[arg-type]
        pass
    return learner


@pytest.mark.parametrize("family", ["gmm", "kde"])
def test_a_grid_lies_in_the_data(subject: Subject, family: str) -> None:
    data = subject.items()
    subject = subject if family == "gmm" else Subject(Fitted(learned(model(family), data), data.preparation), data)
    bounds = (-40.0, 60.0, -4000.0, 6000.0)
    found = asked(subject, "density_grid", bounds=bounds, shape=(200, 100), columns=(0, 1))
    assert found["log_prob"].shape == (100, 200)
    cell = 100.0 / 200 * 10_000.0 / 100
    assert np.exp(found["log_prob"]).sum() * cell == pytest.approx(1.0, abs=1e-3)
    line = asked(subject, "density_line", bounds=(-0.4, 0.6), n=2001, column=2)
    assert np.trapezoid(np.exp(line["log_prob"]), line["x"]) == pytest.approx(1.0, abs=1e-3)


def test_kernels_that_cannot_be_integrated_say_so(subject: Subject) -> None:
    data = subject.items()
    disc = Subject(Fitted(learned(model("kde"), data, kernel="tophat"), data.preparation), data)
    with pytest.raises(TrainingError, match="tophat kernel cannot be integrated"):
        asked(disc, "density_line", bounds=(0.0, 1.0), n=5, column=2)


def test_cell_centres_go_row_by_row() -> None:
    assert grid_points((0, 2, 10, 30), (2, 1)).tolist() == [[0.5, 20.0], [1.5, 20.0]]
    assert grid_points((0, 1, 0, 2), (1, 2)).tolist() == [[0.5, 0.5], [0.5, 1.5]]


def test_scores_of_rows_and_of_the_data_agree(subject: Subject) -> None:
    everything = asked(subject, "anomaly_scores")
    assert everything["row"].tolist() == [i for i in range(200) if i != 7]
    assert everything["label"].tolist() == [0] * 99 + [1] * 100
    some = asked(subject, "anomaly_scores", most=20)
    assert len(some["score"]) == 20
    scores = asked(subject, "scores", x=everything["x"])
    np.testing.assert_allclose(scores["anomaly_score"], everything["score"])
    np.testing.assert_array_equal(scores["log_prob"], asked(subject, "log_prob", x=everything["x"])["log_prob"])


def test_parameters_set_are_parameters_found(subject: Subject) -> None:
    before = asked(subject, "parameters")
    moved = {**before, "means": before["means"] + 1.0}
    after = asked(subject, "set_parameters", **moved)
    np.testing.assert_allclose(after["means"], moved["means"])
    assert set(after) >= {"train", "valid", "test"}
    asked(subject, "set_parameters", **before)


def test_likelihoods_are_means_of_each_part(subject: Subject) -> None:
    found = asked(subject, "likelihoods")
    data = subject.items()
    train = asked(subject, "log_prob", x=data.preparation.to_data(data.train))["log_prob"]
    assert float(found["train"]) == pytest.approx(train.mean(), rel=1e-12)


def test_evaluation_as_plain_figures(subject: Subject) -> None:
    keys = ["log_likelihood", "bic"]
    figures = plain_figures(asked(subject, "evaluation", keys=keys))
    assert list(figures) == keys
    assert figures["bic"]["stderr"] is None
    assert figures["log_likelihood"]["n"] == 40
    train = from_dataset(subject.items(), "train")
    assert plain_figures(asked(subject, "evaluation", keys=keys, items=train))["log_likelihood"]["n"] == 139


@pytest.mark.parametrize("n", [0, 5, CHUNK, 2 * CHUNK + 1])
def test_chunks_are_the_whole(n: int) -> None:
    told: list[float] = []
    x = np.arange(float(n))
    found = in_chunks(lambda part: part + 1, x, lambda fraction, doing: told.append(fraction), "Adding")
    assert np.array_equal(found, x + 1)
    assert told == sorted(told)
    assert len(told) == (3 if n > CHUNK else 0)


def test_long_questions_can_be_cancelled(subject: Subject) -> None:
    def stop(fraction: float, doing: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        answer("log_prob", subject, {"x": np.zeros((CHUNK + 1, 3))}, stop)


@pytest.mark.parametrize(
    ("question", "arguments", "said"),
    [("likelihoods", {}, "not at hand"), ("anomaly_scores", {}, "not at hand"), ("parameters", {}, "cannot name"),
     ("scores", {"x": np.zeros((1, 2))}, "cannot score"), ("nothing", {}, "Known: ")],
)
def test_what_cannot_be_answered_is_a_sentence(subject: Subject, question: str, arguments: object, said: str) -> None:
    bare = Subject(Fitted(Counter(), subject.fitted.preparation), None)
    with pytest.raises(TrainingError, match=said):
        answer(question, bare, arguments, unwatched)  # type: ignore[arg-type]
