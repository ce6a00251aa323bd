"""JT/T 808 (2011, 2013 and 2019): what satellite positioning terminals in China speak over TCP; bytes in, readings out.

`framing` finds frames in a stream, `packets` reads and writes their header, `bodies` and `location` what they say,
`parts` joins messages that came in several, `session` is one connection without its socket.
"""

from __future__ import annotations

SOURCE = "jt808"
