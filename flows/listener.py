"""Waiting on one mailbox in IDLE, and polling it when a mail comes; again and again, whatever goes wrong.

Writes nothing: how a mailbox is doing is told by the look of each minute.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from flows.office import Office, open_office
from flows.processes import Tell
from ingest import backoff, ledger
from ingest.errors import MailboxError
from ingest.idle import GLANCE_SECONDS, RENEW_SECONDS, Heard, can_idle, wait_for_mail
from ingest.imap import ImapMailbox
from ingest.lease import is_held
from ingest.opening import connected
from models.db.session import open_session
from models.settings import MailboxSettings

AGAIN_SECONDS: Final = 5.0  # the least pause before a connection that ended is opened again
PERSONS_SECONDS: Final = 60.0  # the same after what only a person can mend
PEACE_SECONDS: Final = 5.0  # between two questions whether a server may be asked again
BUSY_SECONDS: Final = 0.2  # between two questions whether another poll is over
BUSY_PATIENCE: Final = 60.0  # by then the minute's look has come

Poll = Callable[[str], object]  # reads the mailbox of this name


@dataclass(kw_only=True)
class Listener:
    """Waits on one mailbox in a thread of its own, for as long as its settings stay what they are."""

    mailbox: MailboxSettings
    poll: Poll
    tell: Tell
    renew_after: float = RENEW_SECONDS
    glance: float = GLANCE_SECONDS
    stop: threading.Event = field(default_factory=threading.Event)
    failures: int = 0
    polling: bool = False
    thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to wait."""
        self.thread = threading.Thread(target=self.run, name=f"waits on {self.mailbox.name}", daemon=True)
        self.thread.start()

    def join(self, patience: float) -> None:
        """Wait until it has ended, for so many seconds at most."""
        if self.thread is not None:
            self.thread.join(patience)

    def run(self) -> None:
        """Connect and wait until asked to end, or at once where there is no IDLE; pauses grow with failures."""
        while not self.stop.is_set():
            try:
                if not self._listen():
                    self.tell(f"Mailbox {self.mailbox.name}: its server offers no IDLE. It is asked each minute.")
                    return
                pause = 0.0
            except MailboxError as fault:
                pause = self._pause_after(fault)
            except Exception as fault:  # noqa: BLE001  # a fault of ours must not end the waiting for good
                self.tell(f"Mailbox {self.mailbox.name}: waiting failed ({type(fault).__name__}).")
                pause = PERSONS_SECONDS
            self.stop.wait(pause)

    def _pause_after(self, fault: MailboxError) -> float:
        self.failures += 1
        least = AGAIN_SECONDS if fault.transient else PERSONS_SECONDS
        pause = max(backoff.pause(self.failures, fault, 0.5).total_seconds(), least)
        self.tell(f"{fault} It is waited on again in {pause:.0f} s.")
        return pause

    def _listen(self) -> bool:
        """Wait on one connection until it is to be opened anew; False where there is nothing to wait on."""
        office = open_office()
        try:
            while not self.stop.is_set() and self._in_peace(office):
                self.stop.wait(PEACE_SECONDS)
            if self.stop.is_set():
                return True
            with connected(office.engine, self.mailbox, office.home) as box:
                folders = box.find_folders(self.mailbox.folders)
                if not isinstance(box, ImapMailbox) or not folders or not can_idle(box):
                    return False
                self._stay(office, box, folders[0])
        finally:
            office.engine.dispose()
        return True

    def _in_peace(self, office: Office) -> bool:
        with open_session(office.engine, read_only=True) as session:
            return backoff.left_in_peace(session, self.mailbox.name, office.now()) is not None

    def _stay(self, office: Office, box: ImapMailbox, folder: str) -> None:
        """Poll what came before, then wait and poll by turns; ends when the connection turns out to be deaf."""
        opened = box.open(folder)
        with open_session(office.engine, read_only=True) as session:
            heard = Heard.MAIL if ledger.has_changed(session, self.mailbox.name, folder, opened) else Heard.NOTHING
        while heard is not Heard.ENDED:
            if heard is Heard.MAIL:
                self._poll(office)
            known = self._finished(office, folder)
            heard = wait_for_mail(
                box,
                partial(self._has_ended, office, folder, known),
                renew_after=self.renew_after,
                glance=self.glance,
            )
            self.failures = 0

    def _has_ended(self, office: Office, folder: str, known: tuple[int, int]) -> bool:
        """Tell whether waiting is over: somebody asks us to stop, or others read mail that we did not hear of."""
        return self.stop.is_set() or self._finished(office, folder) != known

    def _finished(self, office: Office, folder: str) -> tuple[int, int]:
        """How far the folder was read by anybody: further than we heard of means that we are deaf."""
        with open_session(office.engine, read_only=True) as session:
            return ledger.finished_state(session, self.mailbox.name, folder)

    def _poll(self, office: Office) -> None:
        """Read the mailbox, once no other poll does: one that began before the mail came may miss it."""
        until = time.monotonic() + BUSY_PATIENCE
        while self._is_polled(office) and time.monotonic() < until:
            self.stop.wait(BUSY_SECONDS)
        try:
            self.polling = True
            self.poll(self.mailbox.name)
        except Exception as fault:  # noqa: BLE001  # it is told where it happened; the look of each minute tries again
            self.tell(f"Mailbox {self.mailbox.name}: the poll did not go well ({type(fault).__name__}).")
        finally:
            self.polling = False

    def _is_polled(self, office: Office) -> bool:
        with open_session(office.engine, read_only=True) as session:
            return is_held(session, self.mailbox.name, office.now())
