"""What data must be like before any density of numbers can be learned from them."""

from __future__ import annotations

import numpy as np

from genstudio.data.dataset import Dataset

# Squares of larger numbers leave the range of float64.
LARGEST = 1e100
FEWEST_ROWS = 2


def unsuitable_numbers(data: Dataset, title: str) -> str | None:
    """A sentence saying what is wrong with the rows, or None.

    Arguments:
        title: the model, with its article ("A Gaussian mixture").
    """
    if len(data.train) < FEWEST_ROWS:
        return f"{title} needs at least {FEWEST_ROWS} rows to learn from; {data.name} has {len(data.train)}."
    if not np.abs(data.train).max() <= LARGEST:  # NaN fails as well
        return f"{data.name} holds numbers beyond {LARGEST:g}; scale its columns to standard units."
    return None
