"""Steps per second of our spline flow beside zuko's, at the same settings, in one thread, in turns.

A step is what training does: gradient, clipping, Adam, on 512 points of two moons. Seconds are those of the processor,
so that other programs count little. Ours is measured as it is, and compiled as it is while models train.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import torch
import zuko
from torch import Tensor, nn

from genstudio.models._flow_nets import table_flow
from genstudio.models._flow_settings import FlowSettings
from genstudio.training.compilation import Compilation
from genstudio.training.memory import keep_freed_memory
from genstudio.training.objective import Objective
from tests.benchmarks.report import Report

TRANSFORMS, BINS, WIDTHS, BATCH = 5, 8, (64, 64), 512
LONGEST_S = 1800.0
Step = Callable[[], None]


def run(report: Report) -> None:
    """Steps per second of each, and how far the compiled gradient is from the other."""
    turns, steps = (2, 5) if report.short else (11, 30)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    keep_freed_memory()
    try:
        measured(report, turns, steps)
    finally:
        torch.set_num_threads(threads)


def measured(report: Report, turns: int, steps: int) -> None:
    """The same in the threads that are set."""
    x = moons()
    ours = table_flow(settings(), 2, 0)
    theirs = zuko.flows.NSF(2, transforms=TRANSFORMS, bins=BINS, hidden_features=list(WIDTHS))
    given = x.new_zeros(BATCH, 0)
    objective, compiled = Objective(ours), Objective(ours)
    compilation = Compilation(ours, (x, given), 1)
    compilation.wait(LONGEST_S)
    compiled.carry_out_by(compilation.result(), (x, given))
    apart = difference(ours, lambda: objective(x, given), lambda: compiled(x, given))
    report("compiled_gradient_difference", apart, "relative")
    makers: dict[str, Step] = {
        "zuko": trained(theirs, lambda: theirs().log_prob(x)), "eager": trained(ours, lambda: objective(x, given)),
        "compiled": trained(ours, lambda: compiled(x, given)),
    }
    rates = in_turns(makers, turns, steps)
    for name in ("eager", "compiled"):
        ratio = rates[name] / rates["zuko"]
        report(f"{name}_steps_per_second", rates[name], "1/s", reference=rates["zuko"], ratio=ratio)


def settings() -> FlowSettings:
    """Ours as zuko builds its own: nothing that zuko's has not."""
    return FlowSettings(
        kind="spline", base="gaussian", transforms=TRANSFORMS, bins=BINS, hidden_features=WIDTHS, octaves=0,
        mixing=False, bound=5.0,
    )


def moons() -> Tensor:
    """Two half circles with noise, of mean 0 and deviation 1."""
    draw = torch.Generator().manual_seed(0)
    angle = torch.pi * torch.rand(BATCH, generator=draw)
    upper = torch.rand(BATCH, generator=draw) < 0.5
    along = torch.where(upper, angle.cos(), 1 - angle.cos())
    across = torch.where(upper, angle.sin(), 0.5 - angle.sin())
    x = torch.stack([along, across], 1) + 0.05 * torch.randn(BATCH, 2, generator=draw)
    return (x - x.mean(0)) / x.std(0)


def trained(net: nn.Module, log_prob: Callable[[], Tensor]) -> Step:
    """One step of training."""
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-4, fused=True)

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        (-log_prob().mean()).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(net.parameters(), 10.0)
        optimizer.step()

    return step


def in_turns(makers: dict[str, Step], turns: int, steps: int) -> dict[str, float]:
    """Steps per second of each: the median over turns of so many steps, which alternate."""
    seconds: dict[str, list[float]] = {name: [] for name in makers}
    for turn in range(turns + 1):
        for name, step in makers.items():
            started = time.process_time()
            for _ in range(steps):
                step()
            # The first turn warms up.
            if turn:
                seconds[name].append((time.process_time() - started) / steps)
    return {name: 1.0 / statistics.median(found) for name, found in seconds.items()}


def difference(net: nn.Module, one: Callable[[], Tensor], other: Callable[[], Tensor]) -> float:
    """How far two gradients are apart, relative to their length."""
    first, second = (
        torch.cat([g.flatten() for g in torch.autograd.grad(f().mean(), list(net.parameters()))]) for f in (one, other)
    )
    return float((first - second).norm() / first.norm())
