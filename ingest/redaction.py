"""A mail that can be shown to others: form, wording, amounts and times of the real one, its people masked.

Structure, charsets and transfer encodings stay; attachments are emptied. Never raises on content: a mail that cannot be
taken apart is refused whole (RedactionError).
"""

# ruff: noqa: RUF001  signs and letters of many scripts are what mails hold

from __future__ import annotations

import email
import html
import io
import quopri
import re
import secrets
from base64 import encodebytes
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.generator import BytesGenerator
from email.header import Header
from email.message import Message as MimePart
from typing import Final

from ingest.decoding import decode_body, decode_header_value
from ingest.markup import rows_of_html
from ingest.masking import Masker
from ingest.page import Row, rows_of_text, text_of
from ingest.text import fold
from ingest.vocabulary import Field, Vocabulary, label_key

TEXTS: Final = frozenset({"text/plain", "text/html", "application/xhtml+xml", "text/enriched"})
MARKUP: Final = frozenset({"text/html", "application/xhtml+xml"})
FORM: Final = frozenset({"mime-version", "content-transfer-encoding"})  # stay where they look as they should
PERSONAL: Final = frozenset(
    {Field.BUYER, Field.SHOP, Field.OTHER, Field.TRACKING_NO, Field.RETURN_NO, Field.REQUEST_NO}
)
# Attributes that only lay out; of all others the value is masked.
LAYOUT: Final = frozenset(
    {"width", "height", "align", "valign", "border", "cellpadding", "cellspacing", "colspan", "rowspan", "bgcolor",
     "color", "dir", "lang", "role", "type", "charset", "http-equiv", "scope", "face", "size", "name", "class", "xmlns"}
)  # fmt: skip
# What mails are laid out with; anything else between < and > may be an address that somebody quoted.
ELEMENTS: Final = frozenset(
    """a abbr article b big blockquote body br button caption center code col colgroup dd div dl dt em font footer form
    h1 h2 h3 h4 h5 h6 head header hr html i img input label li link main map meta nav noscript o:p ol option p picture
    pre s section select small source span strike strong style sub sup svg table tbody td tfoot th thead time title tr
    tt u ul v:fill v:imagedata v:rect v:roundrect v:shape v:textbox w:anchorlock xml""".split()  # noqa: SIM905  a list to read
)
MAX_LABEL: Final = 120  # characters
_HARMLESS: Final = re.compile(r"[\w#%.,;:/ -]{0,60}")
_TAG: Final = re.compile(
    r"(?P<comment><!--.*?(?:-->|\Z))|(?P<script><script\b.*?(?:</script\s*>|\Z))"
    r"|(?P<style><style\b[^>]*>)(?P<css>.*?)(?=</style|\Z)"
    r"|(?P<tag></?[a-zA-Z][^\s<>/]*)(?P<rest>(?:\"[^\"]*\"|'[^']*'|[^<>\"'])*)(?P<end>>)|(?P<other><[!?][^>]*>)",
    re.IGNORECASE | re.DOTALL,
)
_ATTRIBUTE: Final = re.compile(r"([^\s=\"'/>]+)(?:(\s*=\s*)(\"[^\"]*\"|'[^']*'|[^\s\"'>]+))?")
_LAID_OUT: Final = re.compile(
    rf"<style\b.*?</style|</?(?:{'|'.join(ELEMENTS)})(?=[\s/>])|<!doctype[^>]*>"
    rf"|\s(?:style|{'|'.join(sorted(LAYOUT - {'class', 'name'}))})\s*=\s*\"[^\"]*\"|\s[\w:-]+\s*=",
    re.IGNORECASE | re.DOTALL,
)
_CSS: Final = re.compile(r"url\([^)]*\)|\"[^\"]*\"|'[^']*'|/\*.*?\*/", re.DOTALL)
_CHARSET: Final = re.compile(r"text/html;\s*charset=[\w-]{1,30}", re.IGNORECASE)
_NAME: Final = re.compile(r"[\w.-]{1,40}")
_ENCODED_IN: Final = re.compile(r"=\?([\w-]{1,30})\?")


class RedactionError(Exception):
    """The mail cannot be redacted in a way that is sure; nothing of it was written."""


