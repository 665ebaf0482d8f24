"""What a model says of stretches of a sequence, as it is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.runs.whole_series import WholeSequence
from genstudio.ui.plots.outlook_plot import MOST_PIECES, Certain, Piece

Array = NDArray[Any]


def forecast_piece(sequence: WholeSequence, answer: Mapping[str, Array]) -> Piece:
    """A forecast, from the last row that was known; one where each row has its own past stands by itself."""
    start = int(answer["start"])
    piece = Piece(
        sequence.times(start, len(answer["middle"])), answer["draws"], answer["middle"], answer["quantiles"]
    )
    return piece if answer["each"] else piece.anchored(_certain(sequence, start - 1))


def gap_pieces(sequence: WholeSequence, answer: Mapping[str, Array]) -> list[Piece]:
    """What fills gaps, each from the row before it to the row after; of very many gaps the first ones."""
    rows = answer["row"]
    cuts = np.flatnonzero(np.diff(rows) > 1) + 1
    edges = [0, *cuts.tolist(), len(rows)] if len(rows) else []
    return [
        _gap(sequence, answer, slice(first, end)) for first, end in pairwise(edges[:MOST_PIECES + 1])
    ]


def _gap(sequence: WholeSequence, answer: Mapping[str, Array], part: slice) -> Piece:
    rows = answer["row"][part]
    piece = Piece(
        sequence.times(int(rows[0]), len(rows)), answer["draws"][:, part], answer["middle"][part],
        answer["quantiles"][:, part],
    )
    return piece.anchored(_certain(sequence, int(rows[0]) - 1), _certain(sequence, int(rows[-1]) + 1))


def _certain(sequence: WholeSequence, row: int) -> Certain | None:
    """A row that is there as a whole; None where it is not. Beside gaps only the ends of the sequence are not."""
    if not 0 <= row < len(sequence) or not np.isfinite(sequence.x[row]).all():
        return None
    return float(sequence.clock[row]), sequence.x[row]
