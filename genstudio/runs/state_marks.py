"""What a person calls hidden states and how they are coloured; remembered with a run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_COLOUR = re.compile(r"#[0-9a-f]{6}", re.ASCII)
LONGEST_NAME = 60


def _nothing() -> Mapping[int, str]:
    return {}


@dataclass(frozen=True)
class StateMarks:
    """Names and colours of states, by their number from 0; those without are counted, and coloured by the theme.

    Arguments:
        names: plain text, none empty.
        colours: as `#rrggbb`.
    """

    names: Mapping[int, str] = field(default_factory=_nothing)
    colours: Mapping[int, str] = field(default_factory=_nothing)

    def words(self, n_states: int) -> tuple[str, ...]:
        """What the states are called; those without a name are counted from 1."""
        return tuple(self.names.get(k, str(k + 1)) for k in range(n_states))

    def with_name(self, k: int, name: str) -> StateMarks:
        """The same with another name; an empty one gives the number back."""
        return StateMarks(_with(self.names, k, " ".join(name.split())[:LONGEST_NAME]), self.colours)

    def with_colour(self, k: int, colour: str) -> StateMarks:
        """The same with another colour; an empty one gives the theme's back.

        Raises:
            ValueError: it is not of the form #rrggbb.
        """
        plain = colour.lower()
        if plain and not _COLOUR.fullmatch(plain):
            raise ValueError(f"{colour[:40]!r} is no colour")
        return StateMarks(self.names, _with(self.colours, k, plain))

    def plain(self) -> dict[str, Any]:
        """Names and colours as JSON can hold them; `from_plain` reads them."""
        return {
            "names": {str(k): name for k, name in self.names.items()},
            "colours": {str(k): colour for k, colour in self.colours.items()},
        }

    @staticmethod
    def from_plain(plain: Any) -> StateMarks:
        """The marks that `plain` took apart.

        Raises:
            ValueError, TypeError, KeyError, AttributeError: they are damaged, or were made to mislead.
        """
        marks = StateMarks()
        for k, name in plain["names"].items():
            marks = marks.with_name(_number(k), _text(name))
        for k, colour in plain["colours"].items():
            marks = marks.with_colour(_number(k), _text(colour))
        return marks


def _with(known: Mapping[int, str], k: int, value: str) -> Mapping[int, str]:
    others = {key: other for key, other in known.items() if key != k}
    return {**others, k: value} if value else others


def _number(text: str) -> int:
    number = int(text)
    if not 0 <= number < 10_000:
        raise ValueError("a state that cannot be")
    return number


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a word that is no text")
    return value
