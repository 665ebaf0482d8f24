from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genstudio.data.preparation import prepare
from genstudio.data.table import Column, ColumnType, Table, points_table
from genstudio.errors import ArchiveError
from genstudio.runs import container, stored_table
from genstudio.runs.archive import Opened, open_session, save_run, save_session
from genstudio.runs.job import Status
from genstudio.runs.loading import load_raw
from genstudio.runs.recipe import recipe_from_values
from genstudio.runs.run import Run, new_run
from genstudio.runs.snapshot import Snapshot, ask_state, snapshot
from genstudio.runs.task import Task
from tests.runs.learners import PATIENCE_S, until

# More rounds find rarer moments; a few at each change find what is broken.
KILLS = int(os.environ.get("GENSTUDIO_TEST_KILLS", "6"))
POINTS = np.random.default_rng(0).normal(size=(80, 2)) * [1.0, 30.0]
WORDS = ("red", "green", "<b>blue</b>")


def mixed_table() -> Table:
    """Numbers with gaps, and words that a screen or a spreadsheet could take for more."""
    x = POINTS.copy()
    x[3, 0] = np.nan
    colour = Column("=colour", ColumnType.CATEGORY, np.arange(80.0) % 3, WORDS)
    plain = points_table("<img src=x> größe", x)
    return Table(plain.name, (*plain.columns, colour), "=colour", None, ("One value is missing.",))


def made(table: Table | None = None, name: str = "", **sections: Any) -> Run:
    """A run that waits, from a table that came from a file, or from built-in data."""
    values: dict[str, Any] = {"model": {"name": "gmm", "n_components": 3}, "seed": 4}
    values["data"] = {"source": "two_moons", "samples": 200} if table is None else {"path": "/nowhere/points.csv"}
    values["data"] |= {"scaling": "standard"}
    recipe = recipe_from_values({**values, **sections})
    table = load_raw(recipe) if table is None else table
    return new_run(recipe, prepare(table, recipe.data.preparation, recipe.data_seed), name, table)


def trained(run: Run) -> Run:
    run.job.start()
    until(lambda: run.job.status.ended)
    run.pull()
    assert run.status is Status.DONE, run.message
    return run


def taken(run: Run) -> Snapshot:
    asked = ask_state(run)
    asked.exception(PATIENCE_S)
    return snapshot(run, asked)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs.genstudio"


@pytest.fixture
def keep() -> Iterator[Callable[[Any], Any]]:
    """Runs, or what was opened, whose jobs end with the test."""
    kept: list[Run] = []

    def keeping(made: Any) -> Any:
        kept.extend(made.runs if isinstance(made, Opened) else [made])
        return made

    yield keeping
    assert all(run.job.close() for run in kept)


Keep = Callable[[Any], Any]


@pytest.mark.parametrize("table", [None, mixed_table()], ids=["built-in", "file"])
def test_a_run_comes_back_whole(path: Path, keep: Keep, table: Table | None) -> None:
    run = keep(trained(made(table, "my <b>run</b>")))
    run.figures = {"log_likelihood": {"value": -np.inf, "stderr": None, "n": 3, "unit": "nats", "better": "higher"}}
    save_run(path, run)
    opened = keep(open_session(path))
    again = opened.runs[0]
    assert opened.problems == []
    assert (again.name, again.status, again.recipe) == (run.name, run.status, run.recipe)
    assert (again.seconds, again.figures, again.history) == (run.seconds, run.figures, run.history)
    for part in ("train", "valid", "test"):
        assert np.array_equal(getattr(again.data, part), getattr(run.data, part))
    questions = [("likelihoods", {}), ("sample", {"n": 5, "seed": 1}), ("parameters", {}), ("anomaly_scores", {})]
    for question, arguments in questions:
        before, after = (r.job.ask(question, **arguments).result(PATIENCE_S) for r in (run, again))
        assert all(np.array_equal(before[name], after[name]) for name in before)
    if table is not None:
        assert again.table.names == table.names
        assert again.table.notes == table.notes
        assert again.table.column("=colour").levels == WORDS
        assert np.array_equal(again.table.columns[0].values, table.columns[0].values, equal_nan=True)
    else:
        assert again.data.truth is not None


def test_a_session_keeps_order_and_shares_tables(path: Path, keep: Keep) -> None:
    table = mixed_table()
    runs = [keep(trained(made(table, name))) for name in ("b", "a", "c")] + [keep(trained(made(None, "moons")))]
    state = {"tab": "anomalies", "share": float("nan"), "sizes": [1, 2.5, None]}
    save_session(path, [taken(run) for run in runs], 1, state)
    members = zipfile.ZipFile(path).namelist()
    assert sum(name.endswith("table.json") for name in members) == 1
    opened = keep(open_session(path))
    assert [run.name for run in opened.runs] == ["b", "a", "c", "moons"]
    assert opened.current == 1
    assert opened.ui_state == {"tab": "anomalies", "share": "nan", "sizes": [1, 2.5, None]}
    assert opened.runs[0].table is opened.runs[2].table


