"""Who gets in where: every address and every act with whom it lets in; whoever is not named is kept out.

A row is asked by all of `tests.security.busy_city.PEOPLE` and by a wall, a gateway and a stranger, each against the
same city. Let in is who is answered, or refused for what the matter is (already decided, not possible now); kept out
is who is refused for who they are: not signed in, not this role, not this district, not this unit's. With `shows` let
in is only whose answer has that word in it. Names in braces are ids of the city's things.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from tests.security.busy_city import KEYS, PEOPLE

OFFICERS: Final = frozenset({"duty_officer", "relief", "duty_leader", "commander"})
"""At the matters' own place: 东港区 and the city."""
LEADING: Final = frozenset({"duty_leader", "commander"})
DESKS: Final = OFFICERS | {"leader", "elsewhere"}
SEE: Final = OFFICERS | {"leader"}
LEADER: Final = frozenset({"leader"})
LIAISONS: Final = frozenset({"liaison_lead", "liaison_called", "liaison_other"})
WORKERS: Final = frozenset({"grid_worker", "worker_other"})
ON_IT: Final = frozenset({"liaison_lead", "liaison_called", "grid_worker"})
"""Who handles the matter or has an order on it."""
IN_ROOM: Final = SEE | {"liaison_lead", "liaison_called"}
ADMINISTRATORS: Final = frozenset({"sysadmin", "secadmin", "auditor"})
SIGNED_IN: Final = frozenset(PEOPLE)
EVERYBODY: Final = SIGNED_IN | set(KEYS)
SOMEWHERE: Final = OFFICERS | {"elsewhere"}
"""Officers of any place, where an act names no place of ours."""


@dataclass(frozen=True)
class Row:
    """One address with one thing asked of it, and who is let in."""

    address: str
    let_in: frozenset[str]
    body: Any = None
    shows: str = ""
    content: bytes | None = None


def _pages() -> tuple[Row, ...]:
    def get(path: str, let_in: frozenset[str]) -> Row:
        return Row(f"GET {path}", let_in)

    return (
        get("/healthz", EVERYBODY), get("/favicon.ico", EVERYBODY), get("/metrics", frozenset()),
        get("/sign-in", EVERYBODY),
        Row("POST /sign-in", EVERYBODY, content=b"name=x&password=y"),
        get("/sign-in/password", SIGNED_IN), get("/sign-in/code", SIGNED_IN),
        get("/sign-in/device", SIGNED_IN),
        # No identity server is set here: whoever asks is sent to the sign-in page.
        get("/sign-in/single", frozenset()), get("/sign-in/single/return", frozenset()),
        # Whoever is signed in is refused too: one has no such password, the other waits for no code.
        Row("POST /sign-in/password", frozenset(), content=b"old=x&new=y&again=y"),
        Row("POST /sign-in/code", frozenset(), content=b"code=000000"),
        Row("POST /sign-out", EVERYBODY, content=b""), get("/", SIGNED_IN),
        Row("POST /api/v1/session/use", SIGNED_IN, content=b""),
        get("/assets/css/tokens.css", EVERYBODY),
        get("/wall/", DESKS | {"kiosk"}), get("/wall", DESKS | {"kiosk"}),
        get("/wall/_dash-layout", DESKS | {"kiosk"}), get("/wall/_dash-dependencies", DESKS | {"kiosk"}),
        get("/desk/", DESKS), get("/desk", DESKS), get("/desk/_dash-layout", DESKS),
        get("/desk/_dash-dependencies", DESKS),
        get("/desk_map/", DESKS), get("/desk_map", DESKS), get("/desk_map/_dash-layout", DESKS),
        get("/desk_map/_dash-dependencies", DESKS), get("/desk_map/_favicon.ico", EVERYBODY),
        get("/desk/_favicon.ico", EVERYBODY), get("/wall/_favicon.ico", EVERYBODY),
        get("/admin/_favicon.ico", EVERYBODY),
        get("/admin/", ADMINISTRATORS), get("/admin", ADMINISTRATORS),
        get("/admin/_dash-layout", ADMINISTRATORS), get("/admin/_dash-dependencies", ADMINISTRATORS),
        get("/citypack/boundaries/city.geojson", SIGNED_IN | {"kiosk"}), get("/map/tiles/9/425/201.png", DESKS),
        get("/voice/wall.voice.new.mp3", DESKS | {"kiosk"}),
        get("/report/{grid}", EVERYBODY), get("/report/follow/{code}", EVERYBODY),
        get("/unit", LIAISONS), get("/field", WORKERS), get("/leader", LEADER),
        get("/leader/worker.js", EVERYBODY), get("/leader/manifest.webmanifest", EVERYBODY),
        get("/field/worker.js", EVERYBODY), get("/field/manifest.webmanifest", EVERYBODY),
        get("/room", SIGNED_IN), get("/room/{matter}", SIGNED_IN),
        get("/hotline", DESKS), get("/replay", DESKS), get("/briefs", DESKS), get("/replay/{matter}", DESKS),
    )  # fmt: skip


