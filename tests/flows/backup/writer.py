"""A process that writes into a database until it is killed: each transaction one row into each of two tables."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from itertools import count

from models.db.session import make_engine, open_session
from models.db.tables import EvidenceRow, MetaRow

if __name__ == "__main__":
    engine = make_engine(f"sqlite:///{sys.argv[1]}")
    for number in count():
        with open_session(engine) as session:
            session.add(MetaRow(key=f"written-{number}", value="x" * 500))
            session.add(EvidenceRow(shop_id="nobody", kind=f"written-{number}", first_seen_at=datetime.now(UTC)))
            session.commit()
