"""A mail's bytes to what it tells: a notification, none of our business, or a question for a person.

Total: every mail gets an outcome, our own faults too (reader_failed). Order of the checks: sender,
completeness, kind, order numbers, shop, values, sums (email-notifications, sections 2, 3, 5 and 8).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from ingest.item_sums import better_of
from ingest.labelled import Findings
from ingest.layout import find_values
from ingest.markup import is_cut_short, rows_of_html
from ingest.meaning import Meaning, language_of, meaning_of
from ingest.message import Defect, Message, parse_message
from ingest.page import MAX_TEXT, is_too_long, rows_of_text
from ingest.printed import Refused
from ingest.sender import Receiver, judge_sender, unreadable_because
from ingest.shop_of import Whose, whose_mail
from ingest.specimen import shows_specimen
from ingest.statement import notification_from
from ingest.text import fold, plain_digits
from ingest.values import ORDER_NO
from ingest.vocabulary import FALLBACK, Field, Language, Vocabulary
from models.notification import (
    Ignored,
    IgnoreReason,
    NotificationKind,
    Quarantined,
    QuarantineReason,
    Reading,
)
from models.settings import ShopSettings

READER_VERSION: Final = "5"
DIGESTS: Final = frozenset({NotificationKind.SHIP_REMINDER, NotificationKind.LATE_DISPATCH})
_BULK: Final = frozenset({"bulk", "list", "junk"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What the bodies of a mail state, its language, and whether the end is missing."""

    findings: Findings
    language: Language
    cut: bool
    conflict: QuarantineReason | None = None  # the plain and the HTML body tell different things


def read_mail(
    raw: bytes,
    receiver: Receiver,
    shops: Sequence[ShopSettings],
    vocabulary: Vocabulary,
    now: datetime | None = None,
) -> Reading:
    """Return what `raw` tells; never raises. `now` (aware) dates what names no year in a mail without Date."""
    return read_message(parse_message(raw), receiver, shops, vocabulary, now)


def read_message(
    message: Message,
    receiver: Receiver | None,
    shops: Sequence[ShopSettings],
    vocabulary: Vocabulary,
    now: datetime | None = None,
) -> Reading:
    """Return what a parsed mail tells, as `read_mail` does; without a receiver a person stands for its sender."""
    try:
        if receiver is None:
            return _vouched(message, shops, vocabulary, now)
        return _judged(message, receiver, shops, vocabulary, now)
    except Refused as refused:
        return Quarantined(reason=refused.reason, order_no=refused.order_no, detail=refused.detail)
    except Exception as error:  # noqa: BLE001  the parsers raise anything on hostile input
        return Quarantined(reason=QuarantineReason.READER_FAILED, detail=type(error).__name__)


def _judged(
    message: Message, receiver: Receiver, shops: Sequence[ShopSettings], vocabulary: Vocabulary, now: datetime | None
) -> Reading:
    verdict = judge_sender(message, receiver)
    if verdict.ignore is not None:
        return Ignored(reason=verdict.ignore, language=language_of((), message.subject, vocabulary).code)
    if verdict.quarantine is not None and unreadable_because(message) is not None:
        return Quarantined(reason=verdict.quarantine, detail=verdict.detail)  # what is too large is not read at all
    body = read_body(message, vocabulary, shops)
    if verdict.quarantine is not None:
        return Quarantined(reason=verdict.quarantine, order_no=_only_order_no(message, body), detail=verdict.detail)
    return _read_trusted(message, body, shops, vocabulary, now)


def _vouched(message: Message, shops: Sequence[ShopSettings], vocabulary: Vocabulary, now: datetime | None) -> Reading:
    unreadable = unreadable_because(message)
    if unreadable is not None:
        return Quarantined(reason=unreadable, detail=", ".join(sorted(message.defects)))
    return _read_trusted(message, read_body(message, vocabulary, shops), shops, vocabulary, now)