def _reads() -> tuple[Row, ...]:
    def get(path: str, let_in: frozenset[str], shows: str = "") -> Row:
        return Row(f"GET /api/v1/{path}", let_in, shows=shows)

    return (
        get("fleet/summary", DESKS | {"kiosk"}), get("feeds/health", SIGNED_IN | {"kiosk"}),
        get("openapi.json", SIGNED_IN | {"kiosk", "gateway"}),
        get("matters", SEE | ON_IT, "{matter}"), get("matters/{matter}", SEE | ON_IT, "{matter}"),
        get("matters/{foreign}", SEE | {"liaison_other"}), get("matters/{proposed}", SEE | {"elsewhere"}),
        get("matters/{matter}/attachments", SEE | {"liaison_lead"}, "{attachment}"),
        get("attachments/{attachment}", SEE | {"liaison_lead"}),
        get("attachments/{attachment}/preview", SEE | {"liaison_lead"}),
        get("matters/{matter}/loop", SEE | {"liaison_lead"}, "{supervision}"),
        get("matters/{matter}/register", SEE | {"liaison_called"}, "{leaving}"),
        get("matters/{carrier}/merges", SEE, "{carried}"),
        get("matters/{proposed}/proposals", SEE | {"elsewhere"}, "{proposal}"),
        get("matters/{matter}/tellings", SEE | ON_IT, "{matter}"),
        get("units/{lead}/pressure", frozenset({"commander", "liaison_lead"})),
        get("leader/picture", LEADER, "{matter}"), get("leader/lists/overdue", LEADER), get("leader/lists/red", LEADER),
        get("leader/day", LEADER),
        get("replay?matter={matter}", SEE, "{matter}"), get("replay", DESKS),
        get("rooms", IN_ROOM, "{room}"), get("rooms?matter={matter}", IN_ROOM, "{room}"), get("rooms/{room}", IN_ROOM),
        get("rooms/{room}/minutes-draft", OFFICERS), get("specialists", SOMEWHERE),
        get("windows", SEE | LIAISONS | WORKERS | {"elsewhere"}),
        get("whistles/statistics?unit={called}", frozenset({"commander", "liaison_called"}), "{called}"),
        get("tellings/waiting", DESKS | LIAISONS | WORKERS), get("tellings/failed", frozenset({"sysadmin"})),
        get("policies", frozenset({"sysadmin", "auditor"})),
        get("policies/versions", frozenset({"sysadmin", "auditor"})),
        get("webhooks", frozenset({"sysadmin"})), get("feeds/malformed", frozenset({"sysadmin"})),
        get("kiosk-tokens", frozenset({"secadmin"})),
        get("audit/verify", frozenset({"auditor"})), get("audit/rows", frozenset({"auditor"})),
        get("briefs", DESKS), get("briefs/newest", DESKS), get("briefs/{brief}", SEE, "{brief}"),
        get("briefs/{brief}/numbers/lead-1/0", SEE, "surge_orders"), get("rates/history", DESKS),
        get("hotline/wordings", SEE, "{wording}"), get("hotline/merges", DESKS),
        get("agents/wordings", frozenset({"gateway"}), "{wording}"),
        get("walls", DESKS), get("walls/own", DESKS | {"kiosk"}),
        get("map/places/371102", SEE), get("map/found?words=G0", DESKS), get("map/cameras", DESKS),
        get("presence", DESKS), get("shift", DESKS), get("inbox", frozenset({"gateway"})),
        get("reports/{code}", EVERYBODY),
        get("field/day", WORKERS), get("own/statistics", LIAISONS),
        get("own/inbox", frozenset({"liaison_lead", "liaison_called", "grid_worker"}), "{matter}"),
        get("own/matters/{matter}", ON_IT), get("own/matters/{foreign}", frozenset({"liaison_other"})),
    )  # fmt: skip


