"""The contract of a command: one file a command."""

from __future__ import annotations

import argparse
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class CommandInfo:
    """What `genstudio --help` shows.

    Arguments:
        key: the word that is typed; its module has the same name.
    """

    key: str
    title: str
    order: int


class Command(ABC):
    """One thing to be done without a window."""

    info: ClassVar[CommandInfo]

    @abstractmethod
    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the command's own arguments."""

    @abstractmethod
    def carry_out(self, arguments: argparse.Namespace) -> int:
        """Do it; the exit status.

        Raises:
            GenStudioError: it could not be done.
        """
