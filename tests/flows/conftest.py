"""What all tests of flows share."""

from tests.flows.prefect_server import prefect_stack
from tests.ingest.conftest import account, dovecot

__all__ = ["account", "dovecot", "prefect_stack"]
