"""Who sent a mail: trusted as TikTok Shop, somebody else's business, or kept for a person.

Pure rules of email-notifications, section 5: one From, its domain in the allowed list, DMARC passed
in the receiving server's own words. Whatever claims to be TikTok Shop and is not is quarantined.
"""

# ruff: noqa: RUF001  signs and letters of many scripts are what mails hold

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from email.utils import getaddresses
from functools import lru_cache
from typing import Final

import idna

from ingest.authentication import WRITES_BELOW, Results, own_results, results_below
from ingest.decoding import decode_header_value
from ingest.message import Defect, Message
from ingest.text import fold
from models.notification import IgnoreReason, QuarantineReason
from models.settings import MailboxSettings
from models.settings_key import Place

_BRAND: Final = "tiktok"
_QUOTED_OR_COMMENT: Final = re.compile(r'"(?:[^"\\]|\\.)*"|\([^()]*\)')
_GROUP: Final = re.compile(r"[:;]")  # "name: address, address;"
_NOT_LETTER: Final = re.compile(r"[^a-z]")
_FORWARDED_SUBJECT: Final = re.compile(
    r"^\s*(?:(?:re|aw|sv)\s*:\s*)*(?:fwd?|wg|tr|rv|enc|i|chuyển tiếp|转发|轉寄|転送|doorst)\s*[:：]",
    re.IGNORECASE,
)
_AUTO_REPLY_SUBJECT: Final = re.compile(
    r"^\s*(?:automatic reply|auto(?:matic)?[ -]?(?:reply|response)|out of (?:the )?office|trả lời tự động"
    r"|abwesenheitsnotiz|respuesta automática|réponse automatique|risposta automatica|resposta automática"
    r"|自动回复|自動返信)",
    re.IGNORECASE,
)
_BOUNCER: Final = re.compile(r"^(?:mailer-daemon|postmaster|bounces?)$", re.IGNORECASE)
# Letters that look like Latin ones, for comparing domains as the eye does.
_LOOKALIKES: Final = str.maketrans("013457аеіӏоросухкт", "oleastaeilopocyxkt")
_BROKEN: Final = frozenset({Defect.EMPTY, Defect.UNPARSABLE, Defect.TOO_MANY_HEADERS, Defect.TOO_MANY_PARTS})
_REDIRECTED: Final = ("resent-from", "x-forwarded-to", "x-forwarded-for")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Whose word on a sender counts: a host, `*.` and a domain, or None for Microsoft, which writes no name.

    `verdict`: where that server puts it, above or below its own Received header.
    """

    authserv_id: str | None
    allowed_from_domains: tuple[str, ...]
    verdict: Place = "above"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Trusted when neither reason is set."""

    ignore: IgnoreReason | None = None
    quarantine: QuarantineReason | None = None
    detail: str = ""

    @property
    def trusted(self) -> bool:
        """Whether the mail is TikTok Shop's own."""
        return self.ignore is None and self.quarantine is None


def receiver_of(mailbox: MailboxSettings) -> Receiver:
    """Return the receiver that a mailbox's settings describe."""
    return Receiver(
        authserv_id=mailbox.authserv_id.strip().lower() or None,
        allowed_from_domains=tuple(_as_ascii(domain) for domain in mailbox.allowed_from_domains),
        verdict=mailbox.verdict,
    )


def judge_sender(message: Message, receiver: Receiver) -> Verdict:
    """Say whether the mail is TikTok Shop's own; if not, what becomes of it."""
    unreadable = unreadable_because(message)
    if unreadable is not None:
        return _quarantined(unreadable, ", ".join(sorted(message.defects)))
    addresses = [address for raw in message.froms for address in addresses_in(raw)]
    if len(message.froms) != 1 or len(addresses) != 1:
        return _quarantined(
            QuarantineReason.SENDER_UNAUTHENTICATED, f"{len(message.froms)} From headers, {len(addresses)} addresses"
        )
    domain = _domain_of(addresses[0])
    if domain in receiver.allowed_from_domains:
        return _judge_claim(message, receiver, domain)
    return _judge_stranger(message, receiver, addresses[0], domain)


