"""One decoder per source: bytes in, readings or `DecodeError` out; no sockets."""
