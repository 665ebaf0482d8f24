"""A heart's electricity."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from genstudio.data.catalogue._bundled import bundled_table
from genstudio.data.sequences import Sequences, sequences
from genstudio.data.source import Source, SourceInfo
from genstudio.settings import Settings

_SAMPLES_PER_SECOND = 360


class Ecg(Source):
    """1,024 samples of an electrocardiogram."""

    info: ClassVar[SourceInfo] = SourceInfo(
        "ecg",
        "ECG",
        "An electrocardiogram of 2.8 s, 360 samples a second: heartbeats as one column over time.",
        group="Sequences",
        order=530,
        notice="From PyWavelets, copyright Filip Wasilewski and the PyWavelets Developers. MIT License.",
    )

    def load(self, settings: Settings, seed: int) -> Sequences:
        """The whole series; amplitudes in steps of the digitizer."""
        table = bundled_table(self.info.title, "ecg.csv")
        times = np.arange(len(table)) / _SAMPLES_PER_SECOND
        return sequences(table, np.array([len(table)]), [self.info.title], times, "time in s")
