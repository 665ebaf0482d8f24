"""A tour without a person: trains on real data in the real window and writes a picture of it.

`python -m genstudio.ui.tour --output window.png [--theme dark] [--source digits --model vae --panel latent]`
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from genstudio.runs.job import Status
from genstudio.ui.app import Studio, application
from genstudio.ui.qt_messages import route_messages

BAR_WIDTH = 28
LIMIT_SECONDS = 600.0
SETTLE_SECONDS = 2.5
SIZE = (1500, 940)

Stop = tuple[str, Callable[[], bool]]
"""What is being done, and whether it is done."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Take the tour; the exit status is 1 where it got stuck or the picture could not be written."""
    chosen = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        # The window as it is when new, whatever shape the person's own has.
        for kind in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
            QSettings.setPath(kind, QSettings.Scope.UserScope, folder)
        return _take(chosen)


def _take(chosen: argparse.Namespace) -> int:
    app = application()
    route_messages()
    studio = Studio(app)
    studio.theme.set_mode(chosen.theme)
    studio.open()
    studio.window.resize(*SIZE)
    guide = Guide(studio, list(stops(studio, chosen.source, chosen.model, chosen.panel)))
    guide.start()
    app.exec()
    if guide.stuck:
        print(f"genstudio: the tour got stuck while {guide.stuck}.", file=sys.stderr)
    elif not studio.window.grab().save(str(chosen.output)):
        guide.stuck = "writing the picture"
        print(f"genstudio: {chosen.output} could not be written.", file=sys.stderr)
    else:
        print(chosen.output)
    # Not by closing the window, which would put the tour in the place of the person's last session.
    studio.window.hide()
    studio.model.close()
    return 1 if guide.stuck else 0


def stops(studio: Studio, source: str, model_key: str, panel: str) -> Iterator[Stop]:
    """What a person would do in the first minute, one step after the other.

    Arguments:
        source: which built-in data are learned.
        model_key: which model learns them; "" for the one that is recommended.
        panel: which panel is looked at in the end; "" for the one that the window opens with.
    """
    model = studio.model

    def begin_data() -> bool:
        if model.models is None or model.data is None:
            return False
        model.choose_source(source)
        return True

    def begin_training() -> bool:
        if model.loading is not None:
            return False
        if model_key:
            model.choose_model(model_key)
        model.train()
        return True

    def learned() -> bool:
        if model.current is None or model.current.status is not Status.DONE:
            return False
        if panel:
            studio.window.show_panel(panel)
        return True

    began: list[float] = []

    def settled() -> bool:
        began.append(time.monotonic())
        return began[-1] - began[0] > SETTLE_SECONDS

    yield "getting ready", begin_data
    yield "loading the data", begin_training
    yield "training", learned
    yield "drawing", settled


class Guide(QObject):
    """Goes from stop to stop as each is done, with a progress bar on standard error."""

    def __init__(self, studio: Studio, ahead: list[Stop]) -> None:
        super().__init__(studio)
        self.stuck = ""
        self._ahead, self._total = ahead, len(ahead)
        self._started = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setInterval(16)
        self._timer.timeout.connect(self._on_timeout)

    def start(self) -> None:
        """Set out."""
        self._timer.start()

    def _on_timeout(self) -> None:
        doing, done = self._ahead[0]
        if time.monotonic() - self._started > LIMIT_SECONDS:
            self.stuck = doing
            self._leave()
            return
        if done():
            del self._ahead[0]
            self._show(doing)
        if not self._ahead:
            self._leave()

    def _leave(self) -> None:
        self._timer.stop()
        QApplication.exit(0)

    def _show(self, doing: str) -> None:
        share = 1 - len(self._ahead) / self._total
        filled = round(BAR_WIDTH * share)
        bar = "█" * filled + "░" * (BAR_WIDTH - filled)
        ending = "" if sys.stderr.isatty() and self._ahead else "\n"
        start = "\r\x1b[K" if sys.stderr.isatty() else ""
        print(f"{start}{bar} {share:4.0%}  {doing}", end=ending, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m genstudio.ui.tour", description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("genstudio-tour.png"), help="where the picture goes")
    parser.add_argument("--source", default="old_faithful", help="which built-in data are learned")
    parser.add_argument("--model", default="", help="which model learns them; the recommended one if left out")
    parser.add_argument("--panel", default="", help="which panel is looked at in the end")
    parser.add_argument("--theme", choices=("light", "dark"), default="dark")
    return parser


if __name__ == "__main__":
    sys.exit(main())
