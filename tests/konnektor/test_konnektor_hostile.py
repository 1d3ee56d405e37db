"""Answers that no honest Konnektor gives: a typed error in bounded time and memory."""

import itertools
import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from counterparts.soap_konnektor import SoapStub, http
from counterparts.tls_server import make_identity, serve_tls
from papierbruecke.clock import SystemClock
from papierbruecke.konnektor import client as client_module
from papierbruecke.konnektor.client import SoapKonnektor
from papierbruecke.konnektor.hardened_xml import XmlRefused, parse_hardened
from papierbruecke.konnektor.model import KonnektorFehler
from papierbruecke.settings import KonnektorEinstellungen

Paired = Callable[..., SoapKonnektor]
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (c + 1, b"&%c;" % c * 10) for c in range(97, 117))
    + b"]><l>&u;</l>"
)
ENVELOPE = b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>%s</e:Body></e:Envelope>'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Drucker</body></html>",
        b"kein XML",
        LAUGHS,
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        ENVELOPE % b"\xc3\x28",
        "<a>ä</a>".encode("utf-16"),
        ENVELOPE % b"",
        ENVELOPE % b"<e:Fault/>",
        ENVELOPE % b"<R/>",
        ENVELOPE % (b"<a>" * 200 + b"</a>" * 200),
        ENVELOPE % b"<R><Status><Result>Error</Result></Status></R>",
        ENVELOPE[:40],
        b"\x00" * 100,
    ],
    ids=range(14),
)
def test_answers_that_are_no_answers(body: bytes, paired: Paired, stub: SoapStub) -> None:
    stub.answers["GetResourceInformation"] = http(200, body)
    with pytest.raises(KonnektorFehler) as failed:
        paired().lage()
    assert failed.value.schluessel == "kon.internal"


@pytest.mark.parametrize(
    "raw",
    [
        b"Guten Tag\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nkurz",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    ],
    ids=range(6),
)
def test_broken_http_is_an_internal_error(raw: bytes, paired: Paired, stub: SoapStub) -> None:
    stub.answers["GetResourceInformation"] = raw
    stub.hang_up_after = 2
    with pytest.raises(KonnektorFehler) as failed:
        paired().lage()
    assert failed.value.schluessel in ("kon.internal", "kon.no_answer")


def talking(talk: Callable[[ssl.SSLSocket], None], folder: Path) -> str:
    """The key that a client gets from a server that talks like this."""
    identity = make_identity("p256")
    with serve_tls(talk, identity, folder) as server:
        konnektor = SoapKonnektor(
            KonnektorEinstellungen(adresse="127.0.0.1", port=server.port, fingerabdruck=identity.sha256), SystemClock()
        )
        try:
            with pytest.raises(KonnektorFehler) as failed:
                konnektor.dienstverzeichnis()
        finally:
            konnektor.close()
    return failed.value.schluessel


def test_a_hundred_megabytes_are_cut_off(tmp_path: Path) -> None:
    sent = 0

    def pour(tls: ssl.SSLSocket) -> None:
        nonlocal sent
        tls.recv(4096)
        tls.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n")
        for _ in range(100):
            tls.sendall(b"<" * (1 << 20))
            sent += 1 << 20

    assert talking(pour, tmp_path) == "kon.internal"
    assert sent < 16 << 20


def test_an_endless_drip_ends_at_the_deadline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "SDS_TIMEOUT_S", 0.5)
    began = time.monotonic()

    def drip(tls: ssl.SSLSocket) -> None:
        tls.recv(4096)
        tls.sendall(b"HTTP/1.1 200 OK\r\n")
        for _ in itertools.count():
            tls.sendall(b"X-Noch: einer\r\n"[:1])
            tls.settimeout(0.05)
            try:
                if not tls.recv(1):
                    return
            except TimeoutError:
                pass

    assert talking(drip, tmp_path) == "kon.no_answer"
    # The server drips 20 times a second for ever; only the client's own deadline can end this.
    assert time.monotonic() - began >= 0.5


def test_silence_ends_at_the_deadline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "SDS_TIMEOUT_S", 0.3)

    def silent(tls: ssl.SSLSocket) -> None:
        while tls.recv(4096):
            pass

    assert talking(silent, tmp_path) == "kon.no_answer"


def test_a_cut_in_the_middle_is_typed(tmp_path: Path) -> None:
    def cut(tls: ssl.SSLSocket) -> None:
        tls.recv(4096)
        tls.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n<")
        tls.shutdown(socket.SHUT_RDWR)

    assert talking(cut, tmp_path) in ("kon.internal", "kon.no_answer")


@pytest.mark.parametrize("bomb", [LAUGHS, b"<a>" + b"x" * (11 << 20) + b"</a>"], ids=["laughs", "one long text"])
def test_xml_bombs_are_refused(bomb: bytes) -> None:
    with pytest.raises(XmlRefused):
        parse_hardened(bomb)


def test_a_byte_order_mark_is_harmless() -> None:
    assert parse_hardened("﻿<a/>".encode()).tag == "a"
