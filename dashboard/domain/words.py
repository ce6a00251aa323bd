"""Short names that appear inside log lines, where a text cannot look up another; the same as in the catalogue."""

from __future__ import annotations

RECEIPT_WORDS = {
    "sent": ("已下达", "sent"),
    "delivered": ("已送达", "delivered"),
    "read": ("已读", "read"),
    "accepted": ("已接令", "accepted"),
    "en_route": ("已出发", "en route"),
    "arrived": ("已到场", "on site"),
    "done": ("已办结", "done"),
    "declined": ("有异议", "declined"),
    "left": ("已撤离", "left"),
}
STAGE_WORDS = {
    "TO_ACCEPT": ("待受理", "to accept"),
    "SUPPLEMENT": ("待补充", "facts missing"),
    "TO_DISPATCH": ("待派遣", "to dispatch"),
    "TO_SIGN": ("待签收", "to sign"),
    "RETURN_REQUESTED": ("退单申请", "return requested"),
    "HANDLING": ("办理中", "handling"),
    "SUB_DISPATCHED": ("已下派", "sub-dispatched"),
    "CO_HANDLING": ("协办会商", "joint handling"),
    "EXTENSION_APPLIED": ("延期申请", "extension applied"),
    "REPLIED": ("待审核", "to review"),
    "TO_CALLBACK": ("待回访", "to call back"),
    "REDO": ("重办", "redo"),
    "SUSPENDED": ("挂账", "parked with a plan"),
    "CLOSED": ("已结案", "closed"),
    "INVALID": ("不予受理", "out of scope"),
    "DIRECT_ANSWERED": ("直接办结", "answered directly"),
    "REPORTED": ("已上报", "reported"),
    "VERIFYING": ("核实中", "being verified"),
    "SELF_HANDLING": ("网格自办", "handled in the grid"),
    "CALLED": ("社区呼叫", "community call"),
    "TRIAGED": ("已分级", "triaged"),
    "ASSIGNED": ("已交办", "assigned"),
    "ACCEPTED": ("已签收", "signed"),
    "ON_SITE": ("已到场", "on site"),
    "DISPOSING": ("处置中", "being handled"),
    "DISPOSED": ("处置完成", "handled"),
    "CHECKING": ("核查中", "being checked"),
    "RETURNED": ("已退回", "returned"),
    "ESCALATED": ("已上报上级", "reported up"),
    "WHISTLED": ("吹哨中", "whistle raised"),
}
ROLE_WORDS = {
    "unit_duty": ("单位值班室", "unit's duty desk"),
    "unit_liaison": ("单位联络员", "unit liaison"),
    "unit_head": ("单位负责人", "unit head"),
    "duty_officer": ("值班员", "duty officer"),
    "duty_leader": ("值班长", "duty leader"),
    "commander": ("指挥长", "commander"),
    "leader": ("带班领导", "leader on duty"),
    "receiver": ("接令人", "receiver"),
    "decider": ("现场拍板人", "decider"),
    "grid_chief": ("网格长", "grid chief"),
    "sysadmin": ("系统管理员", "system administrator"),
    "secadmin": ("安全管理员", "security administrator"),
    "auditor": ("审计管理员", "auditor"),
    "viewer_wall": ("大屏", "wall"),
    "gateway": ("网关", "gateway"),
    "system": ("系统", "system"),
}
MEANS_WORDS = {
    "screen": ("大屏与工作台", "screens"),
    "phone": ("电话", "phone"),
    "sms": ("短信", "text message"),
    "unit_page": ("单位页面", "unit page"),
}
# Means that no gateway serves: the log must not pretend that the product called anyone.
MEANS_BY_HAND = {
    "phone": ("电话网关未接，请人工拨打", "no phone gateway: please call by hand"),
    "sms": ("短信网关未接，请人工通知", "no text-message gateway: please tell by hand"),
}


def both(words: dict[str, tuple[str, str]], code: str, name: str) -> dict[str, str]:
    """Return {name: Chinese, name_en: English} of a code, for a log entry's params; an unknown code stands as it is."""
    zh, en = words.get(code, (code, code))
    return {name: zh, f"{name}_en": en}
