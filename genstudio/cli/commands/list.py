"""genstudio list: what there is to choose from."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from genstudio.cli.command import Command, CommandInfo
from genstudio.cli.words import add_json, print_json
from genstudio.data.source import sources
from genstudio.evaluation.metric import metrics
from genstudio.models.registry import models

_KINDS: dict[str, Callable[[], Mapping[str, Any]]] = {"models": models, "data": sources, "metrics": metrics}


class List(Command):
    """Prints keys, titles and summaries."""

    info: ClassVar[CommandInfo] = CommandInfo("list", "show the models, data or metrics there are", order=10)

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """What to list."""
        parser.add_argument("kind", choices=sorted(_KINDS))
        add_json(parser)

    def carry_out(self, arguments: argparse.Namespace) -> int:
        """One line each, or one JSON object."""
        infos = [plug.info for plug in _KINDS[arguments.kind]().values()]
        if arguments.json:
            named = [{"key": i.key, "title": i.title, "summary": i.summary} for i in infos]
            print_json({arguments.kind: named})
        else:
            width = max((len(info.key) for info in infos), default=0)
            for info in infos:
                print(f"{info.key:<{width}}  {info.title}: {info.summary}")
        return 0
