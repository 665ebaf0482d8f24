"""An information criterion over the number of components, a line each shape of the covariances."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from genstudio.ui.plots.lines import Lines, LineSeries
from genstudio.ui.theme import Theme

if TYPE_CHECKING:
    from genstudio.applications.selection import Candidate

_TICKS_AT_MOST = 12
HINT = "Compare fits a mixture of each size, and marks the best here."


class CriterionPlot(Lines):
    """Candidates as points, the best of them ringed."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name, "components", "BIC, nats")
        self.set_title("How many components?")
        self.set_hint(HINT)

    def show_candidates(self, candidates: Sequence[Candidate], criterion: str) -> Candidate | None:
        """Draw candidates, and say which is the best; None where none could be fitted.

        Arguments:
            criterion: "BIC" or "AIC".
        """
        key = criterion.lower()
        fitted = [c for c in candidates if math.isfinite(getattr(c, key))]
        self.set_hint("" if fitted else HINT)
        best = min(fitted, key=lambda c: float(getattr(c, key)), default=None)
        self.set_labels("components", f"{criterion}, nats")
        shapes = dict.fromkeys(c.covariance_type for c in fitted)
        self.set_series([_series(shape, fitted, key, best) for shape in shapes])
        self.item.getAxis("bottom").setTicks(_ticks(sorted({c.n_components for c in fitted})))
        return best


def _ticks(sizes: Sequence[int]) -> list[list[tuple[float, str]]] | None:
    """Whole numbers only, as half a component means nothing; None leaves an axis without points alone."""
    some = sizes[:: max(1, math.ceil(len(sizes) / _TICKS_AT_MOST))]
    return [[(float(size), str(size)) for size in some]] if some else None


def _series(shape: str, fitted: Sequence[Candidate], key: str, best: Candidate | None) -> LineSeries:
    own = sorted((c for c in fitted if c.covariance_type == shape), key=lambda c: c.n_components)
    place = own.index(best) if best is not None and best in own else None
    return LineSeries(shape, [c.n_components for c in own], [getattr(c, key) for c in own], place)
