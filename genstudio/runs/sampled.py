"""Samples of a model as a table that reads like the one the model learned from."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.data.preparation import Preparation
from genstudio.data.table import Column, ColumnType, Table

Array = NDArray[Any]

COMPONENT = "component"


def sampled_table(preparation: Preparation, x: Array, component: Array) -> Table:
    """Samples in data units as a table: categories as their nearest word, flags as the nearer of no and yes.

    Arguments:
        x: shape (N, D), data units.
        component: which component each came from, shape (N,); a last column counts them from 1 unless all are -1.
    """
    columns = [_column(known, x[:, i]) for i, known in enumerate(preparation.columns)]
    if (component >= 0).any():
        columns.append(Column(COMPONENT, ColumnType.NUMBER, component + 1.0))
    return Table("samples", tuple(columns))


def _column(known: Column, values: Array) -> Column:
    """A column of samples; a model knows no words, so that codes come out between and beyond them."""
    if known.levels:
        values = np.clip(np.rint(values), 0, len(known.levels) - 1)
    elif known.type is ColumnType.FLAG:
        values = (values > 0.5).astype(np.float64)
    return Column(known.name, known.type, values, known.levels)
