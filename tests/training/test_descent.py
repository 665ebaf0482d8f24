from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from genstudio.errors import TrainingError
from genstudio.training import descent as loop
from genstudio.training.budget import Budget
from genstudio.training.events import Event, Progress
from tests.training.lines import ITEMS, LineLearner, changes, descent, notes, progress, run


def until_failure(learner: LineLearner, **settings: Any) -> tuple[list[Event], TrainingError]:
    events: list[Event] = []
    with pytest.raises(TrainingError) as caught:
        events.extend(descent(learner, **settings).run())
    return events, caught.value


class TestLearning:
    def test_a_line_is_found_as_least_squares_finds_it(self) -> None:
        learner = LineLearner()
        run(learner, Budget(steps=600, batch_size=ITEMS), schedule="cosine", keep_best=False)
        assert learner.weights == pytest.approx(learner.least_squares(), abs=1e-4)

    def test_it_is_what_torch_alone_would_do(self) -> None:
        learner, net = LineLearner(), nn.Linear(2, 1)
        run(learner, Budget(steps=30, batch_size=16), weight_decay=0.1, clip_norm=1.0, keep_best=False)
        for parameter in net.parameters():
            nn.init.zeros_(parameter)
        optimizer = torch.optim.AdamW(net.parameters(), lr=0.05, weight_decay=0.1)
        for batch in learner.seen:
            optimizer.zero_grad()
            (net(learner.x[batch.rows]) - learner.y[batch.rows]).square().mean().backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
        expected = torch.cat([p.detach().flatten() for p in net.parameters()]).numpy()
        assert learner.weights == pytest.approx(expected, abs=1e-6)

    def test_the_first_figures_are_those_of_the_start_and_every_step_has_its_own(self) -> None:
        events = progress(run(LineLearner(), Budget(steps=5, batch_size=16)))
        assert [event.step for event in events] == [0, 1, 2, 3, 4, 5, 5]
        assert set(events[0].metrics) == {"valid"}
        assert set(events[1].metrics) == {"train", "gradient", "rate"}
        assert set(events[-1].metrics) == {"valid"}
        assert [event.items for event in events[:4]] == [0, 16, 16, 8]
        assert [event.epoch for event in events[:4]] == [0.0, 0.4, 0.8, 1.0]

    @pytest.mark.parametrize("rate", [0.0, 1e9])
    def test_any_rate_leaves_a_usable_model(self, rate: float) -> None:
        learner = LineLearner(noise=0.1)
        try:
            run(learner, Budget(steps=60), learning_rate=rate)
        except TrainingError as error:
            assert "learning rate" in str(error)  # noqa: PT017 - either way is right
        assert np.isfinite(learner.weights).all()
        assert rate or not learner.weights.any()

    def test_same_seed_same_numbers(self) -> None:
        first, second, other = (
            run(LineLearner(noise=0.5), Budget(steps=20, batch_size=8)),
            run(LineLearner(noise=0.5), Budget(steps=20, batch_size=8)),
            list(descent(LineLearner(noise=0.5), Budget(steps=20, batch_size=8), seed=1).run()),
        )
        assert first == second
        assert first != other


class TestLimits:
    @pytest.mark.parametrize(
        ("budget", "steps"),
        [
            (Budget(steps=7), 7), (Budget(epochs=2, batch_size=16), 6), (Budget(epochs=2, steps=4, batch_size=16), 4),
            (Budget(epochs=1, steps=9, batch_size=16), 3), (Budget(batch_size=16), 9), (Budget(epochs=5), 5),
            (Budget(epochs=1, batch_size=1), ITEMS), (Budget(epochs=2, batch_size=10**7), 2),
        ],
    )
    def test_whichever_comes_first(self, budget: Budget, steps: int) -> None:
        events = progress(run(LineLearner(), budget, max_epochs=3))
        assert events[-1].step == steps
        assert {event.total for event in events} == {steps}

    def test_a_batch_beyond_the_items_takes_them_all_once(self) -> None:
        learner = LineLearner()
        run(learner, Budget(steps=2, batch_size=1000))
        assert [sorted(batch.rows.tolist()) for batch in learner.seen] == [list(range(ITEMS))] * 2

    def test_each_pass_goes_through_every_item_in_an_order_of_its_own(self) -> None:
        learner = LineLearner()
        run(learner, Budget(epochs=2, batch_size=16))
        rows = [batch.rows.tolist() for batch in learner.seen]
        passes = [[row for step in steps for row in step] for steps in (rows[:3], rows[3:])]
        assert [sorted(one) for one in passes] == [list(range(ITEMS))] * 2
        assert passes[0] != passes[1]

    def test_nothing_to_learn_from_is_said(self) -> None:
        with pytest.raises(TrainingError, match="no items"):
            descent(LineLearner(items=0))

    def test_a_device_that_is_not_there_is_said(self) -> None:
        with pytest.raises(TrainingError, match=r"no device `abacus`.*cpu"):
            descent(LineLearner(), Budget(device="abacus"))


