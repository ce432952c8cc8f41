"""How long an answer to the buyer may take: D08 and D15, one clock for each request.

Pure (order-lifecycle, section 7, T30 to T37).
"""

from __future__ import annotations

from collections.abc import Sequence

from models.clock import Due, Stop, first_of, judge, loudest_due, policy_due
from models.deadline import Deadline, RuleId
from models.fact import Fact, FactKind
from models.history import History
from models.request import Request


def answers_to_cancel(history: History, unpaid: Deadline | None) -> list[Deadline]:
    """D08: a clock for each cancellation request. An order that counts as unpaid (D09) needs no answer any more."""
    cancelled = history.cancelled
    gone_at = unpaid.due_at if unpaid and not history.paid and history.now > unpaid.due_at else None
    found = []
    for request in history.requests:
        due = request_due(history, RuleId.D08, request, history.requests)
        if due is None:
            continue
        stop = first_of(request.answers)
        void_at = gone_at
        if cancelled and (stop is None or cancelled.at < stop.at) and cancelled.at <= due.at:
            asked_in_vain = cancelled.at < request.opened_at
            void_at = cancelled.at if asked_in_vain else None
            stop = stop if asked_in_vain else Stop(at=cancelled.at, known_at=cancelled.known_at)
        if stop and [fact.kind for fact in request.answers] == [FactKind.CANCEL_WITHDRAWN] and stop.at <= due.at:
            void_at, stop = stop.at, None  # T35: nobody asks any more
        found.append(judge(history, RuleId.D08, request.opened_at, due, stop=stop, void_at=void_at, about=request.key))
    return found


def answers_to_return(history: History) -> list[Deadline]:
    """D15: a clock for each wish for a return or refund. An extension that names no time is an answer.

    Void once the order is cancelled, as every clock.
    """
    void_at = history.cancelled.at if history.cancelled else None
    found = []
    for request in history.returns:
        due = request_due(history, RuleId.D15, request, history.returns)
        if due is None:
            continue
        untimed = tuple(fact for fact in request.extensions if fact.moment("due_at") is None)
        stop = first_of((*request.answers, *untimed))
        found.append(judge(history, RuleId.D15, request.opened_at, due, stop=stop, void_at=void_at, about=request.key))
    return found


def request_due(history: History, rule: RuleId, request: Request, requests: Sequence[Request]) -> Due | None:
    """The due moment of one request's answer: stated with it or about it, moved by extensions in time."""
    clock = history.terms.policy.clocks.get(rule)
    if clock is None:
        return None
    about = [fact for fact in history.evidence.of(FactKind.DUE_STATED) if fact.text("rule") == rule]
    mine = [fact for fact in about if _is_about(fact, request, requests)]
    stated = loudest_due([request.fact, *mine])
    figure = policy_due(history, rule, clock, request.opened_at)
    due, extended = stated or figure.at, False
    answered_at = min((fact.occurred_at for fact in request.answers), default=history.now)
    for extension in request.extensions:
        moved = extension.moment("due_at")
        if moved is not None and moved > due and extension.occurred_at <= min(due, answered_at):
            due, extended = moved, True
    if stated is None and not extended:
        return figure
    return Due(at=due, warns=clock.warns_before(due), stated=True)


def _is_about(fact: Fact, request: Request, requests: Sequence[Request]) -> bool:
    named = {number for key in ("request_no", "return_no") if (number := fact.text(key))}
    return request.key in named if named else request is requests[-1]