@dataclass(frozen=True, slots=True)
class Redacted:
    """The mail to show, what became what, and its words as they are now."""

    raw: bytes
    replaced: tuple[tuple[str, str], ...]
    remains: tuple[str, ...]


def redact(raw: bytes, vocabulary: Vocabulary, *, keep: Iterable[str] = (), key: bytes | None = None) -> Redacted:
    """Mask what is personal in `raw`. `keep`: words that are harmless. Raises RedactionError.

    `key` makes the masks; by default another one each time, so that nobody can try names against them.
    """
    kept = frozenset(fold(word) for phrase in keep for word in [phrase, *phrase.split()])
    masker = Masker(vocabulary, kept=kept, key=key or secrets.token_bytes(32))
    try:
        for _ in range(2):  # the second time all names are known, wherever they stood
            mime = email.message_from_bytes(raw)
            for part in mime.walk():
                _learn(part, masker, vocabulary)
            for number, part in enumerate(mime.walk()):
                _mask_part(part, masker, number)
        done = _bytes_of(mime, raw)
    except Exception:  # noqa: BLE001  the parsers raise anything on hostile input, and may hold its words
        raise RedactionError(
            "This mail is put together so oddly that nobody can be sure what is masked. Nothing was written."
        ) from None
    _prove(done, masker)
    return Redacted(done, tuple(masker.replaced.items()), tuple(_texts_of(email.message_from_bytes(done))))


def _learn(part: MimePart, masker: Masker, vocabulary: Vocabulary) -> None:
    """Note the values that stand beside labels of buyers, shops, addresses and numbers."""
    if _is_text(part):
        text, _ = decode_body(part)
        rows = rows_of_html(text) if _is_markup(part) else rows_of_text(text)
        masker.force(_personal_values(rows, vocabulary))


def _personal_values(rows: Iterable[Row], vocabulary: Vocabulary) -> Iterator[str]:
    columns: list[bool] = []
    waits = False
    for row in rows:
        cells = [" ".join(text_of(line) for line in cell) for cell in row.cells]
        labels = [_is_personal(cell, vocabulary) for cell in cells]
        yield from (cell for cell, personal in zip(cells, columns, strict=False) if personal)
        for at, cell in enumerate(cells):
            if waits and cell and not _begins_with_label(cell, vocabulary):
                yield cell
            waits = labels[at] if cell else waits
        for line in (line for cell in row.cells for line in cell):
            yield from _behind_label(text_of(line), vocabulary)
        header = len(cells) > 1 and all(_is_label(cell, vocabulary) for cell in cells if cell)
        columns = labels if header else columns if len(cells) == len(columns) else []


def _behind_label(line: str, vocabulary: Vocabulary) -> Iterator[str]:
    """Give what follows a personal label in its own line."""
    if _is_label(line, vocabulary):
        return
    for mark in reversed(list(re.finditer(r"\s*[:：|–-]\s+|[:：]|\s+", line[:MAX_LABEL]))):
        if _is_label(line[: mark.start()], vocabulary):  # the longest: "Seller SKU" is not "Seller" and a name
            if _is_personal(line[: mark.start()], vocabulary):
                yield line[mark.end() :]
            return


def _begins_with_label(text: str, vocabulary: Vocabulary) -> bool:
    """Whether this is a label, or a label and its value."""
    ends = [mark.start() for mark in re.finditer(r"\s*[:：|]", text[:MAX_LABEL])]
    return any(_is_label(text[:end], vocabulary) for end in (*ends, len(text)))


def _is_personal(text: str, vocabulary: Vocabulary) -> bool:
    key = label_key(text)
    owners = vocabulary.label_owners.get(key, ())
    return any(PERSONAL & set(vocabulary.languages[code].labels[key]) for code in owners)


def _is_label(text: str, vocabulary: Vocabulary) -> bool:
    return label_key(text) in vocabulary.label_owners


def _is_text(part: MimePart) -> bool:
    if part.is_multipart():
        return False
    attached = part.get_content_disposition() == "attachment"
    return part.get_content_maintype() == "multipart" or (part.get_content_type() in TEXTS and not attached)


def _is_markup(part: MimePart) -> bool:
    return part.get_content_type() in MARKUP or "<html" in str(part.get_payload())[:100_000].lower()


