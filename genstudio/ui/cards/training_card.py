"""What decides a result beside data and model: the seed, when training ends, and what it may use."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QFrame, QVBoxLayout

from genstudio.runs.recipe import Recipe, TrainingRecipe
from genstudio.settings import setting
from genstudio.training.descent_settings import DescentSettings
from genstudio.ui.fields import ChoiceField
from genstudio.ui.form import Form
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme


class SeedAndLimits(TrainingRecipe):
    """The training card: the seed, and the recipe's section on training."""

    seed: int = setting(42, "The same recipe with the same seed gives the same numbers.", ge=0, lt=2**32)


OF_DESCENT = ("batch_size", "device", "precision", "threads", "compile")
"""Settings that mean something only where gradients are descended."""


class TrainingCard(QFrame):
    """Seed, limits and means."""

    def __init__(self, model: SessionModel, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._model = model
        self.form = Form(SeedAndLimits, theme, "training", known={"device": ("auto", "cpu")})
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.addWidget(self.form)
        self.form.changed.connect(self._on_changed)
        model.recipe_changed.connect(lambda section: self.refresh(model.recipe))
        model.ready_changed.connect(self._on_ready)
        self.refresh(model.recipe)

    def refresh(self, recipe: Recipe) -> None:
        """Show the seed and the training section of the recipe."""
        self.form.set_values({"seed": recipe.seed, **recipe.training.model_dump()})
        self._allow(recipe)

    def _allow(self, recipe: Recipe) -> None:
        family = self._model.families.get(recipe.model.name)
        if family is None or issubclass(family.Settings, DescentSettings):
            self.form.set_enabled_names(None)
        else:
            others = [name for name in SeedAndLimits.model_fields if name not in OF_DESCENT]
            self.form.set_enabled_names(others, f"{family.info.title} goes through all items at each step.")

    def _on_ready(self) -> None:
        device = self.form.field("device")
        if isinstance(device, ChoiceField) and self._model.models is not None:
            device.offer(self._model.models.devices)
        self._allow(self._model.recipe)

    def _on_changed(self, name: str, value: Any) -> None:
        if name == "seed":
            self._model.edit_seed(value)
        else:
            limits = {**self._model.recipe.training.model_dump(), name: value}
            self._model.edit_training(TrainingRecipe(**limits))
