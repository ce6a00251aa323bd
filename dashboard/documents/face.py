"""The one font of documents, which brings Chinese where none is installed; `tools/build_document_font.py` makes it."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("font.ttf.gz")
NAME: Final = "Zhongshu Document"


def face() -> io.BytesIO:
    """Return the font's file, to be read once."""
    return io.BytesIO(gzip.decompress(FILE.read_bytes()))