def _mask_part(part: MimePart, masker: Masker, number: int) -> None:
    """Mask one part in place: its headers and, where it is text, its text; anything else is emptied."""
    if _is_text(part):
        text, lied = decode_body(part)
        markup = _is_markup(part)
        done = _masked_html(text, masker) if markup else masker.mask(text)
        _put(part, _encoded(done, None if lied else part.get_content_charset(), markup=markup))
    elif not part.is_multipart():
        part.set_payload("")
    for name in ("preamble", "epilogue"):
        if (around := getattr(part, name)) is not None:
            setattr(part, name, masker.mask(around.encode("utf-8", "surrogateescape").decode("utf-8", "replace")))
    headers = list(part.raw_items())
    for name in part.keys():  # noqa: SIM118  a Message is no dict
        del part[name]
    for name, value in headers:
        part._headers.append((_header_name(name), _masked_header(name, str(value), masker, number)))  # type: ignore[attr-defined]  # noqa: SLF001  add_header would refuse what odd mails hold


def _header_name(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,60}", name) else "X-Odd"


def _masked_header(name: str, value: str, masker: Masker, number: int) -> str:
    known = name.lower()
    if known in FORM and _NAME.fullmatch(value.strip()):
        return value
    if known in {"content-type", "content-disposition"}:
        return _masked_parameters(value, masker, number)
    if "=?" not in value and value.isascii():
        return masker.mask(value, headers=True)
    masked = masker.mask(decode_header_value(value), headers=True)
    if "=?" not in value:  # raw 8-bit
        return masked.encode().decode("ascii", "surrogateescape")
    charset = found[1] if (found := _ENCODED_IN.search(value)) else "utf-8"
    try:
        return Header(masked, charset).encode(linesep="\n")
    except (LookupError, ValueError):
        return Header(masked, "utf-8").encode(linesep="\n")


def _masked_parameters(value: str, masker: Masker, number: int) -> str:
    """Keep type and what reading needs; give boundaries and file names of our own."""
    kind, *parameters = re.split(r";\s*(?=[\w*-]+\s*=)", " ".join(value.split()))
    kept = [kind if re.fullmatch(r"[\w.+/-]{1,60}", kind.strip(" ;")) else masker.mask(kind, headers=True)]
    for parameter in parameters:
        name, _, given = (piece.strip() for piece in parameter.partition("="))
        plain = given.strip('"; ')
        match name.lower():
            case "boundary":
                kept.append(f'boundary="{_boundary(plain, masker)}"')
            case "charset" | "format" | "delsp" | "report-type" | "method" if _NAME.fullmatch(plain):
                kept.append(f"{name}={given.strip('; ')}")
            case "name" | "filename":
                kept.append(f'{name}="file-{number}"')
            case _:
                continue
    return "; ".join(kept)


def _boundary(given: str, masker: Masker) -> str:
    return re.sub(r"[^\w=-]", "_", masker._letters(given))[:68] or "part"  # noqa: SLF001  the same everywhere


def _encoded(text: str, charset: str | None, *, markup: bool) -> bytes:
    """The text in the part's own charset; as UTF-8 where that does not hold it, as the mail itself lied."""
    declared = charset or "utf-8"
    try:
        whole = "".join(sign if _survives(sign, declared) else f"&#{ord(sign)};" for sign in text) if markup else text
        return whole.encode(declared)
    except (LookupError, ValueError):
        return text.encode("utf-8", "replace")


def _survives(sign: str, charset: str) -> bool:
    """Whether the charset holds this sign; Shift JIS makes a backslash of the yen's."""
    return sign.isascii() or sign.encode(charset, "ignore").decode(charset, "ignore") == sign


def _put(part: MimePart, data: bytes) -> None:
    """Set a part's text in its own transfer encoding."""
    match str(part.get("Content-Transfer-Encoding", "")).strip().lower():
        case "base64":
            encoded = encodebytes(data).decode("ascii")
        case "quoted-printable":
            encoded = quopri.encodestring(data).decode("ascii")
        case _:
            encoded = data.decode("ascii", "surrogateescape")
    part.set_payload(encoded)