def _read_trusted(
    message: Message, body: Body, shops: Sequence[ShopSettings], vocabulary: Vocabulary, now: datetime | None
) -> Reading:
    order_no = _only_order_no(message, body)
    if Defect.NO_TEXT in message.defects:
        return Quarantined(reason=QuarantineReason.INCOMPLETE, detail="no body text")
    whose = whose_mail(message, body.findings, body.language.code, shops)
    meaning = meaning_in(message, body, vocabulary, own_shop_named=whose.named)
    ignored = _ignored(meaning, body, whose)
    if ignored is not None:
        return ignored
    doubt = _doubt(message, body, meaning, vocabulary)
    if meaning.kind is None or doubt is not None:
        return Quarantined(reason=QuarantineReason.UNKNOWN_KIND, order_no=order_no, detail=doubt or "no known wording")
    if body.cut and Field.TOTAL not in body.findings.values:
        return Quarantined(reason=QuarantineReason.INCOMPLETE, order_no=order_no, detail="the end is missing")
    kind = _kind_by_type(meaning.kind, body)
    order_nos = _order_nos(message, body, kind)
    if whose.shop is None:
        return Quarantined(reason=QuarantineReason.UNKNOWN_SHOP, order_no=order_no, detail=whose.detail)
    return notification_from(
        kind,
        order_nos,
        body.findings,
        language=body.language,
        vocabulary=vocabulary,
        shop=whose.shop,
        subject=message.subject,
        around=message.sent_at or now or datetime.now(UTC),
    )


def _kind_by_type(kind: NotificationKind, body: Body) -> NotificationKind:
    """Tell a wish for money from one to send the goods back by the type that the mail states."""
    stated = body.findings.first(Field.REQUEST_TYPE)
    if stated is None or kind not in {NotificationKind.RETURN_REQUESTED, NotificationKind.REFUND_REQUESTED}:
        return kind
    code = body.language.code_of("request_types", stated)
    by_type = {"refund": NotificationKind.REFUND_REQUESTED, "return": NotificationKind.RETURN_REQUESTED}
    return by_type.get(code or "", kind)


def read_body(message: Message, vocabulary: Vocabulary, shops: Sequence[ShopSettings] = ()) -> Body:
    """Read both kinds of body; the one that tells more speaks, and they must not contradict."""
    marked = [row for html in message.htmls for row in rows_of_html(html)]
    plain = [row for text in message.texts for row in rows_of_text(text)]
    language = language_of([*marked, *plain], message.subject, vocabulary, [shop.market for shop in shops])
    readings = [find_values(rows, vocabulary, language) for rows in (marked, plain) if rows]
    cut = Defect.CUT in message.defects or any(is_cut_short(html) for html in message.htmls)
    cut = cut or is_too_long(marked, message.htmls) or is_too_long(plain, message.texts)
    cut = cut or any(len(text) > MAX_TEXT for text in message.texts)
    readings.sort(key=lambda found: -found.weight)  # stable: HTML first among equals
    chosen = readings[0] if readings else Findings()
    conflict = _conflict(readings[0], readings[1]) if len(readings) > 1 else None
    if len(readings) > 1 and conflict is None:
        _fill_up(chosen, readings[1])
    return Body(findings=chosen, language=language, cut=cut, conflict=conflict)


def _conflict(one: Findings, other: Findings) -> QuarantineReason | None:
    if one.order_nos and other.order_nos and set(one.order_nos) != set(other.order_nos):
        return QuarantineReason.AMBIGUOUS_ORDER_ID
    totals = [_digits(found.first(Field.TOTAL)) for found in (one, other)]
    return QuarantineReason.TOTALS_MISMATCH if all(totals) and totals[0] != totals[1] else None


def _digits(text: str | None) -> str:
    return re.sub(r"\D", "", plain_digits(text or ""))


def _fill_up(chosen: Findings, other: Findings) -> None:
    """Add what the other body alone states."""
    for wanted, values in other.values.items():
        chosen.values.setdefault(wanted, values)
    chosen.order_nos = chosen.order_nos or other.order_nos
    chosen.items = better_of(chosen, other)
    chosen.announces_items = chosen.announces_items or other.announces_items
    chosen.headings = [*chosen.headings, *other.headings]


def meaning_in(message: Message, body: Body, vocabulary: Vocabulary, *, own_shop_named: bool) -> Meaning:
    """Weigh what a mail is about, in its language, then with English, then in all."""
    bulk = "list-unsubscribe" in message.headers or message.headers.get("precedence", "").lower() in _BULK
    fallback = vocabulary.languages.get(FALLBACK, body.language)
    attempts = ([body.language], [body.language, fallback], list(vocabulary.languages.values()))
    meaning = None
    for languages in attempts:
        distinct = list({language.code: language for language in languages}.values())
        meaning = meaning_of(message.subject, body.findings, distinct, own_shop_named=own_shop_named, bulk=bulk)
        if meaning.kind_weight or meaning.ignore_weight > 2:  # noqa: PLR2004  says itself
            break
    assert meaning is not None  # noqa: S101  the loop runs at least once
    return meaning


