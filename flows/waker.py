"""`python -m flows.waker`: reads a mailbox as soon as its server tells of a mail. A child of `up`.

Waking is all it is for: whatever it misses, and whatever ends it, the look of each minute finds. A mail starts a run
of the flow poll-mailbox right here, where Prefect is imported already; by way of a worker it would take some
seconds more. One mailbox never waits for another: each has its thread and its connection (`flows.listener`).
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Final

from flows.listener import Listener, Poll
from models.home import find_home
from models.settings import MailboxSettings
from models.settings_file import SettingsError, load_settings

SETTINGS_SECONDS: Final = 15.0  # how soon a changed setting counts
PATIENCE: Final = 2.0  # for a poll that is under way at the end


def keep_listening(poll: Poll) -> None:
    """Wait on what the settings name, as they are at each moment, until the parent process is gone."""
    parent, listeners = os.getppid(), dict[str, Listener]()
    try:
        while os.getppid() == parent:
            try:
                listeners = brought_up_to_date(listeners, load_settings(find_home()).mailbox, poll)
            except SettingsError as fault:
                say(str(fault))
            time.sleep(SETTINGS_SECONDS)  # the listeners wait in threads of their own: here only settings are watched
    finally:
        for one in listeners.values():
            one.stop.set()
        until = time.monotonic() + PATIENCE
        for one in listeners.values():
            if one.polling:
                one.join(max(0.0, until - time.monotonic()))


def brought_up_to_date(
    listeners: Mapping[str, Listener], mailboxes: Iterable[MailboxSettings], poll: Poll
) -> dict[str, Listener]:
    """End those whose mailbox is gone or set up otherwise, and start new ones."""
    wanted = {mailbox.name: mailbox for mailbox in mailboxes if mailbox.idles}
    kept = {name: one for name, one in listeners.items() if one.mailbox == wanted.get(name)}
    for name, one in listeners.items():
        if name not in kept:
            one.stop.set()
    return {name: kept.get(name) or _started(mailbox, poll) for name, mailbox in wanted.items()}


def _started(mailbox: MailboxSettings, poll: Poll) -> Listener:
    listener = Listener(mailbox=mailbox, poll=poll, tell=say)
    listener.start()
    return listener


def say(words: str) -> None:
    """Write it into the waker's log."""
    print(words, file=sys.stderr, flush=True)  # noqa: T201  # its output is its log


def main() -> None:
    """Run until `up` ends it."""
    from flows.intake import poll_mailbox  # noqa: PLC0415  # seconds of import, not for those who test the rest

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with suppress(SystemExit):
        keep_listening(lambda mailbox: poll_mailbox(mailbox=mailbox))
    os._exit(0)  # threads that still wait would abort an orderly end


if __name__ == "__main__":
    main()
