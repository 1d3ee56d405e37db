"""Probe P12: does the KIM-Clientmodul greet? No login, no mail (ti-detection §4 KIM, §5.1)."""

from papierbruecke.clock import Clock
from papierbruecke.kim.model import Kim, KimFehler
from papierbruecke.outage.konnektor_probe import certificate_facts
from papierbruecke.outage.model import Messung
from papierbruecke.outage.probe import Probe, Stopwatch, bad, good


def build(kim: Kim, clock: Clock) -> list[Probe]:
    """The one probe of the Clientmodul."""

    def measure() -> list[Messung]:
        watch = Stopwatch()
        try:
            gruss = kim.banner()
        except KimFehler as failed:
            return [bad("P12", "kim", clock.now(), failed.schluessel, failed.text, watch.ms())]
        facts = certificate_facts(gruss.zertifikat)
        return [good("P12", "kim", clock.now(), "KIM-Programm antwortet", watch.ms(), **facts)]

    return [Probe("P12", "kim", measure)]
