"""What can be done about attention; one subject a file."""

from lockgate.attention.operations.following import follow, follow_up, unfollow
from lockgate.attention.operations.leading import name_leader, no_leader
from lockgate.attention.operations.moving import move_thread
from lockgate.attention.operations.muting import mute_thread, unmute_thread
from lockgate.attention.operations.reading import keep_unread, mark_all_read, mark_read

__all__ = [
    "follow",
    "follow_up",
    "keep_unread",
    "mark_all_read",
    "mark_read",
    "move_thread",
    "mute_thread",
    "name_leader",
    "no_leader",
    "unfollow",
    "unmute_thread",
]
