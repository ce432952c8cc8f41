"""Files of evidence as one ZIP with a manifest: a checksum of each file, and when and with what it was made.

Pure. The same files made at the same moment give the same bytes: entries are sorted, not compressed (how that is done
differs between machines), and have one time. A checksum shows that a file was changed after it was made, not by whom.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import Final
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from models.explain import told

MANIFEST: Final = "manifest.json"
ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)  # the first that a ZIP knows: when it was made stands in the manifest
MODE: Final = 0o644 << 16
UNIX: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What the evidence is about, when it was made (UTC) and by which version of Shipclock."""

    shop: str
    order_no: str
    made_at: datetime
    version: str


def evidence_zip(files: Mapping[str, bytes], made: Made) -> bytes:
    """The ZIP with these files, by name, and their manifest."""
    written = BytesIO()
    with ZipFile(written, "w", ZIP_STORED) as archive:
        for name, content in sorted({**files, MANIFEST: _manifest(files, made)}.items()):
            archive.writestr(_entry(name), content)
    return written.getvalue()


def _manifest(files: Mapping[str, bytes], made: Made) -> bytes:
    listed = {name: {"bytes": len(content), "sha256": sha256(content).hexdigest()} for name, content in files.items()}
    about = {
        "shop": made.shop,
        "order_no": made.order_no,
        "made_at": told(made.made_at),
        "shipclock": made.version,
        "files": listed,
    }
    return f"{json.dumps(about, indent=2, sort_keys=True, ensure_ascii=False)}\n".encode()


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, ZIP_TIME)
    entry.create_system = UNIX
    entry.external_attr = MODE
    return entry
