"""A sheet rolled up, seen from its end."""

from __future__ import annotations

import itertools
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from genstudio.data.catalogue._toy import ToySettings, ToySource
from genstudio.data.densities.curve import Arc, BlurredCurve
from genstudio.data.source import SourceInfo
from genstudio.settings import setting

Floats = NDArray[np.float64]

_START = 1.5 * np.pi


class SwissRoll(ToySource):
    """The section through scikit-learn's swiss roll, a fifth of its size."""

    info: ClassVar[SourceInfo] = SourceInfo(
        "swiss_roll",
        "Swiss roll",
        "A sheet rolled up, seen from its end: one curve that never crosses itself.",
        order=90,
        presets={"Crisp": {"noise": 0.05}, "Long": {"turns": 2.5}},
    )
    label_name: ClassVar[str] = "half_turn"

    class Settings(ToySettings):
        """How long and how blurred."""

        turns: float = setting(1.5, "How often the sheet is rolled.", unit="turns", ge=0.5, le=3)
        noise: float = setting(
            0.2, "How far points stray from the sheet (standard deviation).", ge=0.03, le=1, log=True
        )

    @classmethod
    def density(cls, settings: SwissRoll.Settings) -> BlurredCurve:
        """One curve, in pieces of about half a turn so that points can be told apart by them."""
        ends = np.linspace(_START, _START + 2 * np.pi * settings.turns, round(2 * settings.turns) + 1)
        arcs = [Arc(_roll, start, stop) for start, stop in itertools.pairwise(ends)]
        return BlurredCurve(arcs, settings.noise)


def _roll(t: Floats) -> Floats:
    return np.column_stack([t * np.cos(t), t * np.sin(t)]) / 5
