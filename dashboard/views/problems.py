"""Problems: steps that our code could not finish, what it means, and running them again."""

from __future__ import annotations

import streamlit as st

from dashboard import actions, alarms, parts, present, queries, rights
from dashboard.settling import settling
from dashboard.words import capital, say
from models.db.reading import Problem
from models.error_class import REFUSALS, ErrorClass
from models.person import Right


def page() -> None:
    """Draw the steps that need somebody, the latest first."""
    parts.heading("problems")
    rights.line(Right.RUN_AGAIN, Right.RUN_MANY_AGAIN, Right.ACKNOWLEDGE, Right.SILENCE)
    alarms.section()
    problems = queries.problems()
    if not problems:
        parts.empty(say("problems.none"))
        return
    st.markdown(say("problems.intro"))
    if rights.may(Right.RUN_MANY_AGAIN):
        _many()
    for problem, tried in problems:
        _card(problem, tried)
    parts.zones()


def _card(problem: Problem, tried: int) -> None:
    now, zone = queries.now(), queries.zone_of(problem.shop_id)
    with st.container(border=True, key=f"problem-{problem.order_id}-{problem.step}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(present.problem_badge(problem), width="content")
            title = say("problems.card", step=capital(present.step_name(problem.step)), order_no=problem.order_no)
            parts.order_link(problem.shop_id, problem.order_no, title)
            st.markdown(present.stage_badge(problem.stage), width="content")
        st.markdown(f"**{present.class_name(problem.error_class)}.** {present.fault_words(problem.error_code)}")
        st.markdown(_history(problem, tried, present.when(problem.updated_at, zone, now)))
        if problem.refused:
            st.markdown(say("problems.decide"))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if rights.may(Right.RUN_AGAIN):
                _rerun_button(problem)
            if page := queries.run_page(problem.flow_run_id):
                st.link_button(say("problems.run"), page, icon=":material/open_in_new:", type="tertiary")


def _many() -> None:
    """Choose a class, see how many steps that is, and run them all again."""
    counts = queries.failed_counts()
    if not counts:
        return
    with st.popover(say("problems.many"), icon=":material/replay:", key="many"):
        chosen = st.selectbox(
            say("problems.which"),
            list(counts),
            format_func=lambda one: say("problems.one_class", name=present.class_name(one), count=counts.get(one, 0)),
            key="many-class",
        )
        if chosen not in counts:
            return
        st.markdown(say("problems.preview", count=counts[chosen]))
        if chosen in REFUSALS:
            st.markdown(say("problems.many_decide"))
        words = say("problems.many_sure", count=counts[chosen], name=present.class_name(chosen))
        st.button(words, key="many-yes", type="primary", on_click=_run_many_again, args=(chosen,))


def _run_many_again(error_class: ErrorClass) -> None:
    parts.tell(actions.run_many_again(error_class))


def _history(problem: Problem, tried: int, last: str) -> str:
    told = [say("problems.last", when=last), say("problems.attempts", count=tried)]
    if problem.next_attempt_at is not None and problem.status != "dead":
        zone = queries.zone_of(problem.shop_id)
        told.append(say("problems.next", when=present.when(problem.next_attempt_at, zone)))
    return " · ".join(told)


def _rerun_button(problem: Problem) -> None:
    """Ask first, naming the order; then run the step of that order, whatever the list shows by then."""
    key = f"{problem.order_id}-{problem.step}"
    with st.popover(say("problems.run_again"), icon=":material/replay:", key=f"ask-{key}"):
        st.markdown(say("problems.sure", step=present.step_name(problem.step), order_no=problem.order_no))
        st.button(
            say("problems.yes", order_no=problem.order_no),
            key=f"rerun-{key}",
            type="primary",
            on_click=_run_again,
            args=(problem.shop_id, problem.order_no, problem.step),
        )


def _run_again(shop: str, order_no: str, step: str) -> None:
    parts.tell(actions.run_again(shop, order_no, step))


with settling():
    page()