def _on_matters() -> tuple[Row, ...]:
    def post(path: str, let_in: frozenset[str], **body: Any) -> Row:
        return Row(f"POST /api/v1/{path}", let_in, body)

    order = {"kind": "unit", "id": "{local}"}
    words = {"reason": "缘由"}
    at = "{later}"
    return (
        post("commands", OFFICERS, matter_id="{fresh}", expected_version="{fresh_version}", objective="处置",
             receivers=[order], override_reason="熟"),
        post("whistles", OFFICERS, matter_id="{signed}", expected_version="{signed_version}", units=[order],
             agenda=["定什么"], decider="甲"),
        post("matters/{signed}/instructions", LEADER, text="一小时内报", units=["{local}"], due_at="{later}"),
        post("matters/{signed}/supervisions", LEADING | LEADER, text="限时答复"),
        post("matters/{signed}/urges", SEE, text="请抓紧"),
        post("disputes", OFFICERS, title="邻里", category="2201", applicant="李", opponent="王", words="漏水",
             division="371102"),
        post("matters/{signed}/steps", OFFICERS | {"liaison_lead"}, to="REPLIED", fields={"reply": "已办"}),
        post("matters/{returning}/steps", OFFICERS, to="TO_DISPATCH", fields=words),
        post("matters/{replied}/callbacks", OFFICERS, result="no_answer"),
        post("matters/{matter}/supervisions/{supervision}/answer", OFFICERS | {"liaison_lead"}, text="已办"),
        post("matters/{fresh}/proposals", OFFICERS, kind="share", to_region="{region}", **words),
        post("proposals/{proposal}/answer", frozenset({"elsewhere"}), accept=False, **words),
        post("proposals/{proposal}/withdraw", OFFICERS, **words),
        post("proposals/{proposal}/override", frozenset({"commander"}), accept=True, **words),
        post("matters/{proposed}/shares/{region}/end", OFFICERS, **words),
        post("matters/{alike}/merges", OFFICERS, matter_ids=["{carrier}"]),
        post("matters/{alike}/merges/reject", OFFICERS, matter_ids=["{carrier}"], **words),
        post("matters/{carried}/unmerge", OFFICERS, **words),
        post("replay/exports", SEE, matter="{matter}"),
        post("replay/{matter}/findings", LEADING | LEADER, fact="到位", cause="占线", improvement="设第二号"),
        post("matters/{matter}/tellings/retry", OFFICERS),
        post("matters/{matter}/tellings/by-hand", OFFICERS, text="电话"),
        post("own/matters/{matter}/citizen", frozenset({"liaison_lead"}), **words),
        post("commands/{whistle}/receivers", OFFICERS, receivers=[order]),
        post("commands/{command}/recall", OFFICERS, **words),
        post("commands/{command}/recall", OFFICERS, receiver_id="{lead}", **words),
        post("commands/{command}/reassign", OFFICERS, receiver_id="{lead}", to=order, **words),
        post("commands/{whistle}/rulings", OFFICERS, receiver_id="{refusing}", ruling="insisted", **words),
        post("commands/{whistle}/arrivals", OFFICERS | {"liaison_called"}, receiver_id="{refusing}", word="见到"),
        post("commands/{whistle}/register", OFFICERS | {"liaison_called"}, receiver_id="{called}",
             people=[{"name": "赵"}]),
        post("commands/{whistle}/replacements", OFFICERS | {"liaison_called"}, receiver_id="{called}",
             leaving="{leaving}", taking_over="{taking_over}"),
        post("commands/{whistle}/leave", OFFICERS | {"liaison_called"}, receiver_id="{called}"),
        post("commands/{whistle}/decisions", OFFICERS, item=1, decision="定", owner="甲"),
        post("commands/{decided}/decisions/1/completion", OFFICERS | {"liaison_called"}, result="已清"),
        post("commands/{whistle}/consultation", OFFICERS, host="市长", next_at=at),
        post("commands/{decided}/ratings", frozenset({"commander"}), receiver_id="{called}",
             punctual=5, competent=5, solved=5),
        Row("POST /api/v1/attachments?matter={matter}", SEE | ON_IT, content=b"picture"),
    )  # fmt: skip


