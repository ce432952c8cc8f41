"""The ZIP of evidence: checked by its manifest, and the same bytes for the same content."""

from __future__ import annotations

import json
from hashlib import sha256
from io import BytesIO
from zipfile import ZipFile

from models.evidence_zip import MANIFEST, Made, evidence_zip
from tests.models.makers import T0

MADE = Made(shop="Tre Viet Store", order_no="576461413038785752", made_at=T0, version="1.2.3")
FILES = {"summary.txt": "Đã giao\n".encode(), "timeline.csv": b'"a"\r\n'}


def test_the_manifest_holds_the_checksum_of_each_file_and_what_made_them_when():
    with ZipFile(BytesIO(evidence_zip(FILES, MADE))) as archive:
        assert archive.testzip() is None
        read = {name: archive.read(name) for name in archive.namelist()}
    about = json.loads(read.pop(MANIFEST))
    assert read == FILES
    assert {name: (one["sha256"], one["bytes"]) for name, one in about.pop("files").items()} == {
        name: (sha256(content).hexdigest(), len(content)) for name, content in FILES.items()
    }
    assert about == {
        "shop": "Tre Viet Store",
        "order_no": "576461413038785752",
        "made_at": "2026-03-01T00:00:00Z",
        "shipclock": "1.2.3",
    }


def test_the_same_files_give_the_same_bytes_whatever_their_sequence():
    again = dict(reversed(FILES.items()))
    assert evidence_zip(again, MADE) == evidence_zip(FILES, MADE)


def test_no_entry_tells_when_or_on_what_machine_it_was_packed():
    with ZipFile(BytesIO(evidence_zip(FILES, MADE))) as archive:
        entries = [(one.filename, one.date_time, one.create_system, one.compress_type) for one in archive.infolist()]
    assert entries == [(name, (1980, 1, 1, 0, 0, 0), 3, 0) for name in sorted([*FILES, MANIFEST])]
