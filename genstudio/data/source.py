"""The contract of built-in data: one file a kind in the catalogue."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any, ClassVar, cast

from genstudio.data.pictures import Raw
from genstudio.errors import DataError
from genstudio.registry import discover, discover_in
from genstudio.settings import Settings, nearest


@dataclass(frozen=True)
class SourceInfo:
    """What a list of data shows.

    Arguments:
        key: the name recipes use.
        group: heading under which lists show it: "Toy densities", "Textbook examples", "Real data", "Pictures",
            "Sequences".
        presets: titles to settings that differ from the defaults.
        notice: origin and licence of bundled data.
    """

    key: str
    title: str
    summary: str
    group: str = "Toy densities"
    order: int = 100
    presets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    notice: str = ""


class Source(ABC):
    """Data that come with the program."""

    info: ClassVar[SourceInfo]
    Settings: ClassVar[type[Settings]] = Settings

    @abstractmethod
    def load(self, settings: Any, seed: int) -> Raw:
        """The data.

        Arguments:
            settings: an instance of the class's own `Settings`.
            seed: the same seed gives the same items.
        """


def sources() -> dict[str, type[Source]]:
    """Every source in the catalogue, by key."""
    return cast("dict[str, type[Source]]", discover("genstudio.data.catalogue", Source))


def source(key: str) -> type[Source]:
    """One source by its key; the others are not imported where its file has its name."""
    if key.isidentifier() and not key.startswith("_") and find_spec(f"genstudio.data.catalogue.{key}"):
        found = discover_in(f"genstudio.data.catalogue.{key}", Source)  # type: ignore[type-abstract]
        if key in found:
            return found[key]
    known = sources()
    if key not in known:
        raise DataError(f"There is no built-in data called `{key}` ({nearest(key, known)}).")
    return known[key]
