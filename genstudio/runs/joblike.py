"""What a run asks of whoever carries it out, in a thread or in another process."""

from __future__ import annotations

from typing import Any, Protocol

from genstudio.runs.asked import Asked
from genstudio.runs.status import Status, Told


class JobLike(Protocol):
    """One training and its model; every call but `close` returns at once. `Job` says what each does."""

    @property
    def status(self) -> Status:
        """Where the training stands."""

    @property
    def items(self) -> int:
        """Training items gone through."""

    @property
    def training_seconds(self) -> float:
        """Time that steps took."""

    @property
    def preview_seconds(self) -> float:
        """Training time that looking has taken."""

    def start(self) -> None:
        """Begin, or go on after a pause."""

    def pause(self) -> None:
        """Hold after the present step."""

    def step(self) -> None:
        """Take one step, then hold."""

    def stop(self) -> None:
        """End training and keep what was learned."""

    def slow_down(self, delay_seconds: float) -> None:
        """At least so long from one step to the next."""

    def change(self, name: str, value: Any) -> None:
        """Change a live setting from the next step on."""

    def ask(self, question: str, key: str | None = None, **arguments: Any) -> Asked:
        """Put a question; one of the same key that still waits is replaced."""

    def watch(self, name: str, question: str, **arguments: Any) -> None:
        """Answer a question again and again as the model learns."""

    def unwatch(self, name: str) -> None:
        """Nobody looks any more."""

    def drain(self) -> list[Told]:
        """All that was told since the last call."""

    def close(self, seconds: float = 5.0) -> bool:
        """Stop and end every thread; whether that was done in time."""
