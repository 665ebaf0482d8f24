"""One round of the game in numbered stages: what each shows, who learns in it, and what is said of it. No Qt here."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from genstudio.ui.game_scene import Scene

Moments = tuple[Scene, Scene]
"""What is seen at the beginning of a stage, and at its end."""


@dataclass(frozen=True)
class Stage:
    """One stage.

    Arguments:
        layers: what is seen, by the names of `GamePlot`.
        moments: places of the moments it goes between: 0 before the round, 1 when the discriminator has learned, 2 at
            the end.
        learner: who takes a step when the stage is entered, or "".
        words: says what is seen, with figures.
        motion: what moves: "drawn" points appear, "flown" they fly from noise, "grown" arrows grow, or "" what is
            between the moments.
        wrong: whether points are ringed that are taken for what they are not.
    """

    title: str
    layers: frozenset[str]
    moments: tuple[int, int]
    words: Callable[[Moments, int], str]
    learner: str = ""
    motion: str = ""
    wrong: bool = False


def _noise(moments: Moments, steps: int) -> str:
    count, width = len(moments[0].z), moments[0].latent_dim
    seen = "" if width <= 2 else f"; seen are the first two of {width} coordinates"
    return (
        f"{count} points of a normal distribution, which is all the generator is given{seen}. Training draws new ones "
        "at every step; here the same ones are followed, so that one can see them move."
    )


def _makes(moments: Moments, steps: int) -> str:
    return (
        "It sends each point of noise somewhere among the data, and bends the whole plane of noise. "
        "Every cell holds as much noise, so that full, narrow cells are where it makes most points."
    )


def _judges(moments: Moments, steps: int) -> str:
    scene = moments[0]
    return (
        f"It is shown real and made points and not told which is which. It takes {_share(scene.real_recognised)} of "
        f"the real ones for real, and {_share(scene.made_recognised)} of the made ones for made. Where all is grey, it "
        "cannot tell."
    )


def _loses(moments: Moments, steps: int) -> str:
    scene = moments[0]
    wrong = int(scene.wrong_real.sum()), int(scene.wrong_made.sum())
    return (
        f"Ringed are the points it got wrong: {wrong[0]} real ones and {wrong[1]} made ones. Its loss counts how wrong "
        "it was on each, and the gradient of the loss tells every weight which way to go."
    )


def _discriminator_learned(moments: Moments, steps: int) -> str:
    before, after = moments
    return (
        f"It took {_steps(steps)}, the generator none: the landscape turns, the points stay. Real points taken for "
        f"real: {_share(before.real_recognised)} → {_share(after.real_recognised)}; made ones taken for made: "
        f"{_share(before.made_recognised)} → {_share(after.made_recognised)}."
    )


def _judged_again(moments: Moments, steps: int) -> str:
    return (
        "Now the generator wants to know how its points fared. They are taken for real with "
        f"{_share(moments[0].made_mean)} on average; its loss is the greater, the lower that is. Of the real points it "
        "is shown nothing, ever."
    )


def _gradients(moments: Moments, steps: int) -> str:
    return (
        "Each made point asks the discriminator which way it would look more real: an arrow up the landscape. Long "
        "arrows ask for much. Where the landscape is flat, a point learns nothing."
    )


def _generator_learned(moments: Moments, steps: int) -> str:
    before, after = moments
    return (
        f"It took {_steps(steps)}, the discriminator none: the landscape stays, the points and the plane move. "
        f"Mean verdict on the made points: {_share(before.made_mean)} → {_share(after.made_mean)}. Then the next round "
        "begins."
    )


STAGES = (
    Stage("Noise is drawn", frozenset({"noise", "made"}), (0, 0), _noise, motion="drawn"),
    Stage("The generator makes points of it", frozenset({"noise", "grid", "made"}), (0, 0), _makes, motion="flown"),
    Stage("The discriminator judges", frozenset({"landscape", "real", "made"}), (0, 0), _judges),
    Stage("The discriminator's loss", frozenset({"landscape", "real", "made"}), (0, 0), _loses, wrong=True),
    Stage("The discriminator learns", frozenset({"landscape", "real", "made"}), (0, 1), _discriminator_learned,
          learner="discriminator"),
    Stage("The made points are judged again", frozenset({"landscape", "made"}), (1, 1), _judged_again),
    Stage("Where the gradient draws them", frozenset({"landscape", "made", "arrows"}), (1, 1), _gradients,
          motion="grown"),
    Stage("The generator learns", frozenset({"landscape", "real", "grid", "made"}), (1, 2), _generator_learned,
          learner="generator"),
)


def _share(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.0%}"


def _steps(count: int) -> str:
    return "one step" if count == 1 else f"{count} steps"
