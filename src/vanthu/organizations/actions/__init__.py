"""Everything that changes agencies, people and accounts. One function, one transaction, one audit entry."""

from __future__ import annotations

from vanthu.organizations.actions.accounts import (
    disable_user,
    enable_user,
    reset_password,
    unlock_user,
)
from vanthu.organizations.actions.agencies import (
    AgencyClosed,
    CodeRefused,
    CodeTaken,
    DirectoryEntry,
    Learned,
    close_agency,
    learn_agencies,
    open_agency,
)
from vanthu.organizations.actions.people import (
    Appointment,
    NameTaken,
    PostHeld,
    UsernameRefused,
    add_position,
    add_unit,
    appoint,
    end_post,
    register_user,
)
from vanthu.organizations.actions.signing_in import (
    SignIn,
    SignInTry,
    TooManyTries,
    begin_sign_in,
    change_password,
    finish_sign_in,
    sign_out,
)
from vanthu.organizations.hashing import WrongPassword
from vanthu.organizations.rules import WeakPassword

__all__ = [
    "AgencyClosed",
    "Appointment",
    "CodeRefused",
    "CodeTaken",
    "DirectoryEntry",
    "Learned",
    "NameTaken",
    "PostHeld",
    "SignIn",
    "SignInTry",
    "TooManyTries",
    "UsernameRefused",
    "WeakPassword",
    "WrongPassword",
    "add_position",
    "add_unit",
    "appoint",
    "begin_sign_in",
    "change_password",
    "close_agency",
    "disable_user",
    "enable_user",
    "end_post",
    "finish_sign_in",
    "learn_agencies",
    "open_agency",
    "register_user",
    "reset_password",
    "sign_out",
    "unlock_user",
]
