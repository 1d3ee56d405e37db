"""Probe P12: does the KIM-Clientmodul greet? No login, no mail (ti-detection §4 KIM, §5.1).

A greeting alone proves nothing for a program that could not send: until a person confirmed the
certificate, and for the way ``direkt`` also gave the account, KIM is not called available.
"""

from papierbruecke.clock import Clock
from papierbruecke.kim.model import Kim, KimFehler
from papierbruecke.outage.konnektor_probe import certificate_facts
from papierbruecke.outage.model import Ergebnis, Messung
from papierbruecke.outage.probe import Probe, Stopwatch, bad, good
from papierbruecke.settings import Einstellungen

NOT_SET_UP = "kim.not_set_up"


def build(kim: Kim | None, settings: Einstellungen, clock: Clock) -> list[Probe]:
    """The one probe of the Clientmodul; without one it says that nobody can know."""

    def measure() -> list[Messung]:
        if kim is None:
            return [_nothing_known(clock)]
        watch = Stopwatch()
        try:
            gruss = kim.banner()
        except KimFehler as failed:
            return [bad("P12", "kim", clock.now(), failed.schluessel, failed.text, watch.ms())]
        facts = certificate_facts(gruss.zertifikat)
        missing = _missing(settings)
        if missing is not None:
            return [bad("P12", "kim", clock.now(), missing[0], missing[1], watch.ms(), **facts)]
        return [good("P12", "kim", clock.now(), "KIM-Programm antwortet", watch.ms(), **facts)]

    return [Probe("P12", "kim", measure)]


def _nothing_known(clock: Clock) -> Messung:
    return Messung(
        probe="P12",
        ziel="kim",
        zeit=clock.now(),
        ergebnis=Ergebnis.KEINE_AUSSAGE,
        schluessel=NOT_SET_UP,
        befund="KIM ist hier nicht eingerichtet",
    )


def _missing(settings: Einstellungen) -> tuple[str, str] | None:
    """What a person must still do before this program could send; None = nothing."""
    kim = settings.kim
    if kim.fingerabdruck is None:
        return "kim.not_paired", "KIM-Programm antwortet, sein Zertifikat ist noch nicht bestätigt"
    account = (kim.adresse, kim.smtp_benutzer, kim.pop3_benutzer, kim.passwort)
    if settings.weg_au.value == "direkt" and not all(account):
        return NOT_SET_UP, "KIM-Programm antwortet, die Zugangsdaten sind unvollständig"
    return None
