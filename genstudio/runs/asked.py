"""Questions on their way to a job, and faults told in sentences."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any

from genstudio.errors import Cancelled, GenStudioError, TrainingError
from genstudio.runs.question import Answer


class Asked(Future[Answer]):
    """The answer that will come to one question; `step` is the model's step that it speaks of."""

    def __init__(self, name: str, arguments: Mapping[str, Any], key: str | None) -> None:
        super().__init__()
        self.name = name
        self.arguments = arguments
        self.key = key
        self.progress: tuple[float, str] = (0.0, "")
        self.step = 0
        self._given_up = threading.Event()

    def give_up(self) -> None:
        """Nobody wants the answer any more: it is dropped, and a long question ends early with `Cancelled`."""
        self._given_up.set()
        self.cancel()

    def watch(self, fraction: float, doing: str) -> None:
        """Told by the question as it gets on."""
        self.progress = (fraction, doing)
        if self._given_up.is_set():
            raise Cancelled

    def settle(self, answer: Answer | None, error: Exception | None = None) -> None:
        """Hand over what came out; `Cancelled` when nobody wants it any more."""
        if self._given_up.is_set():
            self.set_exception(Cancelled())
        elif error is not None:
            self.set_exception(error if isinstance(error, Cancelled) else told(error))
        else:
            self.set_result(answer or {})


class AskedElsewhere(Asked):
    """A question that is answered in another process, where it must be given up, too."""

    def __init__(self, name: str, arguments: Mapping[str, Any], key: str | None, given_up: Callable[[], None]) -> None:
        super().__init__(name, arguments, key)
        self._tell = given_up

    def give_up(self) -> None:
        """Nobody wants the answer any more."""
        super().give_up()
        self._tell()


def told(error: BaseException) -> GenStudioError:
    """An error as something that a person can understand."""
    if isinstance(error, GenStudioError):
        return error
    if isinstance(error, MemoryError):
        return TrainingError("There is not enough memory for this.", "Take fewer rows or a smaller model.")
    return TrainingError(
        f"Something went wrong inside the program ({type(error).__name__}: {error}).",
        "Try other settings; the details can be copied for a report.",
    )


def traced(error: BaseException) -> str:
    """The traceback of a fault of ours, for those who report it; empty for what a person can mend."""
    return "" if isinstance(error, GenStudioError) else "".join(traceback.format_exception(error))
