"""What is read off a path of states: how long stays are, how the rows are shared, how well labels agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.applications.agreement import Agreement, agreement
from genstudio.applications.dwelling import DwellTimes, dwell_times, shares, stays_of
from genstudio.applications.windows import gap_rows
from genstudio.runs.timeline import Timeline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class StateReading:
    """The states behind some rows.

    Arguments:
        states: the most likely path, shape (N,); -1 for rows that were not looked at.
        seen: so many rows were, the first ones.
        sums: posteriors cumulated over the rows, beginning with zeros, shape (N + 1, K).
        shares: of the rows that were looked at, of each state, shape (K,).
        dwelling: how long the stays in each state are, K of them.
        agreement: with the labels, None where there are none.
        log_likelihood: mean over the rows that are no gaps, nats.
    """

    states: Ints
    seen: int
    sums: Floats
    shares: Floats
    dwelling: tuple[DwellTimes, ...]
    agreement: Agreement | None
    log_likelihood: float

    @property
    def n_states(self) -> int:
        """So many states the model has."""
        return len(self.shares)


def read_states(line: Timeline, found: Mapping[str, NDArray[Any]], n_labels: int) -> StateReading:
    """What the answer to `paths` says of the rows it was asked of.

    Arguments:
        line: the rows, of which the answer may tell no more than the first.
        n_labels: words of the label.
    """
    states, posteriors, lengths = found["states"], found["posteriors"], found["lengths"]
    n, n_states = posteriors.shape
    stays, beyond = stays_of(states, lengths), len(line.x) - n
    sums = np.concatenate([np.zeros((1, n_states)), np.cumsum(posteriors, axis=0)])
    known = None if line.labels is None else agreement(states, line.labels[:n], n_states, n_labels)
    steps = found["step_log_prob"][~gap_rows(line.x[:n], found["step_log_prob"])]
    return StateReading(
        states=np.append(states, np.full(beyond, -1)), seen=n, sums=np.pad(sums, ((0, beyond), (0, 0)), mode="edge"),
        shares=shares(states, n_states),
        dwelling=tuple(dwell_times(stays, k, float(stay)) for k, stay in enumerate(found["stay"])),
        agreement=known, log_likelihood=float(steps.mean()) if len(steps) else float("nan"),
    )
