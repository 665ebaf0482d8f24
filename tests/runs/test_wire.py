from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
import pytest

from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.source import source, sources
from genstudio.errors import ArchiveError, DataError, GenStudioError, RecipeError, SettingsError, TrainingError
from genstudio.runs.recipe import Recipe
from genstudio.runs.status import Reached, Status
from genstudio.runs.wire import Answered, Ask, Begin, Report, receive, send
from genstudio.runs.work import RecipeWork
from genstudio.training.events import Note


@pytest.fixture
def ends() -> Iterator[tuple[Connection, Connection]]:
    here, there = Pipe()
    with here, there:
        yield here, there


def crossed(ends: tuple[Connection, Connection], message: Any) -> Any:
    # A pipe holds less than a message may be large, so that one end reads while the other writes.
    with ThreadPoolExecutor(1) as pool:
        sent = pool.submit(send, ends[0], message)
        received = receive(ends[1])
        sent.result()
    return received


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3), np.arange(6).reshape(2, 3).T, np.arange(10)[::3], np.empty((0, 2)), np.array(1.5),
        np.array(["a", "bc"]),
    ],
    ids=["matrix", "transposed", "every third", "empty", "scalar", "words"],
)
def test_arrays_arrive_whole_and_writable(ends: tuple[Connection, Connection], array: Any) -> None:
    found = crossed(ends, Ask(1, "log_prob", None, {"x": array})).arguments["x"]
    np.testing.assert_array_equal(found, array)
    assert found.dtype == array.dtype
    assert found.flags.writeable


def test_notes_arrive_with_what_they_offer(ends: tuple[Connection, Connection]) -> None:
    note = Note("alarm", "Collapsed.", "Let it see several.", "collapsed", {"pack": 2, "hidden_features": (8, 8)})
    assert crossed(ends, Report((note,), Reached(Status.TRAINING))).told == (note,)


@pytest.mark.parametrize("kind", [GenStudioError, DataError, SettingsError, RecipeError, TrainingError, ArchiveError])
def test_errors_keep_what_and_remedy_apart(ends: tuple[Connection, Connection], kind: type[GenStudioError]) -> None:
    answered = Answered(1, 2, None, kind("It broke.", "Mend it."))
    report = crossed(ends, Report((), Reached(Status.TRAINING), (answered,)))
    error = report.answered[0].error
    assert type(error) is kind
    assert (error.what, error.remedy, str(error)) == ("It broke.", "Mend it.", "It broke. Mend it.")


def test_what_cannot_be_sent_leaves_nothing_behind(ends: tuple[Connection, Connection]) -> None:
    with pytest.raises(Exception, match="lambda"):
        send(ends[0], Ask(1, "sample", None, {"n": lambda: 1}))
    assert crossed(ends, Ask(2, "state", None, {})).number == 2


@pytest.mark.parametrize("end", [0, 1])
def test_a_missing_other_end_is_noticed(ends: tuple[Connection, Connection], end: int) -> None:
    ends[1 - end].close()
    with pytest.raises((BrokenPipeError, ConnectionResetError)):
        send(ends[end], Ask(1, "state", None, {}))
    with pytest.raises((EOFError, OSError)):
        receive(ends[end])


@pytest.mark.parametrize("key", list(sources()))
def test_every_source_can_be_learned_from_elsewhere(ends: tuple[Connection, Connection], key: str) -> None:
    kind = source(key)
    drawn = {"points": ((0.0, 1.0, 0), (2.0, 3.0, 1), (3.0, 1.0, 1))} if key == "drawing" else {}
    data = prepare(kind().load(kind.Settings(**drawn), 0), PreparationSettings(valid=0, test=0), 0)
    work = crossed(ends, Begin(RecipeWork(Recipe(), data))).work
    assert work.recipe == Recipe()
    np.testing.assert_array_equal(work.data.everything, data.everything)
    assert work.data.preparation.names == data.preparation.names
