"""Runs and sessions as one file: no pickle, no code, nothing unpacked, and what is damaged is said."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from genstudio.data.pictures import Raw
from genstudio.data.reader import Watch, unwatched
from genstudio.errors import ArchiveError, GenStudioError
from genstudio.runs import container, stored_raw, stored_run, strict_json
from genstudio.runs.container import Members
from genstudio.runs.job import Asked
from genstudio.runs.migration import FORMAT, up_to_date
from genstudio.runs.run import Run
from genstudio.runs.snapshot import Snapshot, ask_state, snapshot

SUFFIX = ".genstudio"
_SESSION = "session.json"


@dataclass
class Opened:
    """What could be read of a file.

    Arguments:
        runs: in the order in which they were saved; each has a job, which the receiver must close.
        current: place of the run that was shown, -1 where there is none.
        ui_state: how the window looked, as plain values to be judged by the window.
        problems: sentences about what is damaged or missing.
    """

    runs: list[Run] = field(default_factory=list)
    current: int = -1
    ui_state: Mapping[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def save_session(
    path: Path, runs: Sequence[Snapshot], current: int = 0, ui_state: Mapping[str, Any] | None = None,
    watch: Watch = unwatched, *, keep_former: bool = True,
) -> None:
    """Write runs to one file.

    Arguments:
        keep_former: the former file stays beside it as `.bak`.

    Raises:
        ArchiveError: the file cannot be written; the former one is untouched.
        Cancelled: raised by `watch`; the former file is untouched.
    """
    members: Members = {}
    tables: dict[int, str] = {}
    for place, run in enumerate(runs):
        # Tables are told apart by identity: runs that learned from the same rows share them.
        origin = _origin(run, tables, members)
        members |= stored_run.to_members(run, f"runs/{place}", origin)
    session = {"runs": len(runs), "current": current, "ui": ui_state or {}}
    container.write(path, {_SESSION: strict_json.encode(session), **members}, FORMAT, watch, keep_former=keep_former)


def save_run(path: Path, run: Run, watch: Watch = unwatched, *, keep_former: bool = True) -> None:
    """Write one run to a file of its own; waits for the run's answer, so not for the window's thread.

    Raises:
        ArchiveError: the file cannot be written.
    """
    asked = ask_state(run)
    wait_for(asked)
    save_session(path, [snapshot(run, asked)], 0, None, watch, keep_former=keep_former)


def wait_for(asked: Asked) -> None:
    """Wait until an answer, or the reason why there is none, is there."""
    asked.exception()


def open_session(path: Path, watch: Watch = unwatched) -> Opened:
    """All that can be read of a file; what cannot is said in `problems`.

    Raises:
        ArchiveError: nothing can be read of it: foreign, of a newer format, made to mislead, or damaged.
        Cancelled: raised by `watch`.
    """
    contents = container.read(path, FORMAT, watch)
    members = up_to_date(contents)
    opened = Opened(problems=[f"{name} in {path.name} is damaged." for name in contents.damaged])
    places = _places([*members, *contents.damaged])
    _take_session(opened, members, len(places))
    tables: dict[str, Raw] = {}
    try:
        for place in places:
            watch(place / len(places), f"Opening {path.name}")
            _take_run(opened, members, f"runs/{place}", tables)
    except BaseException:
        # Whatever ends it, a cancellation or Ctrl+C too: nobody else can close the jobs that were begun.
        for run in opened.runs:
            run.job.close()
        raise
    if not opened.runs:
        raise ArchiveError(f"No run can be read from {path.name}: {' '.join(opened.problems) or 'it holds none.'}")
    opened.current = opened.current if 0 <= opened.current < len(opened.runs) else len(opened.runs) - 1
    return opened


def _origin(run: Snapshot, tables: dict[int, str], members: Members) -> Mapping[str, Any]:
    """Where the rows of a run are: inside the file, in another file, or nowhere but in the recipe."""
    if run.recipe.data.path is None:
        return {"table": None}
    if run.raw is not None and stored_raw.fits(run.raw):
        known = id(run.raw) in tables
        folder = tables.setdefault(id(run.raw), f"tables/{len(tables)}")
        if not known:
            members |= stored_raw.to_members(run.raw, folder)
        return {"table": folder}
    return {"table": None, "sha256": _file_checksum(Path(run.recipe.data.path))}


def _file_checksum(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _places(names: Iterable[str]) -> list[int]:
    """The numbers of the runs that a file holds or held."""
    parts = [name.split("/") for name in names]
    return sorted({int(p[1]) for p in parts if len(p) == 3 and p[0] == "runs" and p[1].isdecimal() and len(p[1]) < 6})


def _take_session(opened: Opened, members: Members, runs: int) -> None:
    if _SESSION not in members:
        return
    try:
        session = strict_json.parse(members[_SESSION], _SESSION)
        opened.current, opened.ui_state = int(session["current"]), dict(session["ui"])
    except (ArchiveError, KeyError, TypeError, ValueError) as error:
        opened.problems.append(f"How the window looked cannot be read ({error}).")


def _take_run(opened: Opened, members: Members, folder: str, tables: dict[str, Raw]) -> None:
    try:
        run, problems = stored_run.from_members(members, folder, tables)
    except GenStudioError as error:
        opened.problems.append(f"Run {folder.split('/')[1]} cannot be read. {error}")
    else:
        opened.runs.append(run)
        opened.problems.extend(problems)
