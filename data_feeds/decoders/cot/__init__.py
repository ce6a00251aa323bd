"""Cursor-on-Target 2.0 as TAK clients send it: XML, and version 1 of the TAK protocol (protobuf).

Sources: the CoT event schema of MITRE (Event.xsd 2.0) and, for streams, negotiation and protobuf, the protocol.txt and
.proto files published with ATAK-CIV (commoncommo/core/impl/protobuf).
"""

from typing import Final

SOURCE: Final = "cot"
