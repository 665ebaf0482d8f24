from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

from genstudio.errors import TrainingError
from genstudio.training import descent as loop
from genstudio.training.budget import Budget
from genstudio.training.events import Event, Progress
from tests.training.lines import ITEMS, LineLearner, changes, descent, notes, progress


def run(learner: LineLearner, budget: Budget | None = None, **settings: Any) -> list[Event]:
    return list(descent(learner, budget, **settings).run())


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


def timed(budget: Budget, seconds: list[float], **settings: Any) -> list[Event]:
    """A training whose steps take so long each; the last figure holds from then on."""
    events: list[Event] = []
    waiting = iter(seconds)
    for event in descent(LineLearner(noise=0.3), budget, schedule="cosine", **settings).run():
        events.append(event)
        if isinstance(event, Progress) and event.step and "rate" in event.metrics:
            budget.spent += next(waiting, seconds[-1])
    return events


class TestHorizon:
    def test_a_slow_first_step_does_not_end_the_schedule(self) -> None:
        events = timed(Budget(seconds=4.0), [0.3, 0.005])
        rates = [event.metrics["rate"] for event in progress(events) if "rate" in event.metrics]
        horizons = [horizon for _, horizon in changes(events)]
        assert horizons[0] == 10**9
        assert all(abs(horizon - 741) <= 2 for horizon in horizons[1:])
        assert min(rates[:20]) == pytest.approx(0.05)
        assert rates[370] == pytest.approx(0.025, rel=0.05)
        assert rates[-1] < 1e-5
        assert len(horizons) <= 18

    def test_where_steps_are_slow_a_quarter_of_the_time_tells(self) -> None:
        events = timed(Budget(seconds=10.0), [1.0])
        assert changes(events)[:3] == [(0, 10**9), (3, 10), (4, 10)]

    @pytest.mark.parametrize("seconds", [[0.3, 0.005], [0.05], [0.01, 0.02, 0.01, 0.03], [9.0]])
    @pytest.mark.parametrize("schedule", ["cosine", "constant"])
    def test_it_is_repeated_by_what_was_recorded(self, seconds: list[float], schedule: str) -> None:
        limited, again = LineLearner(noise=0.3), LineLearner(noise=0.3)
        budget, waiting = Budget(seconds=4.0, batch_size=16), iter(seconds)
        events: list[Event] = []
        for event in descent(limited, budget, schedule=schedule).run():
            events.append(event)
            if isinstance(event, Progress) and "rate" in event.metrics:
                budget.spent += next(waiting, seconds[-1])
        recorded = dict(changes(events))
        training = descent(again, Budget(steps=progress(events)[-1].step, batch_size=16), schedule=schedule)
        training._live.set("horizon", recorded[0])
        repeated: list[Event] = []
        for event in training.run():
            repeated.append(event)
            if isinstance(event, Progress) and event.step in recorded:
                training._live.set("horizon", recorded[event.step])
        assert [e.metrics for e in progress(repeated)] == [e.metrics for e in progress(events)]
        assert np.array_equal(limited.weights, again.weights)

    def test_other_limits_hold_beside_time(self) -> None:
        events = timed(Budget(seconds=4.0, steps=100), [0.005])
        assert {horizon for _, horizon in changes(events)} == {100}
        assert progress(events)[-1].step == 100
        assert {event.total for event in progress(events)} == {None}

    def test_one_step_is_taken_however_short_the_time(self) -> None:
        assert progress(timed(Budget(seconds=1e-9, spent=1.0), [1.0]))[-1].step == 1


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


class TestBest:
    @pytest.mark.parametrize(("keep_best", "kept"), [(True, 100), (False, 300)])
    def test_the_weights_that_validated_best_are_kept(self, keep_best: bool, kept: int) -> None:
        learner = LineLearner(valid=iter([-2.0, -1.0, -3.0, -1.5, math.nan, -1.2]))
        training, seen = descent(learner, Budget(steps=300), keep_best=keep_best), {}
        events: list[Event] = []
        for event in training.run():
            events.append(event)
            seen[event.step if isinstance(event, Progress) else 0] = learner.weights
        assert np.array_equal(learner.weights, seen[kept])
        assert any("step 100 are kept" in note for note in notes(events)) == keep_best

    def test_the_last_step_is_validated_too(self) -> None:
        learner = LineLearner(valid=iter([-2.0, -1.0]))
        events = progress(run(learner, Budget(steps=70)))
        assert [event.step for event in events if "valid" in event.metrics] == [0, 50, 70]

    @pytest.mark.parametrize(("patience", "last"), [(0, 300), (1, 150), (2, 300), (3, 300)])
    def test_early_stopping(self, patience: int, last: int) -> None:
        learner = LineLearner(valid=iter([-2.0, -1.0, -3.0, -0.5, -0.9, -0.8]))
        events = run(learner, Budget(steps=300), patience=patience)
        assert progress(events)[-1].step == last
        assert any("Stopped early" in note for note in notes(events)) == (patience in (1, 2))


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


class TestGoingOn:
    @pytest.mark.parametrize("stop", [1, 49, 50, 99, 100, 130, 173])
    @pytest.mark.parametrize("average", [0.0, 0.95])
    def test_it_equals_the_uninterrupted_training_bit_for_bit(self, stop: int, average: float) -> None:
        settings: dict[str, Any] = {"schedule": "cosine", "warmup": 10, "clip_norm": 0.5, "average": average}
        whole = LineLearner(noise=0.3)
        training = descent(whole, Budget(steps=180, batch_size=16), **settings)
        told = list(training.run())
        first = descent(LineLearner(noise=0.3), Budget(steps=180, batch_size=16), **settings)
        events = first.run()
        before: list[Event] = []
        for event in events:
            before.append(event)
            if isinstance(event, Progress) and event.step == stop:
                break
        events.close()
        later = LineLearner(noise=0.3)
        second = descent(later, Budget(steps=180, batch_size=16), **settings)
        second.load_state(first.state())
        second._live.set("horizon", 180)
        after = list(second.run())
        assert progress([*before, *after]) == progress(told)
        assert np.array_equal(later.weights, whole.weights)
        kept, wanted = second.state(), training.state()
        assert kept.keys() == wanted.keys()
        assert all(np.array_equal(kept[name], wanted[name]) for name in wanted)

    def test_a_failed_training_goes_on_from_its_last_good_step(self) -> None:
        failing = descent(LineLearner(spoil={250: math.nan}), Budget(steps=300))
        with pytest.raises(TrainingError):
            list(failing.run())
        assert failing.state()["step"][0] == 200
        learner, whole = LineLearner(), LineLearner()
        again = descent(learner, Budget(steps=300))
        again.load_state(failing.state())
        list(again.run())
        run(whole, Budget(steps=300))
        assert np.array_equal(learner.weights, whole.weights)

    def test_the_state_is_a_copy(self) -> None:
        training = descent(LineLearner(), Budget(steps=10), average=0.9)
        kept: dict[str, Any] = {}
        for event in training.run():
            if isinstance(event, Progress) and event.step == 5:
                kept = training.state()
                before = {name: array.copy() for name, array in kept.items()}
        assert all(np.array_equal(kept[name], before[name]) for name in kept)


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
