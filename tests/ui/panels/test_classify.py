"""The Classify panel: real training of one HMM a class, both matrices, the list, and what is exported."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from genstudio.data.sequences import Sequences, sequences
from genstudio.data.table import Column, ColumnType, Table
from genstudio.runs.run import Run
from genstudio.ui.class_matrix import ClassMatrix
from genstudio.ui.panels.classify import ClassifyPanel
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme
from tests.patience import PATIENCE_S
from tests.ui.panels.mixture_hand import LEFT, Hand, blobs

LEVELS = ("calm", "wild", "odd")
SMALL: dict[str, Any] = {"n_components": 2, "n_iter": 5, "n_init": 1, "covariance_type": "diag"}
PARTS = ("train", "valid", "test")


def weather(count: int = 60, seed: int = 0) -> Sequences:
    """Sequences of three classes by how far they swing; calm and odd ones overlap, so that some are told wrongly."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(6, 12, count)
    codes = np.repeat(np.arange(count) % 3, lengths)
    x = rng.normal(size=(lengths.sum(), 2)) * np.array([1.0, 4.0, 1.6])[codes, None]
    columns = (
        Column("u", ColumnType.NUMBER, x[:, 0]), Column("v", ColumnType.NUMBER, x[:, 1]),
        Column("kind", ColumnType.CATEGORY, codes.astype(float), LEVELS),
    )
    return sequences(Table("weather", columns, "kind"), lengths, [f"day {i + 1}" for i in range(count)])


@pytest.fixture
def panel(show_alone: Callable[..., ClassifyPanel], theme: Theme, model: SessionModel) -> ClassifyPanel:
    return show_alone(ClassifyPanel(model, theme), 1000, 720)


@pytest.fixture
def hand(panel: ClassifyPanel, model: SessionModel, qtbot: QtBot) -> Hand:
    return Hand(panel, model, qtbot)


def learned(hand: Hand, **settings: Any) -> Run:
    hand.load(weather())
    hand.model.choose_model("hmm_classes")
    run = hand.train(**{**SMALL, **settings})
    hand.until(lambda: hand.panel.classified is not None and hand.find("classify.rival_confusion").counts.sum())
    hand.until(lambda: cells(hand)[0][0].startswith("day "))
    expected = of_model(run)["scores"]
    hand.until(lambda: np.array_equal(hand.panel.classified.scores, expected))
    return run


def of_model(run: Run) -> dict[str, np.ndarray]:
    return run.job.ask("classified").result(PATIENCE_S)


def cells(hand: Hand) -> list[list[str]]:
    rows = hand.find("classify.table").model()
    return [[rows.index(row, column).data() for column in range(rows.columnCount())] for row in range(rows.rowCount())]


def accuracy(found: dict[str, np.ndarray], part: int) -> float:
    own = found["part"] == part
    return float((found["told"] == found["true"])[own].mean())


def shown(hand: Hand) -> tuple[str, str]:
    return hand.find("classify.model_accuracy").text(), hand.find("classify.rival_accuracy").text()


def test_both_are_judged_by_the_test_first(hand: Hand) -> None:
    run = learned(hand)
    found = of_model(run)
    assert hand.find("classify.part").currentText() == "Test: 12 sequences"
    share = accuracy(found, 2)
    hand.until(lambda: shown(hand)[0].startswith(f"{share:.2f}"))
    matrix = hand.find("classify.model_confusion").counts
    assert matrix.sum() == 12
    assert np.trace(matrix) / 12 == pytest.approx(share)
    assert hand.find("classify.rival_confusion").counts.sum() == 12
    told = run.job.ask("rival").result(PATIENCE_S)["told"][found["part"] == 2]
    right = (told == found["true"][found["part"] == 2]).mean()
    assert shown(hand)[1].startswith(f"{right:.2f}")
    assert "training" in hand.find("classify.model_others").text()
    words = hand.find("classify.words").text()
    assert "p(sequence | class)" in words
    assert "mean and deviation of each column" in words


def test_another_part_is_a_choice(hand: Hand) -> None:
    run = learned(hand)
    combo = hand.find("classify.part")
    assert [combo.itemText(i) for i in range(combo.count())] == [
        "Training: 36 sequences", "Validation: 12 sequences", "Test: 12 sequences",
    ]
    combo.setCurrentIndex(0)
    combo.activated.emit(0)
    assert hand.find("classify.model_confusion").counts.sum() == 36
    assert shown(hand)[0].startswith(f"{accuracy(of_model(run), 0):.2f}")
    assert len(cells(hand)) == 36


