"""A run as plain Python: NumPy and scikit-learn, without this program, with the same numbers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from genstudio.atomic import write_text
from genstudio.data.dataset import Dataset
from genstudio.data.preparation import anomalous_code, label_codes, label_column, label_levels
from genstudio.data.table import Table
from genstudio.errors import TrainingError
from genstudio.models.capabilities import Scripted
from genstudio.models.contract import Array, Model
from genstudio.runs.export import write_csv
from genstudio.runs.recipe import Recipe
from genstudio.runs.run import Run
from genstudio.settings import validate

_EXCLUDED = "anomalous"

_MISSING = {
    "drop": "x = x[np.isfinite(x).all(axis=1)]",
    "mean": "x = x[~np.isnan(x).all(axis=1)]",
    "median": "x = x[~np.isnan(x).all(axis=1)]",
}
_FILL = [
    "# Missing values become the {how} of the training rows; 0 where a column has none there.",
    "known = np.where(np.isfinite(x[rows]).any(axis=0), x[rows], 0.0)",
    "fill = np.nan{how}(known, axis=0)",
    "x = np.where(np.isnan(x), fill, x)",
]
_AFFINE = ["", "", "def to_model_units(x):", "    return (x - shift) / scale", "", "",
           "def log_volume_change(x):", "    return np.full(len(x), -np.log(scale).sum())"]
_SCALING = {
    "none": ["def to_model_units(x):", "    return x", "", "", "def log_volume_change(x):",
             "    return np.zeros(len(x))"],
    "standard": [
        "# Each column to mean 0 and deviation 1; dividing first keeps the squares of large numbers finite.",
        "magnitude = np.abs(x[rows]).max(axis=0)",
        "magnitude[magnitude == 0] = 1.0",
        "unit = x[rows] / magnitude",
        "deviation = unit.std(axis=0)",
        "shift = unit.mean(axis=0) * magnitude",
        "scale = np.where(deviation <= 1e-14, 1.0, deviation * magnitude)  # constant columns keep their scale",
        *_AFFINE,
    ],
    "minmax": [
        "# Each column to the range 0 to 1.",
        "shift = x[rows].min(axis=0)",
        "scale = x[rows].max(axis=0) - shift",
        "scale[scale == 0] = 1.0",
        *_AFFINE,
    ],
    "logit": [
        "# The range of each column, a little widened, becomes the whole line.",
        "low, high = x.min(axis=0), x.max(axis=0)",
        "low, span = low - 0.05 * (high - low), 1.1 * (high - low)",
        "", "",
        "def to_model_units(x):",
        "    share = (x - low) / span",
        "    return np.log(share) - np.log1p(-share)",
        "", "",
        "def log_volume_change(x):",
        "    share = (x - low) / span",
        "    return -(np.log(share) + np.log1p(-share) + np.log(span)).sum(axis=1)",
    ],
}


def write_script(path: Path, run: Run, state: Mapping[str, Array]) -> None:
    """The run as a script, and the rows it reads as CSV of the same name beside it.

    Arguments:
        path: ends with `.py`.
        state: what the model has learned, as the question `state` answers.

    Raises:
        TrainingError: the model cannot be written as a script, or the run's rows are not at hand.
        ArchiveError: a file cannot be written.
    """
    if run.pictures is not None:
        raise TrainingError(f"A script reads a table, but {run.name} has pictures.", "Export the recipe instead.")
    if run.table is None or run.data is None:
        raise TrainingError(f"The data of {run.name} are not at hand.", "Open them again, then export the script.")
    learner = _learned(run, state)
    rows = path.with_suffix(".csv")
    write_csv(rows, _columns(run.table, run.data, run.recipe))
    lines = learner.script(run.recipe.seed, run.history.step)
    write_text(path, script(run.recipe, run.data, lines, rows.name))


def script(recipe: Recipe, data: Dataset, learning: str, csv_name: str) -> str:
    """The whole script.

    Arguments:
        learning: the model's own lines, which bind `model` from `train`.
        csv_name: the file that it reads, beside itself.
    """
    settings = recipe.data.preparation
    width = len(data.preparation.columns)
    blocks = [
        ['"""A density learned with NumPy and scikit-learn; written by GenStudio."""'],
        ["from pathlib import Path", "", "import numpy as np"],
        [
            f'table = np.loadtxt(Path(__file__).with_name({csv_name!r}), delimiter=",", skiprows=1, ndmin=2, '
            'comments=None)',
            f"x = table[:, :{width}]",
        ],
        _kept(recipe), _split(recipe),
        [] if settings.missing == "drop" else [line.format(how=settings.missing) for line in _FILL],
        _SCALING[settings.scaling],
        ["", "train = to_model_units(x[rows])"],
        learning.rstrip().split("\n"),
        [
            'for part, chosen in (("train", rows), ("valid", valid), ("test", test)):',
            "    if len(chosen):",
            "        log_prob = model.score_samples(to_model_units(x[chosen])) + log_volume_change(x[chosen])",
            '        print(part, repr(float(log_prob.mean())), "nats per row")',
        ],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _learned(run: Run, state: Mapping[str, Array]) -> Scripted:
    family: type[Model] = run.model
    learner = family(validate(family.Settings, run.recipe.model.settings, f"the model `{family.info.key}`"))
    if not isinstance(learner, Scripted):
        raise TrainingError(f"{family.info.title} cannot be written as a script.", "Export the recipe instead.")
    if not state:
        raise TrainingError(f"{run.name} has learned nothing yet.", "Train it first.")
    learner.load_state(state)
    return learner


def _columns(table: Table, data: Dataset, recipe: Recipe) -> dict[str, NDArray[np.generic] | list[str]]:
    # NaN is written out, because `loadtxt` reads it and cannot read an empty cell.
    names = [column.name for column in data.preparation.columns]
    settings = recipe.data.preparation
    if settings.classes is not None or settings.balance:
        # Which rows are left by then cannot be told from their numbers.
        table = table.take(np.sort(np.concatenate(data.rows)))
    columns: dict[str, NDArray[np.generic] | list[str]] = {
        " ".join(name.split()) or "column": [repr(value) for value in table.column(name).values.tolist()]
        for name in names
    }
    if recipe.data.preparation.normal_only:
        columns[_EXCLUDED] = _anomalous(table, recipe).astype(np.int64)
    return columns


def _anomalous(table: Table, recipe: Recipe) -> NDArray[np.bool_]:
    label = label_column(table, recipe.data.preparation)
    if label is None:
        return np.zeros(len(table), bool)
    code = anomalous_code(label_levels(label), recipe.data.preparation.anomalous)
    found: NDArray[np.bool_] = label_codes(label, np.arange(len(table))) == code
    return found


def _kept(recipe: Recipe) -> list[str]:
    keep = _MISSING[recipe.data.preparation.missing]
    if not recipe.data.preparation.normal_only:
        return [keep]
    condition = keep.removeprefix("x = x[").removesuffix("]")
    return [f"complete = {condition}", "excluded = table[complete, -1] == 1", "x = x[complete]"]


def _split(recipe: Recipe) -> list[str]:
    settings = recipe.data.preparation
    lines = ["rows, valid, test = np.arange(len(x)), np.arange(0), np.arange(0)"]
    if settings.valid or settings.test:
        lines = [
            f"n_valid, n_test = round(len(x) * {settings.valid!r}), round(len(x) * {settings.test!r})",
            f"order = np.random.default_rng({recipe.data_seed}).permutation(len(x))",
            "valid, test = np.sort(order[:n_valid]), np.sort(order[n_valid:n_valid + n_test])",
            "rows = np.sort(order[n_valid + n_test:])",
        ]
    if settings.normal_only:
        lines += [
            "# Anomalous rows are never learned from; they are tested.",
            "test = np.sort(np.concatenate([test, rows[excluded[rows]], valid[excluded[valid]]]))",
            "rows, valid = rows[~excluded[rows]], valid[~excluded[valid]]",
        ]
    return lines
