"""What the figures of a game say, in words. No Qt here."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from genstudio.ui.game_gauges_figures import Figures

NEARLY_ALL, HARDLY = 0.95, 0.6
"""Shares from which on nearly all is told apart, and up to which that is hardly better than guessing."""
WON, LEADING = 0.8, 0.2
"""Leads of the discriminator, from -1 to 1: it wins, and it can be said to lead at all."""
_MOVED = 1.0
"""Deviations by which a loss must have moved to be said to rise or to fall."""


def percent(share: float | None) -> str:
    """A share as it is shown; a dash where it is not known."""
    return "–" if share is None else f"{100 * share:.0f} %"


def loss_words(figures: Figures) -> str:
    """How both losses move against each other."""
    generator, discriminator = (_trend(values) for values in figures.losses)
    if generator is None or discriminator is None:
        return "Each player has a loss of its own; both begin with the training."
    if generator > 0 > discriminator:
        return "The generator's rises while the discriminator's falls: the discriminator gains."
    if generator < 0 < discriminator:
        return "The generator's falls while the discriminator's rises: the generator gains."
    if generator == discriminator == 0:
        return "Both hold steady. That neither falls is no fault: they play against each other."
    return "They move, but not against each other. The levels alone do not say how good samples are."


def recognised_words(figures: Figures) -> str:
    """How many of either the discriminator tells, and what that leaves the generator to learn from."""
    real, made = figures.real_recognised, figures.fake_recognised
    if real is None or made is None:
        return "How many items the discriminator tells is counted once it learns."
    told = f"The discriminator tells {percent(made)} of made items and {percent(real)} of real ones: "
    if min(real, made) >= NEARLY_ALL:
        return told + "the generator learns little from it."
    if real >= HARDLY > made:
        return told + "it takes too much for real."
    if made >= HARDLY > real:
        return told + "it takes too much for made."
    if max(real, made) < HARDLY:
        return told + "it guesses."
    return told + "a fair game, from which both learn."


def balance_words(figures: Figures) -> str:
    """Who is ahead."""
    lead = figures.lead
    if lead is None:
        return "Who is ahead is seen once both have learned something."
    verdicts = f"real items look real to it at {figures.real_verdict:.2f}, made ones at {figures.fake_verdict:.2f}"
    if lead >= WON:
        return f"The discriminator wins: {verdicts}. Let it learn more slowly, or add noise to what it sees."
    if lead > LEADING:
        return f"The discriminator leads, as it should a little: {verdicts}."
    if lead >= -LEADING:
        return f"Balance: {verdicts}. Whether samples are good or it is weak, the distance tells."
    return f"The generator fools it: {verdicts}. Give the discriminator more steps or a higher rate."


def collapse_words(figures: Figures, limit: float) -> str:
    """How much of the data the samples cover.

    Arguments:
        limit: the recall below which a collapse is suspected.
    """
    if figures.recall is None:
        return "How much of the data the samples cover is measured at each validation."
    told = f"{percent(figures.recall)} of held-out items have samples near them."
    if figures.recall < limit:
        return told + (" The generator has collapsed." if figures.collapsed else " If it stays so, it is a collapse.")
    if figures.precision is not None and figures.precision < limit:
        return f"{told} But only {percent(figures.precision)} of samples lie near data."
    return f"{told} No collapse."


def modes_text(figures: Figures) -> str:
    """How many modes of the truth are covered: "7 of 8", or a share."""
    if figures.modes is None or not figures.n_modes:
        return percent(figures.modes)
    return f"{round(figures.modes * figures.n_modes)} of {figures.n_modes}"


def distance_words(figures: Figures) -> str:
    """Which figure to watch, and where it stands."""
    if figures.distance is None or figures.best is None:
        return "The figure to watch: how far samples are from validation items, measured at each validation."
    if figures.distance <= figures.best:
        return "The lowest so far: this generator is the one to keep. Go on while it falls."
    return (f"Lowest was {short(figures.best)} at step {figures.best_step:,}: by this figure, not by a loss, is a "
            "generator to be chosen, and a training to be ended.")


def short(value: float | None) -> str:
    """A number as it is shown; a dash where it is not known."""
    return "–" if value is None or not math.isfinite(value) else f"{value:.3g}"


def _trend(values: Sequence[float]) -> int | None:
    """Whether values rise (1), fall (-1) or neither (0): the newer half held against the older; None of too few."""
    known = np.asarray(values, float)
    if len(known) < 4 or not np.isfinite(known).all():
        return None
    older, newer = np.array_split(known, 2)
    spread = max(float(older.std()), float(newer.std()), 1e-12)
    moved = float(newer.mean() - older.mean()) / spread
    return 0 if abs(moved) < _MOVED else (1 if moved > 0 else -1)
