"""Why a mailbox could not be read: one base, one class a cause, each with a code for rows and pages.

A message names the mailbox by its name in the settings and says what to do; never an address, a
password or the server's own words, which may hold either.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar


class MailboxError(Exception):
    """A mailbox was not read; it is untouched and nothing is lost. `transient`: trying again can help."""

    code: ClassVar[str] = "mailbox"
    transient: ClassVar[bool] = False


class UnreachableError(MailboxError):
    """The server did not answer, or the connection was cut."""

    code = "unreachable"
    transient = True


class TimedOutError(UnreachableError):
    """The server fell silent."""

    code = "timed_out"


class ThrottledError(MailboxError):
    """The server asks for patience, for `at_least` so long if it said that."""

    code = "throttled"
    transient = True
    at_least = timedelta()


class OddReplyError(MailboxError):
    """The server said something that is not IMAP, or refused a harmless command."""

    code = "odd_reply"
    transient = True


class CertificateRefusedError(MailboxError):
    """The server's certificate is not one that we trust."""

    code = "certificate"


class PlainTextRefusedError(MailboxError):
    """The settings would send the password unencrypted over a network."""

    code = "plain_text"


class PasswordMissingError(MailboxError):
    """No password is set for the mailbox."""

    code = "password_missing"


class LoginRefusedError(MailboxError):
    """The server refused the login; a person must look, for accounts get locked."""

    code = "login_refused"


class SignInNeededError(LoginRefusedError):
    """Nobody has signed in for this mailbox, or its sign-in is no longer accepted: a person must do it anew."""

    code = "sign_in"


class FolderMissingError(MailboxError):
    """A folder of the settings does not exist."""

    code = "folder_missing"


class TouchRefusedError(MailboxError):
    """The server does not let us mark or move mails as the settings ask; they were read all the same."""

    code = "touch_refused"


class MailboxBusyError(MailboxError):
    """Another poller reads this mailbox now: `by` whom, and until when (UTC) it may."""

    code = "busy"
    transient = True

    def __init__(self, message: str, *, by: str, until: datetime) -> None:
        super().__init__(message)
        self.by = by
        self.until = until
