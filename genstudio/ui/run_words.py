"""What is said of a run in a list: its figures, its badge, and what its tooltip tells. No Qt here."""

from __future__ import annotations

import math

from genstudio.runs.run import Run
from genstudio.ui.game_gauges_figures import lowest_distance
from genstudio.ui.metrics import entropy_of, item_word


def figures(run: Run) -> tuple[str, str]:
    """Mean log-likelihood and gap to the truth, as shown; a dash where there is none.

    What states no likelihood, but was held against validation items, shows the lowest Fréchet distance.
    """
    figure, entropy = reached(run), entropy_of(run)
    distance, _ = lowest_distance(run)
    if figure is None and distance is not None:
        return f"FD {_distance(distance)}", "–"
    gap = None if entropy is None or figure is None else -entropy - figure
    bounded = run.climbs == "bound"
    return _number(figure, "", "≥ " if bounded else ""), _number(gap, "", "≤ ") if bounded else _number(gap, "+")


def reached(run: Run) -> float | None:
    """How well a run explains the data, nats per item: of bounds the best, whose weights are kept; None if unknown."""
    bounded = run.climbs == "bound"
    valid = run.history.best("valid") if bounded else run.history.last("valid")
    return run.history.last("train") if valid is None else valid


def rank(run: Run) -> tuple[float, float]:
    """What runs are sorted by: higher explains the data better, or has samples nearer to them."""
    found, (distance, _) = reached(run), lowest_distance(run)
    return -math.inf if found is None else found, -math.inf if distance is None else -distance


def badge_of(run: Run) -> tuple[str, bool]:
    """The gravest word or two that were said of a run ("collapsed"), and whether it is an alarm."""
    badges = [note for note in run.history.notes if note.badge and note.level != "info"]
    if not badges:
        return "", False
    gravest = max(badges, key=lambda note: note.level == "alarm")
    return gravest.badge, gravest.level == "alarm"


def summary(run: Run) -> str:
    """What the tooltip says of a run."""
    parts = [f"{run.name}: {run.status} after {run.history.step:,} steps, {run.seconds:.2f} s"]
    unit = f"nats per {item_word(run)}" + (", a lower bound" if run.climbs == "bound" else "")
    known = {name: run.history.last(name) for name in run.history.metrics if name in ("train", "valid", "bound")}
    parts += [f"{name} {value:.6g} {unit}" for name, value in known.items() if value is not None]
    distance, step = lowest_distance(run)
    if distance is not None:
        parts.append(f"lowest Fréchet distance {distance:.4g}, at step {step:,}")
    notes = [f"{note.text} {note.remedy}" for note in run.history.notes]
    return "\n".join([*parts, *notes, run.message]).strip()


def _distance(value: float) -> str:
    return f"{value:.2g}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def _number(value: float | None, sign: str = "", before: str = "") -> str:
    if value is None:
        return "–"
    digits = 3 if abs(value) < 100 else 1 if abs(value) < 10_000 else 0
    return f"{before}{value:{sign}.{digits}f}"
