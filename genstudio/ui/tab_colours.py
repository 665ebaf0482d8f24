"""Which tabs can serve the shown run: the others stay where they are, in a fainter colour."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QTabWidget

from genstudio.ui.panel_tab import PanelTab
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme


class TabColours(QObject):
    """Colours the titles of tabs by whether their panels have something to show.

    Panels that are not made yet are taken to have.
    """

    def __init__(self, tabs: QTabWidget, model: SessionModel, theme: Theme) -> None:
        super().__init__(tabs)
        self._tabs, self._model, self._theme = tabs, model, theme
        # Panels learn of a change by the same signals; they are asked once all of them have.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.refresh)
        for signal in (model.current_changed, model.data_changed, model.turned, theme.changed):
            signal.connect(self._soon.start)

    def refresh(self) -> None:
        """Colour all titles anew."""
        tokens, bar = self._theme.tokens, self._tabs.tabBar()
        for place, tab in enumerate(self._panel_tabs()):
            serves = not tab.made or not tab.panel.unsuitable(self._model.current)
            bar.setTabTextColor(place, QColor(tokens.muted if serves else tokens.disabled))

    def _panel_tabs(self) -> Iterable[PanelTab]:
        for place in range(self._tabs.count()):
            tab = self._tabs.widget(place)
            assert isinstance(tab, PanelTab)
            yield tab
