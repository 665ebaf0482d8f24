"""What a reader of figures should know: which rows they were measured on, caveats, and what could not be measured."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from genstudio.evaluation.metric import metric
from genstudio.runs.figures import Figures

PARTS = {
    "test": "the rows held out for the test", "valid": "the rows held out for validation",
    "train": "the rows that the model learned from, as none are held out",
}


@dataclass(frozen=True)
class Judged:
    """A run that was measured.

    Arguments:
        reasons: why metrics could not be measured, by key.
        part: which rows it was judged by; "" where that is not known any more.
    """

    name: str
    figures: Figures
    reasons: Mapping[str, str] = field(default_factory=dict)
    part: str = ""


def remarks(runs: Sequence[Judged], comparable: bool) -> tuple[str, ...]:
    """Sentences, each once; those that do not hold for all runs name the ones they hold for."""
    holds: dict[str, list[str]] = defaultdict(list)
    for run in runs:
        for sentence in _sentences(run):
            holds[sentence].append(run.name)
    found = [s if len(names) == len(runs) else f"{', '.join(names)}: {s}" for s, names in holds.items()]
    different = "These runs learned from different data, so none is marked as the best."
    return tuple(found if comparable or len(runs) < 2 else [different, *found])


def _sentences(run: Judged) -> list[str]:
    found = [f"Judged by {PARTS.get(run.part, run.part)}."] if run.part and run.figures else []
    notes = {key: figure.get("note", "") for key, figure in run.figures.items()}
    found += [f"{titles}: {note}" for note, titles in _by_sentence(notes).items()]
    return found + [f"{titles} cannot be measured. {why}" for why, titles in _by_sentence(run.reasons).items()]


def _by_sentence(sentences: Mapping[str, str]) -> dict[str, str]:
    """Titles of the metrics that share a sentence, by sentence."""
    titles: dict[str, list[str]] = defaultdict(list)
    for key, sentence in sentences.items():
        if sentence:
            titles[sentence].append(metric(key).info.title)
    return {sentence: ", ".join(names) for sentence, names in titles.items()}
