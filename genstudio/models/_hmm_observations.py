"""The rows that each emission learns from, and what they must be like."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.data.dataset import Dataset
from genstudio.errors import TrainingError
from genstudio.models._hmm_categorical import CategoricalObservations
from genstudio.models._hmm_emission import Observations
from genstudio.models._hmm_gaussian_rows import GaussianObservations
from genstudio.models._hmm_poisson import PoissonObservations
from genstudio.models._hmm_settings import MarkovSettings

Floats = NDArray[np.float64]

# More different symbols than anything is spelled with.
MOST_SYMBOLS = 100_000


def observations(x: Floats, settings: MarkovSettings, dimension: int) -> Observations[Any]:
    """Rows x, shape (N, D), NaN where missing, as the emission learns from them.

    Arguments:
        dimension: symbols that there are, where these are learned from.
    """
    if settings.emission == "categorical":
        return CategoricalObservations(x, settings.n_components, dimension)
    if settings.emission == "poisson":
        return PoissonObservations(x, settings.n_components)
    return GaussianObservations(x, settings)


def data_dimension(data: Dataset, settings: MarkovSettings) -> int:
    """Numbers of a row, or symbols where these are learned from."""
    if settings.emission != "categorical":
        return int(data.train.shape[1])
    levels = len(data.preparation.columns[0].levels)
    highest = max((np.nanmax(x, initial=0.0) for x in (data.train, data.valid, data.test) if x.size), default=0.0)
    return max(levels, int(highest) + 1)


def require_fitting(data: Dataset, settings: MarkovSettings) -> None:
    """Whether the rows are what the emission describes.

    Raises:
        TrainingError: they are not.
    """
    if settings.emission == "categorical":
        _require_symbols(data)
    if settings.emission == "poisson" and not _whole(data.train):
        raise TrainingError(
            f"Poisson emissions need counts; {data.name} holds numbers that are negative or not whole.",
            "Choose columns of counts, without scaling, or Gaussian emissions.",
        )


def _require_symbols(data: Dataset) -> None:
    columns, remedy = data.train.shape[1], "Choose one column of words or codes, without scaling, or other emissions."
    if columns != 1:
        raise TrainingError(f"Categorical emissions need one column of symbols; {data.name} has {columns}.", remedy)
    if not _whole(data.train):
        raise TrainingError(f"Categorical emissions need symbols; {data.name} holds other numbers.", remedy)
    if np.nanmax(data.train) >= MOST_SYMBOLS:
        raise TrainingError(f"{data.name} would have more than {MOST_SYMBOLS:,} different symbols.", remedy)


def _whole(x: Floats) -> bool:
    """Whether all that is there is whole and not negative."""
    present = x[~np.isnan(x)]
    return bool(((present >= 0) & (present == np.floor(present))).all())
