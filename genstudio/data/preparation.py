"""From raw data to a data set: the one door for every kind of data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from genstudio.data.dataset import Dataset, Kind
from genstudio.data.labelling import anomalous_code, label_codes, label_column, label_levels
from genstudio.data.picture_preparation import PicturePreparation, prepare_pictures
from genstudio.data.pictures import Pictures, Raw
from genstudio.data.preparation_settings import PreparationSettings
from genstudio.data.sequence_preparation import SequencePreparation, prepare_sequences
from genstudio.data.sequences import wanted
from genstudio.data.table_preparation import Preparation, learned_columns, prepare_table

__all__ = [
    "PicturePreparation",
    "Preparation",
    "PreparationSettings",
    "SequencePreparation",
    "anomalous_code",
    "label_codes",
    "label_column",
    "label_levels",
    "learned_columns",
    "preparation_from_state",
    "prepare",
]


def prepare(raw: Raw, settings: PreparationSettings, seed: int) -> Dataset:
    """A data set from a table, from sequences or from pictures.

    With `valid` and `test` both 0 every usable item trains, in the order of the raw data.

    Raises:
        DataError: no column or no item to learn from, shares that leave none for training, or settings that
            these data have no use for.
    """
    if isinstance(raw, Pictures):
        return prepare_pictures(raw, settings, seed)
    if wanted(raw, settings):
        return prepare_sequences(raw, settings, seed)
    return prepare_table(raw, settings, seed)


def preparation_from_state(state: Mapping[str, Any]) -> Preparation:
    """The preparation that `state` described, of whichever kind."""
    if state.get("kind") == Kind.SEQUENCES:
        return SequencePreparation.from_state(state)
    return PicturePreparation.from_state(state) if state.get("kind") == Kind.IMAGES else Preparation.from_state(state)
