"""A restore that dies at a chosen point: FILE MODULE FUNCTION before|after."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from flows.backup.restoring import restore_backup
from models.home import find_home
from tests.deaths import dying

if __name__ == "__main__":
    file, module, name, when = sys.argv[1:]
    owner = importlib.import_module(module)
    setattr(owner, name, dying(getattr(owner, name), 1, after=when == "after"))
    restore_backup(find_home(), Path(file), force=True, by="test", tell=lambda _what, _done, _size: None)
