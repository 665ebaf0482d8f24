"""What the EM loop drives for a hidden Markov model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.data.dataset import Dataset
from genstudio.errors import SettingsError
from genstudio.models._hmm_emission import EMPTY, HiddenMarkov, Observations
from genstudio.models._hmm_given import model_of
from genstudio.models._hmm_observations import data_dimension, observations
from genstudio.models._hmm_passes import Markov, Smoothed, log_likelihood, smooth
from genstudio.models._hmm_settings import MarkovSettings
from genstudio.models._hmm_topology import fewest_rows, opened, segments, starting_chain
from genstudio.training.background import in_background
from genstudio.training.events import Note

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# A start on fewer rows is found before anyone could look.
QUICK_ROWS = 5_000
# Expected transitions below this are none: dividing by their sum would overflow.
NO_TRANSITIONS = 1e-290
# States begun anew in one restart; one that empties again and again is not needed.
MOST_RENEWALS = 10


@dataclass
class Held:
    """What a hidden Markov model holds at the moment.

    Arguments:
        by_hand: a person has set or changed the parameters since they were learned.
    """

    model: HiddenMarkov | None = None
    by_hand: bool = False


class ChainLearner:
    """Baum and Welch: EM with the passes over time as its E step; the smoothed rows are at hand between two steps."""

    def __init__(self, data: Dataset, settings: MarkovSettings, held: Held, seed: int) -> None:
        assert data.lengths is not None
        self.settings, self.held, self.seed = settings, held, seed
        self.lengths, self.valid_lengths = data.lengths[0], data.lengths[1]
        self.dimension = data_dimension(data, settings)
        self.rows: Observations[Any] = observations(data.train, settings, self.dimension)
        self.valid = observations(data.valid, settings, self.dimension) if len(data.valid) else None
        self.restarts = 0
        self.repairs: Counter[tuple[str, int]] = Counter()
        self._known: tuple[HiddenMarkov, Smoothed] | None = None

    @property
    def items(self) -> int:
        """Rows that a step goes through."""
        return int(self.lengths.sum())

    @property
    def model(self) -> HiddenMarkov:
        """The current parameters."""
        assert self.held.model is not None
        return self.held.model

    def start(self) -> Generator[None, None, None]:
        """hmmlearn's start with a seed of its own for each restart; what is given by hand stands in its place.

        Until it is found, all states are as all rows are.
        """
        if self.items <= QUICK_ROWS or self.settings.all_given:
            self.held.model = self._find()
        else:
            if self.held.model is None:
                chain = starting_chain(self.settings, self.lengths, self.seed)
                self.held.model = HiddenMarkov(chain, self.rows.overall())
            self.held.model = yield from in_background(self._find, "genstudio-start")
        self.restarts += 1
        self.repairs.clear()

    def step(self) -> float:
        """One E and one M step; the log-likelihood of all rows under the parameters before it, nats."""
        before, smoothed = self._expected()
        chain = self._chain(before.chain, smoothed)
        emission = self.rows.maximized(before.emission, smoothed.posteriors)
        self.held.model = self._renewed(HiddenMarkov(chain, emission), smoothed.posteriors)
        return smoothed.log_prob

    def metrics(self) -> Mapping[str, float]:
        """Mean log-likelihood of the training and the validation rows, nats a row, model units."""
        figures = {"train": self._expected()[1].log_prob / self.items}
        if self.valid is not None:
            frames = self.valid.frames(self.model.emission)
            log_prob = log_likelihood(self.model.chain, frames, self.valid_lengths)
            figures["valid"] = log_prob / int(self.valid_lengths.sum())
        return figures

    def keep(self) -> HiddenMarkov | None:
        """The current parameters."""
        return self.held.model

    def restore(self, kept: HiddenMarkov | None) -> None:
        """Take up parameters that were kept."""
        self.held.model = kept

    def remarks(self) -> Iterable[Note]:
        """What was repaired, and what the rows are too few or too short for."""
        if not self.settings.n_iter:
            return
        yield from self._repairs()
        yield from _rows_remarks(self.rows.remarks(), self.settings)
        short = int((self.lengths < fewest_rows(self.settings)).sum())
        if short:
            yield Note(
                "warning", f"{short} of {len(self.lengths)} sequences are shorter than the "
                f"{fewest_rows(self.settings)} rows that the way through all states takes.",
                "Lower n_components, or raise bandwidth.",
            )

    def _repairs(self) -> Iterable[Note]:
        for (what, state), times in sorted(self.repairs.items()):
            if what == "empty":
                yield Note(
                    "warning", f"State {state + 1} was left without rows {_times(times)} and begun anew on rows drawn "
                    "at random.", "Lower n_components if it stays small, or raise n_init.",
                )
            else:
                yield Note(
                    "info", f"No transition from state {state + 1} was expected {_times(times)}; its row of the "
                    "transition matrix was kept as it was, not left at 0.", "Lower n_components if it is not needed.",
                )

    def _find(self) -> HiddenMarkov:
        settings, seed = self.settings, (self.seed + self.restarts) % 2**32
        given = settings.given
        if settings.all_given:
            return self._typed(given)
        labels = segments(self.lengths, settings.n_components) if settings.topology == "left_to_right" else None
        chain = starting_chain(settings, self.lengths, seed)
        found = HiddenMarkov(chain, self.rows.start(labels, seed))
        if not given:
            return found
        parameters = {"startprob": chain.startprob, "transmat": chain.transmat, **found.emission.parameters()}
        return self._typed({**parameters, **given})

    def _typed(self, parameters: Mapping[str, Any]) -> HiddenMarkov:
        found = model_of(parameters, self.settings, self.dimension)
        if found.emission.n_states != self.settings.n_components:
            raise SettingsError(
                f"Parameters of {found.emission.n_states} states were typed, but n_components is "
                f"{self.settings.n_components}.", "Change either.",
            )
        return found

    def _expected(self) -> tuple[HiddenMarkov, Smoothed]:
        # Parameters may have been dragged by hand since the last step.
        if self._known is None or self._known[0] is not self.model:
            frames = self.rows.frames(self.model.emission)
            self._known = (self.model, smooth(self.model.chain, frames, self.lengths))
        return self._known

    def _chain(self, before: Markov, smoothed: Smoothed) -> Markov:
        """Shares of the expected transitions; what was 0 stays so, as none is expected there."""
        total = smoothed.transitions.sum(axis=1)
        none = total < NO_TRANSITIONS
        for state in np.flatnonzero(none):
            self.repairs["transitions", int(state)] += 1
        transmat = smoothed.transitions / np.where(none, 1.0, total)[:, None]
        return Markov(smoothed.starts / smoothed.starts.sum(), np.where(none[:, None], before.transmat, transmat))

    def _renewed(self, model: HiddenMarkov, posteriors: Floats) -> HiddenMarkov:
        """The model with each state that has no rows begun anew."""
        for state in np.flatnonzero(posteriors.sum(axis=0) < EMPTY).tolist():
            renewals = sum(times for (what, _), times in self.repairs.items() if what == "empty")
            if renewals >= MOST_RENEWALS:
                break
            self.repairs["empty", state] += 1
            random = np.random.RandomState((self.seed + 1_000 * self.restarts + renewals) % 2**32)
            emission = self.rows.renewed(model.emission, state, random)
            chain = opened(model.chain, state, self.settings, self.held.by_hand)
            model = HiddenMarkov(chain, emission)
        return model


def _rows_remarks(found: Mapping[str, int], settings: MarkovSettings) -> Iterable[Note]:
    if found.get("idle"):
        yield Note(
            "warning", f"k-means found {found['idle']} clusters fewer than there are Gaussians to start.",
            "Lower n_components or n_mix; many rows may be equal.",
        )
    if found.get("opened"):
        yield Note(
            "warning", f"{found['opened']} covariances would be singular, or nearly, and min_covar = "
            f"{settings.min_covar:g} holds them open: rows lie on a point, a line or a plane.",
            "Use fewer states, leave out constant columns, or raise covars_prior.",
        )


def _times(n: int) -> str:
    return "once" if n == 1 else f"{n} times"
