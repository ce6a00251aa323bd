"""Short names that appear inside log lines, where a text cannot look up another; the same as in the catalogue."""

from __future__ import annotations

from collections.abc import Iterable

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
    "grid_worker": ("网格员", "grid worker"),
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
    "citizen": ("群众", "citizen"),
    "system": ("系统", "system"),
}
MEANS_WORDS = {
    "screen": ("大屏与工作台", "screens"),
    "phone": ("电话", "phone"),
    "sms": ("短信", "text message"),
    "unit_page": ("单位页面", "unit page"),
    "sound": ("声音提示", "sound"),
    "webhook": ("系统推送", "webhook"),
}
# Means that no gateway serves: the log must not pretend that the product called anyone.
MEANS_BY_HAND = {
    "phone": ("电话网关未接，请人工拨打", "no phone gateway: please call by hand"),
    "sms": ("短信网关未接，请人工通知", "no text-message gateway: please tell by hand"),
}


FIELD_WORDS = {
    "reason": ("事由", "reason"),
    "unit": ("承办单位", "unit"),
    "request_true": ("诉求是否属实", "whether the request is true"),
    "contacted": ("是否联系群众", "whether the citizen was contacted"),
    "contacted_at": ("联系时间", "when contacted"),
    "resolved": ("是否解决", "whether resolved"),
    "unresolved_reason": ("未解决原因", "why not resolved"),
    "handling": ("办理情况", "what was done"),
    "public_reply": ("公开答复内容", "public reply"),
    "callback": ("回访结果（已接通或三次未通）", "callback (answered, or three tries)"),
    "satisfaction": ("满意评价", "satisfaction"),
    "plan": ("化解方案", "plan"),
    "leader": ("包案领导", "responsible leader"),
    "target_at": ("目标日期", "target date"),
    "until_at": ("延期至", "extended until"),
    "granted": ("是否同意", "whether granted"),
}
DUE_WORDS = {
    "accept": ("受理", "accepting"),
    "supplement": ("补充", "completing the facts"),
    "dispatch": ("派遣", "dispatch"),
    "sign": ("签收", "signing"),
    "on_site": ("到场", "arriving on site"),
    "feedback": ("反馈", "feedback"),
    "handling": ("处置", "handling"),
    "return_ruling": ("退单裁定", "ruling on the return"),
    "extension_ruling": ("延期审批", "ruling on the extension"),
    "review": ("审核", "review"),
    "callback": ("回访", "callback"),
    "redo": ("重办", "redo"),
    "suspended_review": ("挂账复核", "review of the plan"),
    "verify": ("核实", "verification"),
    "triage": ("分级", "triage"),
    "check": ("核查", "check"),
    "decide": ("作出决定", "deciding"),
    "finish": ("完成指令", "finishing the order"),
}
ACT_WORDS = {
    "see": ("查看", "see this"),
    "dispatch": ("派单", "dispatch"),
    "raise_whistle": ("吹哨", "raise a whistle"),
    "answer": ("回执", "answer"),
    "request_leave": ("申请撤离", "request to leave"),
    "record_decision": ("记录决定", "record decisions"),
    "raise_to_consultation": ("升级会商", "raise to a consultation"),
    "recall": ("撤回指令", "recall orders"),
    "acknowledge": ("确认报警", "acknowledge alarms"),
    "urge": ("催办", "urge"),
    "set_urgency": ("改定级别", "change the urgency"),
    "transfer": ("转办", "transfer"),
    "advance": ("流转", "move matters on"),
    "close_matter": ("结案", "close matters"),
    "record_callback": ("记录回访", "record call-backs"),
    "register_dispute": ("登记纠纷", "register disputes"),
    "answer_supervision": ("答复催办和督办单", "answer supervision orders"),
    "note": ("记事", "write notes"),
    "recommend": ("查看推荐", "see recommendations"),
    "reveal_citizen": ("查看群众信息", "see a citizen's data"),
    "supervise": ("督办", "supervise"),
    "extend_deadline": ("延长时限", "extend deadlines"),
    "stop_deadline": ("停止升级步骤", "stop escalation steps"),
    "manage_tokens": ("管理令牌", "manage tokens"),
    "manage_accounts": ("管理账号", "manage accounts"),
    "import_roster": ("导入名册", "import the roster"),
    "verify_audit": ("核验审计", "verify the audit log"),
    "see_health": ("查看运行状况", "see the health of the system"),
    "see_audit": ("查看审计", "see the audit log"),
    "inbox": ("收取指令", "read the inbox"),
    "keep_attachment": ("保存附件", "keep attachments"),
    "speak_in_room": ("在会商室发言", "speak in consultation rooms"),
    "read_room": ("阅读会商室", "read consultation rooms"),
    "complete_room_decision": ("报会商决定办结", "report a room's decision done"),
    "open_room": ("开设会商室", "open consultation rooms"),
    "invite_to_room": ("邀请进会商室", "invite to consultation rooms"),
    "decide_in_room": ("在会商室记录决定", "record decisions in consultation rooms"),
    "edit_minutes": ("起草会商纪要", "write minutes"),
    "sign_minutes": ("签发会商纪要", "sign minutes"),
    "close_room": ("结束会商", "close consultation rooms"),
    "book_specialist": ("点单专家律师", "order experts and lawyers"),
    "answer_booking": ("记录点单答复", "record the answer to an order"),
    "import_specialists": ("导入专家律师名册", "import experts and lawyers"),
    "see_policies": ("查看升级规则", "see the escalation policy"),
    "edit_policy": ("修改升级规则", "change the escalation policy"),
    "manage_webhooks": ("管理推送地址", "manage webhooks"),
    "see_tellings": ("查看通知", "see tellings"),
    "receipt_telling": ("确认收到通知", "confirm tellings"),
    "resolve_telling": ("处理未送达的通知", "deal with failed tellings"),
    "mute_sound": ("静音", "mute the sound"),
    "report": ("上报诉求", "report what is wrong"),
    "report_event": ("上报事件", "report events"),
    "call_for_help": ("求助", "call for help"),
}


