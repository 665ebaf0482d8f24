"""The figures of a game at one moment of a run. No Qt here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from genstudio.runs.run import Run

STEPS = 20
"""What is measured batch by batch is the mean over so many steps."""
TREND_STEPS = 400
"""So many steps of both losses say how they move."""
_BATCHWISE = ("real_recognised", "fake_recognised", "real_verdict", "fake_verdict")
_VALIDATED = ("modes", "recall", "precision", "distance")


@dataclass(frozen=True)
class Figures:
    """The figures of a game at one moment; None stands for what is not known.

    Arguments:
        losses: the generator's and the discriminator's, oldest first, as many as say how they move.
        real_recognised, fake_recognised: shares of real items taken for real, and of made ones taken for made.
        real_verdict, fake_verdict: how real the discriminator holds either to be, means, 0 to 1.
        modes: share of the modes of the truth that are covered, 0 to 1; n_modes: how many there are.
        recall, precision: shares of validation items near samples, and of samples near validation items.
        collapsed: whether an alarm was raised for what samples leave out.
        distance: Fréchet distance of samples to validation items; best: the lowest one, best_step: when that was.
    """

    losses: tuple[Sequence[float], Sequence[float]] = ((), ())
    real_recognised: float | None = None
    fake_recognised: float | None = None
    real_verdict: float | None = None
    fake_verdict: float | None = None
    modes: float | None = None
    n_modes: int | None = None
    recall: float | None = None
    precision: float | None = None
    collapsed: bool = False
    distance: float | None = None
    best: float | None = None
    best_step: int = 0

    @property
    def lead(self) -> float | None:
        """How far the discriminator is ahead: 1 it tells all, 0 it cannot tell, -1 it takes each for the other."""
        if self.real_verdict is None or self.fake_verdict is None:
            return None
        return self.real_verdict - self.fake_verdict


def figures_of(run: Run, step: int | None) -> Figures:
    """What was known of a run at a step, or is known now where that is None."""
    history = run.history
    means = {name: history.recent(name, STEPS, step) for name in _BATCHWISE}
    newest = {name: history.recent(name, 1, step) for name in _VALIDATED}
    known = {name: float(values.mean()) for name, values in (means | newest).items() if len(values)}
    losses = tuple(history.recent(name, TREND_STEPS, step).tolist() for name in ("loss", "discriminator_loss"))
    best, best_step = lowest_distance(run, step)
    # Alarms do not say when they were raised, so that former moments cannot tell.
    alarmed = step is None and any(note.badge == "collapsed" and note.level == "alarm" for note in history.notes)
    return Figures(
        (losses[0], losses[1]), **known, n_modes=_n_modes(run), collapsed=alarmed, best=best, best_step=best_step
    )


def lowest_distance(run: Run, step: int | None = None) -> tuple[float | None, int]:
    """The lowest Fréchet distance of a run up to a step, or of all, and the step at which it was; None where unknown.
    """
    steps, values = run.history.series("distance")
    if step is not None:
        steps, values = steps[steps <= step], values[steps <= step]
    if not len(values):
        return None, 0
    place = int(values.argmin())
    return float(values[place]), int(steps[place])


def _n_modes(run: Run) -> int | None:
    """How many modes the truth has, where it is known and a mixture."""
    truth = None if run.data is None else run.data.truth
    means = getattr(truth, "means", None)
    return None if means is None else len(means)
