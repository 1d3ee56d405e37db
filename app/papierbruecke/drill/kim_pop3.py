"""POP3 side of the simulated KIM-Clientmodul (over TLS). Source: RFC 1939, RFC 2449; CM_KOMLE 3.4."""

import base64
import re
import socket
import ssl
from collections.abc import Callable

from papierbruecke.drill.faults import Faults
from papierbruecke.drill.kim_login import LoginRefused, check_login
from papierbruecke.drill.listener import Listener
from papierbruecke.drill.mailbox import Brief, Mailbox
from papierbruecke.drill.model import KimZustand
from papierbruecke.drill.practice_setup import POP3_FACHDIENST

MAX_LINE = 1024


class KimPop3:
    """The POP3 port of the Clientmodul over one mailbox. Commands are counted by name."""

    def __init__(self, context: ssl.SSLContext, faults: Faults, mailbox: Mailbox) -> None:
        self.faults = faults
        self.mailbox = mailbox
        self.zustand = KimZustand()
        self.befehle: dict[str, int] = {}
        self._context = context
        self.listener = Listener(self._serve)

    def behave(self, zustand: KimZustand) -> None:
        """Take over this state."""
        self.zustand = zustand
        self.listener.behave(zustand.pop3_port)

    def close(self) -> None:
        """Stop serving."""
        self.listener.close()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(600)
        with self._context.wrap_socket(connection, server_side=True) as tls:
            _Session(self, tls).run()


class _Refused(Exception):
    """The answer is ``-ERR`` with this text."""


class _Session:
    def __init__(self, pop3: KimPop3, connection: ssl.SSLSocket) -> None:
        self._pop3 = pop3
        self._connection = connection
        self._stream = connection.makefile("rwb")
        self._user: str | None = None
        self._briefe: tuple[Brief, ...] | None = None  # None = not logged in
        self._marked: set[int] = set()

    def run(self) -> None:
        self._say("+OK KIM-Clientmodul (Simulator)")
        commands: dict[str, Callable[[list[str]], None]] = {
            "CAPA": self._capa,
            "USER": self._user_name,
            "PASS": self._password,
            "AUTH": self._auth,
            "STAT": self._stat,
            "LIST": lambda words: self._listing(words, lambda brief: str(len(brief.daten))),
            "UIDL": lambda words: self._listing(words, lambda brief: brief.uidl),
            "RETR": self._retr,
            "TOP": self._top,
            "DELE": self._dele,
            "RSET": self._rset,
            "NOOP": lambda words: self._say("+OK"),
        }
        while line := self._stream.readline(MAX_LINE):
            words = line.decode("utf-8", "replace").rstrip("\r\n").split(" ")
            name = words[0].upper()
            self._pop3.befehle[name] = self._pop3.befehle.get(name, 0) + 1
            if name == "QUIT":
                self._quit()
                return
            try:
                if name not in commands:
                    raise _Refused("unbekannter Befehl")
                if self._briefe is None and name not in {"CAPA", "USER", "PASS", "AUTH"}:
                    raise _Refused("erst anmelden")
                fall = self._pop3.faults.strike("pop3") if name in {"PASS", "RETR"} else None
                if fall is not None and fall.art == "ablehnen":
                    raise _Refused(fall.text or "[SYS/TEMP] gespielte Stoerung")
                if fall is not None and fall.art in {"trennen", "verlieren"}:
                    return
                if fall is not None and fall.art == "langsam":
                    self._pop3.faults.wait(fall.dauer_s)
                if self._briefe is not None and not self._pop3.zustand.server_erreichbar:
                    raise _Refused("[SYS/TEMP] Mailserver antwortet nicht")
                commands[name](words[1:])
            except _Refused as refused:
                self._say(f"-ERR {refused}")

    def _say(self, line: str) -> None:
        self._stream.write(line.encode() + b"\r\n")
        self._stream.flush()

    def _lines(self, first: str, data: bytes) -> None:
        self._stream.write(first.encode() + b"\r\n")
        for line in data.removesuffix(b"\r\n").split(b"\r\n") if data else ():
            self._stream.write((b"." if line.startswith(b".") else b"") + line + b"\r\n")
        self._stream.write(b".\r\n")
        self._stream.flush()

    def _capa(self, words: list[str]) -> None:
        self._lines("+OK", b"TOP\r\nUIDL\r\nUSER\r\nSASL PLAIN")

    def _user_name(self, words: list[str]) -> None:
        self._user = " ".join(words)
        self._say("+OK")

    def _password(self, words: list[str]) -> None:
        if self._user is None:
            raise _Refused("erst USER")
        self._login(self._user, " ".join(words))

    def _auth(self, words: list[str]) -> None:
        if not words or words[0].upper() != "PLAIN":
            raise _Refused("nur PLAIN (KOM-LE-A_2031)")
        if len(words) == 1:
            self._say("+ ")
            words.append(self._stream.readline(MAX_LINE).decode("ascii", "replace").strip())
        try:
            _, user, password = base64.b64decode(words[1], validate=True).decode().split("\0")
        except ValueError as error:
            raise _Refused("AUTH PLAIN nicht lesbar") from error
        self._login(user, password)

    def _login(self, user: str, password: str) -> None:
        try:
            check_login(user, password, POP3_FACHDIENST, optional_parts=2)
        except LoginRefused as refused:
            raise _Refused(f"[AUTH] {refused.text}") from refused
        if not self._pop3.zustand.server_erreichbar:
            raise _Refused("[SYS/TEMP] Mailserver nicht erreichbar (Timeout)")
        self._briefe = self._pop3.mailbox.snapshot()
        self._say("+OK angemeldet")

    def _stat(self, words: list[str]) -> None:
        left = [brief for _, brief in self._present()]
        self._say(f"+OK {len(left)} {sum(len(brief.daten) for brief in left)}")

    def _listing(self, words: list[str], show: Callable[[Brief], str]) -> None:
        if words:
            number = self._number(words)
            self._say(f"+OK {number} {show(self._brief(number))}")
            return
        self._lines("+OK", "\r\n".join(f"{number} {show(brief)}" for number, brief in self._present()).encode())

    def _retr(self, words: list[str]) -> None:
        self._lines("+OK", self._brief(self._number(words)).daten)

    def _top(self, words: list[str]) -> None:
        if len(words) != 2 or not words[1].isdigit():
            raise _Refused("TOP Nummer Zeilen")
        head, _, body = self._brief(self._number(words)).daten.partition(b"\r\n\r\n")
        self._lines("+OK", head + b"\r\n\r\n" + b"\r\n".join(body.split(b"\r\n")[: int(words[1])]))

    def _dele(self, words: list[str]) -> None:
        number = self._number(words)
        self._brief(number)
        self._marked.add(number)
        self._say("+OK")

    def _rset(self, words: list[str]) -> None:
        self._marked.clear()
        self._say("+OK")

    def _quit(self) -> None:
        for number in sorted(self._marked):
            assert self._briefe is not None
            self._pop3.mailbox.delete(self._briefe[number - 1].uidl)
        self._say("+OK")

    def _present(self) -> list[tuple[int, Brief]]:
        return [(n, brief) for n, brief in enumerate(self._briefe or (), start=1) if n not in self._marked]

    def _number(self, words: list[str]) -> int:
        if not words or re.fullmatch(r"[1-9][0-9]{0,6}", words[0]) is None:
            raise _Refused("Nummer fehlt")
        return int(words[0])

    def _brief(self, number: int) -> Brief:
        for present, brief in self._present():
            if present == number:
                return brief
        raise _Refused("diese Nachricht gibt es nicht")