def _in_rooms() -> tuple[Row, ...]:
    def post(path: str, let_in: frozenset[str], **body: Any) -> Row:
        return Row(f"POST /api/v1/{path}", let_in, body)

    return (
        post("rooms", OFFICERS, matter_id="{signed}", topic="议"), post("rooms/{room}/messages", IN_ROOM, text="在"),
        post("rooms/{room}/reads", IN_ROOM, up_to=1), post("rooms/{room}/time", OFFICERS, meets_at="{later}"),
        post("rooms/{room}/participants", OFFICERS, kind="unit", id="{other}"),
        post("rooms/{room}/participants/remove", OFFICERS, kind="unit", id="{called}", reason="错"),
        post("rooms/{room}/decisions", OFFICERS, decision="定", owner="甲"),
        post("rooms/{room}/decisions/1/done", SEE | {"liaison_called"}, result="成"),
        post("rooms/{room}/minutes", OFFICERS, text="记", minutes_version=1),
        post("rooms/{room}/minutes/sign", OFFICERS, minutes_version=1), post("rooms/{room}/close", OFFICERS),
        post("rooms/{room}/bookings", OFFICERS, specialist_id="E1", question="看", wanted_at="{later}"),
        post("bookings/{booking}/answer", OFFICERS, answer="accepted"),
    )  # fmt: skip


