"""Where a training stands, and what is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from genstudio.training.events import Event


class Status(StrEnum):
    """Where a run stands."""

    WAITING = "waiting"
    TRAINING = "training"
    PAUSED = "paused"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        """Whether no further step will be taken."""
        return self in (Status.DONE, Status.STOPPED, Status.FAILED)


@dataclass(frozen=True)
class Reached:
    """How far a training has come.

    Arguments:
        step: steps taken.
        items: training items that those steps went through.
        training_seconds: time that they took.
        preview_seconds: time that looking meanwhile took.
        begun: the model has something to show.
    """

    status: Status
    step: int = 0
    items: int = 0
    training_seconds: float = 0.0
    preview_seconds: float = 0.0
    begun: bool = False


@dataclass(frozen=True)
class Turned:
    """The job's status changed.

    Arguments:
        message: a sentence for a person, empty where nothing needs saying.
        details: a traceback for those who report faults.
    """

    status: Status
    message: str = ""
    details: str = ""


Told = Event | Turned
