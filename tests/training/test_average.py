from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch.optim.swa_utils import AveragedModel

from genstudio.training.budget import Budget
from genstudio.training.events import Progress
from tests.training.lines import LineLearner, descent, run


class TestAverage:
    def test_it_is_what_torch_averages(self) -> None:
        learner, plain = LineLearner(), LineLearner()
        net = AveragedModel(plain.net, avg_fn=lambda mean, now, n: torch.lerp(mean, now, 1 - min(0.9, n / (n + 10))))
        net.n_averaged += 1  # the weights at the start are what torch would begin with
        for event in descent(plain, Budget(steps=150)).run():
            if isinstance(event, Progress) and "rate" in event.metrics:
                net.update_parameters(plain.net)
        run(learner, Budget(steps=150), average=0.9, keep_best=False)
        expected = torch.cat([p.detach().flatten() for p in net.module.parameters()]).numpy()
        assert learner.weights == pytest.approx(expected, abs=1e-6)

    def test_it_is_what_is_seen_validated_and_kept_but_not_what_descends(self) -> None:
        learner, plain = LineLearner(), LineLearner()
        training = descent(learner, Budget(steps=100), average=0.99)
        valid = math.nan
        for event in training.run():
            if isinstance(event, Progress) and event.step == 50:
                own = learner.weights
                with training.shown(), training.shown():
                    assert not np.array_equal(learner.weights, own)
                    assert learner.validate(0)["valid"] == pytest.approx(event.metrics["valid"], rel=1e-6)
                assert np.array_equal(learner.weights, own)
            if isinstance(event, Progress):
                valid = event.metrics.get("valid", valid)
        assert learner.validate(0)["valid"] == pytest.approx(valid, rel=1e-6)
        run(plain, Budget(steps=100), keep_best=False)
        assert np.array_equal(training.state()["weights.line.bias"], plain.weights[2:].astype(np.float32))
