"""Runs the measurements: `python -m tests.benchmarks [--list] [--only NAME]... [--short]`.

A benchmark is a module `bench_NAME.py` in this folder with a function `run(report)`; what it needs of the
reporter is said in `tests/benchmarks/report.py`. Figures go to standard output, one JSON object a line;
progress and failures go to standard error.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
import time
import traceback
from pathlib import Path

import genstudio.environment  # noqa: F401 - before NumPy
from tests.benchmarks.report import Report, Skipped

PREFIX = "bench_"


def main() -> int:
    """Run what was asked for; the exit status is 1 where a benchmark failed."""
    arguments = _parser().parse_args()
    if arguments.list:
        print("\n".join(names()))
        return 0
    chosen = arguments.only or names()
    outcomes = [measure(name, short=arguments.short) for name in chosen]
    return 0 if all(outcomes) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dev.py bench", description="Measure GenStudio, one JSON line a figure.")
    parser.add_argument("--list", action="store_true", help="name the benchmarks and stop")
    parser.add_argument(
        "--only", action="append", choices=names(), metavar="NAME", help="run this one; may be repeated"
    )
    parser.add_argument("--short", action="store_true", help="less work each: to see that they run, not to quote")
    return parser


def names() -> list[str]:
    """The benchmarks in this folder, without the prefix of their modules."""
    modules = pkgutil.iter_modules([str(Path(__file__).parent)])
    return sorted(module.name.removeprefix(PREFIX) for module in modules if module.name.startswith(PREFIX))


def measure(name: str, *, short: bool) -> bool:
    """Run one benchmark; whether it came through, or was skipped for a reason."""
    report = Report(name, short=short)
    print(f"{name} ...", file=sys.stderr, flush=True)
    started = time.monotonic()
    try:
        importlib.import_module(f"tests.benchmarks.{PREFIX}{name}").run(report)
    except Skipped as reason:
        report.skip(str(reason))
    except Exception:  # noqa: BLE001 - one that fails must not keep the others from running
        traceback.print_exc()
        return False
    print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main())
