"""What is remarked on the present data, for as long as it is true. No widgets here."""

from __future__ import annotations

from collections.abc import Iterable

from genstudio.ui.messages import Messages


class DataRemarks:
    """Remarks that are withdrawn when other data come, or another model is chosen."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages
        self._said: tuple[str, ...] = ()
        self._chosen, self._choice = "", ""

    def begin(self, remarks: Iterable[str]) -> None:
        """Other data came, with remarks of their own."""
        self._messages.withdraw(self._said)
        self._said, self._choice = (), ""
        for remark in remarks:
            self._say(remark)

    def say_chosen(self, remark: str, key: str) -> None:
        """Why the model of a key was chosen; true until another one is."""
        self._chosen, self._choice = key, remark
        self._say(remark)

    def follow_model(self, key: str) -> None:
        """The model of this key is the one to train now."""
        if self._choice and key != self._chosen:
            self._messages.withdraw([self._choice])
            self._choice = ""

    def _say(self, remark: str) -> None:
        self._said = (*self._said, remark)
        self._messages.show("info", remark)
