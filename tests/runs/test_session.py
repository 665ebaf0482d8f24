from __future__ import annotations

from collections.abc import Iterator

import pytest

from genstudio.data.table import points_table
from genstudio.runs.job import Status
from genstudio.runs.recipe import TrainingRecipe, recipe_from_values
from genstudio.runs.run import Run, new_run, with_settings
from genstudio.runs.session import Session
from genstudio.runs.status import Turned
from genstudio.training.events import Progress
from tests.runs.learners import small_data, until

RECIPE = recipe_from_values({"data": {"source": "two_moons"}, "model": {"name": "gmm", "n_components": 2}})


@pytest.fixture
def session() -> Iterator[Session]:
    session = Session()
    yield session
    session.close()


def added(session: Session, name: str) -> Run:
    return session.add(new_run(RECIPE, small_data(), name))


def test_each_name_is_used_once(session: Session) -> None:
    names = [added(session, "moons").name for _ in range(3)]
    assert names == ["moons", "moons 2", "moons 3"]
    session.rename(session.runs[2], "  moons ")
    assert session.runs[2].name == "moons 3"
    session.rename(session.runs[2], "   ")
    assert session.runs[2].name == "gmm run"


def test_a_run_taken_out_holds_and_comes_back_to_its_place(session: Session) -> None:
    first, _ = added(session, "a"), added(session, "b")
    place = session.take_out(first)
    assert [run.name for run in session] == ["b"]
    session.add(first, place)
    assert [run.name for run in session] == ["a", "b"]


def test_starting_trains_and_keeps_the_table(session: Session) -> None:
    table = points_table("points", small_data().everything)
    run = session.start(RECIPE, small_data(), table)
    assert session.training == [run]
    until(lambda: bool(run.pull()) and run.status.ended)
    assert run.status is Status.DONE
    assert run.table is table
    assert session.training == []
    assert run.seconds > 0


def test_a_stopped_run_is_repeated_by_its_step(session: Session) -> None:
    run = session.start(with_settings(RECIPE, tol=0.0, max_iter=1_000_000), small_data())
    run.job.slow_down(0.001)
    until(lambda: bool(run.pull()) and run.history.step > 2)
    run.job.stop()
    until(lambda: bool(run.pull()) or run.status.ended)
    until(lambda: run.status.ended or bool(run.pull()))
    assert run.repeatable().training == TrainingRecipe(steps=run.history.step)
    run.by_hand = True
    assert run.repeatable() == run.recipe


def test_what_was_remembered_early_is_still_handed_on(session: Session) -> None:
    run = session.start(RECIPE, small_data())
    until(lambda: run.job.status.ended)
    run.catch_up()
    assert (run.status, run.history.step > 0) == (Status.DONE, True)
    told = run.pull()
    assert Turned(Status.DONE) in told
    assert max(item.step for item in told if isinstance(item, Progress)) == run.history.step
    assert run.pull() == []
