"""What a person should know of a game: that the generator has collapsed, who wins outright, and what to watch."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from genstudio.models._gan_settings import GanSettings
from genstudio.training.events import Note

SETTLED = 6
"""So many validations in a row must be poor, and grow no better, before it is called a collapse."""
EARLY = 0.08
"""Share of the training in which samples need not lie near the data yet."""
POOR = 0.5
"""Of what training items themselves reach, a recall below this share is poor."""
RISING = 0.1
"""A recall that has risen by so much may rise further."""
PATIENCE_STEPS = 300
_SMOOTHING = 0.02
_SURE, _BLIND = 0.95, 0.03
_ADVISED = 2
"""What to watch is said once it has been measured so often."""
_FAR = 0.25
"""Of what training items themselves reach, a precision below this share is that of samples all over the place."""
_OUTRUN = 0.5
"""A discriminator at less than this share of the generator's rate is outrun."""


class Alarms:
    """Watches the figures of a game, and says each thing once.

    Arguments:
        reachable: the recall that training items reach in place of samples.
        n_modes: modes of the truth, where they are known.
    """

    def __init__(self, settings: GanSettings, reachable: float, n_modes: int | None = None) -> None:
        self._settings, self._reachable, self._n_modes = settings, reachable, n_modes
        self._validations: deque[Mapping[str, float]] = deque(maxlen=SETTLED)
        self._verdicts: tuple[float, float] | None = None
        self._won_steps = self._blind_steps = 0
        self._said: set[str] = set()

    def see(self, figures: Mapping[str, float]) -> None:
        """Take up the verdicts of one step."""
        newest = figures["real_verdict"], figures["fake_verdict"]
        real, made = newest if self._verdicts is None else self._verdicts
        self._verdicts = real + _SMOOTHING * (newest[0] - real), made + _SMOOTHING * (newest[1] - made)
        self._won_steps = self._won_steps + 1 if self._is_won else 0
        self._blind_steps = self._blind_steps + 1 if self._is_blind else 0

    def validated(self, share: float, figures: Mapping[str, float]) -> None:
        """Take up one validation.

        Arguments:
            share: of the training that is behind, 0 to 1.
        """
        if "recall" in figures:
            self._validations.append({**figures, "share": share})

    def notes(self) -> Iterator[Note]:
        """What is to be said by now and was not said before."""
        if len(self._validations) >= _ADVISED:
            yield from self._once(_ADVICE)
        if self.collapsed:
            yield from self._once(self._collapse())
        if self._won_steps >= PATIENCE_STEPS:
            yield from self._once(self._won())
        if self._blind_steps >= PATIENCE_STEPS and self._is_far and not self.collapsed:
            yield from self._once(_BLIND_NOTE)

    @property
    def collapsed(self) -> bool:
        """Whether samples leave out most of the data, and that has settled."""
        recalls = [found["recall"] for found in self._validations]
        if len(recalls) < SETTLED or self._validations[-1]["share"] < EARLY:
            return False
        half = SETTLED // 2
        rising = sum(recalls[half:]) / half > sum(recalls[:half]) / half + RISING
        return max(recalls) < POOR * self._reachable and not rising

    @property
    def _is_won(self) -> bool:
        """Whether the discriminator is sure of nearly everything; a Wasserstein distance has no such end."""
        if self._verdicts is None or self._settings.loss == "wasserstein":
            return False
        return self._verdicts[0] > _SURE and self._verdicts[1] < 1 - _SURE

    @property
    def _is_blind(self) -> bool:
        """Whether the discriminator says the same of both."""
        return self._verdicts is not None and self._verdicts[0] - self._verdicts[1] < _BLIND

    @property
    def _is_far(self) -> bool:
        """Whether few samples lie near data, and that has settled."""
        precisions = [found["precision"] for found in self._validations]
        late = bool(self._validations) and self._validations[-1]["share"] >= EARLY
        return late and len(precisions) == SETTLED and max(precisions) < _FAR * self._reachable

    def _once(self, note: Note) -> Iterator[Note]:
        if note.badge not in self._said:
            self._said.add(note.badge)
            yield note

    # In words.

    def _collapse(self) -> Note:
        recalls = ", ".join(f"{100 * found['recall']:.0f}" for found in self._validations)
        text = (f"The generator has collapsed: {self._missed()}. At the last {SETTLED} validations {recalls} % of the "
                "items that are held out had a sample near them.")
        remedy, offer = cure(self._settings)
        return Note("alarm", text, remedy, "collapsed", offer)

    def _missed(self) -> str:
        newest = self._validations[-1]
        if self._n_modes is None or "modes" not in newest:
            return "its samples leave out most of the data"
        hit = round(newest["modes"] * self._n_modes)
        return f"its samples hit {hit or 'none'} of the {self._n_modes} modes"

    def _won(self) -> Note:
        real, made = self._verdicts or (1.0, 0.0)
        return Note(
            "warning", f"The discriminator wins outright: for {PATIENCE_STEPS} steps it has held real items to be real "
            f"at {real:.2f} and made ones at {made:.2f}, so that its gradient tells the generator little.",
            "A penalty on its slope, or noise on what it sees, usually evens the game.", "one-sided",
            {"instance_noise": 0.1} if self._settings.r1 else {"r1": 0.1},
        )


_ADVICE = Note(
    "info", "A GAN states no likelihood, and its losses only say who is ahead. Watch the distance of samples to the "
    "items that are held out: samples are better where it is lower, and training may end where it falls no more.",
    badge="distance",
)
_BLIND_NOTE = Note(
    "warning", f"The discriminator is blind: for {PATIENCE_STEPS} steps it has said the same of real and of made "
    "items, though few samples lie near data.",
    "Give it more steps for each one of the generator, or a higher rate.", "blind", {"discriminator_steps": 3},
)


def cure(settings: GanSettings) -> tuple[str, Mapping[str, Any]]:
    """What usually helps against collapse and is not switched on yet: a sentence, and the settings."""
    compared = settings.loss == "relativistic" and settings.r1 > 0 and settings.r2 > 0
    rules = {} if compared else _RULES
    if settings.discriminator_rate < _OUTRUN * settings.learning_rate:
        return ("The discriminator is outrun: let it learn as fast as the generator, compare real items with made "
                "ones, and be penalised where it is steep."), {**rules, "discriminator_rate": settings.learning_rate}
    if not settings.minibatch_discrimination:
        return _TOGETHER, {"minibatch_discrimination": True}
    if settings.pack == 1:
        return _TOGETHER, {"pack": 2}
    if not compared:
        return "It usually helps to compare real items with made ones, and to penalise a steep discriminator.", _RULES
    return "Let the generator learn more slowly, or the discriminator more often.", {"discriminator_steps": 3}


_TOGETHER = ("It usually helps that the discriminator sees several items at once, as samples that are all alike then "
             "give themselves away.")
_RULES: Mapping[str, Any] = {"loss": "relativistic", "r1": 0.1, "r2": 0.1}
