"""What the Samples panel shows: pages of items, single ones of them, and those put aside. No Qt here."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

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


@dataclass(frozen=True, eq=False)
class Page:
    """Items that are shown together.

    Arguments:
        items: single items where they came from several drawings; else they are made of the rest.
        x: shape (N, *item), data units.
        component: shape (N,), -1 for none.
        wish: what was asked for; None where they are no samples of one drawing.
        step: of the training.
        other: what a model makes of each, shape (N, *item), where these are reconstructions.
        row: of the raw data, shape (N,), where these are reconstructions.
    """

    x: Array
    component: Array
    step: int = 0
    wish: Wish | None = None
    items: tuple[Item, ...] = ()
    other: Array | None = None
    row: Array | None = None

    def __len__(self) -> int:
        return len(self.x)

    def item(self, index: int) -> Item | None:
        """One sample by itself; None where these are reconstructions."""
        if self.items:
            return self.items[index]
        if self.wish is None:
            return None
        return Item(self.x[index].copy(), int(self.component[index]), self.wish, self.step, index)


def empty_page(shape: tuple[int, ...]) -> Page:
    """A page of no items of a shape."""
    return Page(np.empty((0, *shape)), np.empty(0, np.int64))


def page_of(items: tuple[Item, ...], shape: tuple[int, ...]) -> Page:
    """A page of single items."""
    if not items:
        return empty_page(shape)
    return Page(np.stack([item.x for item in items]), np.array([item.component for item in items]), items=items)


class Favourites:
    """Samples that a person put aside, for each run by its key, in the order in which they were."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[Key, Item]] = {}

    def of(self, run_key: str) -> tuple[Item, ...]:
        """Those of one run."""
        return tuple(self._kept.get(run_key, {}).values())

    def toggle(self, run_key: str, item: Item) -> bool:
        """Put an item aside, or give it back; whether it is a favourite now."""
        kept = self._kept.setdefault(run_key, {})
        if kept.pop(item.key, None) is not None:
            return False
        kept[item.key] = item
        return True

    def has(self, run_key: str, item: Item) -> bool:
        """Whether an item is a favourite."""
        return item.key in self._kept.get(run_key, {})

    def among(self, run_key: str, page: Page) -> list[int]:
        """Places of the favourites on a page."""
        kept = self._kept.get(run_key, {})
        if page.items:
            return [place for place, item in enumerate(page.items) if item.key in kept]
        places = [index for wish, index, _ in kept if wish == page.wish and index < len(page)]
        return [place for place in places if (item := page.item(place)) is not None and item.key in kept]