def _doubt(message: Message, body: Body, meaning: Meaning, vocabulary: Vocabulary) -> str | None:
    """Return why the kind that is told is not believed; None if it is."""
    if meaning.kind is None or meaning.contradiction:
        return "subject and title tell different things" if meaning.contradiction else None
    languages = {body.language.code: body.language, FALLBACK: vocabulary.languages.get(FALLBACK, body.language)}
    starting = meaning.kind is NotificationKind.NEW_ORDER
    shown = shows_specimen(message.subject, body.findings, languages.values(), starting=starting)
    return "the order is shown as an example" if shown else None


def _ignored(meaning: Meaning, body: Body, whose: Whose) -> Ignored | None:
    """Return that the mail is none of ours; a mail that labels an order number needs the stronger signal."""
    if meaning.ignore is None or _is_sellers_order(body, whose):
        return None
    if meaning.ignore is IgnoreReason.BUYER_SIDE and _is_foreign(meaning, whose):
        return Ignored(reason=meaning.ignore, language=body.language.code)
    stronger = meaning.ignore_weight > meaning.kind_weight
    if stronger or (meaning.ignore_weight == meaning.kind_weight and not body.findings.order_nos):
        return Ignored(reason=meaning.ignore, language=body.language.code)
    if not body.findings.order_nos and not body.cut and meaning.ignore_weight >= 4:  # noqa: PLR2004  says itself
        return Ignored(reason=meaning.ignore, language=body.language.code)
    return None


def _is_sellers_order(body: Body, whose: Whose) -> bool:
    """Tell whether a mail states an order as only its seller is told; no phrase makes that an advertisement."""
    found = body.findings
    return bool(found.order_nos) and (Field.SHIP_BY in found.values or (whose.named and bool(found.items)))


def _is_foreign(meaning: Meaning, whose: Whose) -> bool:
    """Tell whether a mail thanks for a purchase in another's shop: what became of that parcel is no work of ours."""
    weighty = meaning.ignore_weight >= 3  # noqa: PLR2004  said in subject or title
    return whose.shop is None and not whose.named and weighty and meaning.kind is not NotificationKind.NEW_ORDER


def _order_nos(message: Message, body: Body, kind: NotificationKind) -> tuple[str, ...]:
    """Return the order numbers; raises Refused when there is none, or one too many."""
    if body.conflict is not None:
        raise Refused(body.conflict, detail="plain and HTML body differ")
    stated = body.findings.order_nos
    in_subject = _subject_numbers(message, body)
    if not stated:
        labelled = body.language.order_no.search(plain_digits(fold(message.subject)))
        if labelled is None:
            raise Refused(QuarantineReason.INCOMPLETE, detail="no order number beside a known label")
        return (labelled[1],)
    if len(stated) > 1 and kind not in DIGESTS:
        raise Refused(QuarantineReason.AMBIGUOUS_ORDER_ID, detail=f"{len(stated)} order numbers")
    if in_subject and not in_subject & set(stated):
        raise Refused(QuarantineReason.AMBIGUOUS_ORDER_ID, detail="subject and body differ")
    return tuple(stated)


def _subject_numbers(message: Message, body: Body) -> set[str]:
    """Return the long numbers of the subject that are not known as something else."""
    others = " ".join(
        plain_digits(value)
        for wanted in (Field.RETURN_NO, Field.REQUEST_NO, Field.TRACKING_NO, Field.OTHER)
        for value in body.findings.values.get(wanted, ())
    )
    return {number for number in ORDER_NO.findall(plain_digits(message.subject)) if number not in others}


def _only_order_no(message: Message, body: Body) -> str | None:
    """Return the order number to show beside a quarantined mail, when there is exactly one."""
    numbers = set(body.findings.order_nos)
    in_subject = _subject_numbers(message, body)
    if len(numbers) == 1 and (not in_subject or in_subject == numbers) and body.conflict is None:
        return numbers.pop()
    return None
