"""Figures as programs and files take them: plain values by metric."""

from __future__ import annotations

import math
from typing import Any

from genstudio.evaluation.metric import metric
from genstudio.runs.questions import Answer, Array


def plain_figures(answer: Answer) -> dict[str, dict[str, Any]]:
    """What the question `evaluation` answered: `value`, `stderr` (None where unknown), `n`, `unit`, `better` by key."""
    return {key: _plain(key, values) for key, values in answer.items()}


def _plain(key: str, values: Array) -> dict[str, Any]:
    info = metric(key).info
    value, stderr, n, _ = values.tolist()
    return {
        "value": value, "stderr": None if math.isnan(stderr) else stderr, "n": int(n), "unit": info.unit,
        "better": info.better,
    }
