"""SMTP side of the simulated KIM-Clientmodul (over TLS, on aiosmtpd).

Login only with PLAIN or LOGIN and the long user name; the mail server of the provider is
contacted during AUTH. 250 after DATA means: taken over by the Fachdienst.
Source: gemSpec_CM_KOMLE, Tab_SMTP_Ant_Init, Tab_SMTP_Verbindung, A_2021, A_2025.
"""

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from papierbruecke.clock import Clock, SystemClock
from papierbruecke.drill.faults import Faults
from papierbruecke.drill.kim_login import LoginRefused, check_login
from papierbruecke.drill.kim_rules import EauMail, MailRefused, check_mail, check_notify
from papierbruecke.drill.listener import Listener
from papierbruecke.drill.model import KASSENFASSUNGEN, Kassenfassung, KimZustand, Stoerfall
from papierbruecke.drill.practice_setup import SMTP_FACHDIENST

SIZE_LIMIT = 15 * 1024 * 1024  # larger mails go over KAS (api-kim)
_MECHANISMS = ("PLAIN", "LOGIN")
_SERVER_GONE = "421 4.4.2 Mailserver antwortet nicht"
_LOGIN_ANSWERS = {
    "unvollstaendig": "501 5.5.4 Benutzername unvollstaendig",
    "kontext": "501 5.5.4 Aufrufkontext falsch (4004-4006)",
    "zugang": "535 5.7.8 Zugangsdaten falsch",
}


@dataclass(frozen=True, slots=True)
class Einlieferung:
    """One mail that was handed in, and how it ended (last SMTP answer, or cut)."""

    antwort: str
    message_id: str | None = None
    dokumenten_id: str | None = None


