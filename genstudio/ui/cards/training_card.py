"""What decides a result beside data and model: the seed, and when training ends."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QFrame, QVBoxLayout

from genstudio.runs.recipe import Recipe, TrainingRecipe
from genstudio.settings import Settings, setting
from genstudio.ui.form import Form
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme


class SeedAndLimits(Settings):
    """The training card: what decides a result beside data and model."""

    seed: int = setting(42, "The same recipe with the same seed gives the same numbers.", ge=0, lt=2**32)
    steps: int | None = setting(None, "Training ends at this step at the latest.", ge=1, le=10**9)
    seconds: float | None = setting(None, "Training ends after this time at the latest.", gt=0, le=10**7, unit="s")


class TrainingCard(QFrame):
    """Seed and limits."""

    def __init__(self, model: SessionModel, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._model = model
        self.form = Form(SeedAndLimits, theme, "training")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.addWidget(self.form)
        self.form.changed.connect(self._on_changed)
        model.recipe_changed.connect(lambda section: self.refresh(model.recipe))
        self.refresh(model.recipe)

    def refresh(self, recipe: Recipe) -> None:
        """Show the seed and the limits of the recipe."""
        limits = recipe.training
        self.form.set_values({"seed": recipe.seed, "steps": limits.steps, "seconds": limits.seconds})

    def _on_changed(self, name: str, value: Any) -> None:
        if name == "seed":
            self._model.edit_seed(value)
        else:
            limits = {**self._model.recipe.training.model_dump(), name: value}
            self._model.edit_training(TrainingRecipe(**limits))
