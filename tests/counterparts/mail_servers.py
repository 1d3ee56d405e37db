"""Mail servers of this test machine: aiosmtpd over TLS, and two that follow a script.

``serve_smtp`` is a real SMTP server that also understands the DSN parameters and keeps what
arrived. ``ScriptedSmtp`` and ``Pop3Box`` do exactly what a test tells them, and keep every
line they were sent.
"""

import contextlib
import ssl
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword, syntax

from counterparts.tls_server import Identity, TlsServer, serve_tls

USER = "praxis@testfall.kim.telematik#mail.anbieter.kim.telematik:465#Praxis01#Papierbruecke#Empfang1"
PASSWORD = "Geheim-ä-1"


@dataclass
class Arrived:
    """One mail as the server took it."""

    sender: str
    sender_parameters: str
    recipients: list[str]
    recipient_parameters: list[str]
    content: bytes


@dataclass
class Inbox:
    """What arrived, in order, and how many connections and logins it took."""

    port: int = 0
    mails: list[Arrived] = field(default_factory=list)
    connections: int = 0
    logins: list[str] = field(default_factory=list)


class _DsnSmtp(SMTP):
    """aiosmtpd knows no RFC 3461; this keeps its parameters and hands the rest on."""

    @syntax("MAIL FROM: <address>", extended=" [SP <mail-parameters>]")
    async def smtp_MAIL(self, arg: str) -> None:
        address, _, self.mail_parameters = arg.partition("> ")
        self.recipient_parameters: list[str] = []
        await super().smtp_MAIL(address if address.endswith(">") else f"{address}>")

    @syntax("RCPT TO: <address>", extended=" [SP <mail-parameters>]")
    async def smtp_RCPT(self, arg: str) -> None:
        address, _, parameters = arg.partition("> ")
        self.recipient_parameters.append(parameters)
        await super().smtp_RCPT(address if address.endswith(">") else f"{address}>")


class _Handler:
    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.inbox.mails.append(
            Arrived(
                envelope.mail_from,
                server.mail_parameters,
                envelope.rcpt_tos,
                server.recipient_parameters,
                envelope.original_content,
            )
        )
        return "250 2.0.0 Angenommen"


class _Controller(Controller):
    def factory(self) -> SMTP:
        self.handler.inbox.connections += 1
        with warnings.catch_warnings():
            # TLS is implicit here, which aiosmtpd does not count and warns about.
            warnings.simplefilter("ignore", UserWarning)
            server = _DsnSmtp(
                self.handler,
                authenticator=self._authenticate,
                auth_required=True,
                auth_require_tls=False,
                hostname="clientmodul",
                enable_SMTPUTF8=False,
            )
        server.command_size_limits["AUTH"] = 2048
        return server

    def _authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, auth_data: Any) -> AuthResult:
        assert isinstance(auth_data, LoginPassword)
        self.handler.inbox.logins.append(mechanism)
        good = auth_data.login == USER.encode() and auth_data.password == PASSWORD.encode()
        return AuthResult(success=good, handled=False)


