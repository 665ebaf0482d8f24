from __future__ import annotations

import numpy as np
import pytest

from genstudio.data.preparation import prepare
from genstudio.data.preparation_settings import PreparationSettings
from genstudio.data.reader import unwatched
from genstudio.data.sequences import bounds, sequences
from genstudio.data.table import Column, ColumnType, Table
from genstudio.models.fitted import Fitted
from genstudio.runs.question import Answer, Subject, answer
from genstudio.runs.questions.states import first_rows
from genstudio.runs.state_reading import read_states
from genstudio.runs.timeline import timeline
from tests.hidden import two_levels

SETTINGS = PreparationSettings(valid=0.2, test=0.2, scaling="standard", missing="drop")
LENGTHS = np.array([5, 9, 7, 12, 6])


def waves() -> Table:
    """Five sequences that go up and down, with a label for the sign of the first column, and a gap."""
    x = np.sin(np.arange(LENGTHS.sum()) * 0.7)
    label = (x > 0).astype(float)
    x[20] = np.nan
    columns = (
        Column("x", ColumnType.NUMBER, x),
        Column("label", ColumnType.CATEGORY, label, ("low", "high")),
    )
    return sequences(Table("waves", columns, "label"), LENGTHS, ["a", "b", "c", "d", "e"])


@pytest.fixture(scope="module")
def subject() -> Subject:
    data = prepare(waves(), SETTINGS, 0)
    return Subject(Fitted(two_levels(), data.preparation), data)


def ask(subject: Subject, name: str, **arguments: object) -> Answer:
    return answer(name, subject, arguments, unwatched)


@pytest.mark.parametrize("part", ["train", "valid", "test"])
def test_paths_are_of_the_rows_of_a_part(subject: Subject, part: str) -> None:
    data = subject.items()
    found = ask(subject, "paths", part=part)
    z = getattr(data, part)
    np.testing.assert_array_equal(found["states"], z[:, 0] > 0)
    np.testing.assert_allclose(found["posteriors"].sum(axis=1), 1)
    assert found["lengths"].tolist() == data.lengths[("train", "valid", "test").index(part)].tolist()
    np.testing.assert_array_equal(found["stay"], [0.9, 0.75])


def test_one_sequence_is_looked_at_alone(subject: Subject) -> None:
    whole = ask(subject, "paths", part="train")
    edges = bounds(whole["lengths"])
    for place, length in enumerate(whole["lengths"]):
        one = ask(subject, "paths", part="train", sequence=place)
        assert one["lengths"].tolist() == [length]
        np.testing.assert_array_equal(one["states"], whole["states"][edges[place]:edges[place + 1]])


def test_the_first_rows_are_looked_at_while_a_model_learns(subject: Subject) -> None:
    whole, part = ask(subject, "paths"), ask(subject, "paths", most=8)
    np.testing.assert_array_equal(part["states"], whole["states"][:8])
    assert part["lengths"].sum() == 8
    assert first_rows(np.array([3, 4, 5]), 5).tolist() == [3, 2]
    assert first_rows(np.array([3, 4, 5]), 7).tolist() == [3, 4]


def test_rows_are_scored_in_data_units(subject: Subject) -> None:
    data = subject.items()
    found = ask(subject, "step_scores")["step_log_prob"]
    expected = np.nan_to_num(-np.abs(data.everything[:, 0]) - np.log(data.preparation.scaling.scale[0]))
    np.testing.assert_allclose(found, expected, atol=1e-12)
    np.testing.assert_array_equal(ask(subject, "step_scores", most=9)["step_log_prob"], found[:9])


def test_a_reading_tells_shares_stays_and_agreement(subject: Subject) -> None:
    data = subject.items()
    line = timeline(data, waves(), SETTINGS, "train")
    found = read_states(line, ask(subject, "paths"), 2)
    assert found.agreement is not None
    # The scaling moves the mean, so that the label differs from the state in rows near it.
    matched = (data.train[:, 0] > 0) == (data.labels.train == 1)
    assert found.agreement.share == pytest.approx(matched.mean())
    assert found.shares[1] == pytest.approx((data.train[:, 0] > 0).mean())
    np.testing.assert_allclose(np.diff(found.sums, axis=0).sum(axis=1), 1)
    assert [dwelling.expected for dwelling in found.dwelling] == pytest.approx([10, 4])
    seen = np.isfinite(line.x[:, 0])
    assert found.log_likelihood == pytest.approx(ask(subject, "paths")["step_log_prob"][seen].mean())


def test_rows_not_looked_at_have_no_state(subject: Subject) -> None:
    line = timeline(subject.items(), waves(), SETTINGS, "train")
    found = read_states(line, ask(subject, "paths", most=8), 2)
    assert found.seen == 8
    assert len(found.states) == len(line.x) == len(found.sums) - 1
    assert (found.states[8:] == -1).all()
    assert (found.states[:8] >= 0).all()
    assert (np.diff(found.sums[9:], axis=0) == 0).all()
