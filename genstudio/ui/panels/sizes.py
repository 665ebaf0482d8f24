"""How many hidden states the sequences call for: criteria over their number."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QVBoxLayout

from genstudio.data.dataset import Kind
from genstudio.runs.run import Run
from genstudio.ui.panel import Panel, PanelInfo
from genstudio.ui.size_comparison import SizeComparison

FAMILY = "hmm"
BY_HAND = ("startprob", "transmat", "means", "covars", "weights", "emissionprob", "lambdas")
NO_SEQUENCES = (
    "States are counted of sequences. Open some, or take the rows of the table as sequences in the Data panel."
)


class SizesPanel(Panel):
    """Hidden Markov models of several sizes, compared in the background."""

    info = PanelInfo(
        key="sizes",
        title="How many states?",
        icon="levels",
        order=33,
        help="How many hidden states the sequences call for: AIC, BIC or the likelihood of the validation rows over "
        "their number.",
    )

    def build(self) -> None:
        """The comparison alone."""
        self.sizes = SizeComparison(self.model, self.theme, "sizes", FAMILY)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.sizes)
        self.sizes.chosen.connect(self._on_chosen)

    def unsuitable(self, run: Run | None) -> str:
        """The data that are loaded must be sequences; no run is needed."""
        data = self.model.data
        return NO_SEQUENCES if data is None or data.kind is not Kind.SEQUENCES else ""

    def export(self) -> None:
        """Offer the formats in which the comparison can be written."""
        self.sizes.plot.context_menu().popup(self.mapToGlobal(self.rect().center()))

    def _on_chosen(self, n_components: int, covariance_type: str) -> None:
        if self.model.recipe.model.name != FAMILY:
            self.model.choose_model(FAMILY)
        settings = self.model.recipe.model.settings
        changes: dict[str, Any] = {"n_components": n_components, "covariance_type": covariance_type}
        changes |= {name: None for name in BY_HAND if settings.get(name) is not None}
        if settings.get("n_iter") == 0:
            changes["n_iter"] = self.model.families[FAMILY].Settings().n_iter
        self.model.edit_settings(**changes)
        self.model.messages.show(
            "info", f"The experiment has {n_components} states now ({covariance_type}).", "Press Train."
        )
