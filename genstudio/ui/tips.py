"""Tooltips of words that come from files. No Qt here."""

from __future__ import annotations

import html


def plain_tip(text: str) -> str:
    """A tooltip that shows a text as it is; tooltips guess, and take what holds a tag for rich text."""
    return f"<p>{html.escape(text).replace(chr(10), '<br>')}</p>" if text else ""
