"""Every act of the system, one plain function each: check, decide, commit with its log. See docs/acts.md."""

from dashboard.domain.recommendation import Recommendation, WorkerFix
from dashboard.domain.refusal import Done, Outcome, Refused
from dashboard.service.accounts import (
    NewAccount,
    SessionOpened,
    any_account,
    create_account,
    disable_account,
    session,
    sign_in,
    sign_out,
)
from dashboard.service.attachments import (
    AttachmentBytes,
    NewAttachment,
    attachments_of,
    forget_orphans,
    keep_attachment,
    read_attachment,
)
from dashboard.service.audit import AuditState, verify_audit
from dashboard.service.calls import (
    agents_now,
    calls_between,
    count_calls_between,
    record_calls,
)
from dashboard.service.citizen import reveal_citizen
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
from dashboard.service.field.event_report import CallForHelp, EventReport, call_for_help, report_event
from dashboard.service.field.follow import FollowedReport, follow
from dashboard.service.field.held import held_receivers
from dashboard.service.field.own_inbox import OwnInbox, own_inbox, own_matter
from dashboard.service.field.report import CitizenReport, report
from dashboard.service.field.report_photo import add_report_photo
from dashboard.service.inbox import InboxPage, inbox
from dashboard.service.intake import Taken, intake_grid_events, intake_orders
from dashboard.service.machines.callbacks import RecordCallback, record_callback
from dashboard.service.matter_acts import (
    acknowledge,
    note,
    set_urgency,
    supervise,
    transfer,
    urge,
)
from dashboard.service.policies.editing import EditPolicy, edit_of, edit_policy
from dashboard.service.policies.files import import_policies
from dashboard.service.policies.preview import preview_policy
from dashboard.service.policies.versions import ensure_policy, policy_rows, policy_versions
from dashboard.service.queries import (
    MatterDetail,
    Snapshot,
    matter_detail,
    queue,
    snapshot,
)
from dashboard.service.receipts import answer
from dashboard.service.recommendation import recommend
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
from dashboard.service.roster import RosterError, RosterWorker, import_roster, read_roster_file, roster
from dashboard.service.screen_tokens import (
    TokenOpened,
    gateway,
    kiosk,
    kiosk_tokens,
    list_tokens,
    open_gateway_key,
    open_kiosk_token,
    revoke_kiosk_token,
)
from dashboard.service.services import NoSecret, Services
from dashboard.service.steps import advance, close_matter
from dashboard.service.whistle import (
    raise_to_consultation,
    raise_whistle,
    record_decision,
    request_leave,
)
from dashboard.store.attachments import NoSuchContent

__all__ = [
    "Acknowledge",
    "Advance",
    "Answer",
    "AnswerProposal",
    "AttachmentBytes",
    "AuditState",
    "CallForHelp",
    "CitizenReport",
    "CloseMatter",
    "Dispatch",
    "DistrictPicture",
    "Done",
    "EditPolicy",
    "EndShare",
    "EventReport",
    "ExtendDeadline",
    "Fired",
    "FollowedReport",
    "InboxPage",
    "MatterDetail",
    "NewAccount",
    "NewAttachment",
    "NoSecret",
    "NoSuchContent",
    "Note",
    "Outcome",
    "OverrideProposal",
    "OwnInbox",
    "ProposeMove",
    "ProposeShare",
    "RaiseToConsultation",
    "RaiseWhistle",
    "Recall",
    "ReceiverOrder",
    "Recommendation",
    "RecordCallback",
    "RecordDecision",
    "Refused",
    "RequestLeave",
    "RevealCitizen",
    "RosterError",
    "RosterWorker",
    "Services",
    "SessionOpened",
    "SetUrgency",
    "Snapshot",
    "StopDeadline",
    "Supervise",
    "Taken",
    "TokenOpened",
    "Transfer",
    "Urge",
    "WithdrawProposal",
    "WorkerFix",
    "acknowledge",
    "add_report_photo",
    "advance",
    "agents_now",
    "answer",
    "answer_proposal",
    "any_account",
    "attachments_of",
    "call_for_help",
    "calls_between",
    "close_matter",
    "count_calls_between",
    "create_account",
    "disable_account",
    "dispatch",
    "edit_of",
    "edit_policy",
    "end_share",
    "ensure_policy",
    "extend_deadline",
    "fire_due",
    "follow",
    "forget_orphans",
    "gateway",
    "held_receivers",
    "import_policies",
    "import_roster",
    "inbox",
    "intake_grid_events",
    "intake_orders",
    "keep_attachment",
    "kiosk",
    "kiosk_tokens",
    "list_tokens",
    "matter_detail",
    "matter_proposals",
    "next_due_at",
    "note",
    "open_gateway_key",
    "open_kiosk_token",
    "override_proposal",
    "own_inbox",
    "own_matter",
    "policy_rows",
    "policy_versions",
    "preview_policy",
    "propose_move",
    "propose_share",
    "queue",
    "raise_to_consultation",
    "raise_whistle",
    "read_attachment",
    "read_roster_file",
    "recall",
    "recommend",
    "record_callback",
    "record_calls",
    "record_decision",
    "report",
    "report_event",
    "request_leave",
    "reveal_citizen",
    "revoke_kiosk_token",
    "roster",
    "session",
    "set_urgency",
    "sign_in",
    "sign_out",
    "snapshot",
    "stop_deadline",
    "supervise",
    "transfer",
    "urge",
    "verify_audit",
]
