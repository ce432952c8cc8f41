"""What all tests of flows share."""

from tests.flows.prefect_server import prefect_stack
from tests.mail_server import account, dovecot

__all__ = ["account", "dovecot", "prefect_stack"]
