"""What `make run` runs: the whole product on one machine, until Ctrl-C."""

from __future__ import annotations

import os
import sys

from launcher.run import main

if __name__ == "__main__":
    sys.exit(main(os.environ))
