"""Looking into the KIM box: POP3 over TLS, reading only, never deleting.

The box may be shared with the practice system (design §3 rule 10), so this file knows no
DELE. Source: domain sheet eau-kim §8.3, §8.4 (gemSpec_CM_KOMLE 3.4).
"""

import poplib
import re
from collections.abc import Callable
from typing import TypeVar

from papierbruecke.kim.incoming import is_eeb, is_ours, read_eeb_mail, read_mail
from papierbruecke.kim.mail_text import text_of
from papierbruecke.kim.model import EebAngekommen, EebMail, Eingang, FremdeMail, KimFehler
from papierbruecke.kim.replies import failure
from papierbruecke.konnektor.line import Line, TooMuch

GREETING_TIMEOUT_S = 5.0
COMMAND_TIMEOUT_S = 330.0
"""PASS and RETR wait for the provider's server, which may take 5 min (ti-detection §4)."""
MAX_REPLY_BYTES = 4 << 20
MAX_MAIL_BYTES = 2 << 20
"""A Fehlernachricht has a few kB; what is larger is not ours."""
MAX_MAILS = 500

_UIDL = re.compile(r"[\x21-\x7e]{1,70}")
T = TypeVar("T")


class _Session(poplib.POP3):
    """poplib over a line that is already connected and trusted."""

    def __init__(self, line: Line) -> None:
        self._given = line
        super().__init__("clientmodul")

    def _create_socket(self, timeout: float) -> Line:
        return self._given


class Mailbox:
    """One POP3 connection over a trusted line. Every verb raises KimFehler."""

    def __init__(self, line: Line) -> None:
        self._line = line
        try:
            self._session = self._ask(GREETING_TIMEOUT_S, lambda: _Session(line))
        except KimFehler:
            line.cut()
            raise

    def login(self, user: str, password: str) -> None:
        """USER and PASS; the Clientmodul contacts the provider here."""
        self._ask(COMMAND_TIMEOUT_S, lambda: self._session.user(user))
        self._ask(COMMAND_TIMEOUT_S, lambda: self._session.pass_(password))

    def fetch(self, known: frozenset[str]) -> tuple[Eingang, ...]:
        """What is new, newest first.

        A mail that cannot be read now is left out and comes again. If the line breaks after
        some mails, those are the answer; the rest comes with the next call.
        """
        lines = self._ask(COMMAND_TIMEOUT_S, self._session.uidl)[1]
        sizes = _sizes(self._ask(COMMAND_TIMEOUT_S, self._session.list)[1])
        found: list[Eingang] = []
        for number, uidl in _unknown(lines, known):
            try:
                eingang = self._read(number, uidl, sizes.get(number, MAX_MAIL_BYTES + 1))
            except KimFehler:
                if not found:
                    raise
                break
            if eingang is not None:
                found.append(eingang)
        return tuple(found)

    def fetch_eeb(self) -> tuple[EebMail, ...]:
        """Every Ersatzbescheinigung among the newest mails, newest first; one that cannot be read now is left out."""
        lines = self._ask(COMMAND_TIMEOUT_S, self._session.uidl)[1]
        sizes = _sizes(self._ask(COMMAND_TIMEOUT_S, self._session.list)[1])
        read = (
            self._read_eeb(number, uidl)
            for number, uidl in _unknown(lines, frozenset())
            if sizes.get(number, MAX_MAIL_BYTES + 1) <= MAX_MAIL_BYTES
        )
        return tuple(mail for mail in read if mail is not None)

    def open_mail(self, uidl: str) -> str | None:
        """The text of one status mail; None if it is gone, too large or not ours to read."""
        lines = self._ask(COMMAND_TIMEOUT_S, self._session.uidl)[1]
        sizes = _sizes(self._ask(COMMAND_TIMEOUT_S, self._session.list)[1])
        number = next((number for number, known in _unknown(lines, frozenset()) if known == uidl), None)
        if number is None or sizes.get(number, MAX_MAIL_BYTES + 1) > MAX_MAIL_BYTES:
            return None
        headers = self._ask(COMMAND_TIMEOUT_S, lambda: self._session.top(number, 0))[1]
        if not is_ours(b"\r\n".join(headers)):
            return None
        return text_of(b"\r\n".join(self._ask(COMMAND_TIMEOUT_S, lambda: self._session.retr(number))[1]))

    def quit(self) -> None:
        """Say goodbye; nothing was marked for deletion."""
        try:
            self._line.allow(GREETING_TIMEOUT_S, MAX_REPLY_BYTES)
            self._session.quit()
        except (poplib.error_proto, OSError, TooMuch):
            self.close()

    def close(self) -> None:
        """Cut the line."""
        self._session.close()

    def _read(self, number: int, uidl: str, size: int) -> Eingang | None:
        try:
            headers = self._ask(COMMAND_TIMEOUT_S, lambda: self._session.top(number, 0))[1]
            if size > MAX_MAIL_BYTES or not is_ours(b"\r\n".join(headers)):
                return EebAngekommen(uidl) if is_eeb(b"\r\n".join(headers)) else FremdeMail(uidl)
            lines = self._ask(COMMAND_TIMEOUT_S, lambda: self._session.retr(number))[1]
        except KimFehler as failed:
            if failed.schluessel == "kim.mailbox":
                return None  # this one mail cannot be read now (Konnektor away, provider slow)
            raise
        return read_mail(uidl, b"\r\n".join(lines))

    def _read_eeb(self, number: int, uidl: str) -> EebMail | None:
        try:
            headers = self._ask(COMMAND_TIMEOUT_S, lambda: self._session.top(number, 0))[1]
            if not is_eeb(b"\r\n".join(headers)):
                return None
            lines = self._ask(COMMAND_TIMEOUT_S, lambda: self._session.retr(number))[1]
        except KimFehler as failed:
            if failed.schluessel == "kim.mailbox":
                return None
            raise
        return read_eeb_mail(uidl, b"\r\n".join(lines))

    def _ask(self, seconds: float, ask: Callable[[], T]) -> T:
        self._line.allow(seconds, MAX_REPLY_BYTES)
        try:
            return ask()
        except poplib.error_proto as error:
            raise failure(_meaning(error)) from None
        except TooMuch:
            raise failure("kim.protocol") from None
        except OSError:
            raise failure("kim.no_answer") from None


def _meaning(error: poplib.error_proto) -> str:
    """poplib raises the same for a server that refuses, one that hangs up and one that talks nonsense."""
    said = error.args[0] if error.args else ""
    if isinstance(said, bytes) and said.startswith(b"-ERR"):
        return "kim.mailbox"
    return "kim.no_answer" if said == "-ERR EOF" else "kim.protocol"


def _unknown(lines: list[bytes], known: frozenset[str]) -> list[tuple[int, str]]:
    """(number, UIDL) of the newest mails that are not known, newest first."""
    found = []
    for line in reversed(lines):
        number, _, uidl = line.decode("ascii", "replace").strip().partition(" ")
        if number.isdigit() and _UIDL.fullmatch(uidl) and uidl not in known:
            found.append((int(number), uidl))
    return found[:MAX_MAILS]


def _sizes(lines: list[bytes]) -> dict[int, int]:
    """Number → bytes, from the answer to LIST."""
    pairs = [line.split()[:2] for line in lines]
    return {int(pair[0]): int(pair[1]) for pair in pairs if len(pair) == 2 and all(part.isdigit() for part in pair)}
