"""Samples that a person put aside of a run, and how a file holds them."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.runs import strict_json
from genstudio.runs.questions.samples import asked

Array = NDArray[Any]
Key = tuple["Wish", int, int]


@dataclass(frozen=True)
class Wish:
    """Which samples are asked for.

    Arguments:
        n: so many.
        temperature: factor of the deviation of what is random.
        condition: code of a class, None for any.
        choices: names and values of how to draw, of a model that is `Steered`.
    """

    n: int
    seed: int
    temperature: float = 1.0
    condition: int | None = None
    choices: tuple[tuple[str, Any], ...] = ()

    def arguments(self) -> dict[str, Any]:
        """What the question `sample` is asked with; what is usual is left out."""
        found: dict[str, Any] = {"n": self.n, "seed": self.seed}
        if self.temperature != 1.0:
            found["temperature"] = self.temperature
        if self.condition is not None:
            found["condition"] = self.condition
        if self.choices:
            found["choices"] = dict(self.choices)
        return found

    def answered_by(self, answer: Mapping[str, Array]) -> bool:
        """Whether an answer is to this wish, not to a former one."""
        mine = asked(self.n, self.seed, self.temperature, self.condition, dict(self.choices))
        return np.array_equal(answer["asked"], mine)


@dataclass(frozen=True, eq=False)
class Item:
    """One sample by itself.

    Arguments:
        x: shape (*item), data units.
        component: which it came from, -1 for none.
        wish: what was asked for as it was drawn.
        step: of the training.
        index: its place among those that were drawn with it.
    """

    x: Array
    component: int
    wish: Wish
    step: int
    index: int

    @property
    def key(self) -> Key:
        """What makes it the same again: at one step a model may have two sets of weights, the last and the best."""
        return self.wish, self.index, zlib.crc32(np.ascontiguousarray(self.x).data)

    @property
    def title(self) -> str:
        """Where it came from, in words."""
        return f"{self.index + 1:,} of seed {self.wish.seed:,}"


class Favourites:
    """Samples that a person put aside of one run, in the order in which they were."""

    def __init__(self, items: Iterable[Item] = ()) -> None:
        self._kept = {item.key: item for item in items}

    def __len__(self) -> int:
        return len(self._kept)

    def __contains__(self, item: Item) -> bool:
        return item.key in self._kept

    @property
    def items(self) -> tuple[Item, ...]:
        """All of them."""
        return tuple(self._kept.values())

    def toggle(self, item: Item) -> bool:
        """Put an item aside, or give it back; whether it is a favourite now."""
        if self._kept.pop(item.key, None) is not None:
            return False
        self._kept[item.key] = item
        return True

    def places(self, wish: Wish) -> list[int]:
        """Places of favourites among what was drawn by a wish; at another step others may stand there."""
        return [index for known, index, _ in self._kept if known == wish]


def to_plain(items: Sequence[Item]) -> tuple[dict[str, Array], list[dict[str, Any]]]:
    """Items as named arrays and plain values, which `from_plain` reads; no arrays where there are no items."""
    described = [
        {"n": item.wish.n, "seed": item.wish.seed, "temperature": item.wish.temperature,
         "condition": item.wish.condition, "choices": dict(item.wish.choices), "component": item.component,
         "step": item.step, "index": item.index}
        for item in items
    ]
    return ({"x": np.stack([item.x for item in items])} if items else {}), described


def from_plain(
    arrays: Mapping[str, Array], described: Sequence[Mapping[str, Any]], shape: tuple[int, ...]
) -> list[Item]:
    """The items that `to_plain` took apart.

    Arguments:
        shape: of an item.

    Raises:
        ValueError, KeyError, TypeError: they are damaged, or were made to mislead.
    """
    x = arrays["x"]
    if x.shape != (len(described), *shape):
        raise ValueError("items of another shape")
    return [
        Item(value, _whole(known["component"]), _wish(known), _whole(known["step"]), _whole(known["index"]))
        for value, known in zip(x, described, strict=True)
    ]


def _wish(known: Mapping[str, Any]) -> Wish:
    temperature, condition = strict_json.number(known["temperature"]), known["condition"]
    if temperature is None:
        raise ValueError("a temperature that is no number")
    choices = tuple((str(name), _chosen(value)) for name, value in known["choices"].items())
    code = None if condition is None else _whole(condition)
    return Wish(_whole(known["n"]), _whole(known["seed"]), temperature, code, choices)


def _whole(value: object) -> int:
    if type(value) is not int:
        raise TypeError(f"{str(value)[:40]!r} is no whole number")
    return value


def _chosen(value: object) -> object:
    """A choice as forms give it, which can be told from others."""
    if isinstance(value, list):
        return tuple(_chosen(part) for part in value)
    if value is not None and not isinstance(value, bool | int | float | str):
        raise TypeError("a choice that nobody can make")
    return value
