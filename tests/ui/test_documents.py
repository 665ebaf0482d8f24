from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QTreeWidget

from genstudio.runs.job import Status
from genstudio.runs.recipe import read_recipe
from genstudio.ui.panels.live import LivePanel
from genstudio.ui.recent import RecentFiles
from tests.ui.desk import Desk


def table(path: Path, rows: int = 120) -> Path:
    x = np.random.default_rng(0).normal(size=(rows, 3))
    words = ["one", "two"]
    lines = [f"{a:.6f},{b:.6f},{c:.6f},{words[i % 2]}" for i, (a, b, c) in enumerate(x)]
    path.write_text("\n".join(["height,width,depth,class", *lines]), encoding="utf-8")
    return path


def test_save_close_reopen_brings_everything_back(open_desk: Callable[..., Desk], tmp_path: Path) -> None:
    desk = open_desk()
    before = desk.model.data
    desk.window.documents.open(table(tmp_path / "sizes.csv"))
    desk.loaded(before)
    learned = desk.train()
    desk.model.rename_run(learned, "first & <b>best")
    drag_component(desk)
    kept = tmp_path / "work.genstudio"
    desk.window.documents.save_to(kept)
    desk.until(lambda: "Saved" in desk.said())
    rows, histories = desk.model.data, [run.history.series("train") for run in desk.model.session]
    desk.window.close()
    (tmp_path / "sizes.csv").unlink()

    again = open_desk()
    again.window.documents.open(kept)
    again.until(lambda: len(again.model.session.runs) == 2)
    opened = again.model.session.runs
    assert [run.name for run in opened] == ["first & <b>best", "first & <b>best by hand"]
    assert [run.by_hand for run in opened] == [False, True]
    assert again.model.current is opened[1]
    for run, (steps, values) in zip(opened, histories, strict=True):
        assert run.history.series("train")[0].tolist() == steps.tolist()
        assert run.history.series("train")[1].tolist() == values.tolist()
    assert again.model.data is not None
    assert rows is not None
    assert again.model.data.train.tolist() == rows.train.tolist()
    assert again.window.windowTitle() == "work — GenStudio"
    runs = again.find("runs.list", QTreeWidget)
    assert runs.topLevelItemCount() == 2
    again.window.show_panel("live")
    live = again.window.panel("live")
    assert isinstance(live, LivePanel)
    again.until(live.stage.heat.arrays)
    again.train()


def drag_component(desk: Desk) -> None:
    live = desk.window.show_panel("live")
    assert isinstance(live, LivePanel)
    desk.until(lambda: live.stage.components.editable and live.stage.components.arrays())
    graph, handle = live.stage.graph, live.stage.components.handles(0)[0]
    places: list[QPoint] = []

    def at_rest() -> bool:
        # Until the view is laid out and drawn, the handle is not yet where it will be seen.
        places.append(graph.mapFromScene(handle.scenePos()))
        return len(set(map(QPoint.toTuple, places[-8:]))) == 1 and len(places) > 8 and handle in graph.items(places[-1])

    desk.until(at_rest)
    start = graph.mapFromScene(handle.scenePos())
    runs = len(desk.model.session.runs)
    desk.drag(graph.viewport(), start, start + QPoint(30, -20))
    desk.until(lambda: len(desk.model.session.runs) == runs + 1 and desk.run.history.last("train") is not None)


