"""How long a training may go on and what it may use; the recipe's `[training]`, with the time spent so far."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Budget:
    """Limits of one training. Models look at it between steps; whoever drives them keeps `spent` up to date.

    Arguments:
        epochs: passes through the training items, or None.
        steps: steps, or None.
        seconds: time spent learning, or None. Pauses between two events do not count.
        batch_size: items a gradient step goes through; the model's own choice when None.
        device: "auto", "cpu", or a name that torch gives.
        precision: "auto", "float32" or "bfloat16"; `auto` takes the faster one where it agrees.
        threads: threads that the numeric libraries may use.
        compile: "auto" or "never"; `auto` compiles what long trainings descend, where that changes nothing.
        spent: seconds spent learning so far.
    """

    epochs: int | None = None
    steps: int | None = None
    seconds: float | None = None
    batch_size: int | None = None
    device: str = "auto"
    precision: str = "auto"
    threads: int = 1
    compile: str = "auto"
    spent: float = 0.0

    def reached(self, step: int, epochs: float) -> bool:
        """Whether training must end, after so many steps and passes through the training items."""
        return self.share(step, epochs) >= 1.0

    def share(self, step: int, epochs: float) -> float:
        """How much of the tightest limit is used up, from 0; 0 where there is no limit."""
        used = [
            done / limit
            for done, limit in ((step, self.steps), (epochs, self.epochs), (self.spent, self.seconds))
            if limit is not None
        ]
        return max(used, default=0.0)
