"""What the Samples panel shows: pages of items. No Qt here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genstudio.runs.favourites import Array, Favourites, Item, Wish


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


def starred(favourites: Favourites, page: Page) -> list[int]:
    """Places of the favourites on a page."""
    places = range(len(page)) if page.items else [] if page.wish is None else favourites.places(page.wish)
    return [
        place for place in places
        if place < len(page) and (item := page.item(place)) is not None and item in favourites
    ]
