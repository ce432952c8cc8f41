"""Judging mail that could be made to stall a reader in a process of its own, with a time and a memory limit.

A mail's size and its caps (`ingest.mime`, `ingest.message`) bound what any pattern or parser costs: a small mail is
judged here, as fast as ever. A large one goes to a child process, which is started when the first comes and killed
when one takes too long; that mail becomes a quarantined row like any other our reader breaks on. The child is a
plain `python -m ingest.apart` spoken to over pipes, so that it is the same on every system and in every thread.
"""

from __future__ import annotations

import contextlib
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import IO, Any, Final

from ingest.finding import Context, Finding, judge
from ingest.mailbox import RawMessage
from models.notification import Quarantined, QuarantineReason
from models.settings import ShopSettings

SMALL: Final = 256 * 1024  # bytes; TikTok Shop's have 15-40 kB
SECONDS: Final = 10.0  # for one large mail; the slowest known take less than two
START_SECONDS: Final = 120.0  # for the child's imports, on a busy machine
MEMORY: Final = 1024**3  # bytes of address space, where the system can limit it


class Judge:
    """Judges the mails of one context; `close` it when done."""

    def __init__(self, context: Context, *, seconds: float = SECONDS) -> None:
        """Judge by `context`; `seconds` are what a large mail may take."""
        self._context = context
        self._seconds = seconds
        self._child: _Child | None = None

    def judge(self, message: RawMessage, *, vouched: bool = False) -> Finding:
        """What `ingest.finding.judge` says; a mail that takes too long is a quarantined one."""
        if message.raw is None or len(message.raw) <= SMALL:
            return judge(message, self._context, vouched=vouched)
        try:
            return self._ask(message, vouched=vouched)
        except (OSError, EOFError, pickle.UnpicklingError):  # the child was stopped, or broke
            self.close()
            reading = Quarantined(reason=QuarantineReason.READER_FAILED, detail="took too long or too much memory")
            return Finding(message=message, reading=reading, raw_hash=sha256(message.raw).hexdigest())

    def close(self) -> None:
        """Let the child end; it does when its pipe does, and is killed if it is busy."""
        child, self._child = self._child, None
        if child is not None:
            child.close()

    def _ask(self, message: RawMessage, *, vouched: bool) -> Finding:
        child = self._child or self._start()
        with _killed_after(child.process, self._seconds):
            answer: Finding = child.answer((message, vouched))
        return answer

    def _start(self) -> _Child:
        self._child = child = _start_child()
        with _killed_after(child.process, START_SECONDS):
            child.answer((_portable(self._context), self._seconds))  # it says that it is ready
        return child


@dataclass(frozen=True, slots=True)
class _Child:
    """The process that judges, and the pipes to it and from it."""

    process: subprocess.Popen[bytes]
    questions: IO[bytes]
    answers: IO[bytes]

    def answer(self, question: object) -> Any:  # noqa: ANN401  # whatever is asked has an answer of its own
        """Ask and wait. Raises OSError, EOFError or UnpicklingError when the child broke or was stopped."""
        _send(question, self.questions)
        return pickle.load(self.answers)  # noqa: S301  # our own child's words

    def close(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        for pipe in (self.questions, self.answers):
            with contextlib.suppress(OSError):  # what was not written any more
                pipe.close()
        self.process.wait()


def _start_child() -> _Child:
    process = subprocess.Popen(
        [sys.executable, "-m", "ingest.apart"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a trace could hold a mail's words
    )
    if process.stdin is None or process.stdout is None:  # they were asked for; the types cannot tell
        raise OSError("a child without pipes")
    return _Child(process, process.stdin, process.stdout)


@contextmanager
def judging(context: Context) -> Iterator[Judge]:
    """A judge that is closed after the block."""
    judge = Judge(context)
    try:
        yield judge
    finally:
        judge.close()


def _portable(context: Context) -> Context:
    """Leave out what shops have worked out of their settings: policies, which cannot be sent."""
    shops = {name: ShopSettings.model_construct(**dict(shop)) for name, shop in context.shops.items()}
    return replace(context, shops=shops)


@contextmanager
def _killed_after(child: subprocess.Popen[bytes], seconds: float) -> Iterator[None]:
    timer = threading.Timer(seconds, child.kill)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _send(words: object, pipe: IO[bytes]) -> None:
    pickle.dump(words, pipe)
    pipe.flush()


def _serve(source: IO[bytes], answers: IO[bytes]) -> None:
    """Judge what comes until nothing comes any more."""
    context, seconds = pickle.load(source)  # noqa: S301  # our own parent's words
    _send("ready", answers)
    with contextlib.suppress(EOFError):
        while True:
            message, vouched = pickle.load(source)  # noqa: S301  # our own parent's words
            with _own_end(seconds * 2):
                finding = judge(message, context, vouched=vouched)
            _send(finding, answers)


@contextmanager
def _own_end(seconds: float) -> Iterator[None]:
    """End this process when a mail takes too long, should the parent that would kill it be gone itself."""
    if not hasattr(signal, "setitimer"):
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _limit_memory() -> None:
    try:
        import resource  # noqa: PLC0415  # Windows has none

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, ValueError, OSError):
        return  # the limits of sizes hold everywhere


def main() -> None:
    """Be the child."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    _limit_memory()
    _serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
