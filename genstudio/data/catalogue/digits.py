"""Handwritten digits."""

from __future__ import annotations

from typing import ClassVar

from genstudio.data.catalogue._bundled_pictures import bundled_pictures
from genstudio.data.pictures import Pictures
from genstudio.data.source import Source, SourceInfo
from genstudio.settings import Settings


class Digits(Source):
    """5,000 pictures of MNIST, equally many of each digit."""

    info: ClassVar[SourceInfo] = SourceInfo(
        "digits",
        "Handwritten digits",
        "5,000 digits of MNIST, 28 × 28 pixels in grey, 500 of each: the first pictures most models are tried on.",
        group="Pictures",
        order=400,
        notice="A part of MNIST by Yann LeCun, Corinna Cortes and Christopher J. C. Burges. CC BY-SA 3.0.",
    )

    def load(self, settings: Settings, seed: int) -> Pictures:
        """All pictures; the classes are the digits."""
        return bundled_pictures(self.info.title, "digits.npz", [str(digit) for digit in range(10)])