class KimSmtp:
    """The SMTP port of the Clientmodul. ``deliver`` gets every mail that was taken over."""

    def __init__(
        self,
        context: ssl.SSLContext,
        faults: Faults,
        known_recipients: frozenset[str],
        deliver: Callable[[EauMail], None],
        clock: Clock | None = None,
    ) -> None:
        self.faults = faults
        self.known_recipients = known_recipients
        self.zustand = KimZustand()
        self.versionen = frozenset(fassung.kim for fassung in KASSENFASSUNGEN)
        self.clock = clock or SystemClock()
        self.einlieferungen: list[Einlieferung] = []
        self.anmeldungen = 0
        self.verbindungen = 0
        self._context = context
        self._deliver = deliver
        self._message_ids: set[str] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="drill-smtp", daemon=True)
        self._thread.start()
        self.listener = Listener(self._serve)

    def behave(self, zustand: KimZustand, fassungen: Sequence[Kassenfassung] = KASSENFASSUNGEN) -> None:
        """Take over this state; ``fassungen``: what is published for the mails and bundles of the eAU."""
        self.zustand = zustand
        self.versionen = frozenset(fassung.kim for fassung in fassungen)
        self.listener.behave(zustand.smtp_port)

    def close(self) -> None:
        """Stop serving."""
        self.listener.close()
        asyncio.run_coroutine_threadsafe(_cancel_all(), self._loop).result(timeout=5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
        self._loop.close()

    def _serve(self, connection: socket.socket) -> None:
        gone = threading.Event()
        self.verbindungen += 1
        connecting = self._loop.connect_accepted_socket(
            lambda: _Session(self, gone, self._loop), connection, ssl=self._context, ssl_handshake_timeout=30
        )
        with contextlib.suppress(OSError, asyncio.TimeoutError):
            asyncio.run_coroutine_threadsafe(connecting, self._loop).result(timeout=60)
            gone.wait()

    def take(self, mail: EauMail) -> None:
        """Take a mail over: from here on it is the Fachdienst's."""
        if mail.message_id in self._message_ids:
            raise MailRefused("Message-ID war schon da: jeder Versuch hat seine eigene")
        self._message_ids.add(mail.message_id)
        self._deliver(mail)


class _Session(SMTP):
    """One SMTP connection."""

    def __init__(self, kim: KimSmtp, gone: threading.Event, loop: asyncio.AbstractEventLoop) -> None:
        self._kim = kim
        self._gone = gone
        self._address: str | None = None
        super().__init__(
            _Hooks(),
            data_size_limit=SIZE_LIMIT,
            hostname="kim-clientmodul",
            ident="KIM-Clientmodul (Simulator)",
            auth_require_tls=False,  # the connection is TLS from its first byte
            authenticator=self._authenticate_user,
            loop=loop,
        )

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._gone.set()

    async def check_auth_needed(self, caller_method: str) -> bool:
        if self._address is None:
            await self.push("530 5.7.0 Anmeldung erforderlich")
            return True
        return False

    async def smtp_AUTH(self, arg: str) -> None:
        if arg and arg.split()[0].upper() not in _MECHANISMS:
            await self.push("504 5.7.4 nur PLAIN und LOGIN (KOM-LE-A_2009)")
            return
        if self._address is not None:
            await self.push("503 5.5.1 schon angemeldet")
            return
        fall = await self._fault("smtp-auth")
        if fall is not None and fall.art == "ablehnen":
            await self.push(f"{fall.code or 454} {fall.text or '4.7.0 gespielte Stoerung'}")
            return
        await super().smtp_AUTH(arg)

    def _authenticate_user(
        self, server: SMTP, session: Any, envelope: Any, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        try:
            address = check_login(
                data.login.decode("utf-8", "replace"),
                data.password.decode("utf-8", "replace"),
                SMTP_FACHDIENST,
                optional_parts=1,
            )
        except LoginRefused as refused:
            return AuthResult(success=False, handled=False, message=_LOGIN_ANSWERS[refused.kind])
        if not self._kim.zustand.server_erreichbar:
            return AuthResult(success=False, handled=False, message="454 4.7.0 Mailserver nicht erreichbar")
        self._address = address
        self._kim.anmeldungen += 1
        # Not "success": that would make aiosmtpd set an attribute that it has deprecated itself.
        return AuthResult(success=False, handled=False, message="235 2.7.0 angemeldet")

    async def smtp_MAIL(self, arg: str | None) -> None:
        if await self._refuse("smtp-mail"):
            return
        if self._address is not None and not self._kim.zustand.server_erreichbar:
            await self.push(_SERVER_GONE)  # it went away after the login
            self._writer.close()
            return
        await super().smtp_MAIL(_without(arg, ("RET", "ENVID")))

    async def smtp_RCPT(self, arg: str | None) -> None:
        if await self.check_helo_needed() or await self.check_auth_needed("RCPT"):
            return
        if await self._refuse("smtp-rcpt"):
            return
        try:
            check_notify((arg or "").split()[1:])
        except MailRefused as refused:
            await self.push(f"554 5.7.1 {refused}")
            return
        address = (arg or "").split()[0].partition("<")[2].rstrip(">")
        if address not in self._kim.known_recipients:
            await self.push("550 5.1.1 Kein gueltiges Verschluesselungszertifikat fuer den Empfaenger")
            return
        await super().smtp_RCPT(_without(arg, ("NOTIFY", "ORCPT")))

    async def handle_data(self, envelope: Any) -> str:
        """After the final dot: every check, the faults, and the takeover."""
        assert self._address is not None
        kim, message_id, document_id = self._kim, None, None
        fall = await self._fault("smtp-data")
        try:
            mail = check_mail(
                envelope.original_content,
                self._address,
                envelope.mail_from,
                envelope.rcpt_tos,
                kim.clock.now(),
                kim.versionen,
            )
            message_id, document_id = mail.message_id, mail.dokumenten_id
            if not kim.zustand.server_erreichbar:
                answer = _SERVER_GONE
            elif not kim.zustand.signieren:
                answer = "451 4.7.0 Signieren nicht moeglich (Konnektor, SMC-B)"
            elif fall is not None and fall.art == "ablehnen":
                answer = f"{fall.code or 451} {fall.text or '4.3.0 gespielte Stoerung'}"
            elif fall is not None and fall.art == "verlieren":
                answer = "getrennt, nicht uebernommen"
            else:
                kim.take(mail)
                lost = fall is not None and fall.art == "trennen"
                answer = "getrennt, uebernommen" if lost else "250 2.0.0 OK, vom Fachdienst uebernommen"
        except (MailRefused, ValueError) as refused:
            answer = f"554 5.6.0 {refused}".encode("ascii", "replace").decode()
        kim.einlieferungen.append(Einlieferung(answer, message_id, document_id))
        if answer.startswith("getrennt"):
            assert isinstance(self.transport, asyncio.Transport)
            self.transport.abort()
            raise ConnectionResetError(answer)
        return answer

    async def _refuse(self, stelle: str) -> bool:
        fall = await self._fault(stelle)
        if fall is None or fall.art != "ablehnen":
            return False
        await self.push(f"{fall.code or 421} {fall.text or '4.4.2 gespielte Stoerung'}")
        return True

    async def _fault(self, stelle: str) -> Stoerfall | None:
        fall = self._kim.faults.strike(stelle)
        if fall is not None and fall.art == "langsam":
            await asyncio.to_thread(self._kim.faults.wait, fall.dauer_s)
        return fall


class _Hooks:
    """What aiosmtpd calls on the way."""

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        others = [line for line in responses[:-1] if "AUTH" not in line]
        return [*others, "250-AUTH PLAIN LOGIN", "250-DSN", responses[-1]]

    async def handle_DATA(self, server: _Session, session: Any, envelope: Any) -> str:
        return await server.handle_data(envelope)


def _without(arg: str | None, names: tuple[str, ...]) -> str | None:
    """The argument without these DSN parameters, which aiosmtpd does not know (RFC 3461)."""
    if arg is None:
        return None
    return " ".join(part for part in arg.split() if part.partition("=")[0].upper() not in names)


async def _cancel_all() -> None:
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
