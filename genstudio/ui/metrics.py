"""What the figures of a history are: which belong on one plot, in which unit, and how they are called. No Qt here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genstudio.data.dataset import Kind
from genstudio.models.capabilities import Adversarial
from genstudio.runs.run import Run
from genstudio.settings import describe

LOSS, GAP = "Loss", "Gap to the truth"
_PARTS, _WEIGHT, _RATE = "Reconstruction and KL", "KL weight", "Learning rate"
_GRADIENT, _ACTIVE = "Gradient", "Active units"
_VERDICTS, _RECOGNISED = "Verdict of the discriminator", "Told by the discriminator"
_DISTANCE, _COVERED = "Distance of samples", "Covered by samples"
_LOSSES = {"log-likelihood": "negative log-likelihood", "bound": "negative bound (ELBO)", "nothing": "loss"}
NATS, PERCENT = "nats", "%"
_SCALED_ROWS = 256
"""They tell what a scaling adds to a log-density; every row the same but under a logit."""


@dataclass(frozen=True)
class Metric:
    """One figure.

    Arguments:
        group: figures of one group are drawn on one plot.
        title: what its curve is called.
        unit: "nats" stands for nats per item; what is in "%" is kept as shares from 0 to 1.
        held_out: it was measured on items that were not learned from.
        climbs: higher is better, so that its negative is drawn.
    """

    group: str
    title: str
    unit: str = ""
    held_out: bool = False
    climbs: bool = False


_METRICS = {
    "train": Metric(LOSS, "training", NATS, climbs=True),
    "valid": Metric(LOSS, "validation", NATS, held_out=True, climbs=True),
    "bound": Metric(LOSS, "negative bound", NATS, held_out=True, climbs=True),
    "loss": Metric(LOSS, "training"),
    "valid_loss": Metric(LOSS, "validation", held_out=True),
    "reconstruction": Metric(_PARTS, "reconstruction", NATS, climbs=True),
    "valid_reconstruction": Metric(_PARTS, "reconstruction, validation", NATS, held_out=True, climbs=True),
    "kl": Metric(_PARTS, "KL", NATS),
    "valid_kl": Metric(_PARTS, "KL, validation", NATS, held_out=True),
    "beta": Metric(_WEIGHT, "weight of the KL term"),
    "rate": Metric(_RATE, "learning rate"),
    "gradient": Metric(_GRADIENT, "length before clipping"),
    "discriminator_loss": Metric(LOSS, "discriminator"),
    "real_verdict": Metric(_VERDICTS, "on real items", "0 made, 1 real"),
    "fake_verdict": Metric(_VERDICTS, "on made items", "0 made, 1 real"),
    "real_recognised": Metric(_RECOGNISED, "real items taken for real", PERCENT),
    "fake_recognised": Metric(_RECOGNISED, "made items taken for made", PERCENT),
    "distance": Metric(_DISTANCE, "Fréchet distance to validation items", held_out=True),
    "recall": Metric(_COVERED, "validation items near samples (recall)", PERCENT, held_out=True),
    "precision": Metric(_COVERED, "samples near validation items (precision)", PERCENT, held_out=True),
    "modes": Metric(_COVERED, "modes of the truth", PERCENT, held_out=True),
    "active_units": Metric(_ACTIVE, "active coordinates", "coordinates", held_out=True),
}


def metric(name: str) -> Metric:
    """What a figure is; one that nobody knows has a plot of its own."""
    words = name.replace("_", " ").capitalize()
    return _METRICS.get(name) or Metric(words, words.lower())


def title_of(run: Run, name: str) -> str:
    """What a figure's curve of a run is called: in a game, the loss is that of one of two players."""
    return "generator" if name == "loss" and run.offers(Adversarial) else metric(name).title


def drawn(name: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The numbers that are drawn of a figure: what climbs as a loss, and shares in percent."""
    known = metric(name)
    return -values if known.climbs else 100 * values if known.unit == PERCENT else values


def colour_of(name: str) -> int:
    """The number of the colour that a figure has among those of its group."""
    group = [other for other, known in _METRICS.items() if known.group == metric(name).group]
    return group.index(name) if name in group else 0


def role_of(run: Run, name: str) -> str:
    """How a figure of a run is drawn where one colour stands for the run: apart from others of its group."""
    known = metric(name)
    alike = [other for other in run.history.metrics
             if metric(other).group == known.group and metric(other).held_out == known.held_out]
    role = "valid" if known.held_out else "train"
    return role if alike.index(name) == 0 else "other" if role == "train" else "other valid"


def groups(run: Run) -> tuple[str, ...]:
    """The plots that can be drawn of a run, that of its loss first."""
    found = dict.fromkeys(metric(name).group for name in run.history.metrics)
    return tuple(sorted(found, key=lambda group: group != LOSS))


def loss_title(run: Run) -> str:
    """What the loss of a run is: a bound is never called a likelihood."""
    return "negative bound" if run.climbs != run.model.info.climbs else _LOSSES[run.climbs]


def item_word(run: Run) -> str:
    """What one item of a run's data is called."""
    kinds = {Kind.IMAGES: "picture", Kind.TABLE: "row"}
    if run.data is not None:
        return kinds.get(run.data.kind, "item")
    return "row" if run.preparation.columns else "picture"


def unit_of(run: Run, group: str) -> str:
    """The unit of a group's figures."""
    if group == GAP:
        return f"nats per {item_word(run)}"
    found = next((metric(name).unit for name in run.history.metrics if metric(name).group == group), "")
    return f"nats per {item_word(run)}" if found == NATS else found


def entropy_of(run: Run) -> float | None:
    """The lowest loss that any model can reach, nats per row, model units.

    Returns:
        None where the truth is not known, or the loss is no likelihood.
    """
    if run.data is None or run.data.truth is None or run.climbs == "nothing":
        return None
    # The truth is known in the units of the data, and figures are told in those of the model.
    some = run.preparation.to_data(run.data.train[:_SCALED_ROWS])
    return float(run.data.truth.entropy + run.preparation.log_det(some).mean())


def changes_of(run: Run) -> list[tuple[float, str]]:
    """The steps at which live settings were changed by a person or the recipe, each with a sentence."""
    infos = {info.name: info for info in describe(run.model.Settings)}
    now = {name: run.recipe.model.settings.get(name, info.default) for name, info in infos.items()}
    found: list[tuple[float, str]] = []
    for change in run.history.changes:
        info = infos.get(change.name)
        if info is not None and not info.hidden:
            before, now[change.name] = now[change.name], change.value
            found.append((change.step, f"step {change.step:,}: {info.label} {_shown(before)} → {_shown(change.value)}"))
    return found


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
