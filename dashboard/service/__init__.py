"""Every act of the system, one plain function each: check, decide, commit with its log. See docs/acts.md."""

from dashboard.domain.arrival import Attendee, Fix
from dashboard.domain.recommendation import Recommendation, WorkerFix
from dashboard.domain.refusal import Done, Outcome, Refused
from dashboard.service.account_list import list_accounts
from dashboard.service.accounts import NewAccount, any_account, create_account, disable_account
from dashboard.service.attachments import (
    AttachmentBytes,
    NewAttachment,
    attachments_of,
    forget_orphans,
    keep_attachment,
    read_attachment,
)
from dashboard.service.audit import (
    AuditExport,
    AuditQuery,
    AuditState,
    ExportedAudit,
    audit_rows,
    export_audit,
    first_break_in_file,
    verify_audit,
)
from dashboard.service.briefs.editing import ApproveBrief, EditBrief, approve_brief, edit_brief
from dashboard.service.briefs.making import MakeBrief, make_brief, make_due_briefs
from dashboard.service.briefs.reading import brief_list, brief_number, newest_brief, read_brief, take_brief
from dashboard.service.calls import (
    agents_now,
    calls_between,
    count_calls_between,
    record_calls,
)
from dashboard.service.citizen import mark_citizens, reveal_citizen
from dashboard.service.citizen_retention import citizens_due, forget_citizens
from dashboard.service.commands.arrivals import confirm_arrival
from dashboard.service.commands.decisions import complete_decision
from dashboard.service.commands.ratings import rate_unit
from dashboard.service.commands.reading import OnSite, matter_register
from dashboard.service.commands.receivers import add_receivers, reassign, recall_receiver, rule_decline
from dashboard.service.commands.register import replace_attendee, sign_register
from dashboard.service.commands.requests import (
    AddReceivers,
    CompleteDecision,
    ConfirmArrival,
    RateUnit,
    Reassign,
    RecallReceiver,
    ReplaceAttendee,
    RuleDecline,
    SignRegister,
)
from dashboard.service.commands.statistics import UnitCalls, whistle_statistics, whistles_in_hand
from dashboard.service.deadline_acts import extend_deadline, stop_deadline
from dashboard.service.dispatch import dispatch, recall
from dashboard.service.districts.proposals import DistrictPicture, matter_proposals
from dashboard.service.districts.proposing import propose_move, propose_share, withdraw_proposal
from dashboard.service.districts.requests import (
    AnswerProposal,
    EndShare,
    OverrideProposal,
    ProposeMove,
    ProposeShare,
    WithdrawProposal,
)
from dashboard.service.districts.ruling import answer_proposal, end_share, override_proposal
from dashboard.service.escalation import Fired, fire_due, next_due_at
from dashboard.service.exporting.taking import TakenTable, TakeTable, take_table
from dashboard.service.field.day import WorkerDay, worker_day
from dashboard.service.field.event_photo import EventPhoto, add_event_photo
from dashboard.service.field.event_report import CallForHelp, EventReport, call_for_help, report_event
from dashboard.service.field.follow import FollowedReport, follow, followed_matters
from dashboard.service.field.held import held_receivers
from dashboard.service.field.own_inbox import OwnInbox, own_inbox, own_matter
from dashboard.service.field.own_statistics import OwnMatters, OwnStatistics, own_statistics
from dashboard.service.field.report import CitizenReport, report
from dashboard.service.field.report_photo import add_report_photo
from dashboard.service.field.roster_of_grid import grid_of_worker
from dashboard.service.inbox import InboxPage, inbox
from dashboard.service.intake import Taken, intake_grid_events, intake_orders
from dashboard.service.key_rotation import Rotated, retire_keys, rotate_keys
from dashboard.service.leading.instructing import Instruct, instruct
from dashboard.service.leading.lists import leader_day, leader_list
from dashboard.service.leading.picture import leader_picture
from dashboard.service.list_file import ListFileError
from dashboard.service.machines.callbacks import RecordCallback, record_callback
from dashboard.service.machines.disputes import CHANNELS as DISPUTE_CHANNELS
from dashboard.service.machines.disputes import RegisterDispute, register_dispute
from dashboard.service.machines.reading import Loop, OpenStep, matter_loop, unit_pressure, windows
from dashboard.service.machines.supervising import AnswerSupervision, answer_supervision
from dashboard.service.matter_acts import (
    acknowledge,
    note,
    set_urgency,
    supervise,
    transfer,
    urge,
)
from dashboard.service.merging.listing import MergeList, hotline_merges
from dashboard.service.merging.merged import merge, reject_merge, unmerge
from dashboard.service.merging.picture import MergePicture, merge_picture
from dashboard.service.merging.requests import MergeMatters, RejectMerge, Unmerge
from dashboard.service.on_map import cameras_on_map, find_on_map, place_on_map
from dashboard.service.passwords import reset_password
from dashboard.service.policies.drafting import PolicyDraft, StepFault, policy_draft
from dashboard.service.policies.editing import EditPolicy, changed_cells, edit_of, edit_policy
from dashboard.service.policies.files import import_policies
from dashboard.service.policies.preview import preview_policy
from dashboard.service.policies.versions import ensure_policy, policy_rows, policy_versions
from dashboard.service.policies.webhooks import WebhookOpened, close_webhook, open_webhook, webhooks
from dashboard.service.queries import (
    MatterDetail,
    Snapshot,
    matter_detail,
    queue,
    snapshot,
)
from dashboard.service.queue_views import drop_queue_view, keep_queue_view, queue_views
from dashboard.service.rates_history import DayToCount, days_to_count, keep_day, rate_history
from dashboard.service.receipts import answer
from dashboard.service.recommendation import recommend
from dashboard.service.replay.findings import KeepFinding, keep_finding
from dashboard.service.replay.period import ReadReplay
from dashboard.service.replay.reading import read_replay, record_export
from dashboard.service.requests import (
    Acknowledge,
    Advance,
    Answer,
    CloseMatter,
    Dispatch,
    ExtendDeadline,
    Note,
    RaiseToConsultation,
    RaiseWhistle,
    Recall,
    ReceiverOrder,
    RecordDecision,
    RequestLeave,
    RevealCitizen,
    SetUrgency,
    StopDeadline,
    Supervise,
    Transfer,
    Urge,
)
from dashboard.service.rooms.booking import (
    answer_booking,
    book_specialist,
)
from dashboard.service.rooms.deciding import (
    complete_room_decision,
    decide_in_room,
)
from dashboard.service.rooms.inviting import (
    centres_to_invite,
    invite_to_room,
    remove_from_room,
    units_to_invite,
)
from dashboard.service.rooms.minutes import (
    drafted_minutes,
    edit_minutes,
    sign_minutes,
)
from dashboard.service.rooms.opening import (
    close_room,
    move_room,
    open_room,
)
from dashboard.service.rooms.requests import (
    AnswerBooking,
    BookSpecialist,
    CloseRoom,
    CompleteRoomDecision,
    DecideInRoom,
    EditMinutes,
    InviteToRoom,
    MoveRoom,
    OpenRoom,
    ReadRoom,
    RemoveFromRoom,
    Say,
    SignMinutes,
)
from dashboard.service.rooms.speaking import (
    read_room,
    say,
)
from dashboard.service.rooms.specialists import (
    Specialist,
    import_specialists,
    read_specialists_file,
    specialists,
)
from dashboard.service.rooms.view import (
    RoomPlace,
    own_rooms,
    room_place,
    room_view,
    rooms_of_matter,
)
from dashboard.service.roster import RosterWorker, import_roster, read_roster_file, roster
from dashboard.service.screen_tokens import (
    TokenOpened,
    gateway,
    gateway_keys,
    kiosk,
    kiosk_tokens,
    list_tokens,
    open_gateway_key,
    open_kiosk_token,
    revoke_kiosk_token,
)
from dashboard.service.second_factor import reset_second_factor
from dashboard.service.secret_rotation import SecretRotated, retire_secrets, rotate_secret
from dashboard.service.services import NoSecret, Services
from dashboard.service.session_list import end_session, list_sessions
from dashboard.service.shifts.board import duty_board
from dashboard.service.shifts.handing_over import (
    begin_handover,
    cancel_handover,
    complete_handover,
    confirm_item,
)
from dashboard.service.shifts.posts import leave_post, relieve_post, take_post
from dashboard.service.shifts.requests import (
    BeginHandover,
    ConfirmItem,
    EndHandover,
    LeavePost,
    RelievePost,
    TakePost,
)
from dashboard.service.signing_in import (
    SessionOpened,
    choose_password,
    enter_code,
    session,
    sign_in,
    sign_in_known,
    sign_out,
    step_of,
)
from dashboard.service.steps import advance, close_matter
from dashboard.service.telling.administering import failed_tellings
from dashboard.service.telling.delivery import (
    GatewayReceipt,
    Outgoing,
    Settled,
    lapse_ended,
    next_telling_at,
    note_receipts,
    settle,
    take_due,
)
from dashboard.service.telling.reading import tellings_of, waiting_tellings
from dashboard.service.telling.receipting import (
    MuteSound,
    RetryTellings,
    ToldByHand,
    mute_sound,
    receipt_sent,
    receipt_shown,
    retry_tellings,
    told_by_hand,
)
from dashboard.service.terminals import (
    Terminal,
    import_terminals,
    read_terminals_file,
    terminals,
)
from dashboard.service.undoing import Undo, undo
from dashboard.service.walls.driving import drive_wall, mute_wall, set_up_wall
from dashboard.service.walls.reading import drivable_walls, own_wall, wall_name
from dashboard.service.walls.requests import DriveWall, MuteWall, SetUpWall
from dashboard.service.whistle import (
    raise_to_consultation,
    raise_whistle,
    record_decision,
    request_leave,
)
from dashboard.service.wordings.giving import (
    end_wording,
    give_wording,
    read_wording,
    report_wording_reads,
    revise_wording,
)
from dashboard.service.wordings.reading import hotline_wordings, wordings_for_agents
from dashboard.service.wordings.requests import (
    EndWording,
    GiveWording,
    ReadWording,
    ReportWordingReads,
    ReviseWording,
)
from dashboard.store.attachments import NoSuchContent

