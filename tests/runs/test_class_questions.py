"""What is asked of classifiers of sequences, and what leaves the program as a sheet."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genstudio.applications.classification import Classified
from genstudio.data.dataset import Dataset
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.reader import unwatched
from genstudio.data.sequences import Sequences, bounds, sequences
from genstudio.data.table import Column, ColumnType, Table
from genstudio.errors import Cancelled, DataError
from genstudio.models.fitted import Fitted
from genstudio.models.hmm_classes import ClassesSettings, HiddenMarkovClasses
from genstudio.runs.classes_sheet import sequence_keys, write_classes
from genstudio.runs.question import Subject, answer
from genstudio.runs.questions import classes

LEVELS = ("calm", "wild")
SETTINGS = PreparationSettings(scaling="standard", valid=0.2, test=0.3)


def swings(count: int = 30, symbols: bool = False) -> Sequences:
    rng = np.random.default_rng(0)
    lengths = rng.integers(6, 12, count)
    codes = np.repeat(np.arange(count) % 2, lengths)
    x = rng.normal(size=len(codes)) * (1.0 + 3.0 * codes)
    values = Column("w", ColumnType.CATEGORY, (np.abs(x) > 2.0).astype(float), ("low", "high")) if symbols else Column(
        "u", ColumnType.NUMBER, x)
    kind = Column("kind", ColumnType.CATEGORY, codes.astype(float), LEVELS)
    return sequences(Table("swings", (values, kind), "kind"), lengths, [f"s{i}" for i in range(count)])


def subject(raw: Sequences, settings: PreparationSettings = SETTINGS, **changes: Any) -> Subject:
    data = prepare(raw, settings, seed=1)
    small = {"n_components": 1, "n_iter": 3, "covariance_type": "diag", **changes}
    model = HiddenMarkovClasses(ClassesSettings(**small, **HiddenMarkovClasses.recommended(data)))
    list(model.fit(data, model.live_settings(), 0))
    return Subject(Fitted(model, data.preparation), data)


def parts(data: Dataset) -> list[tuple[np.ndarray, np.ndarray]]:
    assert data.lengths is not None
    return list(zip((data.train, data.valid, data.test), data.lengths, strict=True))


def test_sequences_of_all_parts_are_classified_in_order() -> None:
    raw = swings()
    asked = subject(raw)
    data = asked.items()
    found = answer("classified", asked, {}, unwatched)
    assert [int((found["part"] == part).sum()) for part in range(3)] == [len(lengths) for _, lengths in parts(data)]
    starts = bounds(raw.lengths)[:-1]
    own = np.searchsorted(starts, found["row"])
    np.testing.assert_array_equal(starts[own], found["row"])
    np.testing.assert_array_equal(raw.lengths[own], found["length"])
    np.testing.assert_array_equal(raw.column("kind").values[found["row"]], found["true"])
    np.testing.assert_array_equal(found["told"], found["scores"].argmax(axis=1))
    for part, (x, lengths) in enumerate(parts(data)):
        expected = asked.fitted.classify(data.preparation.to_data(x), lengths)
        np.testing.assert_allclose(found["scores"][found["part"] == part], expected)


def test_many_rows_are_classified_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = subject(swings())
    whole = answer("classified", asked, {}, unwatched)
    monkeypatch.setattr(classes, "ROWS", 25)
    seen: list[float] = []
    found = answer("classified", asked, {}, lambda share, _: seen.append(share))
    assert len(seen) > 6
    np.testing.assert_allclose(found["scores"], whole["scores"])

    def cancel(share: float, doing: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        answer("classified", asked, {}, cancel)


@pytest.mark.parametrize("symbols", [False, True])
def test_the_rival_learns_the_training_sequences_and_tells_all(symbols: bool) -> None:
    asked = subject(swings(60, symbols), PreparationSettings(valid=0.2, test=0.3))
    found = answer("rival", asked, {}, unwatched)
    known = answer("classified", asked, {}, unwatched)
    assert ("symbol" in str(found["words"])) == symbols
    assert bool(found["converged"])
    assert (found["told"] == known["true"]).mean() > 0.7


def test_the_rival_needs_two_classes_and_says_so() -> None:
    raw = swings(12)
    asked = subject(raw)
    labels = asked.items().labels
    assert labels is not None
    same = Subject(asked.fitted, prepare(raw, PreparationSettings(label=""), seed=1))
    with pytest.raises(DataError, match="has no label"):
        answer("rival", same, {}, unwatched)


def test_one_sequence_comes_in_data_units() -> None:
    raw = swings()
    asked = subject(raw)
    known = answer("classified", asked, {}, unwatched)
    for place in (0, len(known["row"]) - 1):
        part, own = int(known["part"][place]), int(known["place"][place])
        found = answer("one_sequence", asked, {"part": part, "place": own}, unwatched)
        first = int(known["row"][place])
        expected = raw.column("u").values[first:first + int(known["length"][place])]
        np.testing.assert_allclose(found["x"][:, 0], expected)
        assert (int(found["part"]), int(found["place"])) == (part, own)


def test_the_sheet_names_sequences_as_the_data_do(tmp_path: Path) -> None:
    raw = swings()
    asked = subject(raw)
    found = Classified.of(LEVELS, answer("classified", asked, {}, unwatched))
    keys = sequence_keys(asked.items(), raw, SETTINGS)
    starts = bounds(raw.lengths)[:-1]
    assert [starts[raw.keys.index(key)] for key in keys] == found.row.tolist()
    write_classes(tmp_path / "classes.csv", found, keys, None)
    with (tmp_path / "classes.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["sequence"] for line in lines] == list(keys)
    assert "logistic_regression" not in lines[0]
    assert [float(line["log_prob_wild"]) for line in lines] == found.scores[:, 1].tolist()


def test_rows_that_are_no_sequences_are_refused(dataset: Dataset) -> None:
    asked = subject(swings())
    with pytest.raises(DataError, match="no sequences"):
        answer("one_sequence", Subject(asked.fitted, dataset), {"part": 0, "place": 0}, unwatched)


@pytest.fixture
def dataset() -> Dataset:
    return prepare(swings(), PreparationSettings(kind="table"), seed=0)
