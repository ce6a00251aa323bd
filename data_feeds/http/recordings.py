"""A city's recordings of the phrases that a wall says, for walls whose browser has no Chinese voice: a folder with one
file for each phrase, named by the phrase's key in the catalogue, as `wall.voice.new.mp3`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

DEMONSTRATION: Final = "wall.voice.demonstration"
PHRASES: Final = (DEMONSTRATION, "wall.voice.new", "wall.voice.twenty", "wall.voice.late", "wall.voice.red")
ENDINGS: Final = (".mp3", ".m4a", ".ogg", ".wav")  # that browsers decode
MAX_BYTES: Final = 1_000_000  # a few seconds even of a .wav; a wall keeps them all


@dataclass(frozen=True, slots=True)
class Recordings:
    """The folder, None for a city without recordings; `demonstration` says that a wall says that word before all.

    The folder is read at each question: a file that is put in is played from a wall's next orders on.
    """

    folder: Path | None = None
    demonstration: bool = False

    def files(self) -> dict[str, str]:
        """Return phrase -> name of its file, of those that are there and not too large."""
        if self.folder is None:
            return {}
        found = {}
        for phrase in self._phrases():
            for ending in ENDINGS:
                file = self.folder / f"{phrase}{ending}"
                if file.is_file() and 0 < file.stat().st_size <= MAX_BYTES:
                    found[phrase] = file.name
                    break
        return found

    def told(self) -> dict[str, object]:
        """Return what a desk says of them: {"in_use", "missing": names of files without their ending}."""
        files = self.files()
        missing = [one for one in self._phrases() if one not in files]
        return {"in_use": self.folder is not None, "missing": missing if self.folder is not None else []}

    def _phrases(self) -> tuple[str, ...]:
        return PHRASES if self.demonstration else PHRASES[1:]


NO_RECORDINGS: Final = Recordings()