def test_doubtful_sequences_are_listed_first_and_drawn(hand: Hand) -> None:
    run = learned(hand)
    combo = hand.find("classify.part")
    combo.setCurrentIndex(0)
    combo.activated.emit(0)
    rows = cells(hand)
    wrong = [row for row in rows if row[2].startswith("✗")]
    assert wrong
    assert rows[:len(wrong)] == wrong
    assert all(row[1] != row[2].removeprefix("✗ ") for row in wrong)
    margins = [float(row[3]) for row in rows]
    assert margins[:len(wrong)] == sorted(margins[:len(wrong)], reverse=True)
    assert margins[len(wrong):] == sorted(margins[len(wrong):])
    series = hand.find("classify.series")
    raw = run.table
    assert isinstance(raw, Sequences)
    for row in (0, len(rows) - 1):
        hand.find("classify.table").selectRow(row)
        key = raw.keys.index(rows[row][0])
        first = int(raw.lengths[:key].sum())
        expected = np.column_stack([raw.column(name).values for name in "uv"])[first:first + raw.lengths[key]]
        hand.until(lambda expected=expected: np.array_equal(
            np.column_stack([series.arrays().get("u", np.zeros(0)), series.arrays().get("v", np.zeros(0))]), expected
        ))


def test_a_cell_lists_its_own_sequences(hand: Hand, qtbot: QtBot) -> None:
    learned(hand)
    matrix: ClassMatrix = hand.find("classify.model_confusion")
    cell = next((i, j) for i in range(3) for j in range(3) if matrix.counts[i, j])
    centre = matrix._rect(*cell).center()
    qtbot.mouseClick(matrix, LEFT, pos=QPoint(int(centre.x()), int(centre.y())))
    assert len(cells(hand)) == matrix.counts[cell]
    assert {row[1] for row in cells(hand)} == {LEVELS[cell[0]]}
    assert LEVELS[cell[1]] in hand.find("classify.listed").text()
    # The other matrix takes the list over, and gives it back.
    rival: ClassMatrix = hand.find("classify.rival_confusion")
    rival.setFocus()
    qtbot.keyClick(rival, Qt.Key.Key_Down)
    assert matrix.cell is None
    assert len(cells(hand)) == rival.counts[0, 0]
    qtbot.keyClick(rival, Qt.Key.Key_Right)
    assert rival.cell == (0, 1)
    assert "logistic regression" in hand.find("classify.listed").text()
    qtbot.keyClick(rival, Qt.Key.Key_Escape)
    assert len(cells(hand)) == 12


def test_what_a_cell_counts_is_told_in_words(hand: Hand) -> None:
    learned(hand)
    matrix: ClassMatrix = hand.find("classify.model_confusion")
    right, total = matrix.counts[1, 1], matrix.counts[1].sum()
    assert f"{right} of {total} sequences of wild are told to be wild" in matrix.words((1, 1))
    assert "12 sequences are told right" in matrix.accessibleDescription()


def test_export_has_a_line_a_sequence(hand: Hand, tmp_path: Path) -> None:
    run = learned(hand)
    path = tmp_path / "classes.csv"
    hand.panel.export_to(path)
    hand.until(lambda: "Saved 60 sequences" in hand.said())
    found = of_model(run)
    with path.open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["part"] for line in lines] == [PARTS[part] for part in found["part"]]
    assert [line["told"] for line in lines] == [LEVELS[code] for code in found["told"]]
    assert [line["true"] for line in lines] == [LEVELS[code] for code in found["true"]]
    raw = run.table
    assert isinstance(raw, Sequences)
    starts = np.concatenate([[0], np.cumsum(raw.lengths)[:-1]])
    assert [starts[raw.keys.index(line["sequence"])] + 1 for line in lines] == [int(line["row"]) for line in lines]
    scores = np.array([[float(line[f"log_prob_{level}"]) for level in LEVELS] for line in lines])
    np.testing.assert_array_equal(scores, found["scores"])
    assert {line["logistic_regression"] for line in lines} <= set(LEVELS)


def test_another_training_is_shown_beside_the_same_rival(hand: Hand) -> None:
    learned(hand)
    former = hand.find("classify.rival_confusion").counts.copy()
    second = hand.train(n_components=1, n_iter=3)
    expected = of_model(second)
    hand.until(lambda: hand.panel.classified is not None
               and np.array_equal(hand.panel.classified.scores, expected["scores"]))
    np.testing.assert_array_equal(hand.find("classify.rival_confusion").counts, former)


def test_others_are_told_why_not(hand: Hand) -> None:
    hand.load(blobs())
    assert "Train a model first" in hand.find("classify.reason").text()
    hand.train(n_components=2)
    hand.until(lambda: "cannot tell classes apart" in hand.find("classify.reason").text())


def test_both_themes_paint_it(hand: Hand, theme: Theme) -> None:
    learned(hand)
    matrix: ClassMatrix = hand.find("classify.model_confusion")
    place = matrix._rect(1, 1)
    seen = set()
    for mode in ("dark", "light"):
        theme.set_mode(mode)
        picture = matrix.grab().toImage()
        seen.add(picture.pixelColor(int(place.left()) + 3, int(place.top()) + 3).name())
    assert len(seen) == 2
