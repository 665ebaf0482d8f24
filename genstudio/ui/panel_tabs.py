"""The tabs of all panels: made one after the other, fainter where they cannot serve the shown run."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QTabWidget

from genstudio.ui.panel import Panel, panel_kind
from genstudio.ui.panel_tab import PanelTab
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

FIRST_PANEL = "live"
PANEL_INTERVAL_MS = 120
"""Panels that nobody has asked for yet are made one after the other, with time to breathe in between."""


class PanelTabs(QTabWidget):
    """One tab a panel. At first there is only that of `FIRST_PANEL`: the others are imported after the first paint."""

    def __init__(self, model: SessionModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("tabs")
        self.setDocumentMode(True)
        self.tabBar().setDrawBase(False)
        self._model, self._theme = model, theme
        self._tabs = {FIRST_PANEL: PanelTab(panel_kind(FIRST_PANEL), model, theme, held=True)}
        self.addTab(self._tabs[FIRST_PANEL], self._tabs[FIRST_PANEL].info.text)
        self._making = QTimer(self, interval=PANEL_INTERVAL_MS)
        self._making.timeout.connect(self._make_next)
        # Panels learn of a change by the same signals; they are asked once all of them have.
        self._colouring = QTimer(self, singleShot=True, interval=0)
        self._colouring.timeout.connect(self._colour)
        for signal in (model.current_changed, model.data_changed, model.turned, theme.changed):
            signal.connect(self._colouring.start)

    @property
    def panel_tabs(self) -> Mapping[str, PanelTab]:
        """The tabs by the keys of their panels, in order."""
        return self._tabs

    def add_panels(self, kinds: Mapping[str, type[Panel]]) -> None:
        """Place the tabs of all panels in their order; the panels themselves are made one after the other."""
        self._tabs = {
            key: self._tabs.get(key) or PanelTab(kind, self._model, self._theme) for key, kind in kinds.items()
        }
        for place, tab in enumerate(self._tabs.values()):
            if self.indexOf(tab) < 0:
                self.insertTab(place, tab, tab.info.text)
            tab.panel_made.connect(self._colouring.start)
        self._making.start()

    def release(self) -> None:
        """Let the first panel be made."""
        self._tabs[FIRST_PANEL].release()

    def show_panel(self, key: str) -> Panel:
        """Bring a panel to the front."""
        self.setCurrentWidget(self._tabs[key])
        return self._tabs[key].panel

    def export_shown(self) -> None:
        """Export what the panel in front shows."""
        tab = self.currentWidget()
        if isinstance(tab, PanelTab):
            tab.panel.export()

    def close_down(self) -> None:
        """Make no more panels."""
        self._making.stop()

    def _make_next(self) -> None:
        waiting = [tab for tab in self._tabs.values() if not tab.made]
        if waiting:
            _ = waiting[0].panel
        else:
            self._making.stop()

    def _colour(self) -> None:
        tokens, bar = self._theme.tokens, self.tabBar()
        for place, tab in enumerate(self._tabs.values()):
            serves = not tab.made or not tab.panel.unsuitable(self._model.current)
            bar.setTabTextColor(place, QColor(tokens.muted if serves else tokens.disabled))
