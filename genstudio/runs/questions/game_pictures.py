"""The game of pictures: what the generator makes of fixed noise, and what the discriminator holds of it."""

from __future__ import annotations

import numpy as np

from genstudio.data.reader import Watch
from genstudio.models.capabilities import Conditional, Grows
from genstudio.runs.question import Answer, Array, Subject, evenly, question

NO_CLASS = -1


@question
def game_pictures(
    subject: Subject, watch: Watch, *, n: int, real: int, seed: int, condition: int | None = None,
    attention: bool = False,
) -> Answer:
    """Pictures made from the same noise at each asking, real ones beside them, and the verdict on each.

    Arguments:
        n: so many made pictures.
        real: so many real ones at most, evenly spaced: held out where any are, of the class that is wanted.
        seed: of the noise, and so of which picture stands where.
        condition: the class that is wanted; when None, of a model that knows classes, each in turn.
        attention: whether to tell what the verdicts hang on as well, which takes as long again.

    Returns:
        `made` (n, C, H, W) and `real` (R, C, H, W), intensities; `made_verdict` (n,) and `real_verdict` (R,), 0 to 1;
        `made_label` (n,) and `real_label` (R,), -1: none; `made_attention` (n, 1, H, W) and `real_attention`
        (R, 1, H, W): how much the discriminator's output hangs on each place, as a share of the strongest place of
        the picture, without rows where it was not asked for; `seed` (1,), and `held_out` (1,): whether the real
        pictures were not learned from; `blend` (5,): height and width of the coarser and of the finer resolution that
        pictures are made of, and the share of the finer, 0 to 1, of a model that grows, else empty.
    """
    made, made_label = _made(subject, n, seed, condition)
    watch(0.3, "Judging pictures")
    shown, real_label, held_out = _real(subject, real, condition, made.shape[1:])
    judged = {"made": (made, made_label), "real": (shown, real_label)}
    found = {"seed": np.array([seed]), "held_out": np.array([held_out]), "blend": _blend(subject)}
    for name, (x, label) in judged.items():
        found |= {name: x, f"{name}_label": label, f"{name}_verdict": _verdict(subject, x, label)}
        found[f"{name}_attention"] = _maps(subject, x[:len(x) * attention], label[:len(x) * attention])
        watch(0.6, "Judging pictures")
    return found


def _made(subject: Subject, n: int, seed: int, condition: int | None) -> tuple[Array, Array]:
    """Pictures and their classes."""
    fitted = subject.fitted
    z = np.random.default_rng(seed).standard_normal((n, fitted.latent_dim))
    known = fitted.model.n_conditions() if isinstance(fitted.model, Conditional) else 0
    if condition is None and known:
        label = np.arange(n) % known
    else:
        label = np.full(n, NO_CLASS if condition is None else condition)
    return fitted.decode(z, label), label


def _real(
    subject: Subject, most: int, condition: int | None, shape: tuple[int, ...]
) -> tuple[Array, Array, bool]:
    """Pictures of the data and their classes, and whether they were held out; none where they are not at hand."""
    data = subject.data
    if data is None:
        return np.empty((0, *shape)), np.empty(0, np.int64), False
    held_out = len(data.valid) > 0
    items = data.valid if held_out else data.train
    labels = data.labels
    known = np.full(len(items), NO_CLASS) if labels is None else labels.valid if held_out else labels.train
    fitting = np.arange(len(items)) if condition is None else np.flatnonzero(known == condition)
    places = fitting[evenly(len(fitting), most)]
    return data.preparation.to_data(items[places]), known[places], held_out


def _blend(subject: Subject) -> Array:
    model = subject.fitted.model
    growth = model.growth() if isinstance(model, Grows) else None
    return np.empty(0) if growth is None else np.array([*growth[0], *growth[1], growth[2]], float)


def _verdict(subject: Subject, x: Array, label: Array) -> Array:
    return subject.fitted.verdict(x, label) if len(x) else np.empty(0)


def _maps(subject: Subject, x: Array, label: Array) -> Array:
    """What the output hangs on, the strongest colour of each place, shape (N, 1, H, W), 0 to 1."""
    if not len(x):
        return np.empty((0, 1, *x.shape[2:]), np.float32)
    strength = subject.fitted.attention(x, label).max(axis=1, keepdims=True)
    peak = strength.max(axis=(2, 3), keepdims=True)
    return np.asarray(strength / np.where(peak > 0, peak, 1.0), np.float32)
