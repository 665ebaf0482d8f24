"""Figures of models that solve an equation in steps: what they are off by is told, and in the standard error."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from genstudio.data.table import points_table
from genstudio.evaluation.items import from_dataset
from genstudio.evaluation.likelihood import DRAWS_IN_STEPS
from genstudio.evaluation.metric import evaluate
from genstudio.evaluation.solving import JUDGED
from genstudio.models.fitted import Fitted
from genstudio.settings import Settings, setting
from tests.evaluation.gaussian import Gaussian, GaussianModel, at_hand, prepared

TRUTH = Gaussian(np.array([1.0, -2.0]), np.array([[2.0, 0.6], [0.6, 0.5]]))
DATA = prepared(points_table("bell", TRUTH.sample(1000, seed=3)[0], truth=TRUTH))
OFF = 0.05
KEYS = ["log_likelihood", "bits_per_dim", "kl_to_truth"]


class Choices(Settings):
    steps: int = setting(12, "Steps.")


class InSteps(GaussianModel):
    """Off by a constant, and knows it."""

    judged: list[int]

    def log_prob(self, x: np.ndarray) -> np.ndarray:
        return super().log_prob(x) + OFF

    def log_prob_error(self, x: np.ndarray, labels: Any = None) -> np.ndarray:
        self.judged.append(len(x))
        return np.full(len(x), OFF)

    @classmethod
    def steering(cls) -> type[Settings]:
        return Choices

    def steered(self, choices: Any) -> InSteps:
        return self


@pytest.fixture
def in_steps() -> Fitted:
    found = InSteps(Settings())
    found.density, found.judged = TRUTH, []
    return Fitted(found, DATA.preparation)


def test_the_error_is_told_in_nats_and_is_part_of_the_standard_error(in_steps: Fitted) -> None:
    judged = from_dataset(DATA)
    figures, plain = (evaluate(fitted, judged, KEYS) for fitted in (in_steps, at_hand(TRUTH, DATA)))
    for key, nats in (("log_likelihood", 1.0), ("bits_per_dim", 2 * math.log(2))):
        assert figures[key].stderr == pytest.approx(math.hypot(plain[key].stderr, OFF / nats))
        assert "in 12 steps; doubling them changes it by about 0.05 nats" in figures[key].note
        assert abs(figures[key].value - figures[key].ideal) < 4 * figures[key].stderr
        assert plain[key].note == ""
    divergence = figures["kl_to_truth"]
    assert (divergence.n, divergence.stderr) == (DRAWS_IN_STEPS, pytest.approx(OFF))
    assert divergence.value == pytest.approx(-OFF)
    assert set(in_steps.model.judged) == {JUDGED}


def test_fewer_items_than_are_judged(in_steps: Fitted) -> None:
    data = prepared(points_table("few", TRUTH.sample(30, seed=3)[0]), valid=0, test=0.5)
    assert "doubling" in evaluate(in_steps, from_dataset(data), ["log_likelihood"])["log_likelihood"].note
    assert in_steps.model.judged == [15]
