"""The remedies for collapse, each with what it does, and what came of one in a pair of runs. No Qt here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from genstudio.runs.run import Run
from genstudio.ui.game_gauges_figures import figures_of
from genstudio.ui.game_gauges_words import percent, short

NEWEST = 5
"""Validations whose mean is judged, as what a collapsed generator makes leaps from one to the next."""
CLEARLY = 0.1
"""Shares that differ by less are much the same."""
COLLAPSED, HEALTHY = 0.5, 0.8
MODEL = "gan"
COLLAPSING = "Collapses (to be cured)"
"""The preset of the model whose game collapses on purpose."""
WITHOUT: Mapping[str, Any] = {
    "minibatch_discrimination": False, "minibatch_stddev": False, "unrolled_steps": 0, "pack": 1, "mode_seeking": 0.0,
}
"""Settings with every remedy switched off."""


@dataclass(frozen=True)
class Remedy:
    """One way to cure a collapse.

    Arguments:
        title: a noun phrase that may stand behind "with".
        sentence: what it does, and what it costs.
        settings: of the model, that switch it on.
        recommended: all other settings are those that the model recommends, too.
    """

    title: str
    sentence: str
    settings: Mapping[str, Any]
    recommended: bool = False


REMEDIES = (
    Remedy(
        "minibatch discrimination",
        "The discriminator is told how close the items of a batch come to one another. A generator that makes the same "
        "again and again gives itself away. (Salimans et al., 2016)",
        {"minibatch_discrimination": True},
    ),
    Remedy(
        "minibatch deviation",
        "The discriminator is told in one number how much the items of a batch differ. It costs next to nothing, and "
        "is the usual choice for pictures. (Karras et al., 2018)",
        {"minibatch_stddev": True},
    ),
    Remedy(
        "packing",
        "The discriminator judges two items at once, both real or both made; two that are alike look made. "
        "(PacGAN: Lin et al., 2018)",
        {"pack": 2},
    ),
    Remedy(
        "unrolled steps",
        "The generator plays against the discriminator as it will be five steps later, so that fleeing from mode to "
        "mode gains nothing. A step takes several times as long. (Metz et al., 2017)",
        {"unrolled_steps": 5},
    ),
    Remedy(
        "mode seeking",
        "The generator pays where different noise becomes the same item. (Mao et al., 2019)",
        {"mode_seeking": 0.1},
    ),
    Remedy(
        "the recommended rules",
        "No remedy, but another game: the losses, penalties and rates that the model recommends for the data.",
        {}, recommended=True,
    ),
)


@dataclass(frozen=True)
class Outcome:
    """How a run stood, by means over the validations before; None where nothing was measured."""

    recall: float | None = None
    distance: float | None = None
    modes: float | None = None
    n_modes: int | None = None


def outcome(run: Run, step: int) -> Outcome:
    """How a run stood at a step."""
    newest = {name: run.history.recent(name, NEWEST, step) for name in ("recall", "distance", "modes")}
    known = {name: float(values.mean()) for name, values in newest.items() if len(values)}
    return Outcome(**known, n_modes=figures_of(run, None).n_modes)


def verdict_of(remedy: Remedy, cured: Run, plain: Run) -> str:
    """What the remedy did: both as they stood when the slower one ended, as the other has learned for longer since."""
    step = min(cured.history.step, plain.history.step)
    return f"At step {step:,}: {verdict(remedy, outcome(cured, step), outcome(plain, step))}"


def verdict(remedy: Remedy, cured: Outcome, plain: Outcome) -> str:
    """What the remedy did, with the figures of both."""
    if cured.recall is None or plain.recall is None:
        return "Too few items are held out, or too few steps were taken, to measure what samples cover."
    return f"{_judgement(remedy, cured.recall, plain.recall)} {_figures(remedy, cured, plain)}"


def _judgement(remedy: Remedy, cured: float, plain: float) -> str:
    title = remedy.title[:1].upper() + remedy.title[1:]
    if cured - plain > CLEARLY:
        return f"{title} helped." if cured >= COLLAPSED else f"{title} helped, but not enough."
    if plain - cured > CLEARLY:
        return f"{title} did harm here."
    if min(cured, plain) >= HEALTHY:
        return "Neither game collapsed, so that there was nothing to cure."
    if max(cured, plain) < COLLAPSED:
        return "Both games collapsed: try another remedy."
    return f"{title} made little difference."


def _figures(remedy: Remedy, cured: Outcome, plain: Outcome) -> str:
    parts = [f"{percent(cured.recall)} of held-out items have a sample near them, plain {percent(plain.recall)}"]
    if cured.modes is not None and plain.modes is not None and cured.n_modes:
        hit, missed = (f"{known.modes * cured.n_modes:.3g}" for known in (cured, plain) if known.modes is not None)
        parts.append(f"of {cured.n_modes} modes {hit} are hit, plain {missed}")
    parts.append(f"the distance is {short(cured.distance)}, plain {short(plain.distance)}")
    return f"With {remedy.title} {'; '.join(parts)} (means of the last {NEWEST} validations)."
