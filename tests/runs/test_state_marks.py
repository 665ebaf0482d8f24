from __future__ import annotations

from typing import Any

import pytest

from genstudio.runs import strict_json
from genstudio.runs.state_marks import LONGEST_NAME, StateMarks


def test_states_without_a_name_are_counted() -> None:
    assert StateMarks().with_name(1, "  calm \n days ").words(3) == ("1", "calm days", "3")
    assert StateMarks().with_name(1, "calm").with_name(1, "").words(2) == ("1", "2")
    assert len(StateMarks().with_name(0, "x" * 500).words(1)[0]) == LONGEST_NAME


def test_colours_are_given_back() -> None:
    marks = StateMarks().with_colour(0, "#FF0080")
    assert marks.colours == {0: "#ff0080"}
    assert marks.with_colour(0, "") == StateMarks()
    with pytest.raises(ValueError, match="no colour"):
        marks.with_colour(0, "red; image: url(x)")


def test_they_go_through_a_file() -> None:
    marks = StateMarks().with_name(2, "<b>wild</b>").with_colour(0, "#123456").with_name(0, "“ruhig”")
    assert StateMarks.from_plain(strict_json.parse(strict_json.encode({"s": marks.plain()}), "run.json")["s"]) == marks


@pytest.mark.parametrize("plain", [
    [], {}, {"names": {"0": 1}, "colours": {}}, {"names": {"-1": "a"}, "colours": {}}, {"names": {}, "colours": "red"},
    {"names": {}, "colours": {"0": "url(x)"}}, {"names": {"a": "b"}, "colours": {}}, {"names": 3, "colours": {}},
])
def test_what_misleads_is_refused(plain: Any) -> None:
    with pytest.raises((ValueError, TypeError, KeyError, AttributeError)):
        StateMarks.from_plain(plain)
