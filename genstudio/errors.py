"""The errors a person may meet. Each message says what is wrong, where, and what to do."""

from __future__ import annotations


class GenStudioError(Exception):
    """Something that a person can understand and mend.

    Arguments:
        what: one sentence saying what is wrong, and where.
        remedy: one sentence saying what to do about it.
    """

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(f"{what} {remedy}".strip())
        self.what = what
        self.remedy = remedy

    def __reduce__(self) -> tuple[type[GenStudioError], tuple[str, str]]:
        # What and remedy stay apart on the way between processes.
        return type(self), (self.what, self.remedy)


class DataError(GenStudioError):
    """Data that cannot be read, or cannot be learned from."""


class SettingsError(GenStudioError):
    """A setting that is unknown, out of its bounds, or of the wrong type."""


class RecipeError(GenStudioError):
    """A recipe that cannot be read or carried out."""


class TrainingError(GenStudioError):
    """A model that could not go on learning."""


class ArchiveError(GenStudioError):
    """A file of ours that is damaged, foreign, too new, or cannot be written."""


class Cancelled(Exception):
    """The person asked to stop; nothing is wrong."""
