"""What all tests of flows share."""

from tests.flows.prefect_server import prefect_stack

__all__ = ["prefect_stack"]