class TestSchedule:
    @pytest.mark.parametrize(
        ("schedule", "warmup", "expected"),
        [
            ("constant", 0, [1.0] * 8),
            ("constant", 4, [0.25, 0.5, 0.75, 1.0, 1.0, 1.0, 1.0, 1.0]),
            ("cosine", 0, [0.5 * (1 + math.cos(math.pi * k / 8)) for k in range(8)]),
            ("cosine", 4, [0.25, 0.5, 0.75, 1.0, *(0.5 * (1 + math.cos(math.pi * k / 4)) for k in range(4))]),
            ("cosine", 100, [k / 100 for k in range(1, 9)]),
        ],
    )
    def test_rates(self, schedule: str, warmup: int, expected: list[float]) -> None:
        events = run(LineLearner(), Budget(steps=8), schedule=schedule, warmup=warmup, learning_rate=0.1)
        rates = [event.metrics["rate"] for event in progress(events) if "rate" in event.metrics]
        assert rates == pytest.approx([0.1 * factor for factor in expected])

    def test_the_rate_is_read_at_every_step(self) -> None:
        training = descent(LineLearner(), Budget(steps=4))
        rates = []
        for event in training.run():
            if isinstance(event, Progress) and "rate" in event.metrics:
                rates.append(event.metrics["rate"])
                training._live.set("learning_rate", 0.01 * event.step)
        assert rates == pytest.approx([0.05, 0.01, 0.02, 0.03])

    def test_the_end_of_the_schedule_is_recorded(self) -> None:
        assert changes(run(LineLearner(), Budget(steps=4), schedule="cosine")) == [(0, 4)]
        assert changes(run(LineLearner(), Budget(steps=4), schedule="cosine", horizon=9)) == []


class TestClipping:
    def test_long_gradients_are_shortened_and_their_length_is_told(self) -> None:
        events = run(LineLearner(), Budget(steps=210), clip_norm=1e-3)
        lengths = [event.metrics["gradient"] for event in progress(events) if "gradient" in event.metrics]
        assert min(lengths) > 1e-3
        assert any("are clipped" in note for note in notes(events))

    def test_gradients_that_explode_once_do_no_harm(self) -> None:
        learner = LineLearner(spoil={100: 1e12})
        events = run(learner, Budget(steps=400, batch_size=ITEMS), clip_norm=1.0, schedule="cosine", keep_best=False)
        assert progress(events)[100].metrics["gradient"] > 1e6
        assert learner.weights == pytest.approx(learner.least_squares(), abs=0.01)
        assert not any("are clipped" in note for note in notes(events))


class TestFaults:
    @pytest.mark.parametrize(("spoiled", "good"), [(1, 0), (60, 0), (201, 0), (202, 200), (405, 400)])
    @pytest.mark.parametrize("how", [math.nan, math.inf])
    def test_the_last_good_weights_come_back(self, spoiled: int, good: int, how: float) -> None:
        learner = LineLearner(noise=0.1, spoil={spoiled: how})
        events, error = until_failure(learner, learning_rate=0.01, keep_best=False, max_epochs=1000)
        assert f"step {spoiled:,} the loss" in error.what
        assert f"taken back to step {good}" in error.what
        assert "learning rate" in error.remedy
        assert progress(events)[-1].step == spoiled - 1
        sound = LineLearner(noise=0.1)
        run(sound, Budget(steps=max(good, 1)), learning_rate=0.01, keep_best=False)
        assert np.array_equal(learner.weights, sound.weights if good else np.zeros(3))

    def test_what_validated_best_is_kept_after_a_failure_too(self) -> None:
        learner = LineLearner(spoil={250: math.nan}, valid=iter([-2.0, -1.0, -3.0, -4.0]))
        until_failure(learner, max_epochs=1000)
        sound = LineLearner()
        run(sound, Budget(steps=100), keep_best=False)
        assert np.array_equal(learner.weights, sound.weights)

    @pytest.mark.parametrize(
        "error",
        [MemoryError("no"), torch.OutOfMemoryError("CUDA out of memory"),
         RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes")],
    )
    def test_want_of_memory_is_said_with_what_helps(self, error: Exception) -> None:
        learner = LineLearner(raises={3: error})
        _, said = until_failure(learner)
        assert f"step of {ITEMS} items" in said.what
        assert "smaller batch" in said.remedy
        assert said.__cause__ is error
        assert np.isfinite(learner.weights).all()

    def test_other_faults_are_not_dressed_up(self) -> None:
        with pytest.raises(RuntimeError, match="mat1 and mat2"):
            run(LineLearner(raises={3: RuntimeError("mat1 and mat2 shapes cannot be multiplied")}))

    @pytest.mark.parametrize("average", [0.0, 0.9])
    def test_closing_at_any_event_leaves_a_usable_model(self, average: float) -> None:
        for event_number in range(9):
            learner = LineLearner()
            training = descent(learner, Budget(steps=6), schedule="cosine", average=average)
            events = training.run()
            for _ in range(event_number):
                next(events)
            events.close()
            with training.shown():
                assert np.isfinite(learner.weights).all()


def test_the_loop_is_no_burden(monkeypatch: pytest.MonkeyPatch) -> None:
    """The state is put by once in two hundred steps, and validation leaves most steps alone."""
    calls = {"state": 0, "validate": 0}

    def counted(name: str, kind: type) -> None:
        former = getattr(kind, name)

        def call(self: Any, *arguments: Any) -> Any:
            calls[name] += 1
            return former(self, *arguments)

        monkeypatch.setattr(kind, name, call)

    counted("state", loop.Descent)
    counted("validate", LineLearner)
    run(LineLearner(), Budget(steps=1000))
    assert calls == {"state": 6, "validate": 21}


def test_it_takes_the_threads_it_was_given() -> None:
    before = torch.get_num_threads()
    try:
        descent(LineLearner(), Budget(threads=2))
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
