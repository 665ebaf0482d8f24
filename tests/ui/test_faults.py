"""What the window survives; the numbers are those of the list of faults."""

from __future__ import annotations

import locale
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QLocale, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QWidget

from genstudio.errors import TrainingError
from genstudio.models.gmm import GaussianMixtureModel
from genstudio.runs.archive import open_session
from genstudio.runs.job import Status
from genstudio.ui.app import application
from genstudio.ui.documents import last_session
from genstudio.ui.panels.live import LivePanel
from tests.patience import PATIENCE_S
from tests.ui.desk import Desk


def failing_fit(error: Exception) -> Callable[..., Iterator[Any]]:
    def fit(self: object, data: object, live: object, seed: int, budget: object = None) -> Iterator[Any]:
        raise error
        yield

    return fit


@pytest.mark.parametrize(("error", "said"), [
    (MemoryError(), "not enough memory"),  # 45
    (ValueError("boom <b>here</b>"), "inside the program (ValueError: boom <b>here</b>)"),  # 49
    (TrainingError("All is lost.", "Try again."), "All is lost"),  # 41
])
def test_a_training_that_fails_leaves_the_window_alive(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(GaussianMixtureModel, "fit", failing_fit(error))
        desk.click("training.start")
        failed = desk.trained()
    assert failed.status is Status.FAILED
    desk.until(lambda: said in desk.said())
    shown = desk.find("messages.text", QLabel)
    assert shown.textFormat() is Qt.TextFormat.PlainText
    assert said in shown.text()
    assert "Traceback" not in shown.text()
    desk.train()


def test_44_em_that_does_not_converge_is_marked(desk: Desk) -> None:
    desk.enter("family.n_components", "12")
    desk.model.edit_settings(max_iter=2)
    run = desk.train()
    assert any(note.badge for note in run.history.notes)
    desk.until(lambda: "not converged" in desk.said())
    item = desk.window.runs.tree.topLevelItem(0)
    assert "not converged" in item.toolTip(0)


@pytest.mark.parametrize(("field", "typed"), [
    ("training.steps", "0"), ("training.seconds", "-1"), ("training.seed", "1e99"), ("family.n_components", "0"),
])
def test_46_impossible_settings_are_refused_in_words(desk: Desk, field: str, typed: str) -> None:
    before = desk.model.recipe
    desk.enter(field, typed)
    assert desk.model.recipe == before
    prefix, name = field.split(".")
    form = {"training": desk.window.experiment.training.form, "family": desk.window.experiment.family.form}[prefix]
    assert form is not None
    assert form.problems()[name]
    desk.train()


def test_more_components_than_rows_is_said_before_training(desk: Desk) -> None:
    desk.model.edit_option("samples", 20)
    desk.loaded(desk.model.data)
    desk.enter("family.n_components", "500")
    desk.click("training.start")
    desk.until(lambda: desk.model.messages.all)
    assert "500" in desk.said() or "component" in desk.said()
    assert desk.window.isVisible()


def test_47_stop_answers_within_a_second(desk: Desk) -> None:
    desk.model.edit_option("samples", 100_000)
    desk.loaded(desk.model.data)
    run = desk.train_slowly(0.0)
    started = time.monotonic()
    desk.click("toolbar.stop")
    desk.until(lambda: run.status is Status.STOPPED)
    assert time.monotonic() - started < 1.0


def test_51_save_while_training(desk: Desk, tmp_path: Path) -> None:
    run = desk.train_slowly()
    desk.window.documents.save_to(tmp_path / "now.genstudio")
    desk.until(lambda: "Saved" in desk.said())
    assert run.status is Status.TRAINING
    found = open_session(tmp_path / "now.genstudio")
    for opened in found.runs:
        opened.job.close()
    assert found.runs[0].history.step <= run.history.step
    assert not found.problems


def test_53_same_seed_same_result(desk: Desk) -> None:
    desk.enter("training.seed", "7")
    desk.loaded(desk.model.data)
    first, second = desk.train(), desk.train()
    assert first.history.series("train")[1].tolist() == second.history.series("train")[1].tolist()


def test_54_train_clicked_a_hundred_times(desk: Desk) -> None:
    desk.model.slow_down(0.05)
    desk.model.edit_settings(n_components=20, max_iter=1000, tol=1e-300)
    button = desk.find("training.start")
    for _ in range(50):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        desk.model.train()
    assert len(desk.model.session.runs) == 1
    run = desk.run
    desk.until(lambda: run.history.step > 0)
    desk.click("toolbar.pause")
    desk.until(lambda: run.status is Status.PAUSED)
    for _ in range(50):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert len(desk.model.session.runs) == 2, "training afresh gives up what was held, once"


def test_55_close_while_training_keeps_the_session(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    run = desk.train_slowly()
    desk.model.rename_run(run, "kept <i>half</i> done")
    started = time.monotonic()
    desk.window.close()
    assert time.monotonic() - started < PATIENCE_S / 2
    again = open_desk()
    assert again.action("last_session").isEnabled()
    again.action("last_session").trigger()
    again.until(lambda: again.model.current is not None)
    assert again.run.name == "kept <i>half</i> done"
    assert again.run.history.step > 0


def test_55_close_while_a_step_takes_for_ever(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def fit(self: object, data: object, live: object, seed: int, budget: object = None) -> Iterator[Any]:
        release.wait(20)
        yield from ()

    monkeypatch.setattr(GaussianMixtureModel, "fit", fit)
    desk.click("training.start")
    desk.until(lambda: desk.run.status is Status.TRAINING)
    started = time.monotonic()
    desk.window.close()
    taken = time.monotonic() - started
    release.set()
    assert taken < 4.5


def test_56_other_data_while_training(desk: Desk) -> None:
    run = desk.train_slowly()
    before = desk.model.data
    desk.choose("source.choice", "Checkerboard")
    desk.loaded(before)
    step = run.history.step
    desk.until(lambda: run.history.step > step)
    assert run.data is before
    panel = desk.window.panel("live")
    assert isinstance(panel, LivePanel)
    assert panel.data is before, "the stage shows what the run learns from"
    desk.click("toolbar.stop")
    desk.until(lambda: run.status is Status.STOPPED)
    desk.model.slow_down(0.0)
    desk.model.edit_settings(max_iter=5)
    other = desk.train()
    assert other.data is desk.model.data
    desk.until(lambda: panel.data is desk.model.data)


def test_57_deleting_the_plotted_run_and_taking_it_back(desk: Desk) -> None:
    run = desk.train_slowly()
    desk.until(lambda: any(run.key in key for key in desk.window.curves.curves.series_keys()))
    desk.click("runs.delete")
    assert desk.model.current is None
    assert desk.window.curves.curves.series_keys() == ()
    assert desk.find("runs.empty").isVisible()
    desk.control(Qt.Key.Key_Z)
    assert desk.model.current is run
    desk.until(lambda: run.status is Status.PAUSED)
    step = run.history.step
    desk.click("toolbar.pause")
    desk.until(lambda: run.history.step > step)
    desk.click("runs.delete")


def test_58_late_answers_are_dropped(desk: Desk) -> None:
    desk.train()
    heard: list[object] = []
    desk.model.ask("sample", heard.append, n=10, seed=0)
    second = desk.train()
    assert desk.run is second
    answered: list[object] = []
    desk.model.ask("sample", answered.append, n=10, seed=0)
    desk.until(lambda: answered)
    assert heard == []


def test_59_a_storm_of_resizes_and_tabs(desk: Desk) -> None:
    run = desk.train_slowly()
    dice = random.Random(0)
    for _ in range(40):
        desk.window.resize(QSize(dice.randint(300, 1700), dice.randint(200, 1000)))
        desk.window.tabs.setCurrentIndex(dice.randrange(desk.window.tabs.count()))
        desk.app.sendPostedEvents()
    step = run.history.step
    desk.until(lambda: run.history.step > step)


def test_60_fifty_errors_a_second_are_one_message(desk: Desk) -> None:
    for _ in range(50):
        desk.model.messages.show_error(ValueError("again"))
    assert len(desk.model.messages.all) == 1
    assert "×50" in desk.find("messages.text", QLabel).text()


def test_61_an_exception_in_a_paint_event(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(QWidget):
        def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
            raise ZeroDivisionError("while painting")

    monkeypatch.setattr(sys, "excepthook", desk.hook)
    monkeypatch.setattr(sys, "__excepthook__", lambda *told: None)
    broken = Broken(desk.window)
    broken.resize(50, 50)
    broken.show()
    desk.until(lambda: "while painting" in desk.said())
    broken.update()
    desk.until(lambda: desk.model.messages.all[-1].times > 1)
    broken.hide()
    monkeypatch.undo()
    assert desk.find("messages.copy", QToolButton).isVisible()
    desk.click("messages.copy")
    assert "ZeroDivisionError" in QApplication.clipboard().text()
    desk.train()


def test_63_quit_while_saving_finishes_the_file(desk: Desk, tmp_path: Path) -> None:
    desk.train()
    desk.window.documents.save_to(tmp_path / "all.genstudio")
    desk.window.close()
    desk.until(lambda: not desk.window.isVisible())
    found = open_session(tmp_path / "all.genstudio")
    assert len(found.runs) == 1
    found.runs[0].job.close()


def test_65_a_column_of_text(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "words.csv"
    path.write_text("x,y,remark\n" + "\n".join(f"{i},{i * i},note number {i} <b>" for i in range(50)), encoding="utf-8")
    before = desk.model.data
    desk.window.documents.open(path)
    desk.loaded(before)
    sound = desk.model.data
    desk.model.edit_preparation(columns=("x", "remark"))
    desk.until(lambda: "remark" in desk.said())
    assert desk.model.data is sound
    desk.train()


def test_68_a_place_that_cannot_be_written_offers_another(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.train()
    desk.window.documents.save_to(tmp_path / "gone" / "a.genstudio")
    desk.until(lambda: "cannot be written" in desk.said())
    monkeypatch.setattr("genstudio.ui.documents.QFileDialog.getSaveFileName",
                        lambda *asked: (str(tmp_path / "b.genstudio"), ""))
    desk.click("messages.offer")
    desk.until(lambda: (tmp_path / "b.genstudio").exists() and not desk.window.documents.saving)
    assert not desk.find("messages.offer").isVisible()


def test_82_german_numbers(desk: Desk) -> None:
    QLocale.setDefault(QLocale("de_DE"))
    desk.enter("source.noise", "0,25")
    desk.loaded(None)
    desk.until(lambda: desk.model.recipe.data.options["noise"] == 0.25)
    desk.enter("source.noise", "1e-1")
    desk.until(lambda: desk.model.recipe.data.options["noise"] == 0.1)


def test_83_numbers_of_c_libraries() -> None:
    application()
    assert locale.setlocale(locale.LC_NUMERIC) == "C"
    assert locale.localeconv()["decimal_point"] == "."


HANGED_UP = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from genstudio.ui import app as program

class Watched(program.Studio):
    def __init__(self, *given):
        super().__init__(*given)
        self.timer = QTimer(self)
        self.timer.timeout.connect(self.go_on)
        self.timer.start(20)
    def go_on(self):
        model = self.model
        if model.current is None and model.models is not None and model.data is not None:
            model.slow_down(0.01)
            model.edit_settings(n_components=30, max_iter=100000, tol=1e-300)
            model.train()
        elif model.current is not None and model.current.history.step > 3:
            self.timer.stop()
            print("learning", flush=True)

program.Studio = Watched
sys.exit(program.main([]))
"""


def test_90_sigterm_keeps_the_session(open_desk: Callable[..., Desk]) -> None:
    # A fixed program of our own, no input.
    with subprocess.Popen(
        [sys.executable, "-c", HANGED_UP], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            assert process.stdout is not None
            told = process.stdout.readline()
            process.send_signal(signal.SIGTERM)
            _, complaints = process.communicate(timeout=PATIENCE_S)
        finally:
            process.kill()
    assert told == b"learning\n", complaints
    assert process.returncode == 0, complaints
    assert complaints == b""
    assert last_session().is_file()
    desk = open_desk()
    desk.action("last_session").trigger()
    desk.until(lambda: desk.model.current is not None)
    assert desk.run.history.step > 3


HTML = "<b>bold</b><img src=x>&amp;"


def test_98_names_with_tags_are_plain_text_everywhere(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / f"{HTML.replace('/', '')}.csv"
    rows = [f"{i},{i % 7},{HTML if i % 2 else 'x'}" for i in range(80)]
    path.write_text("\n".join([f'"{HTML}","b {HTML}",species', *rows]), encoding="utf-8")
    before = desk.model.data
    desk.window.documents.open(path)
    desk.loaded(before)
    run = desk.train()
    desk.model.rename_run(run, HTML)
    desk.model.messages.show("alarm", HTML, HTML)
    for key in desk.window.tabs.panel_tabs:
        desk.window.show_panel(key)
        desk.app.sendPostedEvents()
    desk.model.messages.show("alarm", HTML, HTML)
    rich = [_where(label) for label in desk.window.findChildren(QLabel)
            if "bold" in label.text() and label.textFormat() is not Qt.TextFormat.PlainText]
    assert rich == []
    tips = [_where(widget) for widget in desk.window.findChildren(QWidget)
            if "<b>bold" in widget.toolTip() and Qt.mightBeRichText(widget.toolTip())]
    assert tips == []
    item = desk.window.runs.tree.topLevelItem(0)
    assert item.text(0) == HTML
    assert "<b>bold" not in item.toolTip(0)
    assert "&lt;b&gt;" in item.toolTip(0)
    desk.click("runs.delete")
    assert "&&amp;" in desk.action("undo").text()


def _where(widget: QWidget) -> str:
    parent = widget.parentWidget()
    return f"{_where(parent) if parent else ''}/{widget.objectName() or type(widget).__name__}"


class Emitter(QObject):
    told = Signal(bool)
    plain = Signal()


def test_references_to_none_and_true_are_kept(qapp: QApplication) -> None:
    """PySide6 6.12 drops one at each call and emit on Python 3.11, and aborts after some hundred."""
    emitter, heard = Emitter(), []
    emitter.told.connect(heard.append)
    timer = QTimer()
    before = sys.getrefcount(None), sys.getrefcount(True)
    for _ in range(20_000):
        emitter.told.emit(True)
        emitter.plain.emit()
        timer.setInterval(5)
    assert len(heard) == 20_000
    heard.clear()
    after = sys.getrefcount(None), sys.getrefcount(True)
    assert all(later > earlier - 1000 for earlier, later in zip(before, after, strict=True))
