from __future__ import annotations

import math

import numpy as np
import pytest
from torch import nn

from genstudio.training.budget import Budget
from tests.training.lines import LineLearner, descent, notes


class TestPrecision:
    @pytest.mark.parametrize(
        ("wanted", "fast", "cosine", "taken", "said"),
        [
            ("float32", True, 1.0, False, False), ("auto", False, 1.0, False, False), ("auto", True, 1.0, True, False),
            ("auto", True, 0.9, False, True), ("bfloat16", False, 1.0, True, False),
            ("bfloat16", False, math.nan, False, True),
        ],
    )
    def test_bfloat16_only_where_it_is_wanted_and_agrees(
        self, monkeypatch: pytest.MonkeyPatch, wanted: str, fast: bool, cosine: float, taken: bool, said: bool
    ) -> None:
        monkeypatch.setattr("genstudio.training.precision.fast_bfloat16", lambda device: fast)
        monkeypatch.setattr("genstudio.training.precision.agreement", lambda gradient, device: cosine)
        training = descent(LineLearner(), Budget(steps=2, precision=wanted))
        events = list(training.run())
        assert training.state()["bfloat16"][0] == taken
        assert any("stays in float32" in note for note in notes(events)) == said

    def test_a_line_agrees_and_the_check_leaves_no_trace(self) -> None:
        training = descent(LineLearner(noise=0.1, net=nn.Linear(2, 1)), Budget(steps=3, precision="bfloat16"))
        before = training.state()
        next(training._choose_precision(), None)
        after = training.state()
        assert after.pop("bfloat16")[0] == 1
        assert all(np.array_equal(array, before[name]) for name, array in after.items())
