"""A hand on the mouse, in data coordinates."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from genstudio.ui.plots.plot import Plot

LEFT = Qt.MouseButton.LeftButton


def pixel(plot: Plot, x: float, y: float) -> QPoint:
    """Where a point of the data lies in the viewport."""
    return plot.graph.mapFromScene(plot.box.mapViewToScene(QPointF(x, y)))


def drag(plot: Plot, start: tuple[float, float], end: tuple[float, float], steps: int = 6) -> None:
    """Press at one point, move, and let go at another."""
    viewport, first, last = plot.graph.viewport(), pixel(plot, *start), pixel(plot, *end)
    QTest.mouseMove(viewport, first)
    QTest.mousePress(viewport, LEFT, pos=first)
    for step in range(1, steps + 1):
        QTest.mouseMove(viewport, first + (last - first) * step / steps)
        # The library looks at moves at most 200 times a second.
        QTest.qWait(8)
    QTest.mouseRelease(viewport, LEFT, pos=last)


def hover(plot: Plot, x: float, y: float) -> None:
    """Move over a point without pressing."""
    QTest.mouseMove(plot.graph.viewport(), pixel(plot, x, y) - QPoint(3, 0))
    QTest.qWait(8)
    QTest.mouseMove(plot.graph.viewport(), pixel(plot, x, y))
