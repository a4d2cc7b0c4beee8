"""Names of the facts that this room records: r:<request id>, under m:<message id>."""

from lockgate.approvals.types import Verdict

ASKED = "approvals.request.asked"
ESCALATED = "approvals.request.escalated"
VOIDED = "approvals.request.voided"
REMINDED = "approvals.request.reminded"
OVERDUE = "approvals.request.overdue"
DESK_OPENED = "approvals.desk.opened"
DESK_STAFFED = "approvals.desk.staffed"

# The log itself holds no words, so the answer is in the name of the fact.
DECIDED: dict[Verdict, str] = {
    Verdict.APPROVE: "approvals.request.approved",
    Verdict.CHANGE: "approvals.request.change_asked",
    Verdict.REJECT: "approvals.request.rejected",
}
