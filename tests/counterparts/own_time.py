"""How long the counterpart itself needs for a number of eAU: the measure of the Nachversand (design §10).

Everything that the practice's side would have to make is made before the clock starts; measured
are only the answers of the simulated Konnektor (batches in one SignDocument each) and of the
Clientmodul (one SMTP connection), asked by plain clients.
"""

import time
from dataclasses import dataclass
from pathlib import Path

from counterparts.ti_clients import Soap, eau_mail, signatures, smtp
from papierbruecke.settings import Einstellungen


@dataclass(frozen=True)
class OwnTime:
    """Seconds for signing and for sending."""

    sign_s: float
    send_s: float

    @property
    def total_s(self) -> float:
        return self.sign_s + self.send_s


def measure(settings: Einstellungen, documents: dict[str, bytes], folder: Path, batch: int = 50) -> OwnTime:
    """Sign and send all documents (Dokumenten-ID → bundle); ``folder`` takes the client certificate."""
    keys, signed, sign_s = list(documents), {}, 0.0
    with Soap(settings.konnektor, folder) as soap:
        soap.endpoints()
        for begin in range(0, len(keys), batch):
            chosen = {key: documents[key] for key in keys[begin : begin + batch]}
            job = soap.job_number()
            started = time.perf_counter()
            answer = soap.sign(chosen, job)[1]
            sign_s += time.perf_counter() - started
            signed.update(signatures(answer))
    mails = []
    for key, p7s in signed.items():
        assert p7s is not None
        mail = eau_mail(settings, key, p7s)
        mails.append((str(mail["From"]), [str(mail["To"])], mail.as_bytes()))
    with smtp(settings.kim) as connection:
        started = time.perf_counter()
        for sender, recipients, data in mails:
            connection.sendmail(sender, recipients, data, ("RET=HDRS",), ("NOTIFY=SUCCESS,FAILURE",))
        send_s = time.perf_counter() - started
    return OwnTime(sign_s, send_s)