def _masked_html(markup: str, masker: Masker) -> str:
    """Mask the text between tags and what attributes say; tags, styles and layout stay."""
    done, at = [], 0
    for tag in _TAG.finditer(markup):
        done += [_masked_text(markup[at : tag.start()], masker), _masked_tag(tag, masker)]
        at = tag.end()
    return "".join([*done, _masked_text(markup[at:], masker)])


def _masked_text(text: str, masker: Masker) -> str:
    plain = masker.mask(html.unescape(text))
    return html.escape(plain, quote=False).replace("\u00a0", "&nbsp;")


def _masked_tag(tag: re.Match[str], masker: Masker) -> str:
    if tag["comment"] or tag["script"]:
        return "<!-- left out -->"
    if tag["other"]:
        return tag["other"] if tag["other"].lower().startswith("<!doctype") else ""
    if tag["style"]:
        return _masked_attributes("<style", tag["style"][6:-1], masker) + ">" + _masked_css(tag["css"], masker)
    if tag["tag"].lstrip("</").lower() not in ELEMENTS:
        return ""
    return _masked_attributes(tag["tag"], tag["rest"], masker) + ">"


def _masked_attributes(tag: str, rest: str, masker: Masker) -> str:
    def masked(match: re.Match[str]) -> str:
        name, equals, quoted = match[1].lower(), match[2], match[3]
        if equals is None:
            return match[1] if _NAME.fullmatch(name) else ""
        value = html.unescape(quoted.strip("\"'") if quoted[:1] in "\"'" else quoted)
        return f'{match[1]}{equals}"{html.escape(_masked_value(name, value, masker))}"'

    return tag + _ATTRIBUTE.sub(masked, rest)


def _masked_value(name: str, value: str, masker: Masker) -> str:
    if name == "style":
        return _masked_css(value, masker)
    words = {word.casefold() for word in re.findall(r"[^\W_]{3,}", value)}
    strange = (name in {"class", "name"} and masker.masked_among(words)) or re.search(r"\d{5}", value)
    if name in LAYOUT and _HARMLESS.fullmatch(value) and not strange:
        return value
    if _CHARSET.fullmatch(value) or (name == "charset" and _NAME.fullmatch(value)):
        return value
    if re.match(r"(?:https?:)?//", value):
        return masker.url(value)
    return masker.mask(value)


def _masked_css(css: str, masker: Masker) -> str:
    return _CSS.sub(lambda match: "" if match[0].startswith("/*") else masker.mask(match[0]), css)


def _bytes_of(mime: MimePart, raw: bytes) -> bytes:
    written = io.BytesIO()
    BytesGenerator(written, mangle_from_=False, maxheaderlen=0).flatten(
        mime, linesep="\r\n" if b"\r\n" in raw[:4096] else "\n"
    )
    return written.getvalue()


def _texts_of(mime: MimePart) -> Iterator[str]:
    """Give the words of a mail for a person to read over: headers, then bodies, line by line."""
    for part in mime.walk():
        for name, value in part.raw_items():
            yield f"{name}: {' '.join(decode_header_value(str(value)).split())}"
        if _is_text(part):
            text, _ = decode_body(part)
            rows = rows_of_html(text) if _is_markup(part) else rows_of_text(text)
            yield from ("  ".join(text_of(line) for cell in row.cells for line in cell) for row in rows)


def _prove(done: bytes, masker: Masker) -> None:
    """Refuse a result in which something that was masked in one place still stands in another."""
    words = set(re.findall(r"[^\W_]{4,}", "\n".join(_words_of(done)).casefold()))
    masks = {masked.casefold() for masked in masker.replaced.values()}
    if left := masker.masked_among(words) - masks:
        raise RedactionError(
            f"Something that is masked in one place stands in another, {len(left)} times. Nothing was written."
        )


def _words_of(done: bytes) -> Iterator[str]:
    """Give all that a mail says anywhere: headers, text, what attributes say; not what only lays out."""
    for part in email.message_from_bytes(done).walk():
        yield from (decode_header_value(str(value)) for _, value in part.raw_items())
        if not part.is_multipart():
            text = decode_body(part)[0]
            yield html.unescape(_LAID_OUT.sub(" ", text) if _is_markup(part) else text)
