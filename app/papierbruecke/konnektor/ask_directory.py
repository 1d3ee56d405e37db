"""Asks one device for ``connector.sds``, as a stranger: no certificate of ours, no password, little time."""

import http.client
import ssl

from papierbruecke.konnektor.directory import DirectoryIncomplete, parse_directory
from papierbruecke.konnektor.line import Line, TooMuch
from papierbruecke.konnektor.search import Fund
from papierbruecke.konnektor.tls import TlsFailed, build_contexts, classify, shake_hands

TCP_S = 0.6
HANDSHAKE_S = 3.0
ANSWER_S = 3.0
MAX_BYTES = 1 << 20


class AskDirectory:
    """Implements ``konnektor.search.Ask``; safe to share between threads."""

    def __init__(self) -> None:
        self._contexts = build_contexts()

    def __call__(self, address: str, port: int) -> Fund | None:
        """What is there: a Konnektor, perhaps one, or none."""
        try:
            sock, certificate, _ = shake_hands(
                address, port, self._contexts, tcp_timeout_s=TCP_S, handshake_timeout_s=HANDSHAKE_S
            )
        except TlsFailed as failed:
            wants_ours = failed.ursache == "client_cert_rejected"
            return Fund(adresse=address, port=port, produkt=None, zertifikat=None) if wants_ours else None
        perhaps = Fund(adresse=address, port=port, produkt=None, zertifikat=certificate)
        try:
            status, data = _get(sock, address, port)
        except OSError as error:  # TLS 1.3 refuses a missing certificate at the first read
            return perhaps if classify(error) == "client_cert_rejected" else None
        except (http.client.HTTPException, TooMuch):
            return None
        finally:
            sock.close()
        if status in (http.client.UNAUTHORIZED, http.client.FORBIDDEN):
            return perhaps if "konnektor" in certificate.subject.lower() else None
        try:
            directory = parse_directory(data) if status == http.client.OK else None
        except DirectoryIncomplete:
            return None
        if directory is None:
            return None
        named = " ".join(part for part in (directory.hersteller, directory.produkt, directory.firmware) if part)
        return perhaps.model_copy(update={"produkt": named or "Konnektor"})


def _get(sock: ssl.SSLSocket, address: str, port: int) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(address, port)
    connection.sock = Line(sock, ANSWER_S, MAX_BYTES)
    connection.request("GET", "/connector.sds")
    response = connection.getresponse()
    return response.status, response.read()