def test_exports_repeat_the_run(desk: Desk, tmp_path: Path) -> None:
    run = desk.train()
    documents = desk.window.documents
    documents.export_to("recipe", run, tmp_path / "r.toml")
    documents.export_to("script", run, tmp_path / "s.py")
    documents.export_to("run", run, tmp_path / "one.genstudio")
    for name in ("r.toml", "s.py", "one.genstudio"):
        desk.until(lambda name=name: f"Saved {name}" in desk.said())
    assert read_recipe(tmp_path / "r.toml") == run.repeatable()
    before = desk.model.recipe
    desk.model.edit_settings(n_components=9)
    documents.open(tmp_path / "r.toml")
    desk.until(lambda: desk.model.recipe.model == before.model and not desk.model.loading)
    repeated = desk.train()
    assert repeated.history.series("train")[1].tolist() == run.history.series("train")[1].tolist()
    # The script was written by us just now.
    told = subprocess.run([sys.executable, "s.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    figures = [float(word) for word in told.stdout.replace("=", " ").replace(":", " ").split() if _number(word)]
    assert any(figure == pytest.approx(run.history.last("train"), rel=1e-6) for figure in figures), told.stdout


def _number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def test_by_hand_recipe_repeats_by_training(desk: Desk, tmp_path: Path) -> None:
    desk.train()
    drag_component(desk)
    made = desk.run
    desk.window.documents.export_to("recipe", made, tmp_path / "hand.toml")
    desk.until(lambda: "Saved hand.toml" in desk.said())
    desk.window.documents.open(tmp_path / "hand.toml")
    desk.until(lambda: desk.model.recipe.model == made.recipe.model and not desk.model.loading)
    repeated = desk.train()
    assert repeated.history.last("train") == pytest.approx(made.history.last("train"), rel=1e-9)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 torn", b"no zip at all"])
def test_a_session_that_cannot_be_read_changes_nothing(desk: Desk, tmp_path: Path, content: bytes) -> None:
    run, path = desk.train(), tmp_path / "torn.genstudio"
    path.write_bytes(content)
    desk.window.documents.open(path)
    desk.until(lambda: "torn.genstudio" in desk.said())
    assert list(desk.model.session) == [run]
    assert desk.window.windowTitle() == "GenStudio"


def test_a_recipe_with_a_slip_names_it(desk: Desk, tmp_path: Path) -> None:
    path, recipe = tmp_path / "slip.toml", desk.model.recipe
    path.write_text('[data]\nsource = "two_moons"\n[model]\nn_component = 3\n', encoding="utf-8")
    desk.window.documents.open(path)
    desk.until(lambda: "n_components" in desk.said())
    assert desk.model.recipe == recipe


@pytest.mark.parametrize("name", ["missing.csv", "slip.toml", "torn.genstudio"])
def test_named_files_that_fail_leave_no_empty_window(
    open_desk: Callable[..., Desk], tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    if name != "missing.csv":
        path.write_text("=", encoding="utf-8")
    desk = open_desk(path)
    desk.until(lambda: name in desk.said())
    desk.ready()
    assert desk.model.recipe.data.source == "two_moons"
    desk.train()


def test_a_named_file_is_opened(open_desk: Callable[..., Desk], tmp_path: Path) -> None:
    desk = open_desk(table(tmp_path / "sizes.csv"))
    desk.until(lambda: desk.model.data is not None and desk.model.data.name == "sizes.csv" and not desk.model.loading)
    assert desk.model.data is not None
    assert desk.model.data.labels is not None
    desk.train()


def test_save_asks_where_the_first_time_only(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer(*about: object) -> tuple[str, str]:
        asked.append(str(about[1]))
        return str(tmp_path / "mine"), ""

    monkeypatch.setattr("genstudio.ui.documents.QFileDialog.getSaveFileName", answer)
    assert not desk.action("save").isEnabled()
    desk.train()
    for times in (1, 2):
        desk.control(Qt.Key.Key_S)
        desk.until(lambda times=times: sum(m.times for m in desk.model.messages.all) == times)
    assert asked == ["Save all runs"]
    assert (tmp_path / "mine.genstudio").is_file()


def test_open_by_key_and_recent(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, before = table(tmp_path / "a & b.csv"), desk.model.data
    monkeypatch.setattr("genstudio.ui.documents.QFileDialog.getOpenFileName", lambda *about: (str(path), ""))
    desk.control(Qt.Key.Key_O)
    desk.loaded(before)
    menu = desk.find("menu.recent", QMenu)
    menu.aboutToShow.emit()
    assert menu.actions()[0].text() == "a && b.csv"
    before = desk.model.data
    desk.model.choose_source("ring")
    desk.loaded(before)
    menu.actions()[0].trigger()
    desk.until(lambda: desk.model.recipe.data.path == str(path))
    menu.actions()[-1].trigger()
    menu.aboutToShow.emit()
    assert not menu.actions()[0].isEnabled()


@pytest.mark.parametrize("content", ["", "{", "3", '{"a": 1}', "[1, null]", "[" * 5000, json.dumps(["\0", "x" * 9000])])
def test_a_damaged_list_of_recent_files_is_begun_afresh(tmp_path: Path, content: str) -> None:
    (tmp_path / "recent.json").write_text(content, encoding="utf-8")
    recent = RecentFiles(tmp_path)
    assert recent.paths() == []
    recent.add(tmp_path)
    assert recent.paths() == [tmp_path]


def test_recent_files_newest_first(tmp_path: Path) -> None:
    recent = RecentFiles(tmp_path / "settings")
    files = [tmp_path / f"{i}.csv" for i in range(15)]
    for file in files:
        file.touch()
        recent.add(file)
    recent.add(files[8])
    assert [path.name for path in recent.paths()[:3]] == ["8.csv", "14.csv", "13.csv"]
    assert len(recent.paths()) == 10
    files[8].unlink()
    assert files[8] not in recent.paths()


def test_sessions_are_added_to_what_is_open(desk: Desk, tmp_path: Path) -> None:
    desk.train()
    desk.window.documents.save_to(tmp_path / "a.genstudio")
    desk.until(lambda: "Saved" in desk.said())
    desk.window.documents.open(tmp_path / "a.genstudio")
    desk.until(lambda: len(desk.model.session.runs) == 2)
    assert len({run.name for run in desk.model.session}) == 2
    assert all(run.status is Status.DONE for run in desk.model.session)


def test_exports_at_the_same_time_are_all_written(desk: Desk, tmp_path: Path) -> None:
    run = desk.train()
    names = [f"{i}.toml" for i in range(8)]
    for name in names:
        desk.window.documents.export_to("recipe", run, tmp_path / name)
    desk.until(lambda: all(f"Saved {name}" in desk.said() for name in names))
    assert all(read_recipe(tmp_path / name) == run.repeatable() for name in names)
