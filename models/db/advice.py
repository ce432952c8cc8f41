"""What a fault of the database means, and what to do: one sentence for whoever runs Shipclock.

Pure but for the catalogue of words, where the sentences are (`faults.database`). Never the statement, its values or the
address: they may hold a password.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from sqlalchemy.exc import DBAPIError, OperationalError

from models.catalogue import words


class DatabaseFault(StrEnum):
    """What can be wrong with a database; `OTHER` is what nobody foresaw."""

    NONE_SUCH = "none_such"  # the address is none, or of an engine that is not spoken here
    FULL = "full"
    SERVER_FULL = "server_full"
    NOT_WRITTEN = "not_written"
    LOCKED = "locked"
    READ_ONLY = "read_only"
    NOT_OPENED = "not_opened"
    NOT_OURS = "not_ours"
    DAMAGED = "damaged"
    UNREACHABLE = "unreachable"
    LOGIN = "login"
    NOT_ON_SERVER = "not_on_server"
    NO_CONNECTION_LEFT = "no_connection_left"
    NONE_FREE = "none_free"  # of our own connections
    COPY = "copy"
    IN_THE_WAY = "in_the_way"
    NO_RIGHTS = "no_rights"
    TOO_LONG = "too_long"
    SERVER_FILES = "server_files"
    SERVER_DAMAGED = "server_damaged"
    NEWER = "newer"  # than this program
    NOT_UPDATED = "not_updated"
    NOTHING_HERE = "nothing_here"  # to back up
    CHECK_FAILED = "check_failed"  # SQLite's own
    USED = "used"  # where a backup is to be put into place
    USED_BY_OTHERS = "used_by_others"
    TAKEN = "taken"  # meanwhile
    TAKEN_ON_SERVER = "taken_on_server"
    ROWS_MISSING = "rows_missing"
    NO_PROGRAM = "no_program"  # that belongs to PostgreSQL
    PROGRAM_FAILED = "program_failed"
    OTHER = "other"


_F: Final = DatabaseFault

# By what SQLite says.
SIGNS: Final[Mapping[str, DatabaseFault]] = {
    "disk is full": _F.FULL,
    "disk i/o error": _F.NOT_WRITTEN,
    "database is locked": _F.LOCKED,
    "readonly database": _F.READ_ONLY,
    "unable to open": _F.NOT_OPENED,
    "not a database": _F.NOT_OURS,
    "malformed": _F.DAMAGED,
}

# By what PostgreSQL says before there is a connection: the driver has no code then.
REFUSALS: Final[Mapping[str, DatabaseFault]] = {
    "password": _F.LOGIN,
    "pg_hba": _F.LOGIN,
    "role ": _F.LOGIN,
    "too many": _F.NO_CONNECTION_LEFT,
    "connection slots": _F.NO_CONNECTION_LEFT,
    "database ": _F.NOT_ON_SERVER,
}

# By the code that PostgreSQL gives, or the class that its first two signs are.
CODES: Final[Mapping[str, DatabaseFault]] = {
    "08": _F.UNREACHABLE,
    "25006": _F.COPY,
    "28": _F.LOGIN,
    "3D": _F.NOT_ON_SERVER,
    "40": _F.IN_THE_WAY,
    "42501": _F.NO_RIGHTS,
    "53100": _F.SERVER_FULL,
    "53300": _F.NO_CONNECTION_LEFT,
    "55P03": _F.LOCKED,
    "57014": _F.TOO_LONG,
    "57": _F.UNREACHABLE,
    "58": _F.SERVER_FILES,
    "XX": _F.SERVER_DAMAGED,
}


def advice(fault: DBAPIError) -> str:
    """Say in one sentence what is wrong and what to do; never the statement or its values."""
    return told(_found(fault), kind=type(fault.orig).__name__)


def told(fault: DatabaseFault, **values: object) -> str:
    """Say a fault in the language that is spoken now."""
    return words().text(f"faults.database.{fault}", **values)


def _found(fault: DBAPIError) -> DatabaseFault:
    code, text = getattr(fault.orig, "sqlstate", None) or "", str(fault.orig).lower()
    for known in (code, code[:2]):
        if known in CODES:
            return CODES[known]
    if fault.connection_invalidated:
        return DatabaseFault.UNREACHABLE
    of_postgresql = hasattr(fault.orig, "pgconn")
    for sign, meant in (REFUSALS if of_postgresql else SIGNS).items():
        if sign in text:
            return meant
    if of_postgresql and isinstance(fault, OperationalError):
        return DatabaseFault.UNREACHABLE
    return DatabaseFault.OTHER
