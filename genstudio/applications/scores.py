"""What an anomaly score of a model is, and how far it can be trusted, in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from genstudio.models.capabilities import Adversarial, Bound, Density, Samples
from genstudio.models.sequential import Hidden, Sequential

Offers = Callable[[type[object]], bool]

WEAK = "A weak score: the discriminator has learned to tell real items from made ones, not from strange ones."


@dataclass(frozen=True)
class ScoreMeaning:
    """What a score is.

    Arguments:
        name: to be put after "score:".
        unit: empty where it has none.
        caveat: a sentence on a score that is not to be trusted far; empty for others.
    """

    name: str
    unit: str = ""
    caveat: str = ""

    @property
    def words(self) -> str:
        """Name and unit."""
        return f"{self.name}, {self.unit}" if self.unit else self.name


def score_meaning(offers: Offers) -> ScoreMeaning:
    """What the score of a model is, by the capabilities that it offers."""
    if offers(Density):
        return ScoreMeaning("negative log-likelihood", "nats")
    if offers(Bound):
        return ScoreMeaning("minus the bound of the log-likelihood", "nats")
    if offers(Adversarial):
        return ScoreMeaning("the discriminator's, weak", caveat=WEAK)
    if offers(Hidden):
        return ScoreMeaning("minus the mean log-likelihood", "nats a row")
    return ScoreMeaning("the model's own")


def without_likelihood(title: str, offers: Offers) -> str:
    """That a model makes items without any likelihood or a bound of it, and what to look at; "" for all others."""
    if offers(Density) or offers(Bound) or offers(Sequential) or not offers(Samples):
        return ""
    game = ", at its distance while it learns, and at its game" if offers(Adversarial) else ""
    return f"{title} has no likelihood: look instead at precision and recall in Evaluate{game}."
