"""Files may be dropped anywhere: nothing inside the window takes them for itself."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def leave_drops_to_window(root: QWidget) -> None:
    """Plots would refuse a file and fields would take its address for a text; the window opens it."""
    for widget in (root, *root.findChildren(QWidget)):
        widget.setAcceptDrops(False)
