"""How a job and its worker process write to each other.

Pickle serves here alone: both ends of the connection are this program, and nothing of it is ever read from a file.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from typing import Any

from genstudio.runs.learned import Learned
from genstudio.runs.question import Answer
from genstudio.runs.status import Reached, Told
from genstudio.runs.work import Work

_PROTOCOL = 5
"""The first that leaves arrays beside the pickle, so that they are not copied into it."""


@dataclass(frozen=True)
class Begin:
    """To the worker: carry this out."""

    work: Work


@dataclass(frozen=True)
class Command:
    """To the worker: call this method of the job."""

    name: str
    arguments: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Ask:
    """To the worker: put this question to the job; `Answered` bears the same number."""

    number: int
    question: str
    key: str | None
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class GiveUp:
    """To the worker: nobody wants the answer any more."""

    number: int


@dataclass(frozen=True)
class Watching:
    """To the worker: answer this again and again; without a question: no longer."""

    name: str
    question: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Forget:
    """To the worker: the work is over, and its data need no memory any more."""


Order = Begin | Forget | Command | Ask | GiveUp | Watching


@dataclass(frozen=True)
class Answered:
    """What came of a question: an answer, an error, or neither where it was dropped."""

    number: int
    step: int
    answer: Answer | None = None
    error: Exception | None = None


@dataclass(frozen=True)
class Report:
    """From the worker: all that is new.

    Arguments:
        progress: of the questions that are being answered, by number.
        ended: training is over, and this is the last that will be heard of it.
        learned: now and then, for the case that the process dies; and at the end.
        reusable: nothing is left running, so that the process can carry out other work.
    """

    told: tuple[Told, ...]
    reached: Reached
    answered: tuple[Answered, ...] = ()
    progress: Mapping[int, tuple[float, str]] = field(default_factory=dict)
    ended: bool = False
    learned: Learned | None = None
    reusable: bool = True


def send(connection: Connection, message: Order | Report) -> None:
    """Write a message.

    Raises:
        OSError: the other end is gone.
        Exception: something in it cannot be sent; nothing was.
    """
    head, buffers = io.BytesIO(), list[Any]()
    ForkingPickler(head, _PROTOCOL, False, buffers.append).dump(message)
    raw = [buffer.raw() for buffer in buffers]
    connection.send((head.getvalue(), len(raw)))
    for part in raw:
        connection.send_bytes(part)


def receive(connection: Connection) -> Any:
    """Read a message, an `Order` or a `Report`.

    Raises:
        EOFError, OSError: the other end is gone.
    """
    head, parts = connection.recv()
    # Arrays are made over these, and must be writable like any other.
    buffers = [bytearray(connection.recv_bytes()) for _ in range(parts)]
    return ForkingPickler.loads(head, buffers=buffers)