def claimed_domain(message: Message, receiver: Receiver) -> str | None:
    """Return the allowed domain that the mail says it is from, whether that is true or not; None if it says none."""
    addresses = [address for raw in message.froms for address in addresses_in(raw)]
    domain = _domain_of(addresses[0]) if len(addresses) == 1 else ""
    return domain if domain in receiver.allowed_from_domains else None


def unreadable_because(message: Message) -> QuarantineReason | None:
    """Return why nothing in the mail can be relied on: too broken or too large; None if it can be read."""
    if message.defects & _BROKEN:
        return QuarantineReason.MALFORMED
    return QuarantineReason.TOO_LARGE if Defect.TOO_LARGE in message.defects else None


@lru_cache(maxsize=256)  # mail comes from few senders, and each is asked for twice
def addresses_in(raw_from: str) -> tuple[str, ...]:
    """List the addresses of a From header; two entries also where one is hidden in a name, or there is a group."""
    bare = _QUOTED_OR_COMMENT.sub(" ", raw_from)
    try:
        found = [address.strip() for _, address in getaddresses([raw_from]) if "@" in address]
    except Exception:  # noqa: BLE001  the parsers raise anything on hostile input: nests too deep, for one
        return ("@", "@")
    return tuple(found) if bare.count("@") <= 1 and not _GROUP.search(bare) else (*found, "@")


def _judge_claim(message: Message, receiver: Receiver, domain: str) -> Verdict:
    """Judge a mail whose From is an allowed domain: DMARC must have passed for exactly that one."""
    if _dmarc_passed(message, receiver, domain):
        return Verdict()
    if any(name in message.headers for name in _REDIRECTED):
        return _quarantined(QuarantineReason.FORWARDED, "redirected on its way")
    return _quarantined(QuarantineReason.SENDER_UNAUTHENTICATED, _why_not(message, receiver, domain))


def _why_not(message: Message, receiver: Receiver, domain: str) -> str:
    """Say why DMARC did not pass; a verdict below the server's own Received header may be a matter of settings."""
    if not _dmarc_passed(message, replace(receiver, verdict="below"), domain):
        return "no dmarc=pass by the receiving server"
    return (
        'the verdict stands below the Received header: verdict = "below" in [[mailbox]] takes it, '
        "if your server removes such headers that come from outside"
    )


def _dmarc_passed(message: Message, receiver: Receiver, domain: str) -> bool:
    results = _results(message, receiver)
    if results is None or not results.dmarc:
        return False
    return all(result == "pass" and _as_ascii(aligned or "") == domain for result, aligned in results.dmarc)


def _results(message: Message, receiver: Receiver) -> Results | None:
    """Return the receiver's own verdict; where it is known how a provider writes, no setting changes that."""
    if receiver.verdict == "below" and receiver.authserv_id not in WRITES_BELOW:
        return results_below(message.trace, message.verdicts_below, receiver.authserv_id)
    return own_results(message.trace, receiver.authserv_id)


def _judge_stranger(message: Message, receiver: Receiver, address: str, domain: str) -> Verdict:
    """Judge a mail from a domain that is not allowed."""
    if any(domain.endswith("." + parent) or domain == parent for parent in _parents(receiver)):
        return _judge_sibling(message, receiver, domain)
    if _is_bounce(message, address):
        return Verdict(ignore=IgnoreReason.BOUNCE)
    if _is_auto_reply(message):
        return Verdict(ignore=IgnoreReason.AUTO_REPLY)
    if _looks_like(domain, receiver) or _claims_brand(message.froms[0], receiver):
        return _quarantined(QuarantineReason.LOOKALIKE_SENDER, "domain or name resembles an allowed one")
    if _is_forwarded(message, receiver):
        return _quarantined(QuarantineReason.FORWARDED, "a copy of a TikTok Shop mail")
    return Verdict(ignore=IgnoreReason.NOT_MARKETPLACE)


