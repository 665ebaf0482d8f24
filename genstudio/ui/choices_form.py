"""What can be chosen whenever a model is asked: a solver, its steps, a guidance weight."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from genstudio.runs.run import Run
from genstudio.settings import Settings, describe
from genstudio.ui.form import Form
from genstudio.ui.plots.throttle import Throttle
from genstudio.ui.theme import Theme

CHANGE_MS = 150
"""A slider that is dragged tells where it is so often; where it comes to rest it tells for certain."""
EDITOR_PX = 150


class ChoicesForm(QWidget):
    """The choices of whatever model is shown; those of each family are kept while others are shown.

    Questions take them as their argument `choices`. Without anything to choose the form is not seen.

    Signals:
        changed: a person chose otherwise.

    Arguments:
        prefix: editors are named `<prefix>.<choice>`, and their arrows back to the default `<prefix>.<choice>.reset`.
        columns: choices that stand side by side.
    """

    changed = Signal()

    def __init__(self, theme: Theme, prefix: str, columns: int = 3) -> None:
        super().__init__()
        self._theme, self._prefix, self._columns = theme, prefix, columns
        self._forms: dict[str, Form] = {}
        self._shown: Form | None = None
        self._told = Throttle(self.changed.emit, CHANGE_MS, self)
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.addStretch(1)
        self.hide()

    @property
    def choices(self) -> dict[str, Any]:
        """What was chosen otherwise than by default."""
        return {} if self._shown is None else self._shown.changes()

    @property
    def offered(self) -> bool:
        """Whether there is anything to choose."""
        return self._shown is not None

    def show_run(self, run: Run | None) -> None:
        """Offer the choices of a run's model; none where it has none."""
        self.offer("" if run is None else run.recipe.model.name, None if run is None else run.steering)

    def offer(self, family: str, kind: type[Settings] | None) -> None:
        """Offer choices.

        Arguments:
            family: whose they are; the last ones are found again under the same name.
            kind: what can be chosen; None or a class without settings: nothing.
        """
        if self._shown is not None:
            self._shown.hide()
        self._shown = None if kind is None or not _shown(kind) else self._form(family, kind)
        if self._shown is not None:
            self._shown.show()
        self.setVisible(self.offered)

    def _form(self, family: str, kind: type[Settings]) -> Form:
        if family not in self._forms:
            form = Form(kind, self._theme, self._prefix, columns=self._columns)
            for name in _shown(kind):
                form.field(name).widget.setMaximumWidth(EDITOR_PX)
            form.changed.connect(lambda name, value: self._told())
            self._forms[family] = form
            self._line.insertWidget(len(self._forms) - 1, form)
        return self._forms[family]


def _shown(kind: type[Settings]) -> list[str]:
    return [info.name for info in describe(kind) if not info.hidden]
