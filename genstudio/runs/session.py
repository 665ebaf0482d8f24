"""The runs that are open together."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from genstudio.data.dataset import Dataset
from genstudio.data.pictures import Raw
from genstudio.runs.asked import Asked
from genstudio.runs.going_on import go_on
from genstudio.runs.job import Status
from genstudio.runs.recipe import Recipe
from genstudio.runs.run import Run, new_run
from genstudio.runs.workers import Workers


@dataclass
class Session:
    """Runs in the order in which they were made; each name is used once.

    Arguments:
        workers: processes to train in, closed with the session; runs train in threads of this one when None.
    """

    runs: list[Run] = field(default_factory=list)
    workers: Workers | None = None

    def __iter__(self) -> Iterator[Run]:
        return iter(self.runs)

    def prepare(self) -> None:
        """Have a process ready, so that the first training begins at once."""
        if self.workers is not None:
            self.workers.prepare()

    def start(self, recipe: Recipe, data: Dataset, raw: Raw | None = None) -> Run:
        """A new run, training; raw is what the data were prepared from."""
        run = self.add(new_run(recipe, data, raw=raw, workers=self.workers))
        run.job.start()
        return run

    def go_on(
        self, run: Run, asked: Asked, recipe: Recipe | None = None, live: Mapping[str, Any] | None = None
    ) -> None:
        """Go on with a training that was left; `going_on` says how it is asked for.

        Raises:
            TrainingError: it cannot go on; it is as it was.
        """
        go_on(run, asked, recipe, self.workers, live)

    def add(self, run: Run, place: int | None = None) -> Run:
        """Take in a run, at a place in the list or at its end, under a name of its own."""
        run.name = self.free_name(run.name)
        self.runs.insert(len(self.runs) if place is None else place, run)
        return run

    def take_out(self, run: Run) -> int:
        """Remove a run from the list and hold its training; its place. `add` brings it back."""
        place = self.runs.index(run)
        self.runs.remove(run)
        run.job.pause()
        return place

    def rename(self, run: Run, name: str) -> None:
        """Call a run something else; a name in use gets a number."""
        run.name = ""
        run.name = self.free_name(name.strip() or f"{run.recipe.model.name} run")

    def free_name(self, name: str) -> str:
        """The name, with a number behind it when it is in use."""
        used = {run.name for run in self.runs}
        number, free = 1, name
        while free in used:
            number += 1
            free = f"{name} {number}"
        return free

    @property
    def training(self) -> list[Run]:
        """The runs that still learn."""
        return [run for run in self.runs if run.status in (Status.TRAINING, Status.PAUSED, Status.WAITING)]

    def close(self, seconds: float = 2.0) -> None:
        """End every job; one that is in the midst of a long step is left behind after so many seconds."""
        for run in self.runs:
            run.job.close(0.0)
        deadline = time.monotonic() + seconds
        for run in self.runs:
            run.job.close(max(0.0, deadline - time.monotonic()))
        if self.workers is not None:
            self.workers.close()
