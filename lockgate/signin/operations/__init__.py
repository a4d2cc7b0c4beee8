"""What is done about signing in. See the files for each verb."""

from lockgate.signin.operations.codes import (
    begin_totp,
    confirm_totp,
    make_codes,
    prove_by_code,
    prove_by_recovery,
)
from lockgate.signin.operations.coming import begin_oidc, come_back_by_oidc
from lockgate.signin.operations.demands import begin_demand, end_demand
from lockgate.signin.operations.factors import (
    NotYet,
    WrongCode,
    forget_factors,
    keep_passkey,
    note_passkey,
    remove_passkey,
    remove_totp,
    rename_passkey,
)
from lockgate.signin.operations.identities import NoAccount, person_for
from lockgate.signin.operations.saml import answer_saml, begin_saml, come_back_by_saml

__all__ = [
    "NoAccount",
    "NotYet",
    "WrongCode",
    "answer_saml",
    "begin_demand",
    "begin_oidc",
    "begin_saml",
    "begin_totp",
    "come_back_by_oidc",
    "come_back_by_saml",
    "confirm_totp",
    "end_demand",
    "forget_factors",
    "keep_passkey",
    "make_codes",
    "note_passkey",
    "person_for",
    "prove_by_code",
    "prove_by_recovery",
    "remove_passkey",
    "remove_totp",
    "rename_passkey",
]
