"""The simulated TI as one thing: start it, change the scenario, step on, see what arrived.

Runs in threads of this process. It imports nothing of the rooms that talk to it: it is an
independent counterpart, stricter than the real one (design §4, §6).
"""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

from papierbruecke.clock import Clock
from papierbruecke.drill.certificates import P12_PASSWORT, pki_for, server_context
from papierbruecke.drill.faults import Faults
from papierbruecke.drill.json_server import Answer, JsonServer, Request
from papierbruecke.drill.kassen_mail import build_clientmodul_error, build_foreign_mail
from papierbruecke.drill.kim_pop3 import KimPop3
from papierbruecke.drill.kim_smtp import KimSmtp
from papierbruecke.drill.konnektor_server import KonnektorServer
from papierbruecke.drill.krankenkasse import Krankenkasse
from papierbruecke.drill.lagebild import answer_lagebild
from papierbruecke.drill.mailbox import Mailbox
from papierbruecke.drill.model import PortZustand, Stoerfall, Szenario, Zustand
from papierbruecke.drill.practice_setup import KASSEN_IK, Ports, kassen_adresse, set_up
from papierbruecke.drill.scenarios import load_scenario
from papierbruecke.drill.vzd_server import VzdServer
from papierbruecke.settings import Einstellungen


class Simulator:
    """One simulated TI. ``folder`` is where the desk that points at it keeps its data.

    ``settings()`` are complete settings of that desk; ``konnektor``, ``smtp``, ``pop3``,
    ``mailbox``, ``kasse`` and ``faults`` are the counterparts, for tests that look closer. ``clock`` is that of the
    mail server and the Krankenkasse: a desk with a clock of its own shares it.
    """

    def __init__(self, folder: Path, szenario: str | Szenario = "normal", clock: Clock | None = None) -> None:
        self.folder = folder
        self.szenario = szenario if isinstance(szenario, Szenario) else load_scenario(szenario)
        self.schritt = 0
        self._lock = threading.Lock()
        self._since = datetime.now(UTC)
        self._started = False
        self.faults = Faults()
        self.pki = pki_for(self.szenario.schluesselart)
        # What a person confirmed when all was well; it stays when the scenario changes.
        self._pin = self.pki.konnektor_identity(self.szenario.normal().konnektor.zertifikat).fingerprint()
        self.mailbox = Mailbox()
        self.konnektor = KonnektorServer(self.pki, self.faults)
        kim_context = server_context(self.pki.kim)
        self.kasse = Krankenkasse(self.mailbox, self.faults, self.pki.karten.certificate, clock)
        recipients = frozenset(kassen_adresse(ik) for ik in KASSEN_IK)
        self.smtp = KimSmtp(kim_context, self.faults, recipients, self.kasse.deliver, clock)
        self.pop3 = KimPop3(kim_context, self.faults, self.mailbox)
        entries = {ik: (kassen_adresse(ik),) for ik in KASSEN_IK}
        self.vzd = VzdServer(self.pki, self.faults, entries)
        self.lagebild = JsonServer(self._answer_lagebild)
        self.netz = JsonServer(self._answer_netz)

    def __enter__(self) -> "Simulator":
        self._started = True
        self._take(self.zustand(), self.past_s())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop every counterpart and wait for its threads."""
        self.faults.released.set()
        for server in (self.konnektor, self.vzd, self.smtp, self.pop3, self.lagebild, self.netz, self.kasse):
            server.close()

    # -- control ---------------------------------------------------------------

    def scenario(self, szenario: str | Szenario) -> None:
        """Play another scenario from its first step, as if it began now; settings and certificates stay."""
        with self._lock:
            self.szenario = szenario if isinstance(szenario, Szenario) else load_scenario(szenario)
            self.schritt = 0
            self._take(self.zustand(), 0)

    def step(self) -> int:
        """One step on, and every answer that was held back comes now. Returns the step's number."""
        with self._lock:
            self.schritt = min(self.schritt + 1, len(self.szenario.schritte) - 1)
            self._take(self.zustand(), 0)
        self.kasse.release()
        return self.schritt

    def play_normal(self) -> None:
        """The state before the outage began (for the samples of the past)."""
        with self._lock:
            self._take(self.szenario.normal(), self.past_s())

    def play_current(self) -> None:
        """Back to the state of the present step."""
        with self._lock:
            self._take(self.zustand(), self.past_s())

    def disturb(self, fall: Stoerfall) -> None:
        """Arm one more disturbance, besides those of the scenario."""
        self.faults.add(fall)

    def krankenkasse(self) -> list[dict[str, Any]]:
        """What arrived at the Krankenkassen, in order, with how often."""
        return self.kasse.eingaenge()

    def fehlernachricht(self, code: str, dokumenten_id: str, virenbefall: bool = False) -> None:
        """The Krankenkasse rejects this eAU now."""
        self.kasse.fehlernachricht(code, dokumenten_id, virenbefall)

    def clientmodul_error(self, codes: tuple[str, ...], message_id: str | None = None) -> None:
        """The Clientmodul puts an error mail of its own into the box (X-KIM-Fehlermeldung)."""
        self.mailbox.add(build_clientmodul_error(codes, message_id))

    # -- what the desk needs ------------------------------------------------------

    def settings(self) -> Einstellungen:
        """Complete settings of a desk in front of this simulator."""
        ports = Ports(
            konnektor=self.konnektor.listener.port,
            smtp=self.smtp.listener.port,
            pop3=self.pop3.listener.port,
            lagebild=self.lagebild.listener.port,
            netz=self.netz.listener.port,
            vzd=self.vzd.listener.port,
        )
        return set_up(
            ports,
            self.szenario.anschlussart,
            self._pin,
            self.pki.kim.fingerprint(),
            self.pki.client_p12,
            P12_PASSWORT,
        )

    def zustand(self) -> Zustand:
        """The state of the present step."""
        return self.szenario.zustand(self.schritt)

    def past_s(self) -> float:
        """For how long the present state has lasted when the scenario begins."""
        past = 0.0
        for abschnitt in reversed(self.szenario.vergangenheit):
            if abschnitt.zustand == "normal":
                break
            past += abschnitt.dauer_s
        return past

    # -- inside ----------------------------------------------------------------

    def _take(self, zustand: Zustand, since_s: float) -> None:
        if not self._started:
            raise AssertionError("the simulator has not been started (use it in a with statement)")
        self._since = datetime.now(UTC) - timedelta(seconds=since_s)
        self.faults.arm(zustand.stoerfaelle)
        self.konnektor.behave(zustand.konnektor, self._since)
        self.vzd.behave(zustand.konnektor)
        self.smtp.behave(zustand.kim, zustand.kasse.fassungen)
        self.pop3.behave(zustand.kim)
        self.kasse.zustand = zustand.kasse
        self._lagebild_zustand, self._netz_zustand = zustand.lagebild, zustand.netz
        self.lagebild.listener.behave(zustand.lagebild.port)
        self.netz.listener.behave(PortZustand.OFFEN)
        present = sum(b"Arztbrief" in brief.daten for brief in self.mailbox.snapshot())
        for number in range(present, zustand.kim.fremde_mails):
            self.mailbox.add(build_foreign_mail(number + 1))

    def _answer_lagebild(self, request: Request) -> Answer:
        return answer_lagebild(self._lagebild_zustand, self._since, request)

    def _answer_netz(self, request: Request) -> Answer:
        if request.method != "GET" or request.path != "/netz":
            return Answer(404, {"fehler": "nur GET /netz"})
        return Answer(200, self._netz_zustand.model_dump(mode="json"))
