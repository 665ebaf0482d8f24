"""Compiling what is descended: when it begins, that it is taken only where it agrees, and that it is repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.func import functional_call

from genstudio.training import compiling
from genstudio.training.budget import Budget
from genstudio.training.compilation import CannotCompile, Compilation
from genstudio.training.descent import Batch, Descent
from genstudio.training.events import Changed, Event, Note, Progress
from genstudio.training.objective import Function, Objective, tensors_of
from tests.training.lines import ITEMS, LineLearner, descent, progress

BATCH = 16
LATE = compiling.LOOK_STEPS + 1
"""The step after which compiling begins."""


@dataclass
class Line(LineLearner):
    """A line whose network is asked by an objective."""

    noise: float = 0.3

    def __post_init__(self) -> None:
        super().__post_init__()
        self.objective = Objective(self.net)

    def losses(self, batch: Batch) -> Iterator[tuple[str, Tensor]]:
        self.seen.append(batch)
        x = self.x[batch.rows]
        x = x + self.noise * torch.randn(x.shape, generator=batch.draw)
        loss = (self.objective(x) - self.y[batch.rows]).square().mean()
        yield "line", loss
        self.last = float(loss.detach())


class Made:
    """What compiles at once: a function of another gradient, in a given ratio.

    Attributes:
        calls: how often it was called.
    """

    def __init__(self, ratio: float = 1.00001, error: Exception | None = None) -> None:
        self.ratio, self.error, self.calls, self.made, self.closed = ratio, error, 0, 0, 0

    def __call__(self, net: nn.Module, given: tuple[Tensor, ...], threads: int) -> Made:
        self.net, self.given, self.made = net, given, self.made + 1
        self.names = tuple(tensors_of(net))
        return self

    def done(self) -> bool:
        return True

    def result(self) -> Function:
        if self.error is not None:
            raise self.error
        return self._function

    def close(self) -> None:
        self.closed += 1

    def _function(self, tensors: Sequence[Tensor], given: Sequence[Tensor]) -> Tensor:
        self.calls += 1
        found: Tensor = functional_call(self.net, dict(zip(self.names, tensors, strict=True)), tuple(given))
        # The same value, and a gradient that is a little longer.
        return found * self.ratio - found.detach() * (self.ratio - 1.0)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Made:
    made = Made()
    monkeypatch.setattr(compiling, "Compilation", made)
    return made


def followed(
    training: Descent, seconds: float = 0.01, recorded: Sequence[Changed] = (), until: int | None = None,
    look: Callable[[], None] = lambda: None,
) -> list[Event]:
    """All events of a training whose steps take so long each, with live settings changed as was recorded."""
    told: list[Event] = []
    events = training.run()
    for event in events:
        told.append(event)
        look()
        if isinstance(event, Progress) and "rate" in event.metrics:
            training._budget.spent += seconds
            for change in recorded:
                if change.step == event.step:
                    training._live.set(change.name, change.value)
            if event.step == until:
                events.close()
    return told


def swaps(events: list[Event]) -> list[Changed]:
    return [event for event in events if isinstance(event, Changed) and event.name == "compiled"]


def notes(events: list[Event]) -> list[Note]:
    return [event for event in events if isinstance(event, Note) and "ompiled" in event.text]


def timed(seconds: float = 1000.0, **more: Any) -> Budget:
    return Budget(seconds=seconds, batch_size=BATCH, **more)


class TestWhen:
    @pytest.mark.parametrize(
        ("budget", "pace", "begins"),
        [
            (timed(59.0), 0.1, False), (timed(60.0), 0.1, False), (timed(65.0), 0.1, True),
            (timed(65.0, steps=100), 0.1, False),
            (Budget(steps=300, batch_size=BATCH), 0.1, False), (Budget(steps=300, batch_size=BATCH), 0.3, True),
            (Budget(epochs=100, batch_size=BATCH), 0.3, True), (Budget(epochs=10, batch_size=BATCH), 0.3, False),
            (timed(1000.0, compile="never"), 0.1, False), (timed(1000.0, spent=950.0), 0.1, False),
        ],
    )
    def test_only_where_more_than_a_minute_lies_ahead(
        self, made: Made, budget: Budget, pace: float, begins: bool
    ) -> None:
        followed(descent(Line(), budget), pace, until=60)
        assert made.made == begins

    def test_a_learner_without_an_objective_goes_on_as_ever(self, made: Made) -> None:
        events = followed(descent(LineLearner(), timed()), until=60)
        assert not made.made
        assert not notes(events)

    def test_an_objective_that_nobody_asks_is_left_alone_and_that_is_said(self, made: Made) -> None:
        learner = LineLearner()
        learner.objective = Objective(nn.Linear(1, 1))  # type: ignore[attr-defined]
        events = followed(descent(learner, timed()), until=60)
        assert not made.made
        assert [(note.level, "by its network alone" in note.text) for note in notes(events)] == [("info", True)]

    def test_under_a_limit_of_time_it_is_taken_at_once(self, made: Made) -> None:
        events = followed(descent(Line(), timed()), until=60)
        assert swaps(events) == [Changed(LATE + 1, "compiled", True)]
        assert [(note.level, f"from step {LATE + 2} on" in note.text) for note in notes(events)] == [("info", True)]

    @pytest.mark.parametrize(("steps", "at"), [(640, 40), (160, 40), (50, 25), (40, None)])
    def test_otherwise_at_a_share_of_the_steps(self, made: Made, steps: int, at: int | None) -> None:
        events = followed(descent(Line(), Budget(steps=steps, batch_size=BATCH)), 10.0)
        assert [change.step for change in swaps(events)] == ([] if at is None else [at])

    def test_nothing_is_computed_otherwise_before(self, made: Made) -> None:
        learner = Line()
        followed(descent(learner, timed()), until=LATE)
        eager = Line()
        followed(descent(eager, timed(compile="never")), until=LATE)
        assert np.array_equal(learner.weights, eager.weights)


class TestAgreement:
    @pytest.mark.parametrize("ratio", [1.001, 1.0002, float("nan"), -1.0])
    def test_another_gradient_is_never_taken_and_that_is_said(self, made: Made, ratio: float) -> None:
        made.ratio = ratio
        learner, eager = Line(), Line()
        events = followed(descent(learner, timed()), until=60)
        followed(descent(eager, timed(compile="never")), until=60)
        assert not swaps(events)
        assert [note.level for note in notes(events)] == ["info"]
        assert "stay as they are, not compiled: a batch's gradient would be off by" in notes(events)[0].text
        assert made.calls == made.closed == 1
        assert np.array_equal(learner.weights, eager.weights)

    @pytest.mark.parametrize("error", [RuntimeError("size 3, stride 1"), AssertionError("expected size 3")])
    def test_what_does_not_run_is_not_taken(
        self, made: Made, monkeypatch: pytest.MonkeyPatch, error: Exception
    ) -> None:
        def fails(*_: object) -> Tensor:
            raise error

        monkeypatch.setattr(made, "_function", fails)
        events = followed(descent(Line(), timed()), until=60)
        assert not swaps(events)
        assert str(error) in notes(events)[0].text
        assert progress(events)[-1].step == 60

    def test_what_cannot_be_made_is_said_once(self, made: Made) -> None:
        made.error = CannotCompile("this machine has no C++ compiler")
        events = followed(descent(Line(), timed()), until=60)
        assert [note.text for note in notes(events)] == [
            "Steps stay as they are, not compiled: this machine has no C++ compiler."
        ]

    def test_looking_leaves_no_trace(self, made: Made) -> None:
        made.ratio = 1.0
        learner, eager = Line(), Line()
        events = followed(descent(learner, timed()), until=60)
        followed(descent(eager, timed(compile="never")), until=60)
        assert swaps(events)
        assert learner.weights == pytest.approx(eager.weights, rel=1e-5)


class TestRepeating:
    def test_it_is_repeated_by_what_was_recorded(self, made: Made) -> None:
        learner, again, eager = Line(), Line(), Line()
        events = followed(descent(learner, timed()), until=60)
        recorded = [event for event in events if isinstance(event, Changed)]
        limits = Budget(steps=60, batch_size=BATCH, compile="never")
        repeated = followed(descent(again, limits, horizon=recorded[0].value), recorded=swaps(events))
        followed(descent(eager, limits))
        assert [e.metrics for e in progress(repeated)] == [e.metrics for e in progress(events)]
        assert np.array_equal(again.weights, learner.weights)
        assert not np.array_equal(eager.weights, learner.weights)

    @pytest.mark.parametrize("left", [LATE + 1, LATE + 2, 50])
    def test_what_was_left_goes_on_bit_for_bit(self, made: Made, left: int) -> None:
        whole = Line()
        training = descent(whole, timed())
        told = followed(training, until=60)
        first, later = descent(Line(), timed()), Line()
        before = followed(first, until=left)
        second = descent(later, timed())
        second.load_state(first.state())
        second._live.set("compiled", True)
        second._live.set("horizon", first._live["horizon"])
        after = followed(second, until=60)
        assert progress([*before, *after]) == progress(told)
        assert np.array_equal(later.weights, whole.weights)
        assert not swaps(after)

    def test_what_cannot_be_repeated_is_said(self, made: Made) -> None:
        made.error = CannotCompile("this machine has no C++ compiler")
        limits = Budget(steps=60, batch_size=BATCH, compile="never")
        events = followed(descent(Line(), limits), recorded=[Changed(30, "compiled", True)])
        assert [(note.level, "digits differ" in note.remedy) for note in notes(events)] == [("warning", True)]
        assert progress(events)[-1].step == 60

    def test_a_learner_that_cannot_be_compiled_says_so(self, made: Made) -> None:
        events = followed(descent(LineLearner(), timed()), recorded=[Changed(30, "compiled", True)], until=60)
        assert ["one function alone" in note.text for note in notes(events)] == [True]

    def test_it_ends_where_that_was_recorded(self, made: Made) -> None:
        recorded = [Changed(20, "compiled", True), Changed(30, "compiled", False)]
        learner, eager = Line(), Line()
        limits = Budget(steps=60, batch_size=BATCH, compile="never")
        calls: list[int] = []
        followed(descent(learner, limits), recorded=recorded, look=lambda: calls.append(made.calls))
        followed(descent(eager, limits))
        assert calls[-1] == calls[34] > 0
        assert not np.array_equal(eager.weights, learner.weights)


class TestForms:
    def test_smaller_batches_and_validation_go_through_the_network(self, made: Made) -> None:
        learner = Line()
        training = descent(learner, timed())
        sizes: list[int] = []
        compiled = made._function

        def watched(tensors: Sequence[Tensor], given: Sequence[Tensor]) -> Tensor:
            sizes.append(len(given[0]))
            return compiled(tensors, given)

        made._function = watched  # type: ignore[method-assign]
        followed(training, until=60)
        assert ITEMS % BATCH
        assert set(sizes) == {BATCH}
        with torch.no_grad():
            learner.objective(learner.x[:BATCH])
        assert set(sizes) == {BATCH}

    def test_whatever_else_has_another_form_goes_through_the_network_too(self) -> None:
        objective = Objective(nn.Linear(2, 1))
        objective.carry_out_by(lambda tensors, given: given[0] * 0.0, [torch.ones(4, 2)])
        zero = torch.zeros(4, 2)
        assert torch.equal(objective(torch.ones(4, 2)), zero)
        for other in (torch.ones(3, 2), torch.ones(2, 4).T):
            assert not torch.equal(objective(other), other * 0.0)
        objective.carry_out_by(None)
        assert objective(torch.ones(4, 2)).shape == (4, 1)

    def test_weights_are_those_of_the_moment(self, made: Made) -> None:
        learner = Line()
        training = descent(learner, timed(), average=0.9)
        events = training.run()
        for event in events:
            training._budget.spent += 0.01
            if isinstance(event, Progress) and event.step == 40:
                training.load_state(training.state())
                break
        x = torch.ones(BATCH, 2)
        for shown in (False, True):
            context = training.shown() if shown else torch.enable_grad()
            with context:
                assert torch.allclose(learner.objective(x), learner.net(x), atol=1e-5)
        assert made.calls
        events.close()


@pytest.mark.timeout(600)
class TestTheCompiler:
    """By the compiler itself, which takes ten seconds or so of a core that has nothing else to do."""

    @pytest.mark.filterwarnings("ignore:.*torch.jit.script_method:DeprecationWarning")
    def test_steps_are_compiled_beside_training_and_repeated_exactly(self) -> None:
        learner, again, eager = Line(), Line(), Line()
        training = descent(learner, timed())
        began: list[Compilation] = []

        def wait() -> None:
            # Only so that few steps are enough.
            compilation = training._compiling._compilation
            if compilation is not None and not began:
                began.append(compilation)
                compilation.wait(300.0)

        events = followed(training, until=50, look=wait)
        assert [change.step for change in swaps(events)] == [LATE + 1], notes(events)
        assert not began[0]._thread.is_alive()
        assert began[0]._process.returncode == 0
        assert not began[0]._place.parent.exists()
        limits = Budget(steps=50, batch_size=BATCH, compile="never")
        repeated = followed(descent(again, limits), recorded=swaps(events))
        followed(descent(eager, limits))
        assert [e.metrics for e in progress(repeated) if e.metrics] == [e.metrics for e in progress(events)]
        assert np.array_equal(again.weights, learner.weights)
        assert learner.weights == pytest.approx(eager.weights, rel=1e-4)

    def test_closing_ends_the_process(self) -> None:
        training = descent(Line(), timed())
        events = training.run()
        while training._compiling._compilation is None:
            next(events)
            training._budget.spent += 0.01
        compilation = training._compiling._compilation
        events.close()
        assert not compilation._thread.is_alive()
        assert compilation._process.returncode is not None
        assert not compilation._place.parent.exists()

    def test_a_machine_without_a_compiler_is_told_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CXX", "/nowhere/c++")
        compilation = Compilation(nn.Linear(2, 1), (torch.ones(4, 2),), 1)
        compilation.wait(300.0)
        with pytest.raises(CannotCompile, match="no C\\+\\+ compiler"):
            compilation.result()

    def test_what_cannot_be_sent_is_not_compiled(self) -> None:
        net = nn.Linear(2, 1)
        net.weight.register_hook(lambda gradient: gradient)
        net.told = lambda: None  # type: ignore[assignment]
        with pytest.raises(CannotCompile, match="handed"):
            Compilation(net, (torch.ones(4, 2),), 1)
