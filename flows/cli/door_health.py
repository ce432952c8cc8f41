"""What `check` looks at before others may open the dashboard: that somebody can come in, and only they."""

from __future__ import annotations

from collections.abc import Iterator

from flows.cli.finding import Finding, bad, good
from flows.office import Office
from models.catalogue import words
from models.db.people import people
from models.db.session import open_session
from models.home import SIGN_IN_VARIABLE
from models.stage import Role


def door_findings(office: Office) -> Iterator[Finding]:
    """Say who may come in; what keeps everybody out, or lets strangers read along, is told with its mending."""
    door = office.settings.dashboard
    if door.alone:
        yield good("door_alone")
        return
    with open_session(office.engine, read_only=True) as session:
        able = [row.role for row in people(session) if (row.pin if door.sign_in == "pin" else row.email)]
    if Role.MANAGER not in able:
        yield bad("door", words().text("cli.check.door_no_manager", count=len(able)), f"door_{door.sign_in}_advice")
    elif door.sign_in == "company" and not office.home.sign_in_secret():
        yield bad("door", words().text("cli.check.door_no_secret", name=SIGN_IN_VARIABLE), "door_secret_advice")
    else:
        yield good("door", count=len(able))
    for file in filter(None, (door.certificate, door.certificate_key)):
        if not file.is_file():
            yield bad("door", words().text("cli.check.door_no_file", file=file), "door_file_advice")
    if not door.secure:
        yield good("door_plain")
