"""How a file is read: what was detected, and what the person says instead."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pydantic
from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QPushButton

from genstudio.data.files import detect_settings, offered_names, reader_for
from genstudio.data.reader import Watch
from genstudio.data.source import source
from genstudio.settings import Settings
from genstudio.ui.data_views.scrolled_card import ScrolledCard
from genstudio.ui.form import Form
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

# These name columns and classes of the former reading.
_FORGOTTEN = {"columns": None, "label": None, "anomalous": None, "normal_only": False, "classes": None}


@dataclass(frozen=True)
class Detected:
    """A reader, the settings that it found to fit, and the names that they can take."""

    title: str
    settings: Settings
    names: Mapping[str, tuple[str, ...]]


def with_defaults(found: Settings, names: Mapping[str, tuple[str, ...]]) -> type[Settings]:
    """The class of settings with these values as its defaults, so that a form's reset goes back to them.

    Arguments:
        names: what a person can choose among, for settings that name a part of the file.
    """
    fields: dict[str, Any] = {}
    for name, field in type(found).model_fields.items():
        changed = copy.copy(field)
        changed.default = getattr(found, name)
        fields[name] = (str | Literal[names[name]] if name in names else field.annotation, changed)
    return pydantic.create_model(type(found).__name__, __base__=type(found), **fields)


class ReadingCard(ScrolledCard):
    """Edits the options of the file's reader; it looks at the file while it is seen.

    Arguments:
        prefix: object names start with it.
    """

    def __init__(self, model: SessionModel, theme: Theme, prefix: str = "data") -> None:
        super().__init__(f"{prefix}.options", "Reading options")
        self._model, self._theme, self._prefix = model, theme, prefix
        self._path: str | None = None
        self.form: Form | None = None
        self._found: Settings | None = None
        self._title = QLabel()
        self._title.setObjectName(f"{prefix}.reader")
        self._title.setProperty("role", "muted")
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setWordWrap(True)
        self.detected = QPushButton("Back to detected")
        self.detected.setObjectName(f"{prefix}.detected")
        self.detected.setAccessibleName("Read the file as detected")
        self.detected.setToolTip("Forget what was chosen here and read the file as it was detected")
        self.detected.clicked.connect(lambda: self._read({}))
        self.column.addWidget(self._title)
        self.column.addWidget(self.detected)
        model.recipe_changed.connect(lambda section: self.refresh())
        model.data_changed.connect(self.refresh)
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody looks."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Show the options of the recipe; look at the file first where it is another."""
        data = self._model.recipe.data
        if data.path != self._path and self.isVisible():
            self._path = data.path
            self._drop_form()
            self._detect(data.path)
        if data.source is not None:
            notice = source(data.source).info.notice
            self._title.setText(notice or "These data come with the program; their settings stand on the left.")
        if self.form is not None and self._found is not None:
            self.form.set_values({**self._found.model_dump(), **data.options})
        self.detected.setVisible(self.form is not None)
        self.detected.setEnabled(bool(data.options))

    def _detect(self, path: str | None) -> None:
        self._model.pump.cancel(f"{self._prefix}.detect")
        if path is None:
            return
        self._title.setText("Looking at the file…")

        def work(watch: Watch) -> Detected:
            watch(0.0, "Looking at the file")
            file = Path(path)
            return Detected(reader_for(file).info.title, detect_settings(file), offered_names(file))

        self._model.pump.run(f"{self._prefix}.detect", work, self._on_detected, self._on_failed)

    def _on_failed(self, error: BaseException) -> None:
        # Loading the same file says what is wrong with it; saying it twice helps nobody.
        self._title.setText("It cannot be read.")

    def _on_detected(self, detected: Detected) -> None:
        self._found = detected.settings
        self._title.setText(f"Read as: {detected.title}. Change what was detected wrongly.")
        self.form = Form(with_defaults(detected.settings, detected.names), self._theme, f"{self._prefix}.reading")
        self.form.changed.connect(self._on_changed)
        self.column.insertWidget(1, self.form)
        self.refresh()

    def _on_changed(self, name: str, value: object) -> None:
        found = getattr(self._found, name, None)
        options = {key: option for key, option in self._model.recipe.data.options.items() if key != name}
        self._read(options if _alike(found, value) else {**options, name: value})

    def _read(self, options: dict[str, Any]) -> None:
        data = self._model.recipe.data
        changes = {"options": options, "preparation": data.preparation.model_copy(update=_FORGOTTEN)}
        self._model.edit_data(data.model_copy(update=changes), "Change reading")

    def _drop_form(self) -> None:
        self._found = None
        if self.form is not None:
            self.column.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
            self.form = None


def _alike(first: Any, second: Any) -> bool:
    plain = [list(value) if isinstance(value, tuple) else value for value in (first, second)]
    return bool(plain[0] == plain[1])
