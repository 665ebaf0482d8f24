"""Which arrays of an NPZ are sequences, and which tell their lengths, classes, times and split."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from genstudio.data.readers._npy import Header
from genstudio.errors import DataError
from genstudio.settings import nearest

_LENGTHS = ("length", "lengths", "lens", "seq_len", "seq_lens", "seq_length", "seq_lengths", "sequence_lengths")
_LABELS = ("y", "label", "labels", "target", "targets", "class", "classes", "speaker", "state", "states")
_SPLITS = ("train", "is_train", "split", "set", "part")
_KEYS = ("keys", "key", "ids", "id", "names", "sequence")
_TIMES = ("t", "time", "times", "timestamps", "date", "dates")
_RATES = ("rate", "fs", "sample_rate", "sampling_rate")
_COLUMNS = ("columns", "column_names", "feature_names", "features", "channels")
_USUAL = ("x", "data", "sequences", "series")
_BESIDE = frozenset((*_LENGTHS, *_LABELS, *_SPLITS, *_KEYS, *_TIMES, *_COLUMNS))

Headers = Mapping[str, Header]
Shape = tuple[int, ...]


@dataclass(frozen=True)
class SequenceSet:
    """Arrays that are read as sequences.

    Arguments:
        points: rows one sequence after another, shape (N,) or (N, D), or sequences filled up to one length, (S, T) with
            lengths or (S, T, D).
        lengths: rows of each sequence, shape (S,); None where each has all T, or all rows are one.
        label, split: one value a sequence or a row.
        keys: what the sequences are called, shape (S,).
        times: of the rows, shaped as they are, or (T,).
        columns: names of the D columns.
        rate: rows a second, shape ().
    """

    points: str
    lengths: str | None = None
    label: str | None = None
    split: str | None = None
    keys: str | None = None
    times: str | None = None
    columns: str | None = None
    rate: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Every array of the set."""
        others = (self.lengths, self.label, self.split, self.keys, self.times, self.columns, self.rate)
        return (self.points, *(name for name in others if name))


def sequence_sets(headers: Headers) -> dict[str, SequenceSet]:
    """The sequences that an archive offers, by the name of their rows: those with lengths or a rate beside them."""
    found = {}
    timed = _named(_RATES, {()}, headers, "") is not None
    for name in sorted(headers, key=lambda name: name.lower() not in _USUAL):
        lengths = _lengths(name, headers)
        if lengths is not None or (timed and _is_series(name, headers)):
            found[name] = _set(name, lengths, headers)
    return found


def wanted_sequences(headers: Headers, wanted: str, where: str) -> SequenceSet:
    """The arrays to read, where a person says that they hold sequences.

    Arguments:
        wanted: name of an array; empty for the first that has lengths, or else three dimensions, two or one.
        where: name of the file, for messages.

    Raises:
        DataError: there is no such array, or none that could be sequences.
    """
    sets = sequence_sets(headers)
    if not wanted and sets:
        return next(iter(sets.values()))
    if wanted and wanted not in headers:
        raise DataError(f"{where} has no array `{wanted}` ({nearest(wanted, headers)}).", "Choose another array.")
    fitting = (name for axes in (3, 2, 1) for name, header in headers.items() if len(header.shape) == axes)
    name = wanted or next(fitting, "")
    if not name or not 1 <= len(headers[name].shape) <= 3:
        raise DataError(
            f"{where} holds no array of sequences.",
            "Save one of shape (sequences, steps, columns), or (rows, columns).",
        )
    return sets.get(name) or _set(name, None, headers)


def _lengths(name: str, headers: Headers) -> str | None:
    shape = headers[name].shape
    if not 1 <= len(shape) <= 3 or not all(shape) or name.lower() in _BESIDE:
        return None
    partners = [f"{name}_{word}" for word in _LENGTHS] + [other for other in headers if other.lower() in _LENGTHS]
    return next((other for other in partners if other in headers and _measures(headers[other], shape)), None)


def _is_series(name: str, headers: Headers) -> bool:
    header = headers[name]
    known = header.dtype.kind in "iuf" and name.lower() not in _BESIDE
    return known and len(header.shape) in (1, 2) and all(side > 0 for side in header.shape) and header.shape[0] > 1


def _measures(lengths: Header, shape: Shape) -> bool:
    """Whether an array can hold the lengths of sequences that another of this shape holds."""
    if lengths.dtype.kind not in "iu" or len(lengths.shape) != 1 or not lengths.shape[0]:
        return False
    count = lengths.shape[0]
    if len(shape) == 1:
        return count < shape[0]
    return count == shape[0] if len(shape) == 3 else count <= shape[0]


def _set(name: str, lengths: str | None, headers: Headers) -> SequenceSet:
    shape = headers[name].shape
    count = headers[lengths].shape[0] if lengths else shape[0] if len(shape) == 3 else 1
    each, rows = (count,), shape[:2] if len(shape) == 3 else shape[:1]
    ways = {each, (*each, 1), rows}
    times = {rows, shape[1:2]} if len(shape) == 3 else {rows}
    return SequenceSet(
        name, lengths, label=_named(_LABELS, ways, headers, name), split=_named(_SPLITS, ways, headers, name),
        keys=_named(_KEYS, {each}, headers, name), times=_named(_TIMES, times, headers, name),
        columns=_named(_COLUMNS, {shape[-1:]}, headers, name) if len(shape) > 1 else None,
        rate=_named(_RATES, {()}, headers, name),
    )


def _named(words: tuple[str, ...], shapes: set[Shape], headers: Headers, points: str) -> str | None:
    return next(
        (name for name, header in headers.items()
         if name != points and name.lower() in words and header.shape in shapes), None,
    )
