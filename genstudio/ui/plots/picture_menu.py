"""The menu that grids of pictures have on their right mouse button."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from genstudio.errors import GenStudioError


class PictureMenu(QMenu):
    """The grid's own actions, then saving and copying; actions are named `<grid>.save`, `.copy`, `.copy_one`.

    Arguments:
        everything: gives all pictures as one; None where there are none.
        one: gives the picture under the mouse; None where there is none.
        save: writes all pictures as one PNG.
        on_failed: takes the error where that cannot be done.
    """

    def __init__(
        self,
        grid: QWidget,
        everything: Callable[[], QImage] | None,
        one: Callable[[], QImage] | None,
        save: Callable[[Path], None],
        on_failed: Callable[[GenStudioError], None],
    ) -> None:
        super().__init__(grid)
        self._grid, self._save, self._on_failed = grid, save, on_failed
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.addActions(grid.actions())
        self.addSeparator()
        self._add("save", "Save as PNG…", self._ask_and_save, everything is not None)
        self._add("copy", "Copy all as one picture", partial(_copy, everything), everything is not None)
        self._add("copy_one", "Copy this picture", partial(_copy, one), one is not None)

    def _add(self, key: str, text: str, slot: Callable[..., None], enabled: bool) -> None:
        action = self.addAction(text)
        action.setObjectName(f"{self._grid.objectName()}.{key}")
        action.setEnabled(enabled)
        action.triggered.connect(slot)

    def _ask_and_save(self, checked: bool = False) -> None:
        name, _ = QFileDialog.getSaveFileName(self._grid, "Save as PNG", "pictures.png", "PNG (*.png)")
        if not name:
            return
        path = Path(name)
        try:
            self._save(path if path.suffix.lower() == ".png" else path.with_name(path.name + ".png"))
        except GenStudioError as error:
            self._on_failed(error)


def _copy(picture: Callable[[], QImage] | None, checked: bool = False) -> None:
    if picture is not None:
        QGuiApplication.clipboard().setImage(picture())
