"""What lists of models show of normalizing flows."""

from __future__ import annotations

from genstudio.data.dataset import Kind
from genstudio.models.contract import ModelInfo

INFO = ModelInfo(
    key="flow",
    title="Normalizing flow",
    summary="Bends the data layer by layer into a bell curve and back, and knows exactly how likely each point is.",
    kinds=frozenset({Kind.TABLE, Kind.IMAGES}),
    order=50,
    step_name="step",
    climbs="log-likelihood",
    presets={
        "RealNVP": {"kind": "affine", "base": "gaussian", "transforms": 12},
        "Masked autoregressive": {"kind": "autoregressive", "base": "gaussian", "transforms": 5},
        "Neural splines (Gaussian base)": {"base": "gaussian", "transforms": 8},
    },
    references=("Dinh, Sohl-Dickstein, Bengio (2017): Density estimation using Real NVP",
                "Papamakarios, Pavlakou, Murray (2017): Masked autoregressive flow for density estimation",
                "Durkan, Bekasov, Murray, Papamakarios (2019): Neural spline flows"),
)