def test_saving_while_training_keeps_what_was_learned_so_far(path: Path, keep: Keep) -> None:
    run = keep(made(None, model={"name": "gmm", "n_components": 3, "tol": 0.0, "max_iter": 1_000_000}))
    run.job.start()
    until(lambda: bool(run.pull()) and run.history.step > 5)
    asked = ask_state(run)
    asked.exception(PATIENCE_S)
    until(lambda: bool(run.pull()) and run.history.step > asked.step + 5)
    save_session(path, [snapshot(run, asked)])
    assert not run.status.ended
    again = keep(open_session(path)).runs[0]
    assert again.status is Status.STOPPED
    assert "Saved while it was training" in again.message
    assert again.history.step == asked.step
    # Repeating as many steps gives the very same parameters.
    repeated = keep(trained(new_run(again.repeatable(), again.data)))
    states = [r.job.ask("state").result(PATIENCE_S)["means"] for r in (again, repeated)]
    assert np.array_equal(*states)


def test_a_run_that_has_not_begun_waits_again(path: Path, keep: Keep) -> None:
    save_session(path, [taken(keep(made(mixed_table(), "later")))])
    again = keep(open_session(path)).runs[0]
    assert (again.name, again.status) == ("later", Status.WAITING)
    assert again.table is not None
    trained(again)


def test_tables_too_large_stay_outside_and_are_never_opened(
    path: Path, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_table, "LARGEST_BYTES", 1000)
    run = keep(trained(made(mixed_table())))
    save_run(path, run)
    monkeypatch.setattr("genstudio.runs.loading.open_raw", None)  # whoever opens a file now fails
    opened = keep(open_session(path))
    assert opened.runs[0].data is None
    assert "open points.csv again" in opened.problems[0]
    assert opened.runs[0].job.ask("log_prob", x=POINTS).result(PATIENCE_S)["log_prob"].shape == (80,)