def _of_ones_own() -> tuple[Row, ...]:
    def post(path: str, let_in: frozenset[str], **body: Any) -> Row:
        return Row(f"POST /api/v1/{path}", let_in, body)

    def own(let_in: frozenset[str], **item: Any) -> Row:
        return Row("POST /api/v1/own/answers", let_in, {"items": [{"key": "matrix-key-1"} | item]})

    sysadmin = frozenset({"sysadmin"})
    return (
        own(frozenset({"liaison_lead"}), kind="answer", command_id="{command}", stage="accepted"),
        own(frozenset({"grid_worker"}), kind="answer", command_id="{worker_command}", stage="accepted"),
        own(frozenset({"liaison_called"}), kind="leave", command_id="{whistle}"),
        own(ON_IT, kind="note", matter_id="{matter}", text="记"),
        own(frozenset({"liaison_called"}), kind="register", command_id="{whistle}", register=[{"name": "赵"}]),
        own(frozenset({"liaison_called"}), kind="replace", command_id="{whistle}", leaving="{leaving}",
            taking_over="{taking_over}"),
        own(frozenset({"liaison_called"}), kind="complete", command_id="{decided}", item=1, result="已清"),
        own(frozenset({"liaison_lead"}), kind="supervision", matter_id="{matter}", supervision_id="{supervision}",
            text="已办"),
        own(frozenset({"liaison_lead"}), kind="step", matter_id="{signed}", to="REPLIED", fields={"reply": "已办"}),
        own(WORKERS, kind="event", category="2201", handling="self", text="堆放"),
        own(WORKERS, kind="help", lon=119.5, lat=35.4),
        Row("POST /api/v1/field/reports/event-key-0001/photos", WORKERS, content=b"picture"),
        post("receipts", frozenset({"gateway"}), command_id="{command}", receiver_id="{lead}", stage="read"),
        post("receipts/arrivals", frozenset({"gateway"}), command_id="{whistle}", receiver_id="{refusing}",
             witness="{called}"),
        post("tellings/{telling}/receipt", frozenset({"gateway"}), state="received"),
        post("tellings/receipts", DESKS | LIAISONS | WORKERS, ids=["x"]),
        post("tellings/mute", SOMEWHERE, reason="会议"),
        post("shift/posts", SOMEWHERE, post="B"),
        post("shift/posts", frozenset({"leader", "duty_leader", "commander", "elsewhere"}), post="leader"),
        post("shift/posts/leave", frozenset({"duty_officer"}), post="A"),
        post("shift/posts/relieve", LEADING | {"elsewhere"}, post="A", reason="离岗"),
        post("shift/handovers", frozenset({"duty_officer"}), post="A"),
        post("shift/handovers/{handover}/items", frozenset({"relief", "duty_leader"}), ref="{ref}"),
        post("shift/handovers/{handover}/complete", frozenset({"relief", "duty_leader"})),
        post("shift/handovers/{handover}/cancel", frozenset({"duty_officer"})),
        post("hotline/wordings", SOMEWHERE, text="请按 11 时恢复答复"),
        post("hotline/wordings/{wording}/revise", OFFICERS, text="请按 12 时恢复答复", expected_version=1),
        post("hotline/wordings/{wording}/end", OFFICERS, reason="已恢复"),
        post("hotline/wordings/{wording}/read", SEE, version=1),
        post("agents/wordings/{wording}/reads", frozenset({"gateway"}), version=1, agents=["A001"]),
        post("walls/{wall}/show", OFFICERS, scene="hotline"),
        post("walls/{wall}/mute", OFFICERS, reason="会议"),
        post("walls/{wall}/build", OFFICERS, panel_columns=2, panel_rows=2),
        post("policies", sysadmin, based_on=1, why="试", removed=["nothing"]),
        post("policies/preview", sysadmin, based_on=1),
        post("webhooks", sysadmin, name="b", url="https://b.example/", jurisdiction="371100"),
        post("webhooks/{webhook}/close", sysadmin),
        post("kiosk-tokens", frozenset({"secadmin"}), name="屏", jurisdiction="371100"),
        post("kiosk-tokens/{token}/revoke", frozenset({"secadmin"})),
        Row("POST /api/v1/audit/exports", frozenset({"auditor"})),
        post("briefs", OFFICERS, matter_id="{matter}"),
        post("briefs/{brief}/versions", OFFICERS, version=1, sentences=[{"id": "lead-1", "text": "改"}]),
        post("briefs/{brief}/approval", LEADER, version=2),
        Row("POST /api/v1/briefs/{brief}/file?format=pdf", SEE),
        Row("POST /api/v1/exports/queue?format=csv", DESKS),
        Row("POST /api/v1/exports/orders?format=csv", SEE, shows="东港区"),
        Row("POST /api/v1/exports/red?format=csv", LEADER),
        Row("POST /api/v1/exports/audit?format=csv", frozenset({"auditor"})),
        Row("POST /api/v1/exports/accounts?format=csv", frozenset({"secadmin"})),
        Row("POST /api/v1/exports/delivery?format=csv", frozenset({"sysadmin"})),
        post("reports", EVERYBODY, grid="{grid}", category="21", text="电线垂落"),
        Row("POST /api/v1/reports/{code}/photos", EVERYBODY, content=b"picture"),
    )  # fmt: skip


