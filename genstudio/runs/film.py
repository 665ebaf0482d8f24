"""What was seen of runs while they learned, in bounded memory, so that it can be seen again."""

from __future__ import annotations

import bisect
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.training.events import Preview

Array = NDArray[Any]

MOST_BYTES = 64 * 2**20
"""For everything that is kept, of all runs together."""
MOST_LOOKS = 400
"""Of one thing; nobody tells more moments apart on a slider."""
_PASSING = ("bounds", "seconds", "steps")
_SMALL = 1024
_SHORT_EPSILON = 6e-8
_SEEN_SHARE = 1e-3


@dataclass(frozen=True)
class Sight:
    """One thing that is looked at: a question with its arguments.

    Where a view is zoomed to makes no other thing, nor does how fine a look may be while a model learns.
    """

    run: str
    name: str
    asked: Hashable

    @staticmethod
    def of(run: str, name: str, question: str, arguments: Mapping[str, Any]) -> Sight:
        """The sight of a watched question in a run, named by its key."""
        kept = tuple((key, _plain(value)) for key, value in sorted(arguments.items()) if key not in _PASSING)
        return Sight(run, name, (question, kept))


class Films:
    """Previews of all runs. When room runs out, every second look at what takes most of it is dropped.

    Arguments:
        most_bytes: what all looks together may take.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._clips: dict[Sight, _Clip] = {}

    @property
    def nbytes(self) -> int:
        """What all looks together take."""
        return sum(clip.nbytes for clip in self._clips.values())

    def __contains__(self, sight: Sight) -> bool:
        return sight in self._clips

    def keep(self, sight: Sight, preview: Preview) -> None:
        """Keep one more look; one at the same step gives way to it."""
        if sight not in self._clips:
            self._forget_glances(sight)
            self._clips[sight] = _Clip()
        self._clips[sight].add(_Look(preview.step, {name: _packed(array) for name, array in preview.answer.items()}))
        while self.nbytes > self._most_bytes and self._make_room(sight):
            pass

    def at(self, sight: Sight, step: int | None = None) -> Preview | None:
        """How it looked at a step, or just before: the newest look up to it, else the first one there is.

        Arguments:
            step: None for the newest look of all.

        Returns:
            None where it was never looked at.
        """
        clip = self._clips.get(sight)
        if clip is None:
            return None
        look = clip.at(step)
        return Preview(sight.name, look.step, {name: packed.whole() for name, packed in look.answer.items()})

    def moments(self, run: str) -> list[int]:
        """The steps at which anything of a run was looked at, ascending."""
        clips = [clip for sight, clip in self._clips.items() if sight.run == run]
        return sorted({look.step for clip in clips for look in clip.looks})

    def _forget_glances(self, sight: Sight) -> None:
        """A view that is dragged asks something else at each movement; single looks tell no story."""
        for other in [s for s in self._clips if (s.run, s.name) == (sight.run, sight.name)]:
            if len(self._clips[other].looks) < 2:
                del self._clips[other]

    def _make_room(self, newest: Sight) -> bool:
        """Take something away; whether there was anything to take."""
        long = [clip for clip in self._clips.values() if len(clip.looks) > 2]
        if long:
            max(long, key=lambda clip: clip.nbytes).thin()
            return True
        others = [sight for sight in self._clips if sight != newest]
        if others:
            del self._clips[others[0]]
            return True
        return self._clips[newest].forget_first()


@dataclass(frozen=True)
class _Packed:
    """An array as it is kept: intensities as bytes, other numbers as short as nobody sees."""

    kept: Array
    dtype: np.dtype[Any]
    intensities: bool = False

    def whole(self) -> Array:
        array = self.kept.astype(self.dtype)
        return array / 255 if self.intensities else array


@dataclass(frozen=True)
class _Look:
    step: int
    answer: Mapping[str, _Packed]

    @property
    def nbytes(self) -> int:
        return sum(packed.kept.nbytes for packed in self.answer.values())


class _Clip:
    """Looks at one thing, ascending and about evenly spread over the steps; the first and the newest stay."""

    def __init__(self) -> None:
        self.looks: list[_Look] = []
        self.nbytes = 0
        self._gap = 0.0

    def add(self, look: _Look) -> None:
        while self.looks and self.looks[-1].step >= look.step:
            self._pop()
        if len(self.looks) > 1 and self.looks[-1].step - self.looks[-2].step < self._gap:
            # It stood there only for being the newest.
            self._pop()
        self.looks.append(look)
        self.nbytes += look.nbytes
        if len(self.looks) > MOST_LOOKS:
            self.thin()

    def at(self, step: int | None) -> _Look:
        if step is None:
            return self.looks[-1]
        return self.looks[max(0, bisect.bisect_right(self.looks, step, key=lambda look: look.step) - 1)]

    def thin(self) -> None:
        newest = self.looks[-1]
        self.looks = [*self.looks[:-1:2], newest]
        self.nbytes = sum(look.nbytes for look in self.looks)
        self._gap = float(np.median(np.diff([look.step for look in self.looks])))

    def forget_first(self) -> bool:
        if len(self.looks) > 1:
            self.nbytes -= self.looks.pop(0).nbytes
            return True
        return False

    def _pop(self) -> None:
        self.nbytes -= self.looks.pop().nbytes


def _packed(array: Array) -> _Packed:
    if array.size <= _SMALL or array.dtype.kind != "f":
        return _Packed(np.array(array), array.dtype)
    if array.ndim == 4 and array.min() >= 0.0 and array.max() <= 1.0:
        return _Packed(np.rint(array * 255).astype(np.uint8), array.dtype, intensities=True)
    if array.itemsize > 4 and _short_enough(array):
        return _Packed(array.astype(np.float32), array.dtype)
    return _Packed(np.array(array), array.dtype)


def _short_enough(array: Array) -> bool:
    """Whether nobody sees what float32 leaves out: dates in seconds, say, need all their digits."""
    low, high = array.min(axis=0), array.max(axis=0)
    if not (np.isfinite(low).all() and np.isfinite(high).all()):
        return False
    largest, span = np.maximum(np.abs(low), np.abs(high)), high - low
    fine = largest * _SHORT_EPSILON <= _SEEN_SHARE * span
    return bool((fine | (span == 0)).all() and largest.max() < np.finfo(np.float32).max)


def _plain(value: Any) -> Hashable:
    """The same for equal arguments; arrays are told apart by their bytes."""
    if isinstance(value, np.ndarray):
        return value.shape, value.tobytes()
    if isinstance(value, list | tuple):
        return tuple(_plain(item) for item in value)
    return str(value) if isinstance(value, dict) else value
