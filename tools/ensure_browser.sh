#!/bin/sh
# Sees that the browser tests have a Chromium: an installed one, else the system's package, else Playwright's own.
# Without one the browser tests skip, saying so, unless ZHONGSHU_REQUIRE_BROWSER=1.
set -eu

python=$1

has_browser() {
    for name in chromium chromium-browser google-chrome google-chrome-stable chrome; do
        command -v "$name" >/dev/null 2>&1 && "$name" --version >/dev/null 2>&1 && return 0
    done
    "$python" -c '
import os, sys
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    sys.exit(not os.path.exists(playwright.chromium.executable_path))' 2>/dev/null
}

has_browser && exit 0
. "$(dirname "$0")/system_packages.sh"
if can_install_packages; then
    install_packages chromium || true
    has_browser && exit 0
fi
echo "下载浏览器 · installing Playwright's Chromium"
if [ "$(id -u)" = 0 ]; then
    "$python" -m playwright install --with-deps chromium || "$python" -m playwright install chromium || true
else
    "$python" -m playwright install chromium || true
fi
has_browser || echo "没有浏览器，浏览器测试将跳过 · no browser could be installed; the browser tests will skip" >&2
