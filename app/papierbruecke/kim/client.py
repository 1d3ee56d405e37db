"""The KIM-Clientmodul over SMTP and POP3: the adapter behind the port in ``model.py``.

Handshake, then the confirmed fingerprint, and only then a word. Inside ``with`` one SMTP
connection carries all mails. Source: domain sheet eau-kim §8.3.
"""

import ssl
from collections.abc import Callable
from typing import Self, TypeVar

from papierbruecke import __version__
from papierbruecke.clock import Clock
from papierbruecke.kim.mailbox import Mailbox
from papierbruecke.kim.message import build_message
from papierbruecke.kim.model import EebMail, Eingang, Gruss, KimFehler, Sendung
from papierbruecke.kim.replies import failure
from papierbruecke.kim.submission import GREETING_TIMEOUT_S, MAX_REPLY_BYTES, Submission
from papierbruecke.konnektor.line import Line
from papierbruecke.konnektor.model import Serverzertifikat, judge_certificate
from papierbruecke.konnektor.tls import TlsFailed, build_contexts, shake_hands
from papierbruecke.settings import KimEinstellungen

SENDERSYSTEM = f"Papierbruecke;{__version__}"
T = TypeVar("T")


class KimPostfach:
    """The KIM box of this practice; one lane at a time."""

    def __init__(self, settings: KimEinstellungen, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._contexts: tuple[ssl.SSLContext, ...] = ()
        self._submission: Submission | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._submission is not None:
            self._submission.quit()
        self._submission = None

    def banner(self) -> Gruss:
        settings = self._settings
        line, certificate = self._shown_line(settings.smtp_host, settings.smtp_port, login=False)
        submission = Submission(line)
        try:
            return Gruss(submission.greet(), certificate)
        finally:
            submission.quit()

    def send(self, sendung: Sendung) -> None:
        sender = _needed(self._settings.adresse)
        support = self._settings.support or sender  # somebody who knows this installation
        message = build_message(sendung, absender=sender, sendersystem=SENDERSYSTEM, support=support)
        submission = self._submission or self._log_in()
        try:
            submission.submit(sender, sendung.empfaenger, message)
        except KimFehler as failed:
            self._recover(submission, failed)
            raise

    def fetch(self, known: frozenset[str]) -> tuple[Eingang, ...]:
        return self._in_the_box(lambda mailbox: mailbox.fetch(known))

    def fetch_eeb(self) -> tuple[EebMail, ...]:
        return self._in_the_box(lambda mailbox: mailbox.fetch_eeb())

    def open_mail(self, uidl: str) -> str | None:
        return self._in_the_box(lambda mailbox: mailbox.open_mail(uidl))

    def _in_the_box(self, look: Callable[[Mailbox], T]) -> T:
        # A POP3 session shows the box as it was at login, so every look is a session of its own.
        mailbox = self._open_mailbox()
        try:
            return look(mailbox)
        finally:
            mailbox.quit()

    def check_account(self) -> None:
        """Log in for sending and for fetching, then leave; no mail goes out, none is read.

        The only way to see that user names, password and provider are right: the Clientmodul
        greets without them. Source: ti-detection §4 (KIM). Raises KimFehler.
        """
        with self:
            self._log_in()
        mailbox = self._open_mailbox()
        mailbox.quit()

    def _open_mailbox(self) -> Mailbox:
        settings = self._settings
        mailbox = Mailbox(self._line(settings.pop3_host or settings.smtp_host, settings.pop3_port))
        try:
            mailbox.login(_needed(settings.pop3_benutzer), settings.passwort or "")
        except KimFehler:
            mailbox.quit()
            raise
        return mailbox

    def _log_in(self) -> Submission:
        settings = self._settings
        submission = Submission(self._line(settings.smtp_host, settings.smtp_port))
        try:
            submission.greet()
            submission.login(_needed(settings.smtp_benutzer), settings.passwort or "")
        except KimFehler:
            submission.close()
            raise
        self._submission = submission
        return submission

    def _recover(self, submission: Submission, failed: KimFehler) -> None:
        """After a plain refusal the connection serves on; after anything else it is cut."""
        if failed.smtp_code is not None and failed.smtp_code != 421 and failed.certainly_not_sent:
            try:
                submission.reset()
                return
            except KimFehler:
                pass
        submission.close()
        self._submission = None

    def _line(self, host: str | None, port: int) -> Line:
        return self._shown_line(host, port, login=True)[0]

    def _shown_line(self, host: str | None, port: int, *, login: bool) -> tuple[Line, Serverzertifikat]:
        """A trusted line and its certificate; without ``login`` an unconfirmed one will do, a changed one never."""
        if not self._contexts:
            self._contexts = build_contexts()
        try:
            sock, certificate, worked = shake_hands(_needed(host), port, self._contexts)
        except TlsFailed as failed:
            raise failure(f"kim.{failed.ursache}") from None
        self._contexts = (worked, *(context for context in self._contexts if context is not worked))
        wrong = judge_certificate(certificate, self._settings.fingerabdruck, self._clock.now())
        if wrong == "kon.server_cert_changed" or (login and wrong == "kon.not_paired"):
            sock.close()
            raise failure(wrong.replace("kon.", "kim."))
        return Line(sock, GREETING_TIMEOUT_S, MAX_REPLY_BYTES), certificate


def _needed(value: str | None) -> str:
    """A setting without which there is no KIM at all; one line, because it becomes part of a command."""
    if not value or not value.isprintable():
        raise failure("kim.not_set_up")
    return value
