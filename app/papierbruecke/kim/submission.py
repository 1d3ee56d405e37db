"""Handing a mail to the Clientmodul: SMTP over TLS, one connection for many mails.

Source: domain sheet eau-kim §8.3 (gemSpec_CM_KOMLE 3.3).
"""

import base64
import re
import smtplib
from collections.abc import Callable

from papierbruecke.kim.model import KimFehler
from papierbruecke.kim.replies import Phase, failure, failure_of_reply
from papierbruecke.konnektor.line import Line, TooMuch

EHLO_NAME = "papierbruecke"
"""Never the name of the computer: mail headers travel (KIMPS)."""
GREETING_TIMEOUT_S = 5.0
LOGIN_TIMEOUT_S = 330.0
"""AUTH makes the Clientmodul ask the provider's server, which may take 5 min (ti-detection §4)."""
ENVELOPE_TIMEOUT_S = 90.0
"""MAIL, RCPT and DATA wait at most for one call of the Konnektor (1 min)."""
RECEIPT_TIMEOUT_S = 420.0
"""After the content: Konnektor 1 min, mail server 5 min, KAS 30 s; we must wait longer than all of them."""
MAX_REPLY_BYTES = 1 << 16

_DOT = re.compile(rb"(?m)^\.")


class _Session(smtplib.SMTP):
    """smtplib over a line that is already connected and trusted."""

    def __init__(self, line: Line) -> None:
        self._given = line
        super().__init__(local_hostname=EHLO_NAME)

    def _get_socket(self, host: str, port: int, timeout: float) -> Line:
        return self._given


class Submission:
    """One SMTP connection over a trusted line. Every verb raises KimFehler."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._smtp = _Session(line)

    def greet(self) -> str:
        """Read the banner and say EHLO; the banner line."""
        code, text = self._reply("verbindung", GREETING_TIMEOUT_S, lambda: self._smtp.connect("clientmodul", 1))
        if code != 220:
            raise failure_of_reply(code, text, "verbindung")
        self._expect(250, "verbindung", "EHLO", EHLO_NAME, seconds=GREETING_TIMEOUT_S)
        return text.decode("ascii", "replace").strip()

    def login(self, user: str, password: str) -> None:
        """AUTH PLAIN, or LOGIN where PLAIN is not understood (KOM-LE-A_2009: only these two)."""
        plain = base64.b64encode(f"\0{user}\0{password}".encode()).decode("ascii")
        try:
            self._expect(235, "anmeldung", "AUTH", f"PLAIN {plain}", seconds=LOGIN_TIMEOUT_S)
            return
        except KimFehler as refused:
            if refused.smtp_code != 504:
                raise
        name = base64.b64encode(user.encode()).decode("ascii")
        self._expect(334, "anmeldung", "AUTH", "LOGIN", seconds=GREETING_TIMEOUT_S)
        self._expect(334, "anmeldung", name, seconds=GREETING_TIMEOUT_S)
        last = base64.b64encode(password.encode()).decode("ascii")
        self._expect(235, "anmeldung", last, seconds=LOGIN_TIMEOUT_S)

    def submit(self, sender: str, recipient: str, message: bytes) -> None:
        """MAIL, RCPT with DSN request, DATA; returns only after 250 for the content (P5-07)."""
        self._expect(250, "umschlag", "MAIL", f"FROM:<{sender}> RET=HDRS")
        self._expect(250, "umschlag", "RCPT", f"TO:<{recipient}> NOTIFY=SUCCESS,FAILURE,DELAY")
        self._expect(354, "umschlag", "DATA")
        content = _DOT.sub(b"..", message) + b".\r\n"
        self._reply("inhalt", ENVELOPE_TIMEOUT_S, lambda: self._send(content))
        code, text = self._reply("quittung", RECEIPT_TIMEOUT_S, self._smtp.getreply)
        if code != 250:
            raise failure_of_reply(code, text, "quittung")

    def reset(self) -> None:
        """Forget a refused mail, so that the next one can follow."""
        self._expect(250, "umschlag", "RSET")

    def quit(self) -> None:
        """Say goodbye; whatever the answer is changes nothing any more."""
        try:
            self._expect(221, "verbindung", "QUIT", seconds=GREETING_TIMEOUT_S)
        except KimFehler:
            pass
        finally:
            self.close()

    def close(self) -> None:
        """Cut the line."""
        self._smtp.close()

    def _send(self, content: bytes) -> tuple[int, bytes]:
        self._smtp.send(content)
        return 0, b""

    def _expect(
        self, code: int, phase: Phase, verb: str, argument: str = "", *, seconds: float = ENVELOPE_TIMEOUT_S
    ) -> None:
        got, text = self._reply(phase, seconds, lambda: self._smtp.docmd(verb, argument))
        if got != code:
            raise failure_of_reply(got, text, phase)

    def _reply(self, phase: Phase, seconds: float, ask: Callable[[], tuple[int, bytes]]) -> tuple[int, bytes]:
        self._line.allow(seconds, MAX_REPLY_BYTES)
        # From the first byte of the content on, a broken line leaves a doubt.
        certain = phase not in ("inhalt", "quittung")
        try:
            return ask()
        except (smtplib.SMTPResponseException, TooMuch):
            self.close()
            raise failure("kim.protocol", certainly_not_sent=certain) from None
        except (smtplib.SMTPException, OSError):
            self.close()
            raise failure("kim.no_answer", certainly_not_sent=certain) from None
