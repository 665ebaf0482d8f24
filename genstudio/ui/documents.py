"""Opening and saving: data, recipes, sessions and exports, each off the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import wait
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from genstudio.data.reader import Watch
from genstudio.errors import GenStudioError
from genstudio.runs import archive, export, script
from genstudio.runs.archive import SUFFIX, Opened
from genstudio.runs.recipe import Recipe, read_recipe
from genstudio.runs.run import Run
from genstudio.runs.snapshot import Snapshot, ask_state, snapshot
from genstudio.runs.task import Task
from genstudio.ui.commands import plain_action
from genstudio.ui.keeping import Keeping, forget_old, kept_folder, left_behind, write_kept
from genstudio.ui.recent import RecentFiles
from genstudio.ui.session_model import SessionModel
from genstudio.ui.tips import plain_tip

SESSIONS = f"GenStudio sessions (*{SUFFIX})"
RECIPES = "Recipes (*.toml)"
ASK_SECONDS, WRITE_SECONDS = 1.0, 8.0
"""How long closing waits: for runs in the midst of a long step, and for a slow disk; the window is gone by then."""


class Documents(QObject):
    """What the File menu does.

    Arguments:
        window: parent of the file dialogs.

    Signals:
        saved: nothing is being saved any more, and what was to be saved is.
        named: name of the file that `save` writes to, "" for none.
    """

    saved = Signal()
    named = Signal(str)

    def __init__(self, model: SessionModel, window: QWidget) -> None:
        super().__init__(window)
        self._model, self._window = model, window
        self._path: Path | None = None
        self._menu: QMenu | None = None
        self._saving = 0
        self.recent = RecentFiles()
        self.keeping = Keeping(model)

    # Opening.

    def choose_and_open(self) -> None:
        """Ask for a file and open it."""
        # pandas and pyarrow stay out of the window's start.
        from genstudio.data.files import file_filters  # noqa: PLC0415

        data, *others = file_filters()
        everything = data.replace(")", f" *.toml *{SUFFIX})").replace("Data files", "All that can be opened")
        filters = ";;".join([everything, SESSIONS, RECIPES, data, *others])
        name, _ = QFileDialog.getOpenFileName(self._window, "Open", "", filters)
        if name:
            self.open(Path(name))

    def choose_and_open_folder(self) -> None:
        """Ask for a folder of pictures and open it."""
        name = QFileDialog.getExistingDirectory(self._window, "Open a folder of pictures")
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> None:
        """Open data, a recipe or a session, as the file's name says."""
        openers: dict[str, Callable[[Path], None]] = {SUFFIX: self._open_session, ".toml": self._open_recipe}
        try:
            openers.get(path.suffix.lower(), self._model.open_data)(path)
            self.recent.add(path)
        except GenStudioError as error:
            self._model.messages.show_error(error)

    def open_last(self) -> None:
        """Bring back what was open when the program was last closed, or ended in the midst of a training."""
        self._open_session(left_behind(last_session()) or last_session(), remember=False)

    def has_last(self) -> bool:
        """Whether there is a former session to bring back."""
        return last_session().is_file() or left_behind(last_session()) is not None

    def offer_rescued(self) -> None:
        """Offer what was kept of a training in whose midst the program ended."""
        forget_old()
        kept = left_behind(last_session())
        if kept is not None:
            when = datetime.fromtimestamp(kept.stat().st_mtime).strftime("%H:%M")
            self._model.messages.show(
                "warning", f"The program was not closed as it should be. What had been learned until {when} is kept.",
                offer=("Reopen", self.open_last),
            )

    def recent_menu(self, parent: QMenu) -> QMenu:
        """The menu of files that were opened lately, filled when it is shown."""
        self._menu = QMenu("Recent", parent)
        self._menu.setObjectName("menu.recent")
        self._menu.aboutToShow.connect(self._fill_recent)
        return self._menu

    # Saving.

    @property
    def saving(self) -> bool:
        """Whether a file that a person asked for is being written."""
        return self._saving > 0

    def save(self) -> None:
        """Save all runs where they were saved before; ask where, the first time."""
        if self._path is None:
            self.save_as()
        else:
            self.save_to(self._path)

    def save_as(self) -> None:
        """Ask where, and save all runs."""
        path = self._ask_name("Save all runs", f"session{SUFFIX}", SESSIONS)
        if path is not None:
            self.save_to(path)

    def save_to(self, path: Path) -> None:
        """Save all runs in one file, while training goes on."""
        runs = self._model.session.runs
        current = runs.index(self._model.current) if self._model.current in runs else 0

        def done(_: None) -> None:
            self._set_path(path)
            self.recent.add(path)
            self._said_saved(path)

        self._save(path, list(runs), current, done)

    def keep_session(self) -> None:
        """Save all runs where `open_last` finds them, now; the way of closing and of being shut down."""
        self.keeping.stop()
        runs = list(self._model.session)
        if not runs:
            self.keeping.forget()
            return
        asked = [ask_state(run) for run in runs]
        wait(asked, ASK_SECONDS)
        taken = [snapshot(run, question) for run, question in zip(runs, asked, strict=True) if question.done()]
        current = self._model.current
        path, place = last_session(), runs.index(current) if current in runs and len(taken) == len(runs) else 0
        keeping = Task(partial(write_kept, path, taken, place), "keep")
        keeping.join(WRITE_SECONDS)
        if not keeping.future.done():
            return
        if isinstance(error := keeping.future.exception(), Exception):
            self._model.messages.show_error(error)
        else:
            self.keeping.forget()

    def export(self, what: str) -> None:
        """Ask where, and export the shown run.

        Arguments:
            what: "recipe", "script" or "run".
        """
        run = self._model.current
        if run is None:
            return
        ending, words = {"recipe": (".toml", RECIPES), "script": (".py", "Python (*.py)"),
                         "run": (SUFFIX, SESSIONS)}[what]
        path = self._ask_name(f"Export the {what}", _file_name(run.name) + ending, words)
        if path is not None:
            self.export_to(what, run, path.with_suffix(ending))

    def export_to(self, what: str, run: Run, path: Path) -> None:
        """Export a run; arguments as for `export`."""
        if what == "run":
            self._save(path, [run], 0, lambda _: self._said_saved(path))
        elif what == "recipe":
            recipe = run.repeatable()
            self._in_background(lambda watch: export.write_recipe(path, recipe), path)
        else:
            self._model.pump.follow(run.job.ask("state"), partial(self._write_script, run, path),
                                    self._model.messages.show_error)

    # Inner workings.

    def _open_recipe(self, path: Path) -> None:
        def read(recipe: Recipe) -> None:
            self._model.take_recipe(recipe, f"Open {path.name}")

        # Checking a recipe may need the models, which take a while to import.
        self._model.pump.run("recipe", lambda watch: read_recipe(path), read, self._model.messages.show_error)

    def _open_session(self, path: Path, remember: bool = True) -> None:
        def opened(found: Opened) -> None:
            self._set_path(path if remember else None)
            self._take(found)

        self._model.pump.run("session", partial(archive.open_session, path), opened, self._model.messages.show_error)

    def _set_path(self, path: Path | None) -> None:
        self._path = path
        self.named.emit("" if path is None else path.stem)

    def _take(self, opened: Opened) -> None:
        for run in opened.runs:
            self._model.session.add(run)
        self._model.runs_changed.emit()
        shown = opened.runs[opened.current]
        self._model.take_session_run(shown)
        for problem in opened.problems:
            self._model.messages.show("warning", problem)

    def _save(self, path: Path, runs: list[Run], current: int, done: Callable[[None], None]) -> None:
        asked = [ask_state(run) for run in runs]
        self._saving += 1

        def on_answered(_: object) -> None:
            if all(question.done() for question in asked) and not written:
                written.append(True)
                taken = [snapshot(run, question) for run, question in zip(runs, asked, strict=True)]
                self._model.pump.run(f"save {path}", partial(_write, path, taken, current), on_written, on_failed)

        def on_written(_: None) -> None:
            self._saving -= 1
            done(None)
            if not self.saving:
                self.saved.emit()

        def on_failed(error: BaseException) -> None:
            self._saving -= 1
            self._model.messages.show_error(error, ("Save as…", partial(self._save_elsewhere, runs, current, done)))

        written: list[bool] = []
        for question in asked:
            self._model.pump.follow(question, on_answered, on_answered)

    def _save_elsewhere(self, runs: list[Run], current: int, done: Callable[[None], None]) -> None:
        path = self._ask_name("Save elsewhere", f"session{SUFFIX}", SESSIONS)
        if path is not None:
            self._save(path, runs, current, done)

    def _write_script(self, run: Run, path: Path, state: Any) -> None:
        self._in_background(lambda watch: script.write_script(path, run, state), path)

    def _in_background(self, work: Callable[[Watch], None], path: Path) -> None:
        # Of two tasks with one key the earlier is given up.
        self._model.pump.run(f"export {path}", work, lambda _: self._said_saved(path), self._model.messages.show_error)

    def _said_saved(self, path: Path) -> None:
        self._model.messages.show("info", f"Saved {path.name} in {path.parent}.")

    def _ask_name(self, title: str, name: str, words: str) -> Path | None:
        chosen, _ = QFileDialog.getSaveFileName(self._window, title, name, words)
        if not chosen:
            return None
        path = Path(chosen)
        return path if path.suffix else path.with_suffix(Path(name).suffix)

    def _fill_recent(self) -> None:
        if self._menu is None:
            return
        self._menu.clear()
        for path in self.recent.paths():
            action = self._menu.addAction(plain_action(path.name))
            action.setToolTip(plain_tip(str(path)))
            action.triggered.connect(lambda checked=False, path=path: self.open(path))
        if self._menu.isEmpty():
            self._menu.addAction("Nothing was opened yet").setEnabled(False)
        else:
            self._menu.addSeparator()
            self._menu.addAction("Clear the list", self.recent.clear)


def last_session() -> Path:
    """Where the session is kept when the program closes."""
    return kept_folder() / f"last{SUFFIX}"


def _write(path: Path, runs: list[Snapshot], current: int, watch: Watch) -> None:
    archive.save_session(path, runs, current, None, watch)


def _file_name(name: str) -> str:
    return "".join(c if c.isalnum() or c in " -_" else "-" for c in name).strip() or "run"
