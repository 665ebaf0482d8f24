"""What all plots share: axes in the theme's colours, hovering, a tool row, and export."""

from __future__ import annotations

import html
import math
from pathlib import Path

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from genstudio.ui.elided_label import ElidedLabel
from genstudio.ui.icons import bind_icon
from genstudio.ui.plots import export
from genstudio.ui.plots.axis import Axis
from genstudio.ui.plots.binning import Bounds
from genstudio.ui.plots.export_menu import ExportMenu
from genstudio.ui.plots.throttle import Throttle
from genstudio.ui.plots.viewbox import PlotBox
from genstudio.ui.theme import Theme, with_tabular_digits

_HOVER_MS = 30
_VIEW_MS = 80


class Plot(QWidget):
    """A pair of axes with a title, a row of tools and a read-out.

    Signals: `hovered(x, y)` while the mouse is over the axes, `unhovered()` when it leaves,
    `view_changed(bounds)` after zooming (x0, x1, y0, y1), `export_failed(error)`; all at most every few frames.

    Arguments:
        name: object names start with it: `<name>.plot`, `<name>.home`, ...
        side_tools: tools stand in a column on the right, for plots that are low and wide.
    """

    hovered = Signal(float, float)
    unhovered = Signal()
    view_changed = Signal(tuple)
    export_failed = Signal(object)

    def __init__(
        self, theme: Theme, name: str, parent: QWidget | None = None, *, side_tools: bool = False
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self.setObjectName(name)
        self.setProperty("role", "plot")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.box = PlotBox()
        axes = {side: Axis(side) for side in ("left", "bottom")}
        self.graph = pg.PlotWidget(viewBox=self.box, enableMenu=False, axisItems=axes)
        self.graph.setObjectName(f"{name}.plot")
        self.graph.setFrameShape(self.graph.Shape.NoFrame)
        # Keys reach the plot, which knows what they move.
        self.graph.setFocusProxy(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.item = self.graph.getPlotItem()
        self.readout = self._make_readout()
        self.hint = self._make_hint()
        self._title = ElidedLabel()
        self._title.setProperty("role", "title")
        self._tools: QBoxLayout = QVBoxLayout() if side_tools else QHBoxLayout()
        self._lay_out(side_tools)
        self._style_axes()
        self._hover = Throttle(self._tell_hover, _HOVER_MS, self)
        self._view = Throttle(self._tell_view, _VIEW_MS, self)
        self._listen()
        self.add_tool("home", "fit", "Fit the view to the data").clicked.connect(self.fit_view)
        theme.changed.connect(self.retheme)

    # What a plot says of itself.

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """What is shown, as named arrays of shape (N,) or (N, D), for export."""
        return {}

    def fit_view(self) -> None:
        """Show all data."""
        self.box.autoRange()

    def retheme(self) -> None:
        """Take up the theme's colours."""
        tokens = self.theme.tokens
        self.graph.setBackground(tokens.plot)
        for side in ("left", "bottom"):
            axis = self.item.getAxis(side)
            axis.setPen(pg.mkPen(tokens.axis))
            axis.setTickPen(pg.mkPen(tokens.grid))
            axis.setTextPen(pg.mkPen(tokens.axis))

    # What an owner asks for.

    def set_title(self, title: str) -> None:
        """Show a title above the axes, or none."""
        self._title.setText(title)
        self._title.setVisible(bool(title) or isinstance(self._tools, QHBoxLayout))
        self.graph.setAccessibleName(title)

    def set_labels(self, x: str, y: str) -> None:
        """Name the axes, units included; plain text."""
        # The axis reads HTML, and column names come from files.
        self.item.setLabel("bottom", html.escape(x) or None)
        self.item.setLabel("left", html.escape(y) or None)
        for side in ("left", "bottom"):
            # Axes centre their labels only when they are resized.
            self.item.getAxis(side).resizeEvent()

    def set_readout(self, text: str) -> None:
        """Say what lies under the mouse, in a corner; "" hides it."""
        self.readout.setText(text)
        self.readout.setVisible(bool(text))
        self._place_readout()

    def set_hint(self, text: str) -> None:
        """Say in place of the axes why they are empty and what to do; "" shows them."""
        self.hint.setText(text)
        self.hint.setVisible(bool(text))
        self._place_hint()

    def bounds(self) -> Bounds:
        """The view: x0, x1, y0, y1."""
        (x0, x1), (y0, y1) = self.box.viewRange()
        return x0, x1, y0, y1

    def set_bounds(self, bounds: Bounds) -> None:
        """Show this view: x0, x1, y0, y1."""
        x0, x1, y0, y1 = bounds
        if all(math.isfinite(end) for end in bounds):
            self.box.setRange(xRange=(x0, x1), yRange=(y0, y1), padding=0)

    def add_tool(self, name: str, icon: str, tooltip: str, checkable: bool = False) -> QToolButton:
        """A button in the row above the axes, named `<plot>.<name>`."""
        button = QToolButton()
        button.setCheckable(checkable)
        button.setObjectName(f"{self.objectName()}.{name}")
        button.setToolTip(tooltip)
        button.setAccessibleName(tooltip)
        button.setIconSize(QSize(18, 18))
        button.setProperty("role", "tool")
        bind_icon(button, self.theme, icon)
        # The home button, made first, stays last.
        self._tools.insertWidget(max(self._tools.count() - 1, 0), button)
        return button

    def export(self, path: Path) -> None:
        """Write what is shown, in the format that the name's ending says.

        Raises:
            GenStudioError: the file cannot be written.
        """
        with export.as_vectors(self.graph):
            export.save(path, self.graph, self.arrays)

    def context_menu(self) -> QMenu:
        """The menu of the right mouse button."""
        menu = ExportMenu(self, self.export, self.export_failed.emit)
        menu.addSeparator()
        menu.addAction("Fit the view to the data").triggered.connect(self.fit_view)
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu key; the right button waits to see whether it drags, which zooms."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.context_menu().popup(self.mapToGlobal(self.rect().center()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice the mouse leaving, and keep the read-out in its corner."""
        if event.type() == QEvent.Type.Leave:
            self.unhovered.emit()
        elif event.type() == QEvent.Type.Resize:
            self._place_readout()
            self._place_hint()
        return False

    def _lay_out(self, side_tools: bool) -> None:
        self._tools.setSpacing(3)
        self._title.setContentsMargins(12, 6, 0, 0)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.setRowStretch(1, 1)
        layout.setColumnStretch(0, 1)
        layout.addWidget(self._title, 0, 0)
        if side_tools:
            self._tools.setContentsMargins(0, 6, 6, 0)
            layout.addWidget(self.graph, 1, 0)
            layout.addLayout(self._tools, 1, 1, Qt.AlignmentFlag.AlignTop)
            self._title.hide()
        else:
            self._tools.setContentsMargins(8, 6, 8, 0)
            layout.addLayout(self._tools, 0, 1)
            layout.addWidget(self.graph, 1, 0, 1, 2)

    def _style_axes(self) -> None:
        self.item.hideButtons()
        self.item.showGrid(x=True, y=True, alpha=0.45)
        self.item.setContentsMargins(4, 4, 14, 4)
        for side in ("left", "bottom"):
            axis = self.item.getAxis(side)
            axis.enableAutoSIPrefix(False)
            # The grid belongs to the axis; it must not lie over pictures.
            axis.setZValue(-1000)
            # Axes widen for longer numbers, and then stay: plots must not jump.
            axis.setStyle(tickTextWidth=34, autoReduceTextSpace=False, tickLength=-4, maxTickLevel=1)

    def _listen(self) -> None:
        scene = self.graph.scene()
        scene.sigMouseMoved.connect(self._hover)
        scene.sigMouseClicked.connect(self._on_clicked)
        self.box.sigRangeChanged.connect(lambda *_: self._view())
        self.box.sigResized.connect(lambda *_: self._place_readout())
        self.graph.viewport().installEventFilter(self)

    def _make_readout(self) -> QLabel:
        label = QLabel(self.graph)
        label.setProperty("role", "readout")
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        label.setFont(with_tabular_digits(label.font()))
        label.hide()
        return label

    def _make_hint(self) -> QLabel:
        label = QLabel(self.graph)
        label.setObjectName(f"{self.objectName()}.hint")
        label.setProperty("role", "hint")
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setWordWrap(True)
        label.hide()
        return label

    def _place_hint(self) -> None:
        self.hint.setGeometry(self.graph.rect())

    def _place_readout(self) -> None:
        """Bottom right in the axes; it widens for longer texts, and then stays."""
        label = self.readout
        label.setMinimumWidth(max(label.minimumWidth(), label.sizeHint().width()))
        label.adjustSize()
        corner = self.graph.mapFromScene(self.box.sceneBoundingRect().bottomRight())
        label.move(corner - QPoint(label.width() + 6, label.height() + 6))

    def _tell_hover(self, place: object) -> None:
        if self.box.sceneBoundingRect().contains(place):
            point = self.box.mapSceneToView(place)
            self.hovered.emit(point.x(), point.y())
        else:
            self.unhovered.emit()

    def _tell_view(self) -> None:
        self.view_changed.emit(self.bounds())

    def _on_clicked(self, event: object) -> None:
        if event.double():  # type: ignore[attr-defined]
            self.fit_view()
        elif event.button() == Qt.MouseButton.RightButton:  # type: ignore[attr-defined]
            self.context_menu().popup(event.screenPos().toPoint())  # type: ignore[attr-defined]
