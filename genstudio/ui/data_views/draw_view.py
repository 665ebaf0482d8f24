"""The canvas as a view of the data: its points become the data, and follow the recipe."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from genstudio.data.drawing import drawing_of
from genstudio.ui.canvas.canvas import Canvas
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

SOURCE = "drawing"


class DrawView(QWidget):
    """Once the points are in use, every stroke changes the data when the button is let go."""

    def __init__(self, model: SessionModel, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._seen: list[list[float]] = []
        self.canvas = Canvas(theme, "data.canvas")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas)
        self.canvas.use_requested.connect(self.use)
        self.canvas.drawn.connect(self._on_drawn)
        self.canvas.board.export_failed.connect(model.messages.show_error)
        model.about_to_train.connect(self._on_about_to_train)
        model.recipe_changed.connect(lambda section: self._follow_recipe())
        self._follow_recipe()

    def use(self) -> None:
        """Take the points as the data."""
        points = self.canvas.drawing.rows()
        self._seen = points
        if self._in_use():
            # As an option, so that the preparation that was chosen stays.
            self._model.edit_option("points", points)
        elif points:
            self._model.choose_source(SOURCE, points=points)
        self._refresh_state()

    def _in_use(self) -> bool:
        return self._model.recipe.data.source == SOURCE

    def _on_drawn(self) -> None:
        if self._in_use() and len(self.canvas.drawing):
            self.use()
        self._refresh_state()

    def _on_about_to_train(self) -> None:
        """Points in sight that were never in use are what the person means to learn from."""
        if self.isVisible() and not self._in_use() and self.canvas.drawing.rows() != self._seen:
            self.use()

    def _follow_recipe(self) -> None:
        """Undo, an opened run or a recipe may bring other points."""
        points = self._model.recipe.data.options.get("points") if self._in_use() else None
        if points and points is not self._seen and points != self._seen:
            self._seen = points
            if points != self.canvas.drawing.rows():
                self.canvas.load(drawing_of(points))
        self._refresh_state()

    def _refresh_state(self) -> None:
        self.canvas.tools.show_use(self._in_use())
