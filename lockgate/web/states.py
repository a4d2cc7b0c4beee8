"""The state of a passage, and the actions of the archive, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lockgate.gateway.types import PassageState

_STATES = {
    "held": gettext_lazy("waits for approval"),
    "refused": gettext_lazy("refused"),
    "returned": gettext_lazy("sent back for a change"),
    "rejected": gettext_lazy("rejected"),
    "scheduled": gettext_lazy("scheduled"),
    "queued": gettext_lazy("on its way"),
    "unknown": gettext_lazy("sent; the channel has not confirmed it yet"),
    "failed": gettext_lazy("not taken by the channel"),
    "delivered": gettext_lazy("delivered"),
    "recalling": gettext_lazy("being taken back"),
    "recalled": gettext_lazy("taken back"),
}

_ACTIONS = {
    "gateway.message.submitted": gettext_lazy("Written and sent to the gate"),
    "gateway.message.brought_in": gettext_lazy("Brought in from elsewhere"),
    "gateway.message.revised": gettext_lazy("Words changed by the author"),
    "gateway.file.replaced": gettext_lazy("New version of a file"),
    "gateway.message.refused": gettext_lazy("Refused by every place"),
    "gateway.passage.ruled": gettext_lazy("Ruled on"),
    "gateway.passage.scheduled": gettext_lazy("Scheduled"),
    "gateway.passage.returned": gettext_lazy("Sent back to the author"),
    "gateway.passage.rejected": gettext_lazy("Rejected"),
    "gateway.passage.queued": gettext_lazy("Cleared, on its way to the channel"),
    "gateway.passage.delivered": gettext_lazy("Delivered"),
    "gateway.passage.amended": gettext_lazy("Other words stand here from now on"),
    "gateway.passage.boosted": gettext_lazy("Boosted: another post is shown here"),
    "gateway.passage.moved": gettext_lazy("Moved here with its thread"),
    "gateway.passage.failed": gettext_lazy("Not delivered"),
    "gateway.passage.unknown": gettext_lazy("Sent, outcome not yet known"),
    "gateway.passage.recall_asked": gettext_lazy("Asked to be taken back"),
    "gateway.passage.recalled": gettext_lazy("Taken back, and seen to be gone"),
    "approvals.request.asked": gettext_lazy("Approval asked for"),
    "approvals.request.approved": gettext_lazy("Approved"),
    "approvals.request.change_asked": gettext_lazy("Change asked for"),
    "approvals.request.rejected": gettext_lazy("Approval refused"),
    "approvals.request.escalated": gettext_lazy("Passed on"),
    "approvals.request.voided": gettext_lazy("Request made void"),
    "approvals.request.reminded": gettext_lazy("Reminded: the time is nearly up"),
    "approvals.request.overdue": gettext_lazy("Overdue; the author was told"),
    "approvals.desk.opened": gettext_lazy("Desk opened"),
    "approvals.desk.staffed": gettext_lazy("Others sign at the desk"),
    "people.person.admitted": gettext_lazy("Person admitted"),
    "people.person.left": gettext_lazy("Person left"),
    "people.person.returned": gettext_lazy("Person came back"),
    "people.person.amended": gettext_lazy("What the directory says of a person changed"),
    "signin.factor.added": gettext_lazy("Second factor added"),
    "signin.factor.removed": gettext_lazy("Second factor removed"),
    "signin.codes.made": gettext_lazy("Recovery codes made"),
    "signin.code.used": gettext_lazy("Recovery code used"),
    "signin.demand.begun": gettext_lazy("Second factor demanded"),
    "signin.demand.ended": gettext_lazy("Second factor demanded no more"),
    "signin.identity.linked": gettext_lazy("Account linked to an identity provider"),
    "directory.key.made": gettext_lazy("Directory’s key made"),
    "directory.key.ended": gettext_lazy("Directory’s key ended"),
    "directory.person.linked": gettext_lazy("Person taken from the directory"),
    "directory.person.deactivated": gettext_lazy("Deactivated by the directory"),
    "directory.person.reactivated": gettext_lazy("Reactivated by the directory"),
    "directory.group.changed": gettext_lazy("Group of the directory changed"),
    "directory.welcome.sent": gettext_lazy("Letter to set a password sent"),
    "people.duty.begun": gettext_lazy("Duty begun"),
    "people.duty.ended": gettext_lazy("Duty ended"),
    "people.password.set": gettext_lazy("Password set"),
    "people.firm.opened": gettext_lazy("Firm opened"),
    "people.token.made": gettext_lazy("Access token made"),
    "people.token.ended": gettext_lazy("Access token ended"),
    "people.bot.made": gettext_lazy("Bot made"),
    "webhooks.endpoint.opened": gettext_lazy("Webhook opened"),
    "webhooks.endpoint.ended": gettext_lazy("Webhook ended"),
    "webhooks.source.opened": gettext_lazy("Source of calls opened"),
    "webhooks.source.ended": gettext_lazy("Source of calls ended"),
    "webhooks.call.sent": gettext_lazy("Call made"),
    "webhooks.call.failed": gettext_lazy("Call failed"),
    "webhooks.call.taken": gettext_lazy("Called in by another system"),
    "push.subscription.opened": gettext_lazy("A device is told of notices"),
    "push.subscription.ended": gettext_lazy("A device is told no more"),
    "push.message.sent": gettext_lazy("Notice sent to a device"),
    "push.message.failed": gettext_lazy("Notice not taken for a device"),
    "portability.import.ended": gettext_lazy("Import carried out"),
    "portability.export.made": gettext_lazy("Export made"),
    "mastodon.app.allowed": gettext_lazy("App let in"),
    "mastodon.access.ended": gettext_lazy("App’s access ended"),
    "spaces.space.opened": gettext_lazy("Space opened"),
    "spaces.seat.begun": gettext_lazy("Seat taken"),
    "spaces.seat.ended": gettext_lazy("Seat ended"),
    "spaces.seat.changed": gettext_lazy("Role changed"),
    "spaces.request.asked": gettext_lazy("Asked to join"),
    "spaces.request.withdrawn": gettext_lazy("Asks no more to join"),
    "spaces.request.accepted": gettext_lazy("Request to join accepted"),
    "spaces.request.declined": gettext_lazy("Not let in"),
    "spaces.space.entry_changed": gettext_lazy("Entry of a space changed"),
    "spaces.space.words_kept": gettext_lazy("Words of a space leave it no more"),
    "spaces.space.words_let_go": gettext_lazy("Words of a space may leave it again"),
    "spaces.space.archived": gettext_lazy("Space archived"),
    "spaces.lane.opened": gettext_lazy("Lane opened"),
    "spaces.lane.unsealed": gettext_lazy("Sealed submissions opened"),
    "deals.decision.called": gettext_lazy("Asked to be decided"),
    "deals.vote.cast": gettext_lazy("A buyer voted"),
    "deals.decision.taken": gettext_lazy("Decided"),
    "spaces.room.cleared": gettext_lazy("Room cleared"),
    "spaces.nda.filed": gettext_lazy("NDA put on file"),
    "spaces.glass.asked": gettext_lazy("Asked to look into a private space"),
    "spaces.glass.agreed": gettext_lazy("Look into a private space agreed to"),
    "spaces.glass.declined": gettext_lazy("Look into a private space declined"),
    "policy.version.proposed": gettext_lazy("Policy version proposed"),
    "policy.version.reviewed": gettext_lazy("Policy version signed"),
    "policy.version.published": gettext_lazy("Policy version put in force"),
    "channels.account.opened": gettext_lazy("Channel account opened"),
    "channels.account.paused": gettext_lazy("Channel account paused"),
    "channels.account.resumed": gettext_lazy("Channel account runs again"),
    "channels.secret.renewed": gettext_lazy("Channel password replaced"),
    "publishing.delivery.read_back": gettext_lazy("Read back from the channel and compared"),
    "publishing.delivery.recall_asked": gettext_lazy("The channel was asked to delete it"),
    "publishing.delivery.retried": gettext_lazy("Delivery tried again"),
    "conversations.reaction.given": gettext_lazy("Reaction left"),
    "conversations.reaction.withdrawn": gettext_lazy("Reaction taken back"),
    "conversations.passage.pinned": gettext_lazy("Pinned at the top of its space"),
    "conversations.passage.unpinned": gettext_lazy("Pinned no longer"),
    "conversations.question.asked": gettext_lazy("Asked as a question"),
    "conversations.answer.accepted": gettext_lazy("Accepted as the answer"),
    "conversations.answer.acceptance_withdrawn": gettext_lazy("Accepted no longer"),
    "conversations.announcement.made": gettext_lazy("Announced, with a receipt asked for"),
    "conversations.receipt.given": gettext_lazy("Receipt given"),
    "conversations.reader.exempted": gettext_lazy("A reader need not confirm"),
    "conversations.readers.reminded": gettext_lazy("Those who had not confirmed were reminded"),
    "conversations.poll.opened": gettext_lazy("Poll opened"),
    "conversations.praise.given": gettext_lazy("Praised"),
    "conversations.event.made": gettext_lazy("Event made"),
    "conversations.event.answered": gettext_lazy("Said whether they come"),
    "conversations.question.in_faq": gettext_lazy("Put into the FAQ of its space"),
    "conversations.question.out_of_faq": gettext_lazy("Taken out of the FAQ"),
    "conversations.calendar_key.made": gettext_lazy("Calendar address made"),
    "attention.leader.named": gettext_lazy("Named as a leader of the company"),
    "attention.leader.no_more": gettext_lazy("A leader of the company no longer"),
    "conversations.vote.cast": gettext_lazy("Vote cast"),
    "records.record.begun": gettext_lazy("Record of another system taken in"),
    "records.record.changed": gettext_lazy("Record of another system changed"),
    "rumours.rumour.asked": gettext_lazy("Asked whether a rumour is true"),
    "rumours.rumour.passed_on": gettext_lazy("Rumour passed on to somebody else"),
    "rumours.rumour.joined": gettext_lazy("Rumour put together with another"),
    "rumours.rumour.set_aside": gettext_lazy("Rumour set aside, with a reason"),
    "rumours.rumour.answered": gettext_lazy("Rumour answered"),
    "mail.letter.sent": gettext_lazy("Told by e-mail"),
    "mail.letter.failed": gettext_lazy("E-mail not taken by the other server"),
    "mail.letter.unknown": gettext_lazy("E-mail sent, outcome not known"),
    "mail.letter.received": gettext_lazy("Came in by e-mail"),
    "mail.letter.refused": gettext_lazy("E-mail not taken in"),
    "mail.address.dead": gettext_lazy("Address takes no letters; none are sent"),
    "mail.address.alive": gettext_lazy("Letters are sent again"),
    "mail.mailbox.imported": gettext_lazy("Mailbox brought into a space"),
    "mail.invitation.made": gettext_lazy("Invited by e-mail"),
    "sms.number.verified": gettext_lazy("Number for text messages confirmed"),
    "sms.number.ended": gettext_lazy("Number for text messages removed"),
    "sms.text.sent": gettext_lazy("Told by text message"),
    "sms.text.failed": gettext_lazy("Text message not taken by the gateway"),
    "sms.text.unknown": gettext_lazy("Text message sent, outcome not known"),
    "sms.text.received": gettext_lazy("Came in by text message"),
    "sms.text.refused": gettext_lazy("Text message not taken in"),
    "mail.choice.made": gettext_lazy("Choice of e-mails made"),
    "people.time_zone.set": gettext_lazy("Time zone set"),
    "profiles.profile.changed": gettext_lazy("Profile changed"),
    "profiles.photo.set": gettext_lazy("Photo set"),
    "profiles.photo.removed": gettext_lazy("Photo removed"),
    "profiles.line.drawn": gettext_lazy("Reports to somebody else"),
    "profiles.line.ended": gettext_lazy("Reports to nobody any more"),
    "profiles.team.opened": gettext_lazy("Team founded"),
    "profiles.team.changed": gettext_lazy("Team described anew"),
    "profiles.team.joined": gettext_lazy("Joined a team"),
    "profiles.team.left": gettext_lazy("Left a team"),
    "profiles.team.closed": gettext_lazy("Team closed"),
    "profiles.absence.noted": gettext_lazy("Absence noted"),
    "profiles.absence.ended": gettext_lazy("Absence ended"),
    "archive.body.erased": gettext_lazy("Text erased; entry and proof stand"),
    "archive.record.viewed": gettext_lazy("Archive viewed"),
    "archive.export.made": gettext_lazy("Archive exported"),
    "archive.key.renewed": gettext_lazy("Archive key renewed"),
}

_REACTIONS = {
    "agree": gettext_lazy("I agree"),
    "thanks": gettext_lazy("Thank you"),
    "well-done": gettext_lazy("Well done"),
    "idea": gettext_lazy("Good idea"),
    "smile": gettext_lazy("Made me smile"),
    "with-you": gettext_lazy("With you"),
}


def reaction_words(kind: str) -> str:
    return str(_REACTIONS.get(kind, kind))


def known_actions() -> frozenset[str]:
    """The actions that have words."""
    return frozenset(_ACTIONS)


def state_words(state: PassageState) -> str:
    """Where a passage stands, for a sentence that names its place before."""
    return state_name(state.state)


def state_name(state: str) -> str:
    return str(_STATES.get(state, state))


def action_words(action: str) -> str:
    """What an entry of the archive tells, for people; an action we have no words for shows its own name."""
    return str(_ACTIONS.get(action, action))


def outcome_words(word: str) -> str:
    return {
        "allow": _("allowed"),
        "tip": _("allowed, with a tip"),
        "justify": _("allowed with a reason"),
        "hold": _("held for approval"),
        "refuse": _("refused"),
    }.get(word, word)