URGENCY_WORDS = {
    "1": ("特急", "an emergency"),
    "2": ("紧急", "urgent"),
    "3": ("一般", "ordinary"),
    "4": ("疑难", "difficult"),
}
URGENCY_WORDS = {
    "1": ("特急", "an emergency"),
    "2": ("紧急", "urgent"),
    "3": ("一般", "ordinary"),
    "4": ("疑难", "difficult"),
}
CALLBACK_WORDS = {
    "answered": ("已接通", "answered"),
    "no_answer": ("未接通", "not answered"),
    "wrong_number": ("号码有误", "wrong number"),
    "very_satisfied": ("非常满意", "very satisfied"),
    "satisfied": ("满意", "satisfied"),
    "fairly_satisfied": ("基本满意", "fairly satisfied"),
    "dissatisfied": ("不满意", "dissatisfied"),
    "very_dissatisfied": ("非常不满意", "very dissatisfied"),
    "unasked": ("未评价", "not rated"),
}
EVENT_WORDS = {
    "MatterOpened": ("登记", "opened"),
    "HelpCalledAgain": ("再次求助", "called for help again"),
    "MatterUpdated": ("来源更新", "updated by its source"),
    "MatterMoved": ("流转", "moved on"),
    "MatterClosed": ("结案", "closed"),
    "MatterMerged": ("并单", "merged"),
    "MatterReopened": ("重新办理", "reopened"),
    "SourceHeld": ("来源更新", "updated by its source"),
    "MatterDispatched": ("派单", "dispatched"),
    "WhistleRaised": ("吹哨", "whistle raised"),
    "WhistleResolved": ("事决", "whistle decided"),
    "CommandRecalled": ("撤回", "order recalled"),
    "ReceiptRecorded": ("回执", "answered by the unit"),
    "UrgencySet": ("改定级别", "urgency changed"),
    "MatterTransferred": ("转办", "transferred"),
}


def listed(words: dict[str, tuple[str, str]], codes: Iterable[str], name: str) -> dict[str, str]:
    """Return {name: "甲、乙", name_en: "a, b"} for several codes; unknown codes stand as they are."""
    pairs = [words.get(code, (code, code)) for code in codes]
    return {name: "、".join(zh for zh, _ in pairs), f"{name}_en": ", ".join(en for _, en in pairs)}


def both(words: dict[str, tuple[str, str]], code: str, name: str) -> dict[str, str]:
    """Return {name: Chinese, name_en: English} of a code, for a log entry's params; an unknown code stands as it is."""
    zh, en = words.get(code, (code, code))
    return {name: zh, f"{name}_en": en}
