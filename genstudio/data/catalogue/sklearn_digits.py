"""The small digits of scikit-learn."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from genstudio.data.pictures import Pictures
from genstudio.data.source import Source, SourceInfo
from genstudio.settings import Settings

_BRIGHTEST = 16


class SklearnDigits(Source):
    """1,797 digits of 8 × 8 pixels that scikit-learn brings along."""

    info: ClassVar[SourceInfo] = SourceInfo(
        "sklearn_digits",
        "Small digits",
        "1,797 handwritten digits of 8 × 8 pixels, from scikit-learn: so small that every model learns them at once.",
        group="Pictures",
        order=430,
        notice="Optical recognition of handwritten digits by E. Alpaydin and C. Kaynak (UCI, 1998), CC BY 4.0, as "
        "part of scikit-learn, BSD 3-Clause.",
    )

    def load(self, settings: Settings, seed: int) -> Pictures:
        """All pictures; the 17 levels of brightness are spread over those of a byte."""
        # Listing the sources must not load scikit-learn: the window does so before it is painted first.
        from sklearn.datasets import load_digits  # noqa: PLC0415

        images, digits = load_digits(return_X_y=True)
        pixels = np.rint(images * (255 / _BRIGHTEST)).astype(np.uint8).reshape(-1, 8, 8, 1)
        return Pictures(self.info.title, pixels, digits.astype(np.int64), tuple(str(digit) for digit in range(10)))
