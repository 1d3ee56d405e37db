"""How the simulated Konnektor delivers events: subscriptions, frames, three tries, then no more.

Source: ti-detection §1.6, gemSpec_Kon 4.1.6: 25 h of life, delivery is best effort, a sink that does
not answer loses its subscription, a restart loses all of them but remembers the sinks.
"""

import contextlib
import datetime
import itertools
import re
import socket
import ssl
import threading
from dataclasses import dataclass
from typing import Any

from lxml import etree

from papierbruecke.drill.model import KonnektorZustand, PortZustand
from papierbruecke.drill.soap import Fault, element, timestamp

LIFE = datetime.timedelta(hours=25)
TRIES = 3
TRY_S = 2.0
_SINK = re.compile(r"cetp://(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):(\d{1,5})")
UNKNOWN = 4102


@dataclass
class _Abo:
    sink: str
    topic: str
    until: datetime.datetime


class EventSender:
    """The subscriptions of this Konnektor and their sinks. ``sent`` counts what was delivered."""

    def __init__(self, faults_released: threading.Event) -> None:
        self._released = faults_released
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._abos: dict[str, _Abo] = {}
        self._sinks: set[str] = set()
        self._threads: list[threading.Thread] = []
        self.tls = True
        self.sent: list[str] = []

    # -- what the EventService does ---------------------------------------------

    def subscribe(self, sink: str, topic: str) -> tuple[str, datetime.datetime]:
        """A new subscription: its number and its end."""
        if _SINK.fullmatch(sink) is None:
            raise Fault(4000, "EventTo muss cetp://host:port sein.")
        with self._lock:
            number = f"sub-{next(self._numbers):04}"
            until = datetime.datetime.now(datetime.UTC) + LIFE
            self._abos[number] = _Abo(sink, topic.upper(), until)
            self._sinks.add(sink)
        return number, until

    def renew(self, numbers: list[str]) -> list[tuple[str, datetime.datetime]]:
        """The new end of each; one that is unknown refuses all."""
        with self._lock:
            if any(number not in self._abos for number in numbers):
                raise Fault(UNKNOWN, "Ungültige SubscriptionId")
            until = datetime.datetime.now(datetime.UTC) + LIFE
            for number in numbers:
                self._abos[number].until = until
        return [(number, until) for number in numbers]

    def unsubscribe(self, number: str | None, sink: str | None) -> None:
        """Forget one subscription, or everything of a sink."""
        with self._lock:
            gone = [n for n, abo in self._abos.items() if n == number or abo.sink == sink]
            for one in gone:
                del self._abos[one]
            self._sinks.discard(sink or "")

    @property
    def abos(self) -> dict[str, str]:
        """What is subscribed now: number and topic."""
        with self._lock:
            return {number: abo.topic for number, abo in self._abos.items()}

    def forget(self) -> None:
        """A restart that nobody is told of."""
        with self._lock:
            self._abos.clear()

    # -- what makes events -------------------------------------------------------

    def changed(self, before: KonnektorZustand, now: KonnektorZustand) -> None:
        """Tell the sinks what became different."""
        if before.port is not PortZustand.OFFEN and now.port is PortZustand.OFFEN:
            self.forget()
            with self._lock:
                sinks = sorted(self._sinks)
            for sink in sinks:
                self._start(sink, "BOOTUP/BOOTUP_COMPLETE", "Info", "", {})
            return
        if now.port is not PortZustand.OFFEN:
            return
        if before.vpn_ti != now.vpn_ti:
            self.emit(f"NETWORK/VPN_TI/{'UP' if now.vpn_ti else 'DOWN'}", "Info" if now.vpn_ti else "Warning")
        for name in sorted(set(before.fehlerzustaende) ^ set(now.fehlerzustaende)):
            value = "true" if name in now.fehlerzustaende else "false"
            self.emit(f"OPERATIONAL_STATE/{name.split('(')[0]}", "Error", {"Value": value})
        if before.terminal_verbunden != now.terminal_verbunden:
            self.emit(f"CT/{'CONNECTED' if now.terminal_verbunden else 'DISCONNECTED'}", "Info", {"CtID": "CT-01"})

    def emit(self, topic: str, severity: str = "Info", parameters: dict[str, str] | None = None) -> None:
        """One event to everybody who subscribed its topic (case-insensitive beginning)."""
        with self._lock:
            wanted = [(n, abo.sink) for n, abo in self._abos.items() if topic.upper().startswith(abo.topic)]
        for number, sink in wanted:
            self._start(sink, topic, severity, number, parameters or {})

    def close(self) -> None:
        """Wait for what is being delivered."""
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(timeout=TRIES * TRY_S + 1)

    def _start(self, sink: str, topic: str, severity: str, number: str, parameters: dict[str, str]) -> None:
        data = frame(event(topic, severity, number, parameters))
        thread = threading.Thread(
            target=self._deliver, args=(sink, topic, number, data), name="drill-cetp", daemon=True
        )
        with self._lock:
            self._threads = [t for t in self._threads if t.is_alive()] + [thread]
            thread.start()

    def _deliver(self, sink: str, topic: str, number: str, data: bytes) -> None:
        for _ in range(TRIES):
            try:
                self._send(sink, data)
            except OSError:
                if self._released.wait(TRY_S / 4):
                    return
                continue
            with self._lock:
                self.sent.append(topic)
            return
        with self._lock, contextlib.suppress(KeyError):
            del self._abos[number]

    def _send(self, sink: str, data: bytes) -> None:
        host, port = re.fullmatch(_SINK, sink).groups()  # type: ignore[union-attr]
        with socket.create_connection((host.strip("[]"), int(port)), TRY_S) as line:
            if not self.tls:
                line.sendall(data)
                return
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            with context.wrap_socket(line) as secured:
                secured.sendall(data)
                secured.unwrap()


def event(topic: str, severity: str, number: str, parameters: dict[str, str]) -> bytes:
    """The XML of one event as EventService.xsd wants it."""
    rows = [
        element("EVT:Parameter", element("EVT:Key", key), element("EVT:Value", value))
        for key, value in parameters.items()
    ]
    root = element(
        "EVT:Event",
        element("EVT:Topic", topic),
        element("EVT:Type", "Operation"),
        element("EVT:Severity", severity),
        element("EVT:SubscriptionID", number),
        element("EVT:Message", *rows),
    )
    etree.cleanup_namespaces(root)
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return data


def frame(data: bytes) -> bytes:
    """``CETP``, the length, the event."""
    return b"CETP" + len(data).to_bytes(4, "big") + data


def subscription(number: str, until: datetime.datetime) -> list[Any]:
    """Number and end as the answers carry them."""
    return [element("EVT:SubscriptionID", number), element("EVT:TerminationTime", timestamp(until))]
