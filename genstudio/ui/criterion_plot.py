"""A criterion over the number of components, or of states: a line each shape of the covariances."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from genstudio.ui.plots.lines import Lines, LineSeries
from genstudio.ui.theme import Theme

if TYPE_CHECKING:
    from genstudio.applications.selection import Candidate

_TICKS_AT_MOST = 12
NO_VALIDATION = "No rows are held out for validation. Raise their share in the Data panel, or choose another criterion."
_MODELS = {"components": "a mixture", "states": "a hidden Markov model"}
CRITERIA = {"BIC": "BIC, nats", "AIC": "AIC, nats", "validation": "−log-likelihood of validation rows, nats per row"}


def cost(candidate: Candidate, criterion: str) -> float:
    """What a candidate is judged by, the lower the better; infinite where it failed, NaN where it is not known.

    Arguments:
        criterion: a key of `CRITERIA`.
    """
    if criterion != "validation":
        return float(getattr(candidate, criterion.lower()))
    return math.nan if candidate.valid is None else -candidate.valid


def judgement(candidate: Candidate, criterion: str) -> str:
    """What a candidate is judged by, in words."""
    value = cost(candidate, criterion)
    if criterion != "validation":
        return f"{criterion} {value:,.1f} nats"
    return f"validation log-likelihood {-value:.4g} nats per row".replace("-", "−")


class CriterionPlot(Lines):
    """Candidates as points, the best of them ringed.

    Arguments:
        things: what there are so many of: "components" or "states".
    """

    def __init__(self, theme: Theme, name: str, things: str = "components") -> None:
        super().__init__(theme, name, things, CRITERIA["BIC"])
        self._things = things
        self.set_title(f"How many {things}?")
        self._hint = f"Compare fits {_MODELS[things]} of each size, and marks the best here."
        self.set_hint(self._hint)

    def show_candidates(self, candidates: Sequence[Candidate], criterion: str) -> Candidate | None:
        """Draw candidates, and say which is the best; None where none could be judged.

        Arguments:
            criterion: a key of `CRITERIA`.
        """
        fitted = [c for c in candidates if math.isfinite(cost(c, criterion))]
        unjudged = NO_VALIDATION if candidates and criterion == "validation" else self._hint
        self.set_hint("" if fitted else unjudged)
        best = min(fitted, key=lambda c: cost(c, criterion), default=None)
        self.set_labels(self._things, CRITERIA[criterion])
        shapes = dict.fromkeys(c.covariance_type for c in fitted)
        self.set_series([_series(shape, fitted, criterion, best) for shape in shapes])
        self.item.getAxis("bottom").setTicks(_ticks(sorted({c.n_components for c in fitted})))
        return best


def _ticks(sizes: Sequence[int]) -> list[list[tuple[float, str]]] | None:
    """Whole numbers only, as half a component means nothing; None leaves an axis without points alone."""
    some = sizes[:: max(1, math.ceil(len(sizes) / _TICKS_AT_MOST))]
    return [[(float(size), str(size)) for size in some]] if some else None


def _series(shape: str, fitted: Sequence[Candidate], criterion: str, best: Candidate | None) -> LineSeries:
    own = sorted((c for c in fitted if c.covariance_type == shape), key=lambda c: c.n_components)
    place = own.index(best) if best is not None and best in own else None
    return LineSeries(shape, [c.n_components for c in own], [cost(c, criterion) for c in own], place)
