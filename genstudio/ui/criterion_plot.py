"""An information criterion over the number of components, a line each shape of the covariances."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from genstudio.ui.plots.lines import Lines, LineSeries
from genstudio.ui.theme import Theme

if TYPE_CHECKING:
    from genstudio.applications.selection import Candidate

_TICKS_AT_MOST = 24


class CriterionPlot(Lines):
    """Candidates as points, the best of them ringed."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name, "components", "BIC, nats")
        self.set_title("How many components?")

    def show_candidates(self, candidates: Sequence[Candidate], criterion: str) -> Candidate | None:
        """Draw candidates, and say which is the best; None where none could be fitted.

        Arguments:
            criterion: "BIC" or "AIC".
        """
        key = criterion.lower()
        fitted = [c for c in candidates if math.isfinite(getattr(c, key))]
        best = min(fitted, key=lambda c: float(getattr(c, key)), default=None)
        self.set_labels("components", f"{criterion} of the training rows, nats")
        shapes = dict.fromkeys(c.covariance_type for c in fitted)
        self.set_series([_series(shape, fitted, key, best) for shape in shapes])
        sizes = sorted({c.n_components for c in fitted})
        # Half a component means nothing; long axes find whole numbers by themselves.
        ticks = [[(float(size), str(size)) for size in sizes]] if 0 < len(sizes) <= _TICKS_AT_MOST else None
        self.item.getAxis("bottom").setTicks(ticks)
        return best


def _series(shape: str, fitted: Sequence[Candidate], key: str, best: Candidate | None) -> LineSeries:
    own = sorted((c for c in fitted if c.covariance_type == shape), key=lambda c: c.n_components)
    place = own.index(best) if best is not None and best in own else None
    return LineSeries(shape, [c.n_components for c in own], [getattr(c, key) for c in own], place)
