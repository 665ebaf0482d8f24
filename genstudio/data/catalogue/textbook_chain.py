"""The textbook's hidden Markov model: three states on the plane."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from genstudio.data.chains import TEXTBOOK
from genstudio.data.sequences import Sequences, sequences
from genstudio.data.source import Source, SourceInfo
from genstudio.data.table import points_table
from genstudio.settings import Settings as BaseSettings
from genstudio.settings import setting


class TextbookChain(Source):
    """One sequence drawn from the textbook's start probabilities, transitions, means and identity covariances."""

    info: ClassVar[SourceInfo] = SourceInfo(
        "textbook_chain",
        "Textbook chain",
        "One sequence from the textbook's hidden Markov model: three states on the plane, which take turns.",
        group="Sequences",
        order=500,
    )

    class Settings(BaseSettings):
        """How long the sequence is."""

        samples: int = setting(1000, "How many steps the sequence has.", unit="rows", ge=10, le=1_000_000, log=True)

    def load(self, settings: TextbookChain.Settings, seed: int) -> Sequences:
        """The points x, y and the state that each came from."""
        x, states = TEXTBOOK.sample(settings.samples, np.random.default_rng(seed))
        levels = [str(state + 1) for state in range(len(TEXTBOOK.startprob))]
        table = points_table(self.info.title, x, states, levels=levels, label_name="state")
        return sequences(table, np.array([len(x)]), [self.info.title])
