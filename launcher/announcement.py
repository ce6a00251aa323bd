"""What the operator reads when the product is up: the addresses and, once, the accounts."""

from __future__ import annotations

from urllib.parse import quote

from dashboard.settings import Settings
from launcher.first_run import WALL_TOKEN_FILE, FirstRun
from launcher.readiness import local_address

RULE = "─" * 78


def lines(settings: Settings, web: str, made: FirstRun) -> list[str]:
    """The whole announcement; `web` is the address of the screens on this machine."""
    feeds = local_address(settings.feeds_bind, settings.feeds_port)
    shown = [RULE, "  中枢 已就绪 · Zhongshu is ready", ""]
    if made.wall_token is None:
        token_file = settings.var_dir / WALL_TOKEN_FILE
        shown.append(
            "  大屏 wall   令牌已吊销，删除下面的文件再启动即得新令牌 · revoked; for a new token remove"
        )
        shown.append(f"              {token_file}")
    else:
        shown.append(f"  大屏 wall   {web}/wall?kiosk={quote(made.wall_token)}")
    shown += [f"  值班席 desk {web}/desk", f"  单位 unit   {web}/unit", f"  网格 field  {web}/field"]
    shown += [f"  接入 feeds  {feeds}", f"  健康 health {web}/healthz"]
    if settings.demonstration:
        shown += ["", "  演示数据 · demonstration data, on a clock of its own"]
    return [*shown, *accounts(made), "", "  Ctrl-C 停止 · stops it; the data is kept", RULE]


def accounts(made: FirstRun) -> list[str]:
    """The accounts of a first start with their passwords, which are shown this once."""
    if not made.accounts:
        return []
    return [
        "",
        "  账号（密码只显示这一次）· accounts (this is the only time the passwords are shown)",
        *(f"    {each.name:<14}{each.password:<20}{each.title}" for each in made.accounts),
    ]
