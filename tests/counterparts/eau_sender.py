"""A valid eAU on its way to the simulated Krankenkasse, sent by smtplib."""

from datetime import UTC, datetime
from email.message import EmailMessage
from uuid import UUID

import inputs
from counterparts.ti_clients import eau_mail, hand_in, smtp
from papierbruecke.drill.cades import sign_enveloping
from papierbruecke.drill.simulator import Simulator
from papierbruecke.record.read_input import read_au
from papierbruecke.resubmit.fhir import TEST_PRUEFNUMMER, build_eau


def eau(kennung: UUID, bis: str = "2026-11-27") -> bytes:
    """A valid bundle of an invented patient."""
    document = inputs.au()
    document["au"]["bis"] = bis
    return build_eau(
        read_au(inputs.as_bytes(document)),
        kennung=kennung,
        erstellt=datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
        pruefnummer=TEST_PRUEFNUMMER,
    )


def signed(simulator: Simulator, content: bytes) -> bytes:
    """Signed by the test doctor's card."""
    return sign_enveloping(content, simulator.pki.hba, None)


def send(
    simulator: Simulator,
    kennung: UUID,
    content: bytes | None = None,
    p7s: bytes | None = None,
    storno: bool = False,
) -> EmailMessage:
    """One eAU on its way, by the rules; the mail that was sent."""
    settings = simulator.settings()
    data = signed(simulator, eau(kennung) if content is None else content) if p7s is None else p7s
    mail = eau_mail(settings, str(kennung), data, storno=storno)
    with smtp(settings.kim) as connection:
        hand_in(connection, mail)
    return mail
