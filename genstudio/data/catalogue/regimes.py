"""Regimes that take turns while everything drifts: what a hidden Markov model explains, and what it cannot."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from genstudio.data.chains import GaussianChain
from genstudio.data.sequences import Sequences, sequences
from genstudio.data.source import Source, SourceInfo
from genstudio.data.table import points_table
from genstudio.settings import Settings as BaseSettings
from genstudio.settings import setting

Floats = NDArray[np.float64]

_SPREADS = (0.5, 1.0, 1.5)
_HEADING = np.array([1.0, 0.5])


class Regimes(Source):
    """Several sequences of regimes on a circle, calm and restless ones, that drift away as time goes on."""

    info: ClassVar[SourceInfo] = SourceInfo(
        "regimes",
        "Regimes with drift",
        "Calm and restless regimes that take turns in several sequences, while all of them drift slowly away.",
        group="Sequences",
        order=520,
        presets={"Without drift": {"drift": 0.0}, "One long sequence": {"sequences": 1, "samples": 5000}},
    )

    class Settings(BaseSettings):
        """How long, how many, how lasting and how far apart."""

        samples: int = setting(500, "How many steps each sequence has.", unit="rows", ge=10, le=100_000, log=True)
        sequences: int = setting(5, "How many sequences there are.", ge=1, le=100)
        regimes: int = setting(3, "How many regimes take turns.", ge=2, le=6)
        separation: float = setting(5.0, "How far the middles of the regimes lie from their centre.", ge=0, le=50)
        persistence: float = setting(0.97, "The chance of staying in a regime for another step.", ge=0.1, le=0.999)
        drift: float = setting(2.0, "How far all regimes move in the course of a sequence.", ge=0, le=50)

    def load(self, settings: Regimes.Settings, seed: int) -> Sequences:
        """The points x, y and the regime that each came from."""
        chain, rng = _chain(settings), np.random.default_rng(seed)
        drawn = [chain.sample(settings.samples, rng) for _ in range(settings.sequences)]
        way = np.linspace(0.0, settings.drift, settings.samples)[:, None] * _HEADING / np.linalg.norm(_HEADING)
        x = np.concatenate([points + way for points, _ in drawn])
        states = np.concatenate([states for _, states in drawn])
        levels = [str(regime + 1) for regime in range(settings.regimes)]
        table = points_table(self.info.title, x, states, levels=levels, label_name="regime")
        return sequences(table, np.full(settings.sequences, settings.samples))


def _chain(settings: Regimes.Settings) -> GaussianChain:
    count = settings.regimes
    angles = 2 * np.pi * np.arange(count) / count
    spreads = np.resize(_SPREADS, count)
    transmat = np.full((count, count), (1 - settings.persistence) / (count - 1))
    np.fill_diagonal(transmat, settings.persistence)
    return GaussianChain(
        np.full(count, 1 / count), transmat,
        settings.separation * np.column_stack([np.cos(angles), np.sin(angles)]),
        spreads[:, None, None] ** 2 * np.eye(2),
    )
