"""How far the shown run is from the density that its data were drawn from, step by step. No widgets here."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from genstudio.models.capabilities import Bound, Density
from genstudio.runs.figures import figure_text
from genstudio.runs.job import Told
from genstudio.runs.run import Run
from genstudio.training.events import Preview
from genstudio.ui.watching import look_seconds

if TYPE_CHECKING:
    from genstudio.ui.session_model import SessionModel

NAME = "truth.gap"
MOST_DRAWS = 16_384
MOST_POINTS = 4_000
"""Of one run; where there are more, every second one is forgotten."""


@dataclass(frozen=True)
class Gap:
    """How much log-likelihood a run loses against the truth.

    Arguments:
        step: of the training.
        value, stderr: nats per row.
        n: draws from the truth that it is the mean over.
        bound: it is at most this, as the model knows only a bound of its density.
    """

    step: int
    value: float
    stderr: float
    n: int
    bound: bool

    @property
    def words(self) -> str:
        """As it is shown."""
        least = "at most " if self.bound else ""
        return f"gap to the truth {least}{figure_text({'value': self.value, 'stderr': self.stderr})} nats"

    @property
    def meaning(self) -> str:
        """What the words mean."""
        bound = " The model knows only a bound of its density, so the gap may be smaller." if self.bound else ""
        return (
            f"How much log-likelihood a row loses on average against the density that the data were drawn from: the "
            f"mean over {self.n:,} fresh draws, with its standard error. A perfect model has 0.{bound}"
        )


class TruthGap(QObject):
    """Measures the gap of the shown run while somebody looks, and keeps what was measured of each run.

    Signals:
        measured: a run has another gap than before.
    """

    measured = Signal(object)

    def __init__(self, model: SessionModel) -> None:
        super().__init__(model)
        self._model = model
        self._lookers: set[str] = set()
        self._gaps: dict[str, list[Gap]] = {}
        model.current_changed.connect(self._ask)
        model.turned.connect(lambda run: self._ask())
        model.advanced.connect(self._on_advanced)

    def look(self, looker: str, looking: bool) -> None:
        """Somebody begins to look, or looks no more."""
        (self._lookers.add if looking else self._lookers.discard)(looker)
        self._ask()

    def of(self, run: Run) -> Sequence[Gap]:
        """All that was measured of a run, by step, ascending."""
        return self._gaps.get(run.key, ())

    def at(self, run: Run, step: int | None) -> Gap | None:
        """The gap of a run at a step or just before, as it is now where the step is None; None while unknown."""
        known = self.of(run)
        if step is None or not known:
            return known[-1] if known else None
        return known[max(0, bisect.bisect_right(known, step, key=lambda gap: gap.step) - 1)]

    def _ask(self) -> None:
        run = self._model.current
        if run is None or not self._lookers or not can_measure(run):
            self._model.unwatch(NAME)
        else:
            self._model.watch(NAME, "truth_gap", n=MOST_DRAWS, seconds=look_seconds(run))

    def _on_advanced(self, run: Run, told: Sequence[Told]) -> None:
        for item in told:
            if isinstance(item, Preview) and item.name == NAME:
                self._keep(run, item)

    def _keep(self, run: Run, preview: Preview) -> None:
        answer = preview.answer
        found = Gap(preview.step, float(answer["gap"]), float(answer["stderr"]), int(answer["n"]),
                    bool(answer["bound"]))
        known = self._gaps.setdefault(run.key, [])
        while known and known[-1].step >= found.step:
            known.pop()
        known.append(found)
        if len(known) > MOST_POINTS:
            del known[1:-1:2]
        self.measured.emit(run)


def can_measure(run: Run) -> bool:
    """Whether the truth is known, and the model states a likelihood or a bound of it."""
    known = run.data is not None and run.data.truth is not None
    return known and (run.offers(Density) or run.offers(Bound))
