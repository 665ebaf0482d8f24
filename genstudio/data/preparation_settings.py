"""How raw data become items to learn from: what a person can choose."""

from __future__ import annotations

from typing import Literal

from genstudio.settings import Settings, setting


class PreparationSettings(Settings):
    """How a table or pictures become items to learn from."""

    columns: tuple[str, ...] | None = setting(
        None, "Columns to learn from; all numeric columns but the label when left out.", hidden=True
    )
    kind: Literal["auto", "table", "sequences"] = setting(
        "auto", "What the rows are: independent of each other, or sequences in the order of time; auto takes them as "
        "they were read.", hidden=True,
    )
    sequence: str | None = setting(
        None, "Column that names the sequence of each row; all rows are one sequence when left out.", hidden=True
    )
    time: str | None = setting(
        None, "Column by whose values the rows of a sequence are ordered; as they were read when left out.", hidden=True
    )
    label: str | None = setting(
        None, "Column that names a class or marks anomalies; never learned from. The data's own when left out, "
        "\"\" for none.", hidden=True,
    )
    anomalous: str | None = setting(None, "The label's word that marks an anomaly; guessed when left out.", hidden=True)
    classes: tuple[str, ...] | None = setting(
        None, "Words of the label whose items are used; all items, with and without a label, when left out.",
        hidden=True,
    )
    balance: bool = setting(
        False, "Use equally many items of each class, drawn with the seed; those without a label are left out.",
        label="Balance classes",
    )
    split: str | None = setting(
        None, "Column that says which rows train: the words train, valid and test, or a flag of those that train. The "
        "data's own when left out, \"\" for none. Parts that it does not name are drawn with the seed.", hidden=True,
    )
    scaling: Literal["none", "standard", "minmax", "logit"] = setting(
        "none", "How columns are scaled before learning: to mean 0 and deviation 1, to the range 0 to 1, or by the "
        "logit of that range. Figures stay in the data's own units.",
    )
    missing: Literal["drop", "mean", "median"] = setting(
        "drop", "What happens to rows with missing values: left out, or filled with the column's mean or median."
    )
    normal_only: bool = setting(False, "Learn from the rows labelled normal only; the others are tested.")
    valid: float = setting(0.1, "Share of the rows held out to watch training.", ge=0, le=0.9, label="Validation share")
    test: float = setting(0.2, "Share of the rows held out for the final figures.", ge=0, le=0.9, label="Test share")
