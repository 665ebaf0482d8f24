"""The letters of a play, one after another."""

from __future__ import annotations

import gzip
from typing import ClassVar

import numpy as np

from genstudio.data.sequences import Sequences, sequences
from genstudio.data.source import Source, SourceInfo
from genstudio.data.table import Column, ColumnType, Table
from genstudio.resources import resource
from genstudio.settings import Settings as BaseSettings
from genstudio.settings import setting

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SPACE = "␣"
_ALL = 33_535


class Hamlet(Source):
    """The letters of the first act of Hamlet, in small letters, with one space between words."""

    info: ClassVar[SourceInfo] = SourceInfo(
        "hamlet",
        "Letters of Hamlet",
        "Letters and spaces of a play as symbols: a chain of two states finds vowels and consonants by itself.",
        group="Sequences",
        order=560,
        notice="Text by William Shakespeare, public domain; from a compilation under CC BY 2.5.",
    )

    class Settings(BaseSettings):
        """How much of it."""

        samples: int = setting(
            10_000, "How many letters and spaces are taken, from the beginning.", unit="rows", ge=10, le=_ALL, log=True
        )

    def load(self, settings: Hamlet.Settings, seed: int) -> Sequences:
        """One sequence of 27 symbols; ␣ stands for the space."""
        packed = resource("data", "hamlet.gz").read_bytes()
        text = gzip.decompress(packed).decode("ascii")[:settings.samples]
        codes = np.frombuffer(text.replace(" ", "{").encode("ascii"), np.uint8) - float(ord("a"))
        column = Column("character", ColumnType.CATEGORY, codes.astype(np.float64), (*_LETTERS, _SPACE))
        return sequences(Table(self.info.title, (column,)), np.array([len(codes)]), [self.info.title])
