"""A grid of pictures under a title, as plots have one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout

from genstudio.ui.elided_label import ElidedLabel
from genstudio.ui.plots.picture_grid import PictureGrid
from genstudio.ui.theme import Theme


class TitledGrid(QFrame):
    """A title, and the pictures below.

    Arguments:
        name: object name of the grid; the title is called `<name>.title`.
        grid: of that name, where it is to be of another kind.
    """

    def __init__(self, theme: Theme, name: str, title: str = "", grid: PictureGrid | None = None) -> None:
        super().__init__()
        self.setProperty("role", "plot")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title = ElidedLabel()
        self._title.setObjectName(f"{name}.title")
        self._title.setProperty("role", "title")
        self._title.setContentsMargins(12, 6, 12, 4)
        self.grid = grid or PictureGrid(theme, name, title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._title)
        layout.addWidget(self.grid, 1)
        self.set_title(title)

    @property
    def title(self) -> str:
        """What stands above the pictures."""
        return self._title.whole_text()

    def set_title(self, title: str) -> None:
        """Say what the pictures are."""
        self._title.setText(title)
        self.grid.setAccessibleName(title)