def _judge_sibling(message: Message, receiver: Receiver, domain: str) -> Verdict:
    """Judge a mail from another of the brand's own houses, which sends no orders."""
    if _dmarc_passed(message, receiver, domain):
        return Verdict(ignore=IgnoreReason.NOT_MARKETPLACE)
    return _quarantined(QuarantineReason.SENDER_UNAUTHENTICATED, "another domain of the brand, not passed")


def _parents(receiver: Receiver) -> Iterable[str]:
    return {".".join(domain.split(".")[-2:]) for domain in receiver.allowed_from_domains}


def _is_bounce(message: Message, address: str) -> bool:
    content_type = message.headers.get("content-type", "").lower()
    return bool(_BOUNCER.match(address.partition("@")[0])) or "report-type=delivery-status" in content_type


def _is_auto_reply(message: Message) -> bool:
    headers = message.headers
    return (
        headers.get("auto-submitted", "").lower().startswith("auto-replied")
        or "x-autoreply" in headers
        or "x-autorespond" in headers
        or headers.get("precedence", "").lower() == "auto_reply"
        or bool(_AUTO_REPLY_SUBJECT.match(message.subject))
    )


def _looks_like(domain: str, receiver: Receiver) -> bool:
    """Tell whether `domain` reads like an allowed one: look-alike letters, prefixes, hyphens."""
    seen = _as_seen(domain)
    return any(
        _BRAND in form or _as_seen(allowed) in form or _one_letter_off(form)
        for form in (seen, _NOT_LETTER.sub("", domain))
        for allowed in receiver.allowed_from_domains
    )


def _one_letter_off(letters: str) -> bool:
    """Tell whether the brand stands in `letters` with one letter left out or changed."""
    size = len(_BRAND)
    for start in range(len(letters) - size + 2):
        piece = letters[start : start + size]
        if len(piece) == size and sum(a != b for a, b in zip(piece, _BRAND, strict=True)) <= 1:
            return True
        short = letters[start : start + size - 1]
        if short != _BRAND[1:] and any(short == _BRAND[:cut] + _BRAND[cut + 1 :] for cut in range(1, size - 1)):
            return True
    return False


def _claims_brand(raw_from: str, receiver: Receiver) -> bool:
    """Tell whether the display name speaks of the brand or holds an allowed domain."""
    name = fold(decode_header_value(raw_from).rpartition("<")[0])
    return _BRAND in _as_seen(name) or any(domain in name for domain in receiver.allowed_from_domains)


def _is_forwarded(message: Message, receiver: Receiver) -> bool:
    enclosed = (_domain_of(address) for raw in message.enclosed_froms for address in addresses_in(raw))
    if any(domain in receiver.allowed_from_domains for domain in enclosed):
        return True
    if not _FORWARDED_SUBJECT.match(message.subject) and not any(name in message.headers for name in _REDIRECTED):
        return False
    text = "\n".join((message.subject, *message.texts, *message.htmls)).casefold()
    return any(f"@{domain}" in text for domain in receiver.allowed_from_domains) or "tiktok shop" in text


def _as_seen(domain: str) -> str:
    """Return the letters of `domain` as the eye takes them."""
    try:
        shown = idna.decode(domain) if "xn--" in domain else domain
    except (idna.IDNAError, UnicodeError):
        shown = domain
    return _NOT_LETTER.sub("", fold(shown).translate(_LOOKALIKES))


def _domain_of(address: str) -> str:
    return _as_ascii(address.rpartition("@")[2])


def _as_ascii(domain: str) -> str:
    """Return `domain` in lower case and IDNA, as domains are compared."""
    domain = domain.strip().rstrip(".").lower()
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return domain


def _quarantined(reason: QuarantineReason, detail: str) -> Verdict:
    return Verdict(quarantine=reason, detail=detail)
