# Sourced by the other scripts: installing a system package where that needs no question asked.

can_install_packages() {
    command -v apt-get >/dev/null 2>&1 || return 1
    [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; }
}

install_packages() {
    echo "安装系统软件包 · installing the system package $*"
    as_root="env"
    [ "$(id -u)" = 0 ] || as_root="sudo -n env"
    $as_root DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
        $as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}
