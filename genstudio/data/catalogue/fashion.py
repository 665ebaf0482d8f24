"""Fashion items."""

from __future__ import annotations

from typing import ClassVar

from genstudio.data.catalogue._bundled_pictures import bundled_pictures
from genstudio.data.pictures import Pictures
from genstudio.data.source import Source, SourceInfo
from genstudio.settings import Settings

_ITEMS = (
    "T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
)


class Fashion(Source):
    """2,500 pictures of Fashion-MNIST, equally many of each kind of item."""

    info: ClassVar[SourceInfo] = SourceInfo(
        "fashion",
        "Fashion items",
        "2,500 pictures of Fashion-MNIST, 28 × 28 pixels in grey: ten kinds of clothes, shoes and bags.",
        group="Pictures",
        order=410,
        notice="A part of Fashion-MNIST by Han Xiao, Kashif Rasul and Roland Vollgraf (Zalando Research, 2017). MIT.",
    )

    def load(self, settings: Settings, seed: int) -> Pictures:
        """All pictures; the classes are the kinds of item."""
        return bundled_pictures(self.info.title, "fashion.npz", _ITEMS)
