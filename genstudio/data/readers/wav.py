"""Sound: WAV files as sequences."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from genstudio.data.columns import Notes, number_column
from genstudio.data.reader import Reader, ReaderInfo, Watch, unwatched
from genstudio.data.readers._archive import refuse_oversized
from genstudio.data.readers._riff import FLOAT, Sound, is_wave, read_sound
from genstudio.data.sequences import Sequences, sequences
from genstudio.data.table import Table
from genstudio.errors import DataError
from genstudio.settings import Settings as BaseSettings
from genstudio.settings import setting

Floats = NDArray[np.float64]

_PIECE_BYTES = 1 << 20


class WavReader(Reader):
    """Reads a sound piece by piece as one sequence; each channel is a column."""

    info: ClassVar[ReaderInfo] = ReaderInfo("wav", "WAV sound", (".wav", ".wave"), order=50)

    class Settings(BaseSettings):
        """Which channels, and how finely."""

        mono: bool = setting(False, "Take the mean of all channels instead of a column for each.")
        every: int = setting(
            1, "Samples that are averaged to one row; 1 keeps each sample.", unit="samples", ge=1, le=100_000, log=True
        )

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether the head has the format's marks."""
        return is_wave(head)

    def detect(self, path: Path) -> WavReader.Settings:
        """Every channel and every sample."""
        return self.Settings()

    def read(self, path: Path, settings: WavReader.Settings, watch: Watch = unwatched) -> Sequences:
        """The sound from -1 to 1, and the time of each row in seconds from its beginning.

        Raises:
            DataError: a damaged header, packed sound, or a file that ends before its sound does.
            Cancelled: raised by `watch`.
        """
        with path.open("rb") as file:
            sound = read_sound(file, path.name, path.stat().st_size)
            rows = sound.frames // settings.every
            if not rows:
                raise DataError(
                    f"{path.name} has {sound.frames:,} samples, too few to average {settings.every:,} to one row.",
                    "Average fewer.",
                )
            columns = 1 if settings.mono else sound.channels
            refuse_oversized(path.name, 8.0 * rows * (columns + 1))
            values = np.empty((columns, rows))
            _Filling(path.name, sound, settings.every).fill(values, file, watch)
        return _sequence(path, sound, values, settings.every)


class _Filling:
    """Samples read in pieces, each a whole number of rows."""

    def __init__(self, name: str, sound: Sound, every: int) -> None:
        self._name, self._sound, self._every = name, sound, every

    def fill(self, values: Floats, file: Any, watch: Watch) -> None:
        """Read all rows into `values`, shape (columns, rows)."""
        file.seek(self._sound.begin)
        row_bytes = self._sound.frame_bytes * self._every
        each = max(1, _PIECE_BYTES // row_bytes)
        for begin in range(0, values.shape[1], each):
            watch(begin / values.shape[1], f"Reading {self._name}")
            count = min(each, values.shape[1] - begin)
            piece = file.read(count * row_bytes)
            if len(piece) < count * row_bytes:
                raise DataError(f"{self._name} ends in the middle of its sound.", "It is cut short: get a fresh copy.")
            rows = _amplitudes(piece, self._sound).reshape(count, self._every, self._sound.channels).mean(axis=1)
            values[:, begin:begin + count] = rows.T if len(values) > 1 else rows.mean(axis=1)


def _amplitudes(piece: bytes, sound: Sound) -> Floats:
    """Samples from -1 to 1, channel by channel, shape (N,)."""
    if sound.coding == FLOAT:
        return np.frombuffer(piece, f"<f{sound.bits // 8}").astype(np.float64)
    if sound.bits == 8:
        return np.frombuffer(piece, np.uint8) / 128.0 - 1.0
    if sound.bits == 24:
        wide = np.zeros((len(piece) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(piece, np.uint8).reshape(-1, 3)
        return wide.reshape(-1).view("<i4") / 2.0**31
    return np.frombuffer(piece, f"<i{sound.bits // 8}") / 2.0 ** (sound.bits - 1)


def _sequence(path: Path, sound: Sound, values: Floats, every: int) -> Sequences:
    notes = Notes()
    if sound.endless:
        notes.add("The file does not say how long its sound is, so it was read to its end.")
    names = {1: ("sound",), 2: ("left", "right")}.get(
        len(values), tuple(f"channel {i + 1}" for i in range(len(values)))
    )
    columns = tuple(number_column(name, row, notes) for name, row in zip(names, values, strict=True))
    times: Floats = np.arange(values.shape[1], dtype=np.float64) * (every / sound.rate)
    table = Table(path.name, columns, notes=notes.sentences())
    return sequences(table, np.array([len(times)]), [path.stem], times, "time in s")
