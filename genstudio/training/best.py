"""The weights that did best on the validation items, and how long ago that was."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from torch import Tensor

from genstudio.training.descent_state import Arrays, Weights, copies, from_arrays, to_arrays


@dataclass
class Best:
    """The best validation so far.

    Arguments:
        value: its figure; higher is better.
        step: when it was.
        since: validations since then.
        weights: a copy of those that were validated; empty before any validation.
    """

    value: float = -math.inf
    step: int = 0
    since: int = 0
    weights: Weights = field(default_factory=dict)

    def judge(self, value: float, step: int, weights: Mapping[str, Tensor]) -> None:
        """Take in one more validation; a figure that is not a number is never better."""
        if value > self.value:
            self.value, self.step, self.since, self.weights = value, step, 0, copies(weights)
        else:
            self.since += 1

    def state(self) -> Arrays:
        """All of it as arrays."""
        counts = np.array([self.step, self.since], np.int64)
        return {"best_value": np.array([self.value]), "best_counts": counts, **to_arrays("best", self.weights)}

    @staticmethod
    def of(arrays: Arrays) -> Best:
        """What `state` told; raises KeyError or ValueError where it told something else."""
        step, since = (int(count) for count in arrays["best_counts"])
        return Best(float(arrays["best_value"][0]), step, since, from_arrays("best", arrays))
