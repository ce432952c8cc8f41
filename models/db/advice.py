"""What a fault of the database means, and what to do: one sentence for whoever runs Shipclock.

Pure. Never the statement, its values or the address: they may hold a password.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy.exc import DBAPIError, OperationalError

NO_SUCH_DATABASE: Final = (
    "SHIPCLOCK_DATABASE_URL is no database that can be used here. Leave it out, so that a file in the home is "
    "taken, or write it like sqlite:////home/you/shipclock.db or postgresql://you:password@host/shipclock"
)
FULL: Final = "The disk is full. Free some space and start again: nothing was lost."
LOCKED: Final = "Another program keeps the database locked. Close it (or wait) and start again."
UNREACHABLE: Final = (
    "The database server does not answer. See that it runs and that SHIPCLOCK_DATABASE_URL names it; "
    "what was under way is done again."
)
LOGIN: Final = "The database server refused the login. Check user and password in SHIPCLOCK_DATABASE_URL."
NO_DATABASE: Final = "There is no such database on the server. Make it, or check the name in SHIPCLOCK_DATABASE_URL."
NO_CONNECTION_LEFT: Final = "The database server has no connection left. Allow it more, or run fewer workers."
NONE_FREE: Final = "All connections to the database are in use. Wait a moment and try again."

# By what SQLite says.
SIGNS: Final[Mapping[str, str]] = {
    "disk is full": FULL,
    "disk i/o error": "The disk does not take what is written. Check it and its free space, then start again.",
    "database is locked": LOCKED,
    "readonly database": "The database may not be written. Give your user the right to write its file and folder.",
    "unable to open": "The database cannot be opened. Check SHIPCLOCK_DATABASE_URL and the folder's rights.",
    "not a database": "The file is no Shipclock database. Check SHIPCLOCK_DATABASE_URL or restore a backup.",
    "malformed": "The database file is damaged. Restore a backup.",
}

# By what PostgreSQL says before there is a connection: the driver has no code then.
REFUSALS: Final[Mapping[str, str]] = {
    "password": LOGIN,
    "pg_hba": LOGIN,
    "role ": LOGIN,
    "too many": NO_CONNECTION_LEFT,
    "connection slots": NO_CONNECTION_LEFT,
    "database ": NO_DATABASE,
}

# By the code that PostgreSQL gives, or the class that its first two signs are.
CODES: Final[Mapping[str, str]] = {
    "08": UNREACHABLE,
    "25006": "The database server takes no changes now: it is a copy, or being maintained. Name the one that does.",
    "28": LOGIN,
    "3D": NO_DATABASE,
    "40": "Two runs were in each other's way in the database. What was under way is done again.",
    "42501": "The database's user may not do this. Give it all rights in the database that is Shipclock's.",
    "53100": FULL.replace("The disk", "The disk of the database server"),
    "53300": NO_CONNECTION_LEFT,
    "55P03": LOCKED,
    "57014": "The database took too long. Check how busy its server is; what was under way is done again.",
    "57": UNREACHABLE,
    "58": "The database server cannot read or write its files. Look into its log.",
    "XX": "The database is damaged. Look into the log of its server, and restore a backup.",
}


def advice(fault: DBAPIError) -> str:
    """Say in one sentence what is wrong and what to do; never the statement or its values."""
    code, text = getattr(fault.orig, "sqlstate", None) or "", str(fault.orig).lower()
    for known in (code, code[:2]):
        if known in CODES:
            return CODES[known]
    if fault.connection_invalidated:
        return UNREACHABLE
    of_postgresql = hasattr(fault.orig, "pgconn")
    for sign, words in (REFUSALS if of_postgresql else SIGNS).items():
        if sign in text:
            return words
    if of_postgresql and isinstance(fault, OperationalError):
        return UNREACHABLE
    return f"The database refused ({type(fault.orig).__name__}). Run `shipclock check`."
