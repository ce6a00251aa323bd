#!/bin/sh
# Creates the virtual environment $1 with a Python that the product runs on.
set -eu

venv=$1

# On Linux x86-64 the package with an embedded Redis has wheels for 3.11 and 3.12, so these come first.
for name in python3.12 python3.11 python3.13 python3 python; do
    if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
        python=$name
        break
    fi
done
if [ -z "${python:-}" ]; then
    echo "需要 Python 3.11、3.12 或 3.13，PATH 上没有找到。" >&2
    echo "Python 3.11, 3.12 or 3.13 is needed and none is on PATH" \
         "(Debian/Ubuntu: apt-get install python3 python3-venv; macOS: brew install python@3.12)." >&2
    exit 1
fi

echo "建立环境 · creating $venv with $("$python" -V) ($python)"
if "$python" -c 'import ensurepip' 2>/dev/null; then
    exec "$python" -m venv "$venv"
fi

# Debian and Ubuntu ship Python without the part that makes virtual environments.
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
. "$(dirname "$0")/system_packages.sh"
if can_install_packages && { install_packages "python$version-venv" || install_packages python3-venv; }; then
    exec "$python" -m venv "$venv"
fi
echo "$python 缺少 venv 模块 · $python has no venv module: apt-get install python$version-venv" >&2
exit 1
