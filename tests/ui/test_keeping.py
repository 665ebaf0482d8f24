"""What a crash leaves of a session."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton

from genstudio.runs.job import Status
from genstudio.ui.documents import last_session
from genstudio.ui.keeping import FORGOTTEN_DAYS, forget_old, kept_folder, left_behind
from tests.ui.desk import Desk


def kept_files() -> list[Path]:
    return sorted(kept_folder().glob("unsaved-*"))


def learning(desk: Desk) -> None:
    desk.model.choose_model("vae")
    desk.model.edit_settings(hidden_features=[8], max_epochs=100_000)
    desk.model.slow_down(0.01)
    desk.model.train()
    desk.until(lambda: desk.model.current is not None and desk.run.history.step > 3)


def kept(desk: Desk) -> Path:
    """Keep the session as the timer does; its file."""
    desk.window.documents.keeping._timer.timeout.emit()
    desk.until(lambda: kept_files() and desk.model.pump.task("keep") is None)
    return kept_files()[0]


def test_what_was_learned_until_a_crash_can_be_gone_on_with(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    learning(desk)
    rescued = kept(desk)
    step = desk.run.history.step
    assert desk.run.status is Status.TRAINING, "training goes on meanwhile"
    content = rescued.read_bytes()
    desk.window.close()
    assert not rescued.exists(), "a window that is closed as it should be leaves nothing to rescue"
    assert last_session().is_file()

    # As if it had not been closed.
    last_session().unlink()
    rescued.write_bytes(content)
    again = open_desk()
    assert "not closed as it should be" in again.said()
    again.until(lambda: any(button.text() == "Reopen" for button in again.window.findChildren(QPushButton)))
    next(button for button in again.window.findChildren(QPushButton) if button.text() == "Reopen").click()
    again.until(lambda: again.model.current is not None and not again.model.loading)
    assert 0 < again.run.history.step <= step
    assert again.run.status is Status.STOPPED
    again.until(again.action("go_on").isEnabled)
    assert again.window.windowTitle() == "GenStudio", "what is saved next does not go into the rescued file"


def test_nothing_is_written_where_nothing_was_learned_since(desk: Desk) -> None:
    desk.window.documents.keeping.keep()
    assert not kept_files()
    desk.train()
    first = kept(desk)
    stamp = first.stat().st_mtime_ns
    desk.window.documents.keeping.keep()
    assert desk.model.pump.task("keep") is None
    assert first.stat().st_mtime_ns == stamp


def test_a_full_or_locked_disk_is_said_and_tried_again(desk: Desk) -> None:
    desk.train()
    kept_folder().parent.mkdir(parents=True, exist_ok=True)
    kept_folder().rmdir() if kept_folder().is_dir() else None
    kept_folder().write_text("a file stands in the way", encoding="utf-8")
    desk.window.documents.keeping.keep()
    desk.until(lambda: "cannot be kept" in desk.said())
    kept_folder().unlink()
    kept(desk)


def test_older_rescues_are_not_offered_and_at_last_forgotten() -> None:
    kept_folder().mkdir(parents=True)
    old, new = (kept_folder() / f"unsaved-{name}.genstudio" for name in ("old", "new"))
    for path, days in ((old, FORGOTTEN_DAYS + 1), (last_session(), 1), (new, 0)):
        path.write_bytes(b"")
        os.utime(path, (time.time() - days * 86_400,) * 2)
    assert left_behind(last_session()) == new
    forget_old()
    assert kept_files() == [new]
    new.unlink()
    assert left_behind(last_session()) is None


@pytest.mark.parametrize("seconds", [0.0, 3.0])
def test_a_run_in_a_long_step_does_not_hold_the_window(desk: Desk, seconds: float) -> None:
    learning(desk)
    desk.model.slow_down(seconds)
    started = time.perf_counter()
    desk.window.documents.keeping.keep()
    assert time.perf_counter() - started < 1.0, "it asks, and does not wait"
    kept(desk)
