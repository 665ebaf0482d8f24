"""Every action of the window: one row each, with its menu, key, icon and words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QToolBar, QWidget

from genstudio.ui.icons import IconBinder, bind_icon
from genstudio.ui.theme import Theme

Slot = Callable[[], object]


@dataclass(frozen=True)
class ActionInfo:
    """One thing a person can do.

    Arguments:
        key: object name, `action.<key>`.
        menu: title of the menu it stands in; a path with "/" makes sub-menus.
        tip: what it does, shown as tooltip and in the status bar.
        bar: the toolbar shows it too.
        group: a line parts it from what stands before it.
    """

    key: str
    text: str
    menu: str
    shortcut: str
    icon: str
    tip: str
    bar: bool = False
    group: bool = False
    colour: str = "text"


class Actions(QObject):
    """Makes the actions, and places them in menus and toolbar."""

    def __init__(self, window: QWidget, theme: Theme) -> None:
        super().__init__(window)
        self._window, self._theme = window, theme
        self._all: dict[str, QAction] = {}
        self._icons: dict[str, IconBinder] = {}
        self._menus: dict[str, QMenu] = {}

    def __getitem__(self, key: str) -> QAction:
        return self._all[key]

    def add(self, info: ActionInfo, slot: Slot, menus: QMenuBar, bar: QToolBar) -> QAction:
        """Make an action and place it."""
        action = QAction(info.text, self._window)
        action.setObjectName(f"action.{info.key}")
        action.setShortcut(QKeySequence(info.shortcut))
        self._say(action, info.tip)
        if info.icon:
            self._icons[info.key] = bind_icon(action, self._theme, info.icon, info.colour)
        action.triggered.connect(lambda checked=False: slot())
        self._place(info, action, menus, bar)
        self._all[info.key] = action
        return action

    def tell(self, key: str, tip: str) -> None:
        """Say what an action does, or why it cannot be done now."""
        self._say(self._all[key], tip)

    def show_icon(self, key: str, name: str) -> None:
        """Show another icon, of an action that has one."""
        self._icons[key].show(name)

    def adopt(self, action: QAction, key: str, shortcut: str, tip: str) -> None:
        """Name an action that Qt made, and give it its key and words."""
        action.setObjectName(f"action.{key}")
        action.setShortcut(QKeySequence(shortcut))
        action.setToolTip(f"{tip} ({shortcut})" if shortcut else tip)
        action.setStatusTip(tip)
        # Keys work as well while the menus are hidden.
        self._window.addAction(action)

    def menu(self, title: str, menus: QMenuBar) -> QMenu:
        """The menu of a title, made where there is none yet."""
        if title not in self._menus:
            self._menus[title] = menus.addMenu(f"&{title}")
            self._menus[title].setObjectName(f"menu.{title.lower()}")
        return self._menus[title]

    def _say(self, action: QAction, tip: str) -> None:
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{tip} ({keys})" if keys else tip)
        action.setStatusTip(tip)

    def _place(self, info: ActionInfo, action: QAction, menus: QMenuBar, bar: QToolBar) -> None:
        menu = self.menu(info.menu, menus)
        if info.group and not menu.isEmpty():
            menu.addSeparator()
        menu.addAction(action)
        # Keys work as well while the menus are hidden.
        self._window.addAction(action)
        if info.bar:
            if info.group and bar.actions():
                bar.addSeparator()
            bar.addAction(action)
            button = bar.widgetForAction(action)
            button.setObjectName(f"toolbar.{info.key}")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
