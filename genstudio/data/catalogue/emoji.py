"""Emoji in two styles."""

from __future__ import annotations

from typing import ClassVar, Literal

from genstudio.data.catalogue._bundled_pictures import bundled_pictures
from genstudio.data.pictures import Pictures
from genstudio.data.source import Source, SourceInfo
from genstudio.settings import Settings as BaseSettings
from genstudio.settings import setting

_GROUPS = ("animals and nature", "food and drink", "smileys and emotion")


class Emoji(Source):
    """459 emoji as one of two teams drew them."""

    info: ClassVar[SourceInfo] = SourceInfo(
        "emoji",
        "Emoji",
        "459 emoji, 32 × 32 pixels in colour, in the style of Noto (A) or Twemoji (B).",
        group="Pictures",
        order=420,
        presets={"Noto": {"style": "A"}, "Twemoji": {"style": "B"}},
        notice="A: Noto Emoji by Google, Apache 2.0. B: Twemoji by Twitter and contributors, CC BY 4.0.",
    )

    class Settings(BaseSettings):
        """Whose drawings."""

        style: Literal["A", "B"] = setting("A", "Whose drawings: A is Noto by Google, B is Twemoji by Twitter.")

    def load(self, settings: Emoji.Settings, seed: int) -> Pictures:
        """All pictures of the style; both styles hold the same emoji in the same order."""
        return bundled_pictures(f"{self.info.title} {settings.style}", "emoji.npz", _GROUPS, settings.style)
