"""The contract of a panel: one file a panel, found by looking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QStackedLayout, QWidget

from genstudio.applications.scores import without_likelihood
from genstudio.registry import discover, discover_in
from genstudio.runs.run import Run
from genstudio.runs.status import Status
from genstudio.training.events import Preview
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme


@dataclass(frozen=True)
class PanelInfo:
    """What the tab shows.

    Arguments:
        key: prefix of the object names of its widgets.
        needs: the capability of `models.capabilities` that the shown run must have, or None.
        needs_run: whether it is empty without a run that has learned something.
        doing: completes "This model cannot …" when the capability is missing.
        of_density: whether it shows a density, so that of a model without one it says what to look at instead.
    """

    key: str
    title: str
    icon: str
    order: int
    help: str
    needs: type[Any] | None = None
    needs_run: bool = False
    doing: str = ""
    of_density: bool = False

    @property
    def text(self) -> str:
        """The title where Qt would take an ampersand for the mark of a key."""
        return self.title.replace("&", "&&")


class Panel(QWidget):
    """A tab of the window. It shows either its content or a sentence saying why it cannot."""

    info: ClassVar[PanelInfo]

    def __init__(self, model: SessionModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName(self.info.key)
        self.setAccessibleName(self.info.title)
        self.model = model
        self.theme = theme
        self.content = QWidget()
        self._sentence = self._make_sentence()
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.content)
        self._stack.addWidget(self._sentence)
        self._watched: dict[str, Callable[[Preview], None]] = {}
        self._questions: dict[str, tuple[str, dict[str, Any]]] = {}
        self._looking = False
        self.build()
        model.previewed.connect(self._on_previewed)
        model.current_changed.connect(self._on_current_changed)
        model.turned.connect(self._on_turned)
        model.data_changed.connect(self._refresh_reason)
        self._refresh_reason()

    def build(self) -> None:
        """Fill `self.content` and connect to the model."""

    def run_changed(self, run: Run | None) -> None:
        """Another run is shown, or the shown one turned; only called while the panel can serve it."""

    def unsuitable(self, run: Run | None) -> str:
        """A sentence saying why the panel cannot serve the run, or ""."""
        if run is None:
            return "Train a model first: press Train, or Ctrl+Return." if self.info.needs_run else ""
        if not self.serves(run):
            return f"{run.model.info.title} cannot {self.info.doing}. {self._advice(run)}"
        if self.info.needs_run and run.status is Status.FAILED and not run.history.step:
            return "This run failed before it had learned anything. Change the settings and train again."
        return ""

    def serves(self, run: Run) -> bool:
        """Whether the run's model has what the panel needs."""
        return self.info.needs is None or run.offers(self.info.needs)

    def _advice(self, run: Run) -> str:
        instead = without_likelihood(run.model.info.title, run.offers) if self.info.of_density else ""
        return instead or "Choose a run of a model that can."

    def export(self) -> None:
        """Export what the panel shows; panels that can override it."""
        self.model.messages.show("info", f"{self.info.title} has nothing to export.", "Choose another panel.")

    def look(self, name: str, done: Callable[[Preview], None], question: str, **arguments: Any) -> None:
        """Keep a question answered while the panel is visible; `done` gets each newest answer."""
        key = f"{self.info.key}.{name}"
        self._watched[key] = done
        self._questions[key] = (question, arguments)
        if self._looking:
            self.model.watch(key, question, **arguments)

    def look_away(self, name: str) -> None:
        """The answer is not wanted any more."""
        key = f"{self.info.key}.{name}"
        self._watched.pop(key, None)
        self._questions.pop(key, None)
        self.model.unwatch(key)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to look."""
        super().showEvent(event)
        self._refresh_reason()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks any more, so nothing is computed."""
        super().hideEvent(event)
        self._set_looking(False)

    def _set_looking(self, looking: bool) -> None:
        if looking == self._looking:
            return
        self._looking = looking
        for key, (question, arguments) in self._questions.items():
            if looking:
                self.model.watch(key, question, **arguments)
            else:
                self.model.unwatch(key)

    def _make_sentence(self) -> QLabel:
        label = QLabel()
        label.setObjectName(f"{self.info.key}.reason")
        label.setProperty("role", "empty")
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setMargin(40)
        label.setWordWrap(True)
        return label

    def _on_previewed(self, key: str, preview: Preview) -> None:
        done = self._watched.get(key)
        if done is not None:
            done(preview)

    def _on_current_changed(self) -> None:
        self._refresh_reason()

    def _on_turned(self, run: Run) -> None:
        if run is self.model.current:
            self._refresh_reason()

    def _refresh_reason(self) -> None:
        reason = self.unsuitable(self.model.current)
        self._sentence.setText(reason)
        self._stack.setCurrentIndex(1 if reason else 0)
        # What a model cannot answer is not asked.
        self._set_looking(self.isVisible() and not reason)
        if not reason:
            self.run_changed(self.model.current)


def panel_kind(key: str) -> type[Panel]:
    """One panel, named as its module is; the other modules are not imported."""
    return discover_in(f"genstudio.ui.panels.{key}", Panel)[key]


def panels() -> dict[str, type[Panel]]:
    """Every panel, by key, in the order of their tabs."""
    return discover("genstudio.ui.panels", Panel)