def rewritten(path: Path, **changes: Callable[[bytes], bytes | None]) -> None:
    """The file as a stranger would forge it: members changed or left out, checksums put right."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for ending, change in changes.items():
        for name in [name for name in members if name.rpartition("/")[2].startswith(ending)]:
            changed = change(members.pop(name))
            if changed is not None:
                members[name] = changed
    manifest = json.loads(members.pop("manifest.json", "{}"))
    manifest["members"] = {n: {"sha256": hashlib.sha256(d).hexdigest(), "size": len(d)} for n, d in members.items()}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        for name, data in members.items():
            archive.writestr(name, data)


def in_json(*keys: Any, value: Any) -> Callable[[bytes], bytes]:
    """A change of one value deep in a JSON member."""

    def change(data: bytes) -> bytes:
        whole = place = json.loads(data)
        for key in keys[:-1]:
            place = place[key]
        place[keys[-1]] = value
        return json.dumps(whole).encode()

    return change


@pytest.mark.parametrize(
    ("member", "change"),
    [
        ("recipe", lambda data: data.replace(b'name = "gmm"', b'name = "os.system"')),
        ("recipe", lambda data: data + b"[evil]\nx = 1\n"),
        ("recipe", lambda data: data.replace(b'_type = "full"', b'_type = "diag"')),
        ("recipe", lambda data: None),
        ("run", lambda data: None),
        ("run", lambda data: b"[]"),
        ("run", lambda data: b'{"name": NaN}'),
        ("run", in_json("status", value="__import__('os')")),
        ("run", in_json("figures", value=[1])),
        ("run", in_json("figures", value={"a": {"value": "many"}})),
        ("run", in_json("seconds", value="soon")),
        ("run", in_json("preparation", "scaling", "name", value="builtins.eval")),
        ("run", in_json("preparation", "scaling", "scale", value=[0.0, 1.0])),
        ("run", in_json("preparation", "scaling", "scale", value=[1.0])),
        ("run", in_json("preparation", "scaling", "module", value="os")),
        ("run", in_json("preparation", "fill", value=[[1.0], [2.0]])),
        ("run", in_json("preparation", "columns", value=[])),
        ("run", in_json("preparation", "columns", 0, "type", value="object")),
        ("run", in_json("preparation", "columns", 0, "name", value=["x"])),
        ("model", lambda data: None),
        ("model", lambda data: b"\x80\x02cos\nsystem\n."),
        ("model", lambda data: data.replace(b"means", b"mean5")),
        ("model", lambda data: data[:-8] + b"\xff" * 8),
    ],
)
def test_runs_that_were_tampered_with_are_refused(path: Path, keep: Keep, member: str, change: Any) -> None:
    runs = [keep(trained(made(mixed_table())))]
    save_session(path, [taken(runs[0])])
    rewritten(path, **{member: change})
    with pytest.raises(ArchiveError, match="No run can be read") as caught:
        keep(open_session(path))
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize(
    ("member", "change", "said"),
    [
        ("history", lambda data: data[:-3], "curves cannot be read"),
        ("run", in_json("history", value={"metrics": ["a"]}), "curves cannot be read"),
        ("run", in_json("history", "step", value="all"), "curves cannot be read"),
        ("run", in_json("history", "notes", value=["boo"]), "curves cannot be read"),
        ("values", lambda data: data[:-1], "data cannot be brought back"),
        ("table", lambda data: None, "data cannot be brought back"),
        ("table", in_json("columns", 2, "levels", value=["one"]), "data cannot be brought back"),
        ("table", in_json("label", value="other"), "data cannot be brought back"),
        ("table", in_json("columns", 0, "name", value="renamed"), "data cannot be prepared|not those"),
        ("run", in_json("data", "table", value="../../etc/passwd"), "data cannot be brought back"),
        ("run", in_json("data", "table", value=None), "open points.csv again"),
        ("run", in_json("preparation", "scaling", "shift", value=[5.0, 5.0]), "not those it learned from"),
        ("session", lambda data: b"{}", "How the window looked"),
        ("session", in_json("ui", value=3), "How the window looked"),
        ("session", lambda data: None, ""),
        ("session", in_json("current", value=10**15), ""),
    ],
)
def test_what_can_still_be_read_is(path: Path, keep: Keep, member: str, change: Any, said: str) -> None:
    run = keep(trained(made(mixed_table())))
    save_session(path, [taken(run)])
    rewritten(path, **{member: change})
    opened = keep(open_session(path))
    again = opened.runs[opened.current]
    assert np.array_equal(
        *(r.job.ask("log_prob", x=POINTS).result(PATIENCE_S)["log_prob"] for r in (run, again))
    ) or "not those" in said
    assert bool(opened.problems) is bool(said)
    if said:
        assert any(part in opened.problems[0] for part in said.split("|"))


def test_one_damaged_run_does_not_take_the_others(path: Path, keep: Keep) -> None:
    runs = [keep(trained(made(None, name))) for name in ("a", "b", "c")]
    save_session(path, [taken(run) for run in runs], 2)
    with zipfile.ZipFile(path) as archive:
        place = archive.getinfo("runs/1/model.safetensors").header_offset + 100
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    opened = keep(open_session(path))
    assert [run.name for run in opened.runs] == ["a", "c"]
    assert opened.problems[0] == f"runs/1/model.safetensors in {path.name} is damaged."
    assert opened.runs[opened.current].name == "c"


@pytest.mark.parametrize(
    "name", ["C:\\\\Users\\\\me\\\\points.csv", "\\\\\\\\server\\\\share\\\\points.csv", "/dev/zero", "../points.csv"]
)
def test_paths_of_strangers_are_never_opened(
    path: Path, keep: Keep, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_run(path, keep(trained(made(mixed_table()))))
    rewritten(
        path, recipe=lambda data: data.replace(b"/nowhere/points.csv", name.encode()),
        run=in_json("data", "table", value=None),
    )
    monkeypatch.setattr("genstudio.runs.loading.open_raw", None)
    opened = keep(open_session(path))
    assert opened.runs[0].data is None
    assert "again to go on" in opened.problems[0]
    assert "server" not in opened.problems[0]


def test_models_of_other_programs_are_refused(tmp_path: Path) -> None:
    for name in ("model.pt", "model.pkl"):
        path = tmp_path / name
        path.write_bytes(b"\x80\x04\x95" + b"x" * 100)
        with pytest.raises(ArchiveError, match="never are"):
            open_session(path)


def test_quitting_while_saving_keeps_the_former_file(path: Path, keep: Keep) -> None:
    run = keep(trained(made(mixed_table())))
    save_run(path, run)
    former, shot = path.read_bytes(), taken(run)
    begun = threading.Event()

    def saving(watch: Callable[[float, str], None]) -> None:
        def slowly(fraction: float, doing: str) -> None:
            begun.set()
            until(task._cancelled.is_set)
            watch(fraction, doing)

        save_session(path, [shot, shot], 0, None, slowly)

    task = Task(saving)
    assert begun.wait(PATIENCE_S)
    task.cancel()
    assert task.join(PATIENCE_S)
    assert path.read_bytes() == former
    assert [p.name for p in path.parent.iterdir()] == [path.name]


SAVING = """
import sys
from pathlib import Path
from genstudio.runs import container
path = Path(sys.argv[1])
members = {f"{i}.safetensors": bytes([i]) * 20_000 for i in range(10)}
print("ready", flush=True)
while True:
    container.write(path, members, 1)
"""


def test_a_kill_at_any_moment_leaves_a_whole_file(path: Path) -> None:
    numbers = random.Random(1)
    for _ in range(KILLS):
        process = subprocess.Popen([sys.executable, "-c", SAVING, str(path)], stdout=subprocess.PIPE)
        with process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            until(path.exists)
            for _ in range(4):
                # The process saves hundreds of times a second, so any moment lies within some saving.
                threading.Event().wait(numbers.uniform(0.0, 0.01))
                contents = container.read(path, 1)
                assert (len(contents.members), contents.damaged) == (10, ())
            process.kill()
        contents = container.read(path, 1)
        assert (len(contents.members), contents.damaged) == (10, ())
        assert container.read(path.with_name(path.name + ".bak"), 1).damaged == ()
