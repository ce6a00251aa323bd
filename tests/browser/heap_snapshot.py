"""What a heap snapshot of a page says: how many bytes the things of each constructor take."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
from playwright.sync_api import CDPSession

# The engine's own: code is compiled, forgotten and compiled again as it pleases, the shapes of objects and what the
# browser keeps beside the page (nodes are counted elsewhere) come and go with it.
_ENGINES = {"code", "object shape", "hidden", "synthetic", "native"}
_NAMELESS = {"string", "concatenated string", "sliced string", "number", "symbol", "bigint", "regexp"}


def taken(inspector: CDPSession) -> str:
    """Take a snapshot, which collects all garbage first; returns its JSON."""
    chunks: list[str] = []

    def keep(event: dict[str, str]) -> None:
        chunks.append(event["chunk"])

    inspector.on("HeapProfiler.addHeapSnapshotChunk", keep)
    inspector.send("HeapProfiler.takeHeapSnapshot", {"reportProgress": False})
    inspector.remove_listener("HeapProfiler.addHeapSnapshotChunk", keep)
    return "".join(chunks)


def bytes_by_constructor(snapshot: str) -> Counter[str]:
    """Return the page's own bytes: "object Map" and the like; all strings are one entry, and so are all numbers."""
    told = json.loads(snapshot)
    meta, names = told["snapshot"]["meta"], told["strings"]
    fields, kinds = meta["node_fields"], meta["node_types"][0]
    nodes = np.array(told["nodes"], dtype=np.int64).reshape(-1, len(fields))
    kind, name = nodes[:, fields.index("type")], nodes[:, fields.index("name")]
    pairs, place = np.unique(kind * len(names) + name, return_inverse=True)
    sizes = np.bincount(place.ravel(), weights=nodes[:, fields.index("self_size")])
    found: Counter[str] = Counter()
    for pair, size in zip(pairs, sizes, strict=True):
        word = kinds[int(pair) // len(names)]
        if word in _ENGINES:
            continue
        found[word if word in _NAMELESS else f"{word} {names[int(pair) % len(names)]}"] += int(size)
    return found