@contextlib.contextmanager
def serve_smtp(identity: Identity, folder: Path) -> Iterator[Inbox]:
    """A real SMTP server over implicit TLS on a free port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity.write(folder / "smtp.pem"))
    inbox = Inbox()
    controller = _Controller(_Handler(inbox), hostname="127.0.0.1", port=_free_port(), ssl_context=context)
    controller.start()
    inbox.connections = 0  # the controller's own trial connection
    inbox.port = controller.port
    try:
        yield inbox
    finally:
        controller.stop()


def _free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


_REPLIES = {
    "CONNECT": b"220 clientmodul ESMTP\r\n",
    "EHLO": b"250-clientmodul\r\n250 AUTH PLAIN LOGIN\r\n",
    "AUTH": b"235 2.7.0 ok\r\n",
    "MAIL": b"250 ok\r\n",
    "RCPT": b"250 ok\r\n",
    "DATA": b"354 los\r\n",
    "CONTENT": b"250 2.0.0 Angenommen\r\n",
    "RSET": b"250 ok\r\n",
    "QUIT": b"221 bye\r\n",
    "OTHER": b"235 2.7.0 ok\r\n",
}


@dataclass
class ScriptedSmtp:
    """Answers each verb from a table; None = hang up instead of answering."""

    replies: dict[str, bytes | None] = field(default_factory=dict)
    lines: list[bytes] = field(default_factory=list)
    server: TlsServer | None = None

    @property
    def port(self) -> int:
        assert self.server is not None
        return self.server.port

    @property
    def verbs(self) -> list[str]:
        return [line.split(b" ")[0].strip().decode("ascii", "replace") for line in self.lines]

    def talk(self, tls: ssl.SSLSocket) -> None:
        stream = tls.makefile("rb")
        if not self._answer(tls, "CONNECT"):
            return
        for line in stream:
            self.lines.append(line)
            verb = line.split(b" ")[0].strip().decode("ascii", "replace").upper()
            if not self._answer(tls, verb if verb in _REPLIES else "OTHER") or verb == "QUIT":
                return
            if verb == "DATA" and (self.replies.get("DATA") or _REPLIES["DATA"]).startswith(b"354"):
                for content in stream:
                    if content == b".\r\n":
                        break
                if not self._answer(tls, "CONTENT"):
                    return

    def _answer(self, tls: ssl.SSLSocket, step: str) -> bool:
        reply = self.replies.get(step, _REPLIES[step])
        if reply is None:
            return False
        tls.sendall(reply)
        return True


@contextlib.contextmanager
def serve_script(script: ScriptedSmtp, identity: Identity, folder: Path) -> Iterator[ScriptedSmtp]:
    """A running script."""
    with serve_tls(script.talk, identity, folder) as server:
        script.server = server
        yield script


@dataclass
class Pop3Box:
    """A POP3 box; ``faults`` replaces the answer to a command line, None = hang up."""

    mails: dict[str, bytes] = field(default_factory=dict)
    faults: dict[str, bytes | None] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    server: TlsServer | None = None

    @property
    def port(self) -> int:
        assert self.server is not None
        return self.server.port

    def talk(self, tls: ssl.SSLSocket) -> None:
        stream = tls.makefile("rb")
        tls.sendall(b"+OK clientmodul\r\n")
        for raw in stream:
            line = raw.decode().strip()
            self.lines.append(line)
            reply = self.faults[line] if line in self.faults else self._reply(line)
            if reply is None:
                return
            tls.sendall(reply)
            if line == "QUIT":
                return

    def _reply(self, line: str) -> bytes:
        verb, *arguments = line.split(" ")
        uidls = list(self.mails)
        if verb in ("USER", "QUIT"):
            return b"+OK\r\n"
        if verb == "PASS":
            return b"+OK\r\n" if " ".join(arguments) == PASSWORD else b"-ERR Anmeldung\r\n"
        if verb == "UIDL":
            return _many("".join(f"{n} {u}\r\n" for n, u in enumerate(uidls, 1)).encode())
        if verb == "LIST":
            return _many("".join(f"{n} {len(self.mails[u])}\r\n" for n, u in enumerate(uidls, 1)).encode())
        if verb in ("TOP", "RETR"):
            mail = self.mails[uidls[int(arguments[0]) - 1]]
            return _many(mail.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if verb == "TOP" else mail)
        return b"-ERR unbekannt\r\n"


def _many(body: bytes) -> bytes:
    stuffed = b"".join(b"." + line if line.startswith(b".") else line for line in body.splitlines(keepends=True))
    return b"+OK\r\n" + stuffed + (b"" if body.endswith(b"\r\n") or not body else b"\r\n") + b".\r\n"


@contextlib.contextmanager
def serve_box(box: Pop3Box, identity: Identity, folder: Path) -> Iterator[Pop3Box]:
    """A running box."""
    with serve_tls(box.talk, identity, folder) as server:
        box.server = server
        yield box
