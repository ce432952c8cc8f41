"""prefect.yaml: every entrypoint imports, all of it is deployed, and the server's scheduler makes runs complete."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

import flows
from flows.look import Work
from flows.server import ROOT, answers, let_drive, prefect_client, put_schedules_to_rest
from flows.stack import Stack, StackError, workers_of
from flows.supervise import NOT_OVER, start_runs
from models.error_class import ErrorClass
from models.notification import QuarantineReason
from models.stage import Step
from tests.flows.prefect_server import (
    a_home,
    run_again,
    run_to_end,
    start_run,
    wait_for_end,
)
from tests.waiting import wait_for

FILE: Final = Path(flows.__file__).parent.parent / "prefect.yaml"
DEPLOYMENTS: Final[dict[str, dict[str, Any]]] = {
    one["name"]: one for one in yaml.safe_load(FILE.read_text("utf-8"))["deployments"]
}
SAFETY_NET: Final = ("poll-mailbox", "sync-shop", "drive-orders", "watch-deadlines", "send-alerts")
REGULAR: Final = {**dict.fromkeys(SAFETY_NET, timedelta(minutes=15)), "sweep": timedelta(hours=1)}


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_every_entrypoint_imports_and_is_named_like_its_deployment(name: str):
    from prefect.flows import load_flow_from_entrypoint

    flow: Any = load_flow_from_entrypoint(DEPLOYMENTS[name]["entrypoint"], use_placeholder_flow=False)
    assert flow.name == name
    assert flow.retries == 0  # a flow that is tried again by itself would keep its only slot


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_every_deployment_has_tags_words_and_a_limit(name: str):
    one = DEPLOYMENTS[name]
    assert "shipclock" in one["tags"]
    assert len(one["tags"]) > 1
    assert one["description"].endswith(".")
    assert one["concurrency_limit"]
    assert one["work_pool"]["name"] == "shipclock"


CHOICES: Final = {
    ("order-stage", "step"): set(Step),
    ("rerun-failed", "error_class"): set(ErrorClass),
    ("replay-quarantine", "reason"): set(QuarantineReason),
}


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_every_parameter_is_explained_and_offers_its_choices(name: str):
    from prefect.flows import load_flow_from_entrypoint

    flow: Any = load_flow_from_entrypoint(DEPLOYMENTS[name]["entrypoint"], use_placeholder_flow=False)
    form = flow.parameters.model_dump()
    assert all(asked.get("description") for asked in form["properties"].values())
    assert all("default" in asked for key, asked in form["properties"].items() if key not in form["required"])
    offered = {
        key: set(form["definitions"][one["$ref"].rpartition("/")[2]]["enum"])
        for key, asked in form["properties"].items()
        for one in (asked, *asked.get("anyOf", []))
        if "$ref" in one
    }
    assert offered == {key: choices for (flow_name, key), choices in CHOICES.items() if flow_name == name}


@pytest.mark.parametrize("name", ["rerun-failed", "replay-quarantine"])
def test_what_people_start_by_hand_waits_its_turn_and_has_no_schedule(prefect_stack: Stack, name: str):
    with prefect_client(prefect_stack.api_url) as client:
        found: Any = client.read_deployment_by_name(f"{name}/{name}")
    assert found.schedules == []
    assert found.global_concurrency_limit.limit == 1
    assert found.concurrency_options.collision_strategy == "ENQUEUE"


def test_deploying_again_changes_nothing(prefect_stack: Stack):
    with prefect_client(prefect_stack.api_url) as client:
        before = {one.name: one.id for one in client.read_deployments()}
        prefect_stack.deploy()
        put_schedules_to_rest(prefect_stack.api_url)
        assert {one.name: one.id for one in client.read_deployments()} == before
    assert set(before) == set(DEPLOYMENTS)


def test_rerun_failed_counts_on_the_worker_and_reads_as_counts_alone(prefect_stack: Stack):
    ended = run_to_end(prefect_stack, "rerun-failed", error_class="busy")
    assert ended.message == "would run again: no step. Nothing was done"
    assert run_to_end(prefect_stack, "replay-quarantine").is_completed()


def test_the_parameters_of_order_stage_are_explained_on_prefects_form(prefect_stack: Stack):
    with prefect_client(prefect_stack.api_url) as client:
        found: Any = client.read_deployment_by_name("order-stage/order-stage")
    asked = found.parameter_openapi_schema["properties"]
    assert {"shop", "order_no", "step"} <= asked.keys()
    assert all(asked[name].get("description") for name in ("shop", "order_no", "step"))


@pytest.mark.parametrize("name", REGULAR)
def test_the_safety_net_runs_each_quarter_of_an_hour_and_the_sweep_each_hour_and_no_run_piles_up(
    prefect_stack: Stack, name: str
):
    with prefect_client(prefect_stack.api_url) as client:
        found: Any = client.read_deployment_by_name(f"{name}/{name}")
    assert [one.schedule.interval for one in found.schedules] == [REGULAR[name]]
    assert found.global_concurrency_limit.limit == (3 if name in {"poll-mailbox", "sync-shop"} else 1)  # side by side
    assert found.concurrency_options.collision_strategy == "CANCEL_NEW"


def test_runs_work_in_the_folder_that_was_deployed(prefect_stack: Stack):
    with prefect_client(prefect_stack.api_url) as client:
        found: Any = client.read_deployment_by_name("order-stage/order-stage")
    assert [list(step.values()) for step in found.pull_steps] == [[{"directory": str(ROOT)}]]
    assert found.schedules == []
    assert found.global_concurrency_limit.limit == 4


def test_a_run_that_the_servers_scheduler_made_completes(prefect_stack: Stack):
    from prefect.client.schemas.filters import FlowRunFilter
    from prefect.client.schemas.schedules import IntervalSchedule

    often: Any = IntervalSchedule(interval=timedelta(seconds=10))
    with prefect_client(prefect_stack.api_url) as client:
        deployment = client.read_deployment_by_name("send-alerts/send-alerts").id
        (schedule,) = client.create_deployment_schedules(deployment, [(often, True)])
        done = FlowRunFilter.model_validate(
            {"deployment_id": {"any_": [deployment]}, "state": {"name": {"any_": ["Completed"]}}}
        )

        def completed() -> list[Any]:
            return [run for run in client.read_flow_runs(flow_run_filter=done) if run.auto_scheduled]

        runs = wait_for(completed, "a scheduled run")
        client.delete_deployment_schedule(deployment, schedule.id)
    assert all(run.created_by.type == "SCHEDULE" for run in runs)


@pytest.mark.long  # a server's start: 20 s, on a busy machine several times that
def test_a_server_that_dies_comes_back_at_its_port_and_its_worker_goes_on(prefect_stack: Stack):
    server, address = prefect_stack.children["server"], prefect_stack.api_url
    before = server.pid
    assert before
    os.killpg(before, signal.SIGKILL)
    wait_for(lambda: not server.alive, "the end of the server")

    def back() -> bool:
        prefect_stack.tend()
        return server.pid != before and answers(f"{address}/health")

    wait_for(back, "the server that was started again")
    assert prefect_stack.api_url == address
    assert run_to_end(prefect_stack, "watch-deadlines").is_completed()


def test_work_starts_one_run_and_no_second_one_beside_it(prefect_stack: Stack):
    work = [Work(deployment="watch-deadlines")]
    assert start_runs(work, prefect_stack.api_url) == work
    assert start_runs(work, prefect_stack.api_url) == []


def test_retry_runs_the_same_run_again_on_the_worker(prefect_stack: Stack):
    run = start_run(prefect_stack, "poll-mailbox", mailbox="main")
    assert wait_for_end(prefect_stack, run).is_completed()
    run_again(prefect_stack, run)
    assert wait_for_end(prefect_stack, run).is_completed()
    with prefect_client(prefect_stack.api_url) as client:
        assert client.read_flow_run(run).run_count == 2


def test_as_many_runs_of_drive_orders_as_there_are_workers_and_no_further_one(prefect_stack: Stack):
    work = [Work(deployment="drive-orders")]
    let_drive(prefect_stack.api_url, 2)
    try:
        assert [start_runs(work, prefect_stack.api_url) for _ in range(3)] == [work, work, []]
        wait_for(lambda: not under_way(prefect_stack, "drive-orders"), "the end of both runs")  # nobody else may start
    finally:
        let_drive(prefect_stack.api_url, 1)


def under_way(stack: Stack, deployment: str) -> list[Any]:
    """The deployment's runs that have not ended."""
    from prefect.client.schemas.filters import DeploymentFilter, FlowRunFilter

    this = DeploymentFilter.model_validate({"name": {"any_": [deployment]}})
    open_ones = FlowRunFilter.model_validate({"state": {"type": {"any_": NOT_OVER}}})
    with prefect_client(stack.api_url) as client:
        return client.read_flow_runs(flow_run_filter=open_ones, deployment_filter=this)


@pytest.mark.parametrize(
    ("given", "workers"), [({}, 1), ({"SHIPCLOCK_WORKERS": ""}, 1), ({"SHIPCLOCK_WORKERS": "3"}, 3)]
)
def test_one_worker_unless_the_environment_says_how_many(tmp_path: Path, given: dict[str, str], workers: int):
    assert workers_of(replace(a_home(tmp_path), environment=given)) == workers


@pytest.mark.parametrize("given", ["x", "0", "-1", "2.5"])
def test_what_is_no_number_of_workers_is_told_with_an_example(tmp_path: Path, given: str):
    with pytest.raises(StackError, match=f"SHIPCLOCK_WORKERS={given} is no number"):
        workers_of(replace(a_home(tmp_path), environment={"SHIPCLOCK_WORKERS": given}))
