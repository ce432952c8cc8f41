"""A whole play: what happens by itself, the mails it writes, and that it can be killed and repeated."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flows.shop.simulator.drop import MaildirDrop
from flows.shop.simulator.marketplace import Platform, begin_play
from flows.shop.simulator.story import Story
from flows.shop.simulator.tally import TELLS, lost_mails, written_mails
from models.notification import NotificationKind as Kind
from models.platform_status import PlatformStatus
from tests.flows.shop.simulator_player import START, Seller


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """A play that a plain seller worked through to the end."""
    seller = Seller(tmp_path_factory.mktemp("play"))
    seller.play(days=32)
    return seller


def test_a_play_comes_to_its_end_within_its_days(played):
    assert played.platform.next_at() is None


@pytest.mark.parametrize(
    ("story", "status"),
    [
        (Story.PICKUP, PlatformStatus.COMPLETED),
        (Story.DROP_OFF, PlatformStatus.COMPLETED),
        (Story.LABEL_FIRST, PlatformStatus.COMPLETED),
        (Story.UNPAID, PlatformStatus.CANCELLED),
        (Story.CANCEL_LEFT, PlatformStatus.CANCELLED),
        (Story.SHIPPED_LATE, PlatformStatus.COMPLETED),
        (Story.ONE_ATTEMPT, PlatformStatus.COMPLETED),
        (Story.TWO_ATTEMPTS, PlatformStatus.IN_TRANSIT),
        (Story.LOST, PlatformStatus.IN_TRANSIT),
        (Story.DAMAGED, PlatformStatus.IN_TRANSIT),
        (Story.LATE, PlatformStatus.COMPLETED),
        (Story.MAIL_CUT, PlatformStatus.COMPLETED),
        (Story.SHOP_DOWN, PlatformStatus.COMPLETED),
        (Story.OUT_OF_STOCK, PlatformStatus.CANCELLED),
    ],
)
def test_a_story_ends_where_its_name_says(played, story, status):
    assert {played.status(plan) for plan in played.store.script.stories(story)} == {status}


def test_an_unpaid_order_is_cancelled_by_the_platform_after_48_hours(tmp_path):
    seller = Seller(tmp_path)
    plan = seller.first(Story.UNPAID)
    seller.go_to(plan.placed_at + timedelta(hours=48))
    assert seller.status(plan) is PlatformStatus.UNPAID
    seller.go_to(plan.placed_at + timedelta(hours=49))
    assert seller.status(plan) is PlatformStatus.CANCELLED
    assert Kind.ORDER_CANCELLED in seller.kinds(plan)


def test_a_request_nobody_answers_is_granted_just_after_48_hours(tmp_path):
    seller = Seller(tmp_path)
    plan = seller.first(Story.CANCEL_LEFT)
    assert plan.cancel_at
    seller.go_to(plan.cancel_at + timedelta(hours=48))
    assert seller.status(plan) is PlatformStatus.AWAITING_SHIPMENT
    seller.go_to(plan.cancel_at + timedelta(hours=49))
    assert seller.status(plan) is PlatformStatus.CANCELLED


def test_late_parcels_outlast_their_promise(played):
    with played.store.look() as play:
        for plan in played.store.script.stories(Story.LATE):
            at, kind, _ = play.scans(plan.order_no)[-1]
            assert kind == Kind.DELIVERED
            assert at > plan.promised_at


def test_a_mail_goes_astray_and_comes_after_the_next_one(played):
    plan = played.first(Story.MAIL_LATE)
    with played.store.look() as play:
        rows = play.sql("select kind from mail where order_no = ? order by id", plan.order_no)
        kinds = [kind for (kind,) in rows]
    assert kinds.index(Kind.IN_TRANSIT) < kinds.index(Kind.PICKED_UP)


def test_a_mail_is_doubled_with_the_same_bytes_and_again_with_others(played):
    plan = played.first(Story.MAIL_TWICE)
    news = [mail.sha256 for mail in written_mails(played.store) if mail.order_no == plan.order_no]
    assert played.kinds(plan)[Kind.NEW_ORDER] == 3
    assert len(set(news)) < len(news)


def test_forged_and_broken_mails_are_known_to_be_such(played):
    mails = written_mails(played.store)
    forged = {mail.order_no for mail in mails if not mail.genuine}
    broken = {mail.order_no for mail in mails if not mail.readable}
    assert forged == {plan.order_no for plan in played.store.script.stories(Story.MAIL_FORGED)}
    assert broken == {plan.order_no for plan in played.store.script.stories(Story.MAIL_CUT)}


def test_mails_are_lost_without_an_outcome_or_without_their_fact(played):
    mails = written_mails(played.store)
    finished = {mail.sha256 for mail in mails}
    facts = {(mail.order_no, TELLS[Kind(mail.kind)]) for mail in mails if mail.order_no}
    assert lost_mails(played.store, finished=finished, facts=facts) == 0
    plan = played.first(Story.LOST)
    one = next(mail for mail in mails if mail.order_no == plan.order_no and mail.kind == Kind.SHIPPED)
    assert lost_mails(played.store, finished=finished - {one.sha256}, facts=facts) == 1
    assert lost_mails(played.store, finished=finished, facts=facts - {(plan.order_no, TELLS[Kind.SHIPPED])}) == 1


def test_the_same_seed_and_effects_write_the_same_mails_to_the_byte(tmp_path):
    twins = [Seller(tmp_path / name) for name in ("one", "two")]
    for twin in twins:
        twin.play(days=6)
    assert twins[0].box.mails == twins[1].box.mails
    assert len(twins[0].box.mails) > 50


def test_other_seeds_write_other_mails(tmp_path):
    seven, eight = Seller(tmp_path / "7", seed=7), Seller(tmp_path / "8", seed=8)
    for seller in (seven, eight):
        seller.go_to(START + timedelta(days=5))
    assert not {raw for _, raw in seven.box.mails} & {raw for _, raw in eight.box.mails}


class Unplugged(MaildirDrop):
    """A Maildir on a disk that fails after every second mail, once it has written it."""

    count = 0

    def deliver(self, raw, at):
        super().deliver(raw, at)
        self.count += 1
        if self.count % 2 == 0:
            raise OSError("the power is gone")


def test_a_play_that_is_killed_between_mail_and_commit_goes_on_without_a_second_copy(tmp_path):
    end = START + timedelta(days=4)
    steady = Seller(tmp_path / "steady", drop=MaildirDrop(tmp_path / "steady" / "mail"))
    steady.go_to(end)
    shaky = Seller(tmp_path / "shaky", drop=Unplugged(tmp_path / "shaky" / "mail"))
    for _ in range(1000):
        try:
            shaky.go_to(end)
        except OSError:
            continue
        break
    names = [sorted(path.name for path in (tmp_path / name / "mail" / "new").iterdir()) for name in ("steady", "shaky")]
    assert names[0] == names[1]
    assert written_mails(shaky.store) == written_mails(steady.store)


def test_a_second_start_finds_the_play_and_another_seed_is_told_apart(tmp_path):
    path = tmp_path / "simulator.db"
    store = begin_play(path, seed=7, start=START)
    events = _events(store)
    assert _events(begin_play(path, seed=7, start=START)) == events
    with pytest.raises(ValueError, match="another seed"):
        begin_play(path, seed=8, start=START)


def test_a_play_goes_on_in_another_process_where_it_was(tmp_path):
    one = Seller(tmp_path)
    one.go_to(START + timedelta(days=2))
    other = Platform(begin_play(tmp_path / "simulator.db", seed=7, start=START), one.box)
    assert other.advance(START + timedelta(days=2)) == 0
    following = other.next_at()
    assert following
    assert following > START + timedelta(days=2)


def test_buyers_are_in_the_mails_and_nowhere_in_the_store(played):
    kept = b"".join(path.read_bytes() for path in played.store.path.parent.iterdir())
    buyers = {plan.buyer for plan in played.store.script.plans}
    assert played.first(Story.LOST).order_no.encode() in kept  # the search finds what is there
    assert not [buyer for buyer in buyers if buyer.name.encode() in kept or buyer.user.encode() in kept]


def _events(store) -> list[tuple[object, ...]]:
    with store.look() as play:
        return list(play.sql("select * from event order by id"))
