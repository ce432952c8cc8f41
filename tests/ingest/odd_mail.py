"""Odd mail through a real poll, measured: `python -m tests.ingest.odd_mail` prints the tally of the long form.

A folder of files is polled batch by batch into a database of its own, as any mailbox is. One process does nothing
else, so that its time and memory are the mails'; time is that of the processor, for the machine may be busy.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ingest import apart
from ingest.finding import Context, Finding, judge
from ingest.mailbox import RawMessage
from ingest.poll import poll_mailbox
from models.settings import MailboxSettings
from tests.ingest.attacks import attacks
from tests.ingest.desk import NOW, RECEIVER, Desk
from tests.ingest.mutations import mutations, others

SECONDS: Final = 2.0
MEBIBYTES: Final = 512
AT_ONCE: Final = 500  # mails in the folder
HELD: Final = 10_000_000  # bytes of mails in memory by us: what is measured is the poll
LONG: Final = 20_000  # mutations


@dataclass(slots=True)
class Tally:
    """What became of the mails. `slowest` in seconds of the processor, `memory` in MiB at its highest."""

    mails: int = 0
    rows: int = 0
    outcomes: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    slowest: float = 0.0
    memory: int = 0
    raised: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """In one line."""
        failed = self.outcomes["quarantined", "reader_failed"]
        return (
            f"{self.mails} odd mails, {self.rows} rows in the ledger, {len(self.raised)} exceptions, {failed} that our "
            f"reader broke on; slowest {self.slowest:.2f} s, memory at most {self.memory} MiB"
        )

    @property
    def is_good(self) -> bool:
        """Whether each mail has its row, in time and in bounds."""
        return self.mails == self.rows and not self.raised and self.slowest < SECONDS and self.memory < MEBIBYTES


def run(raws: Iterable[bytes], folder: Path) -> Tally:
    """Poll all these mails from `folder`, some at a time; the same bytes twice are one mail of two names."""
    tally = Tally()
    desk = Desk.at(folder)
    try:
        for batch in _batches(raws):
            _poll(desk, batch, folder / "mail", tally)
        rows = desk.ledger()
    finally:
        desk.engine.dispose()
    tally.rows, tally.memory = len({row.uid for row in rows}), _memory()
    tally.outcomes.update((row.outcome, row.reason) for row in rows)
    assert len(rows) == tally.rows, "a mail has two rows"
    return tally


def _poll(desk: Desk, batch: Sequence[bytes], mail: Path, tally: Tally) -> None:
    mail.mkdir(exist_ok=True)
    files = [mail / f"{tally.mails + number:06d}.eml" for number in range(len(batch))]
    for file, raw in zip(files, batch, strict=True):
        file.write_bytes(raw)
    settings = MailboxSettings.model_validate({"name": "main", "kind": "folder", "path": mail, **RECEIVER})
    try:
        with _timed(tally):
            poll_mailbox(desk.engine, settings, desk.shops, desk.home, lambda: NOW)
    except Exception as fault:  # noqa: BLE001  it is what must not be
        tally.raised.append(type(fault).__name__)
    for file in files:
        file.unlink()
    tally.mails += len(batch)


class _timed:  # noqa: N801  used as a block
    """Measure each mail that is judged inside; large ones too, which a poll would have judged apart."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._small = apart.SMALL

    def __enter__(self) -> None:
        vars(apart).update(judge=self._judge, SMALL=sys.maxsize)  # here all must be fast

    def __exit__(self, *_: object) -> None:
        vars(apart).update(judge=judge, SMALL=self._small)

    def _judge(self, message: RawMessage, context: Context, *, vouched: bool = False) -> Finding:
        begun = time.process_time()
        finding = judge(message, context, vouched=vouched)
        self._tally.slowest = max(self._tally.slowest, time.process_time() - begun)
        return finding


def _batches(raws: Iterable[bytes]) -> Iterable[list[bytes]]:
    batch: list[bytes] = []
    for raw in raws:
        batch.append(raw)
        if len(batch) == AT_ONCE or sum(map(len, batch[-50:])) > HELD:
            yield batch
            batch = []
    if batch:
        yield batch


def _memory() -> int:
    try:
        import resource  # noqa: PLC0415  not on Windows
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1024 if sys.platform != "darwin" else 1024 * 1024)


def everything(count: int) -> Iterable[bytes]:
    """The mails of others, `count` mutations, and every attack."""
    yield from others()
    yield from mutations(count)
    yield from (make() for make in attacks().values())


def main() -> None:
    """Run the long form, or as many mutations as the first argument says."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else LONG
    with tempfile.TemporaryDirectory() as folder:
        tally = run(everything(count), Path(folder))
    print(tally)  # noqa: T201  it is a command
    for (outcome, reason), number in tally.outcomes.most_common():
        print(f"  {number:6d} {outcome} {reason or ''}")  # noqa: T201  the same
    sys.exit(not tally.is_good)


if __name__ == "__main__":
    main()
