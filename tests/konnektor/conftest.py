"""A SOAP stub with the official samples, and a client that is paired with it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from counterparts.soap_konnektor import SoapStub, serve_soap
from counterparts.tls_server import make_identity
from papierbruecke.clock import SystemClock
from papierbruecke.konnektor.client import SoapKonnektor
from papierbruecke.settings import KonnektorEinstellungen


@pytest.fixture(scope="session")
def wsdl(referenz: Path) -> Path:
    """The official schemas and our samples of them."""
    return referenz / "data" / "konnektor-wsdl"


@pytest.fixture
def stub(wsdl: Path, tmp_path: Path) -> Iterator[SoapStub]:
    """A Konnektor that answers from samples; every request must have fitted the schema."""
    with serve_soap(wsdl, make_identity("p256"), tmp_path) as running:
        yield running
    assert running.objections == []


@pytest.fixture
def paired(stub: SoapStub) -> Iterator[Callable[..., SoapKonnektor]]:
    """Makes clients that know the stub's fingerprint."""
    made: list[SoapKonnektor] = []

    def make(**settings: object) -> SoapKonnektor:
        values = {
            "adresse": "127.0.0.1",
            "port": stub.port,
            "mandant": "Praxis01",
            "arbeitsplatz": "Empfang1",
            "fingerabdruck": make_identity("p256").sha256,
        }
        made.append(SoapKonnektor(KonnektorEinstellungen.model_validate(values | settings), SystemClock()))
        return made[-1]

    yield make
    for client in made:
        client.close()
