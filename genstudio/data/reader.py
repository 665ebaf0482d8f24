"""The contract of file readers: one file a format family."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, cast

from genstudio.data.pictures import Raw
from genstudio.registry import discover
from genstudio.settings import Settings

Watch = Callable[[float, str], None]
"""Told the fraction done (0 to 1) and what is being done; raises `errors.Cancelled` to stop the work."""


def unwatched(fraction: float, doing: str) -> None:
    """A watch for callers who do not look."""


@dataclass(frozen=True)
class ReaderInfo:
    """What a file dialog shows.

    Arguments:
        suffixes: how the names of such files end, lower case.
        folders: whether folders are read too; they are recognised by an empty head.
    """

    key: str
    title: str
    suffixes: tuple[str, ...]
    order: int = 100
    folders: bool = False


class Reader(ABC):
    """Reads one family of formats."""

    info: ClassVar[ReaderInfo]
    Settings: ClassVar[type[Settings]] = Settings

    @abstractmethod
    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether the first bytes of the file (up to 64 KiB) look like this format."""

    @abstractmethod
    def detect(self, path: Path) -> Any:
        """The settings that fit the file, found by looking at it; an instance of `Settings`."""

    def offers(self, path: Path) -> Mapping[str, tuple[str, ...]]:
        """The names found in the file that a setting can take, by setting: its arrays, its sheets."""
        return {}

    @abstractmethod
    def read(self, path: Path, settings: Any, watch: Watch = unwatched) -> Raw:
        """The file as a table, as sequences or as pictures.

        Raises:
            DataError: what is wrong, in which line or member, and what to do.
            Cancelled: raised by `watch`.
        """


def readers() -> dict[str, type[Reader]]:
    """Every reader, by key."""
    return cast("dict[str, type[Reader]]", discover("genstudio.data.readers", Reader))
