"""`backup` and `restore`: all of this home's records in one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import Json


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write, best on another disk.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    as_json: Json = False,
) -> None:
    """Write all that Shipclock knows into one file, while it runs.

    In it are the database as it is at one moment, your settings and the wordings you taught, checked after writing.
    Only you may read it (mode 0600).

    NOT in it are the key, passwords, app secrets and the alert addresses of your settings: who finds the file can
    open no mail and sign in nowhere. The command says where each of them is. Keep them apart from the backup, for
    without the key its quarantined mails and sign-ins stay closed.

    PostgreSQL is saved by its own pg_dump, which must be installed here.
    """
    from flows.backup.taking import take_backup
    from flows.cli import backup_page
    from models.home import find_home
    from models.settings_file import speak_as_settings_say

    home = find_home()
    speak_as_settings_say(home)
    taken = take_backup(home, file, force=force, tell=backup_page.progress(quiet=as_json))
    backup_page.show_taken(taken, as_json=as_json)


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `shipclock backup` wrote.")],
    force: Annotated[
        bool, typer.Option("--force", help="Restore although there is a database; it is kept beside the new one.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Put a backup back into an empty place: on a new machine, or after a disk has died.

    The file is checked first, and all of it is restored or nothing. Settings and wordings that are here already stay
    as they are; those of the backup are then put beside them. Shipclock must not run here meanwhile, nor afterwards
    on the old machine: two of them would do everything twice.

    Put the key back before you start Shipclock: the file `key` into the home, or SHIPCLOCK_KEY. What came since the
    backup is read again from your mailboxes, and nothing is counted twice. What people noted here by hand since then
    is not in any mail: look through it with `shipclock reconcile`.
    """
    from flows.backup.restoring import restore_backup
    from flows.cli import backup_page
    from flows.cli.outcome import actor
    from models.home import find_home
    from models.settings_file import speak_as_settings_say

    home = find_home()
    speak_as_settings_say(home)
    tell = backup_page.progress(quiet=as_json)
    restored = restore_backup(home, file, force=force, by=actor(), tell=tell)
    backup_page.show_restored(restored, as_json=as_json)
