"""What Qt itself has to say goes where everything of the program is logged."""

from __future__ import annotations

import logging

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

LOG = logging.getLogger("genstudio.qt")
# The offscreen platform has no window manager to tell sizes to, and says so for each window.
NOISE = frozenset({"This plugin does not support propagateSizeHints()", "This plugin does not support raise()"})
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG, QtMsgType.QtInfoMsg: logging.INFO, QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR, QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def route_messages() -> None:
    """Log what Qt says from now on, without the noise of the offscreen platform."""
    qInstallMessageHandler(on_message)


def on_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    """Log one message."""
    if text not in NOISE:
        LOG.log(_LEVELS.get(kind, logging.WARNING), "%s", text)
