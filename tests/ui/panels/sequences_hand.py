"""Sequences to be looked at, and a panel with a model that learned them."""

from __future__ import annotations

from typing import Any

import numpy as np

from genstudio.data.sequences import Sequences, sequences
from genstudio.data.table import Column, ColumnType, Table
from genstudio.runs.run import Run
from tests.ui.panels.mixture_hand import Hand


def two_levels(rows: int = 400, parts: int = 1, seed: int = 0) -> Sequences:
    """A column that stays near 0 or near 10 for some while, and one that follows it, in sequences of equal length."""
    rng = np.random.default_rng(seed)
    state = np.cumsum(rng.random(rows) < 0.08) % 2
    x = 10.0 * state + rng.normal(size=rows)
    y = 300.0 - 20.0 * state + 3.0 * rng.normal(size=rows)
    table = Table("levels", (Column("x", ColumnType.NUMBER, x), Column("y", ColumnType.NUMBER, y)))
    lengths = np.full(parts, rows // parts)
    return sequences(table, lengths, [f"part {k + 1}" for k in range(parts)], np.arange(rows) / 10.0, "time in s")


def learned(hand: Hand, table: Table, **settings: Any) -> Run:
    """A hidden Markov model of two states that learned a table's sequences."""
    hand.load(table, **settings.pop("preparation", {}))
    hand.model.choose_model("hmm")
    return hand.train(**{"n_components": 2, "covariance_type": "full", "n_init": 1, "n_iter": 20, **settings})
