"""What a directory does here. See the files for each verb."""

from lockgate.directory.operations.asking import people_of_ldap, prove_by_ldap, sheet
from lockgate.directory.operations.groups import NameTaken, drop_group, open_group, tend_group
from lockgate.directory.operations.keys import end_key, make_key, note_use
from lockgate.directory.operations.sync import synchronise
from lockgate.directory.operations.turns import AtWork, sync_due, sync_now
from lockgate.directory.operations.users import (
    NotYours,
    UserNameTaken,
    create,
    deactivate,
    link,
    reactivate,
    remove,
    update,
)
from lockgate.directory.operations.welcome import ask_for_welcome, send_welcomes

__all__ = [
    "AtWork",
    "NameTaken",
    "NotYours",
    "UserNameTaken",
    "ask_for_welcome",
    "create",
    "deactivate",
    "drop_group",
    "end_key",
    "link",
    "make_key",
    "note_use",
    "open_group",
    "people_of_ldap",
    "prove_by_ldap",
    "reactivate",
    "remove",
    "send_welcomes",
    "sheet",
    "sync_due",
    "sync_now",
    "synchronise",
    "tend_group",
    "update",
]
