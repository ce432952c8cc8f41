"""The script `shipclock`: from the words on the command line to an exit code."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from typing import NoReturn

from flows.cli.app import program
from flows.cli.faults import close_output, debug_asked, guarded


def main() -> None:
    """Run the command that the program was started with."""
    leave(run(sys.argv[1:]))


def leave(code: int) -> NoReturn:
    """End the process with `code`.

    A thread that is still at work in native code (importing Prefect, asking a silent server) would abort an
    orderly end of the interpreter; nothing it does needs one.
    """
    close_output()
    if any(thread.daemon for thread in threading.enumerate()):
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command; give its exit code."""
    rest = list(arguments)
    debug = debug_asked(rest)
    return guarded(lambda: program()(rest or ["--help"], prog_name="shipclock"), debug=debug)


if __name__ == "__main__":
    main()
