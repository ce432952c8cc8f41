"""What `check` looks at, one finding each: settings, key, database, mailboxes, shops, Prefect.

Looks and changes nothing, but for the database that is brought up to date and the count of refused logins.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import text
from sqlalchemy.engine import make_url

from flows.channels import who_hears
from flows.cli.deployment_health import LOOPBACK, prefect_findings
from flows.cli.door_health import door_findings
from flows.cli.finding import Finding, bad, good
from flows.cli.opening import tell_migration
from flows.cli.receiver import Learned, covers, newest_receiver
from flows.cli.shop_health import shop_findings
from flows.office import Office, open_office
from ingest.authentication import WRITES_BELOW
from ingest.errors import MailboxError
from ingest.opening import connected
from ingest.sealed import SealError, check_key
from models import formats
from models.catalogue import words
from models.db.schema import current_version
from models.db.session import DatabaseError, open_session
from models.home import Home, find_home
from models.settings import MailboxSettings
from models.settings_file import SettingsError, load_settings

LEAST_FREE: Final = 200 * 1024 * 1024  # bytes; a year of a busy shop takes less


def findings(*, offline: bool) -> Iterator[Finding]:
    """Look at one thing after the other; what cannot be looked at for want of another is left out."""
    home = find_home()
    try:
        settings = load_settings(home)
    except SettingsError as fault:
        yield bad("settings", str(fault), "settings_advice")
        return
    yield good("settings", file=home.config, mailboxes=len(settings.mailbox), shops=len(settings.shop))
    yield from _secrets(home)
    try:
        office = open_office(home, tell=tell_migration)
    except DatabaseError as fault:
        yield bad("database", str(fault))
        return
    yield _database(office)
    for mailbox in settings.mailbox:
        yield from [] if offline else _mailbox(office, mailbox)
    for shop in office.settings.shop:
        yield from shop_findings(office, shop, offline=offline) if shop.api else []
    yield _alerts(office)
    yield from (good("alert_levels", told=told) for told in who_hears(office.settings.alerts))
    yield from door_findings(office)
    yield from prefect_findings(office)


def _secrets(home: Home) -> Iterator[Finding]:
    """Files that hold secrets are for their owner alone; Windows has no such mode."""
    for file in (home.path / "key", home.dotenv):
        if os.name != "posix" or not file.exists():
            continue
        mode = stat.S_IMODE(file.stat().st_mode)
        if mode & 0o077:
            yield bad(
                "secrets",
                words().text("cli.check.mode", file=file, mode=f"{mode:o}"),
                "mode_advice",
                file=file,
            )
        else:
            yield good("secrets", file=file)
    try:
        check_key(home)
    except SealError as fault:
        yield bad("secrets", str(fault))


def _database(office: Office) -> Finding:
    """Whether it can be written, and has room to grow."""
    try:
        with open_session(office.engine) as session:
            session.connection().execute(text("CREATE TEMPORARY TABLE shipclock_check (one INTEGER)"))
            session.connection().execute(text("UPDATE meta SET value = value WHERE key = ''"))
            session.rollback()
    except DatabaseError as fault:
        return bad("database", str(fault))
    version = current_version(office.engine)
    file = make_url(office.home.database_url).database
    free = _free_bytes(Path(file)) if office.engine.dialect.name == "sqlite" and file else None
    if free is not None and free < LEAST_FREE:
        return bad("database", words().text("cli.check.little_space", free=free // 2**20), "space_advice", file=file)
    return good("database", version=version, where=file if free is not None else office.engine.dialect.name)


def _free_bytes(file: Path) -> int:
    return shutil.disk_usage(file.absolute().parent).free


def _mailbox(office: Office, mailbox: MailboxSettings) -> Iterator[Finding]:
    """Log in, look at each folder, and see whether the configured receiver is the one that writes the verdicts."""
    if mailbox.kind == "imap" and not mailbox.tls and mailbox.host not in LOOPBACK:
        yield bad("mailbox", words().text("cli.check.no_tls", mailbox=mailbox.name), "tls_advice")
    try:
        with connected(office.engine, mailbox, office.home, insist=True) as box:
            messages = {folder: box.look(folder).messages for folder in box.find_folders(mailbox.folders)}
            receiver = newest_receiver(box, mailbox)
    except MailboxError as fault:
        yield bad("mailbox", str(fault))
        return
    counts = ", ".join(f"{folder} {formats.number(count)}" for folder, count in messages.items())
    yield good("mailbox", mailbox=mailbox.name, counts=counts)
    if receiver is not None:
        yield from _verdicts(mailbox, receiver)


def _verdicts(mailbox: MailboxSettings, found: Learned) -> Iterator[Finding]:
    """Whether the newest mails carry the verdict of the server that the settings name, where they say it stands."""
    if not covers(mailbox.authserv_id, found.name):
        known = mailbox.authserv_id or "-"
        told = words().text("cli.check.receiver", mailbox=mailbox.name, found=found.name, known=known)
        yield bad("mailbox", told, "receiver_advice", found=found.name)
    elif found.place != mailbox.verdict and mailbox.authserv_id not in WRITES_BELOW:
        told = words().text("cli.check.place", mailbox=mailbox.name, found=found.place, known=mailbox.verdict)
        yield bad("mailbox", told, f"{found.place}_advice", found=found.name)


def _alerts(office: Office) -> Finding:
    """Whether each address is of a service that is known; told by its place, for an address holds a token."""
    alerts = office.settings.alerts
    if not alerts.addresses:
        nowhere = words().text("cli.check.only_fallback")
        return bad("alerts", nowhere, "alerts_advice") if alerts.fallback else good("no_alerts")
    addresses = (*alerts.addresses, *alerts.fallback)
    from apprise import Apprise  # slow to import, and only where there is something to look at

    strange = [str(place) for place, one in enumerate(addresses, 1) if Apprise.instantiate(one) is None]
    if strange:
        told = words().text("cli.check.strange_alerts", places=", ".join(strange), count=len(addresses))
        return bad("alerts", told, "alerts_advice")
    return good("alerts", count=len(addresses))
