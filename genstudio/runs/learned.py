"""What a model has learned, together with what going on with its training needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from genstudio.models.capabilities import Resumable
from genstudio.models.contract import Array, Model

_STATE, _CHECKPOINT = "state/", "checkpoint/"


@dataclass(frozen=True)
class Learned:
    """What a model had learned by a step.

    Arguments:
        step: the one it speaks of. After a failure that is one before the last that was told.
        state: as its `state` told it.
        checkpoint: as its `checkpoint` told it; empty where it cannot go on.
    """

    step: int
    state: Mapping[str, Array]
    checkpoint: Mapping[str, Array]

    @staticmethod
    def of(model: Model, step: int) -> Learned:
        """What a model has learned now."""
        return _learned(step, model.state(), model.checkpoint() if isinstance(model, Resumable) else {})

    def give_to(self, model: Model) -> None:
        """Let a model have learned it.

        Raises:
            ArchiveError: it does not fit the model.
        """
        model.load_state(self.state)
        if isinstance(model, Resumable):
            model.load_checkpoint(self.checkpoint)


def join(state: Mapping[str, Array], checkpoint: Mapping[str, Array]) -> dict[str, Array]:
    """Both as one answer."""
    named = {_STATE + name: array for name, array in state.items()}
    return named | {_CHECKPOINT + name: array for name, array in checkpoint.items()}


def split(answer: Mapping[str, Array], step: int) -> Learned:
    """What `join` put together."""
    parts: dict[str, dict[str, Array]] = {_STATE: {}, _CHECKPOINT: {}}
    for name, array in answer.items():
        prefix, _, rest = name.partition("/")
        parts[prefix + "/"][rest] = array
    return _learned(step, parts[_STATE], parts[_CHECKPOINT])


def _learned(step: int, state: Mapping[str, Array], checkpoint: Mapping[str, Array]) -> Learned:
    return Learned(int(checkpoint["step"][0]) if "step" in checkpoint else step, state, checkpoint)