ROWS: Final = (*_pages(), *_reads(), *_on_matters(), *_in_rooms(), *_of_ones_own())

CALLBACKS: Final = {
    "desk-drawer-head": DESKS, "desk-drawer-recommended": DESKS, "desk-dialog-body": DESKS,
    "desk-drawer-features": DESKS, "desk-outcome-form": DESKS, "desk-outcome-dispatch": SOMEWHERE,
    "desk-outcome-whistle": SOMEWHERE,
    "desk-outcome-transfer": SOMEWHERE, "desk-outcome-supervise": LEADING | {"elsewhere", "leader"},
    "desk-outcome-urge": DESKS, "desk-outcome-acknowledge": SOMEWHERE, "desk-outcome-decision": SOMEWHERE,
    "desk-outcome-consultation": SOMEWHERE, "desk-outcome-note": DESKS, "desk-outcome-leave": SOMEWHERE,
    "desk-outcome-reveal": SOMEWHERE, "desk-bar-said": DESKS, "desk-views": DESKS,
    "admin-policy": frozenset({"sysadmin", "auditor"}), "admin-preview-shown": frozenset({"sysadmin"}),
    "admin-webhook-shown": frozenset({"sysadmin"}), "admin-delivery-shown": frozenset({"sysadmin"}),
    "admin-overview": ADMINISTRATORS, "admin-account-grid": frozenset({"secadmin"}),
    "admin-account-chosen": frozenset({"secadmin"}), "admin-tokens-shown": frozenset({"secadmin"}),
    "admin-account-made": frozenset({"secadmin"}), "admin-token-made": frozenset({"secadmin"}),
    "admin-feeds-shown": frozenset({"secadmin"}), "admin-feed-made": frozenset({"secadmin"}),
    "admin-password-shown": frozenset({"secadmin"}), "admin-directions-shown": frozenset({"sysadmin"}),
    "admin-audit-grid": frozenset({"auditor"}), "admin-audit-opened": frozenset({"auditor"}),
    "admin-audit-verified": frozenset({"auditor"}),
}  # fmt: skip
"""Dash's callbacks by the first component that they fill; whose matters they may be about, the service says."""

DESK_ACTS: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(("dispatch", "whistle", "transfer", "acknowledge", "decision", "consultation", "reveal"), OFFICERS),
    **dict.fromkeys(("urge", "note"), SEE), "supervise": LEADING | {"leader"}, "leave": OFFICERS,
    **dict.fromkeys(("step", "record_callback", "answer_supervision"), OFFICERS), "register_dispute": OFFICERS,
    "set_urgency": OFFICERS, **dict.fromkeys(("extend_deadline", "stop_deadline"), LEADING),
    **dict.fromkeys(("confirm_arrival", "add_receivers", "reassign", "recall_receiver", "record_done"), OFFICERS),
    "recall_command": OFFICERS,
    **dict.fromkeys(("rule_decline", "sign_register", "replace_attendee", "complete_decision"), OFFICERS),
    "rate_unit": frozenset({"commander"}),
    **dict.fromkeys(("merge", "reject_merge", "unmerge", "carried_callback"), OFFICERS),
    **dict.fromkeys(("district_propose", "end_share", "district_answer:withdraw"), OFFICERS),
    "district_answer:decline": frozenset({"elsewhere"}), "district_answer:override_accept": frozenset({"commander"}),
    "undo": SOMEWHERE,
    "take_post": SOMEWHERE, "leave_post": frozenset({"duty_officer"}), "relieve_post": LEADING | {"elsewhere"},
    "handover": frozenset({"duty_officer"}), "handover_take": frozenset({"relief", "duty_leader"}),
    "handover_cancel": frozenset({"duty_officer"}),
    **dict.fromkeys(("told_by_hand", "retry_tellings", "room_open", "booking_answer"), OFFICERS),
}  # fmt: skip
"""Acts of the desk, those in a form among them, with their ruling where it decides: asked by whoever sits at a desk."""
