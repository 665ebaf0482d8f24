"""The menu that every plot has on its right mouse button."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from genstudio.errors import GenStudioError

_KINDS = ("PNG", "SVG", "CSV", "NPZ")


class ExportMenu(QMenu):
    """Export as a picture or as numbers; actions are named `<plot>.export.<kind>`.

    Arguments:
        plot: what is exported; its object name names the actions.
        export: writes a file, as its ending says.
        on_failed: takes the error where that cannot be done.
    """

    def __init__(
        self, plot: QWidget, export: Callable[[Path], None], on_failed: Callable[[GenStudioError], None]
    ) -> None:
        super().__init__(plot)
        self._export, self._on_failed = export, on_failed
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for kind in _KINDS:
            action = self.addAction(f"Export {kind}…")
            action.setObjectName(f"{plot.objectName()}.export.{kind.lower()}")
            action.triggered.connect(partial(self._ask_and_export, plot, kind))

    def _ask_and_export(self, plot: QWidget, kind: str) -> None:
        ending = f".{kind.lower()}"
        name, _ = QFileDialog.getSaveFileName(plot, f"Export {kind}", f"plot{ending}", f"{kind} (*{ending})")
        if not name:
            return
        path = Path(name)
        try:
            self._export(path if path.suffix.lower() == ending else path.with_name(path.name + ending))
        except GenStudioError as error:
            self._on_failed(error)
