"""What is done about signing in. See the files for each verb."""

from lockgate.signin.operations.codes import (
    begin_totp,
    confirm_totp,
    make_codes,
    prove_by_code,
    prove_by_recovery,
)
from lockgate.signin.operations.demands import begin_demand, end_demand
from lockgate.signin.operations.factors import (
    NotYet,
    WrongCode,
    keep_passkey,
    note_passkey,
    remove_passkey,
    remove_totp,
    rename_passkey,
)

__all__ = [
    "NotYet",
    "WrongCode",
    "begin_demand",
    "begin_totp",
    "confirm_totp",
    "end_demand",
    "keep_passkey",
    "make_codes",
    "note_passkey",
    "prove_by_code",
    "prove_by_recovery",
    "remove_passkey",
    "remove_totp",
    "rename_passkey",
]
