"""How well hidden states agree with labels that nobody showed them.

References:
    Kuhn (1955), The Hungarian Method for the Assignment Problem.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NAMED_AT_MOST = 6


@dataclass(frozen=True)
class Agreement:
    """States matched with labels one to one, so that as many rows as possible agree.

    Arguments:
        label: the label that each state is matched with, shape (K,); -1 for a state that is left over, or shares no row
            with any that is left for it.
        share: of the labelled rows, those whose state is matched with their label.
        largest: the share of the most frequent label, which a single state would reach.
        rows: how many rows have a label.
        table: rows of each state with each label, shape (K, L).
    """

    label: Ints
    share: float
    largest: float
    rows: int
    table: Ints


def agreement(states: Ints, labels: Ints, n_states: int, n_labels: int) -> Agreement | None:
    """The best one-to-one matching; None where no row has a label.

    Arguments:
        states: shape (N,).
        labels: codes, shape (N,); -1 where missing.
    """
    known = labels >= 0
    rows = int(known.sum())
    if not rows:
        return None
    cells = states[known] * n_labels + labels[known]
    table = np.bincount(cells, minlength=n_states * n_labels).reshape(n_states, n_labels)
    matched, with_label = linear_sum_assignment(table, maximize=True)
    label = np.full(n_states, -1, np.int64)
    label[matched] = np.where(table[matched, with_label] > 0, with_label, -1)
    share = float(table[matched, with_label].sum() / rows)
    return Agreement(label, share, float(table.sum(axis=0).max() / rows), rows, table)


def agreement_sentence(found: Agreement, names: Sequence[str], levels: Sequence[str]) -> str:
    """What was found, in one sentence.

    Arguments:
        names: what the states are called, K of them.
        levels: the words of the label.
    """
    pairs = [f"{names[k]} = {levels[code]}" for k, code in enumerate(found.label.tolist()) if code >= 0]
    named = ", ".join(pairs[:NAMED_AT_MOST]) + (", …" if len(pairs) > NAMED_AT_MOST else "")
    return (
        f"States and label agree in {found.share:.1%} of {found.rows:,} rows, matched one to one ({named}); "
        f"one state for all would reach {found.largest:.1%}."
    )
