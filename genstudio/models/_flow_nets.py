"""The networks of normalizing flows of tables."""

from __future__ import annotations

from functools import partial

from genstudio.models._flow_settings import FlowSettings
from genstudio.nets.flows.autoregressive import Autoregressive
from genstudio.nets.flows.base import Base, GaussianMixture, StandardNormal
from genstudio.nets.flows.bending import AffineBending, Bending, SplineBending
from genstudio.nets.flows.bijection import Bijection
from genstudio.nets.flows.conditioner import Conditioner
from genstudio.nets.flows.coupling import Coupling
from genstudio.nets.flows.flow import Chain, Flow
from genstudio.nets.flows.mixing import Mixing
from genstudio.nets.mlp import ACTIVATIONS


def table_flow(settings: FlowSettings, dimension: int, n_classes: int) -> Flow:
    """An untrained flow of rows of so many columns, of mean 0 and deviation 1 each."""
    stages = [_stage(settings, dimension, n_classes, place) for place in range(settings.transforms)]
    return Flow(stages, _base(settings, dimension, n_classes))


def _base(settings: FlowSettings, dimension: int, n_classes: int) -> Base:
    if settings.base == "mixture":
        return GaussianMixture(dimension, settings.base_components, n_classes)
    return StandardNormal(dimension)


def _stage(settings: FlowSettings, dimension: int, n_classes: int, place: int) -> Bijection:
    """One transform, and in front of every second one but the first a mixing of columns."""
    bent = _transform(settings, dimension, n_classes, odd=place % 2 == 1)
    if settings.mixing and dimension > 1 and place and place % 2 == 0:
        return Chain([Mixing(dimension), bent])
    return bent


def _transform(settings: FlowSettings, dimension: int, n_classes: int, *, odd: bool) -> Bijection:
    if settings.kind == "autoregressive":
        return Autoregressive(
            dimension, n_classes, SplineBending(settings.bins, settings.bound), backwards=odd,
            widths=settings.hidden_features, activation=ACTIVATIONS[settings.activation],
        )
    bending: Bending = AffineBending() if settings.kind == "affine" else SplineBending(settings.bins, settings.bound)
    conditioner = partial(
        Conditioner, n_classes=n_classes, widths=settings.hidden_features, activation=settings.activation,
        octaves=settings.octaves, bound=settings.bound,
    )
    return Coupling(dimension, bending, lambda kept, outputs: conditioner(kept, outputs=outputs), first=odd)