__all__ = [
    "DISPUTE_CHANNELS",
    "Acknowledge",
    "AddReceivers",
    "Advance",
    "Answer",
    "AnswerBooking",
    "AnswerProposal",
    "AnswerSupervision",
    "ApproveBrief",
    "AttachmentBytes",
    "Attendee",
    "AuditExport",
    "AuditQuery",
    "AuditState",
    "BeginHandover",
    "BookSpecialist",
    "CallForHelp",
    "CitizenReport",
    "CloseMatter",
    "CloseRoom",
    "CompleteDecision",
    "CompleteRoomDecision",
    "ConfirmArrival",
    "ConfirmItem",
    "DayToCount",
    "DecideInRoom",
    "Dispatch",
    "DistrictPicture",
    "Done",
    "DriveWall",
    "EditBrief",
    "EditMinutes",
    "EditPolicy",
    "EndHandover",
    "EndShare",
    "EndWording",
    "EventPhoto",
    "EventReport",
    "ExportedAudit",
    "ExtendDeadline",
    "Fired",
    "Fix",
    "FollowedReport",
    "GatewayReceipt",
    "GiveWording",
    "InboxPage",
    "Instruct",
    "InviteToRoom",
    "KeepFinding",
    "LeavePost",
    "ListFileError",
    "Loop",
    "MakeBrief",
    "MatterDetail",
    "MergeList",
    "MergeMatters",
    "MergePicture",
    "MoveRoom",
    "MuteSound",
    "MuteWall",
    "NewAccount",
    "NewAttachment",
    "NoSecret",
    "NoSuchContent",
    "Note",
    "OnSite",
    "OpenRoom",
    "OpenStep",
    "Outcome",
    "Outgoing",
    "OverrideProposal",
    "OwnInbox",
    "OwnMatters",
    "OwnStatistics",
    "PolicyDraft",
    "ProposeMove",
    "ProposeShare",
    "RaiseToConsultation",
    "RaiseWhistle",
    "RateUnit",
    "ReadReplay",
    "ReadRoom",
    "ReadWording",
    "Reassign",
    "Recall",
    "RecallReceiver",
    "ReceiverOrder",
    "Recommendation",
    "RecordCallback",
    "RecordDecision",
    "Refused",
    "RegisterDispute",
    "RejectMerge",
    "RelievePost",
    "RemoveFromRoom",
    "ReplaceAttendee",
    "ReportWordingReads",
    "RequestLeave",
    "RetryTellings",
    "RevealCitizen",
    "ReviseWording",
    "RoomPlace",
    "RosterWorker",
    "Rotated",
    "RuleDecline",
    "Say",
    "SecretRotated",
    "Services",
    "SessionOpened",
    "SetUpWall",
    "SetUrgency",
    "Settled",
    "SignMinutes",
    "SignRegister",
    "Snapshot",
    "Specialist",
    "StepFault",
    "StopDeadline",
    "Supervise",
    "TakePost",
    "TakeTable",
    "Taken",
    "TakenTable",
    "Terminal",
    "TokenOpened",
    "ToldByHand",
    "Transfer",
    "Undo",
    "UnitCalls",
    "Unmerge",
    "Urge",
    "WebhookOpened",
    "WithdrawProposal",
    "WorkerDay",
    "WorkerFix",
    "acknowledge",
    "add_event_photo",
    "add_receivers",
    "add_report_photo",
    "advance",
    "agents_now",
    "answer",
    "answer_booking",
    "answer_proposal",
    "answer_supervision",
    "any_account",
    "approve_brief",
    "attachments_of",
    "audit_rows",
    "begin_handover",
    "book_specialist",
    "brief_list",
    "brief_number",
    "call_for_help",
    "calls_between",
    "cameras_on_map",
    "cancel_handover",
    "centres_to_invite",
    "changed_cells",
    "choose_password",
    "citizens_due",
    "close_matter",
    "close_room",
    "close_webhook",
    "complete_decision",
    "complete_handover",
    "complete_room_decision",
    "confirm_arrival",
    "confirm_item",
    "count_calls_between",
    "create_account",
    "days_to_count",
    "decide_in_room",
    "disable_account",
    "dispatch",
    "drafted_minutes",
    "drivable_walls",
    "drive_wall",
    "drop_queue_view",
    "duty_board",
    "edit_brief",
    "edit_minutes",
    "edit_of",
    "edit_policy",
    "end_session",
    "end_share",
    "end_wording",
    "ensure_policy",
    "enter_code",
    "export_audit",
    "extend_deadline",
    "failed_tellings",
    "find_on_map",
    "fire_due",
    "first_break_in_file",
    "follow",
    "followed_matters",
    "forget_citizens",
    "forget_orphans",
    "gateway",
    "gateway_keys",
    "give_wording",
    "grid_of_worker",
    "held_receivers",
    "hotline_merges",
    "hotline_wordings",
    "import_policies",
    "import_roster",
    "import_specialists",
    "import_terminals",
    "inbox",
    "instruct",
    "intake_grid_events",
    "intake_orders",
    "invite_to_room",
    "keep_attachment",
    "keep_day",
    "keep_finding",
    "keep_queue_view",
    "kiosk",
    "kiosk_tokens",
    "lapse_ended",
    "leader_day",
    "leader_list",
    "leader_picture",
    "leave_post",
    "list_accounts",
    "list_sessions",
    "list_tokens",
    "make_brief",
    "make_due_briefs",
    "mark_citizens",
    "matter_detail",
    "matter_loop",
    "matter_proposals",
    "matter_register",
    "merge",
    "merge_picture",
    "move_room",
    "mute_sound",
    "mute_wall",
    "newest_brief",
    "next_due_at",
    "next_telling_at",
    "note",
    "note_receipts",
    "open_gateway_key",
    "open_kiosk_token",
    "open_room",
    "open_webhook",
    "override_proposal",
    "own_inbox",
    "own_matter",
    "own_rooms",
    "own_statistics",
    "own_wall",
    "place_on_map",
    "policy_draft",
    "policy_rows",
    "policy_versions",
    "preview_policy",
    "propose_move",
    "propose_share",
    "queue",
    "queue_views",
    "raise_to_consultation",
    "raise_whistle",
    "rate_history",
    "rate_unit",
    "read_attachment",
    "read_brief",
    "read_replay",
    "read_room",
    "read_roster_file",
    "read_specialists_file",
    "read_terminals_file",
    "read_wording",
    "reassign",
    "recall",
    "recall_receiver",
    "receipt_sent",
    "receipt_shown",
    "recommend",
    "record_callback",
    "record_calls",
    "record_decision",
    "record_export",
    "register_dispute",
    "reject_merge",
    "relieve_post",
    "remove_from_room",
    "replace_attendee",
    "report",
    "report_event",
    "report_wording_reads",
    "request_leave",
    "reset_password",
    "reset_second_factor",
    "retire_keys",
    "retire_secrets",
    "retry_tellings",
    "reveal_citizen",
    "revise_wording",
    "revoke_kiosk_token",
    "room_place",
    "room_view",
    "rooms_of_matter",
    "roster",
    "rotate_keys",
    "rotate_secret",
    "rule_decline",
    "say",
    "session",
    "set_up_wall",
    "set_urgency",
    "settle",
    "sign_in",
    "sign_in_known",
    "sign_minutes",
    "sign_out",
    "sign_register",
    "snapshot",
    "specialists",
    "step_of",
    "stop_deadline",
    "supervise",
    "take_brief",
    "take_due",
    "take_post",
    "take_table",
    "tellings_of",
    "terminals",
    "told_by_hand",
    "transfer",
    "undo",
    "unit_pressure",
    "units_to_invite",
    "unmerge",
    "urge",
    "verify_audit",
    "waiting_tellings",
    "wall_name",
    "webhooks",
    "whistle_statistics",
    "whistles_in_hand",
    "windows",
    "withdraw_proposal",
    "wordings_for_agents",
    "worker_day",
]
