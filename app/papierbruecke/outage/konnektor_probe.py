"""Probes P4 to P9 and P14 towards the Konnektor, through its port (ti-detection §5.1).

Monitoring asks only stored information (GetCards, GetCardTerminals, GetPinStatus), never a
command to a card, and never enters a PIN. No holder name is kept.
"""

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any

from papierbruecke.clock import PRAXISZEIT, Clock
from papierbruecke.konnektor.model import (
    Karte,
    Konnektor,
    KonnektorFehler,
    Serverzertifikat,
    Terminal,
    Zertifikatsablauf,
    judge_certificate,
)
from papierbruecke.outage.model import Messung
from papierbruecke.outage.probe import Probe, Stopwatch, bad, good, silent
from papierbruecke.settings import KonnektorEinstellungen

ZIEL = "konnektor"
# The connection itself failed; everything else means that TCP worked (ti-detection §1.3).
_TCP_KEYS = frozenset({"kon.no_answer", "kon.port_closed", "kon.name_unresolved"})
_OWN_KEYS = frozenset({"kon.p12_password", "kon.p12_format"})
SMCB_TYPEN = frozenset({"SMC-B", "SM-B", "HSM-B"})
_HBA = frozenset({"HBA", "HBAX", "HBA-QSIG"})
_PIN_KEYS = {
    "VERIFIABLE": "card.pin",
    "BLOCKED": "card.pin_blocked",
    "TRANSPORT_PIN": "card.transport_pin",
    "EMPTY_PIN": "card.transport_pin",
}
_PIN_TEXTS = {
    "card.pin": "PIN ist nicht eingegeben",
    "card.pin_blocked": "PIN ist gesperrt",
    "card.transport_pin": "PIN wurde noch nie gesetzt",
}


def build(konnektor: Konnektor, settings: KonnektorEinstellungen, clock: Clock) -> list[Probe]:
    """The probes of one Konnektor; one call in flight."""
    asker = _Asker(konnektor, settings, clock)
    questions: dict[str, Callable[[], list[Messung]]] = {
        "P4": asker.handshake,
        "P6": asker.directory,
        "P7": asker.state,
        "P8": asker.cards,
        "P9": asker.inventory,
    }
    return [Probe(name, ZIEL, question) for name, question in questions.items()]


class _Asker:
    def __init__(self, konnektor: Konnektor, settings: KonnektorEinstellungen, clock: Clock) -> None:
        self._konnektor = konnektor
        self._settings = settings
        self._clock = clock

    def handshake(self) -> list[Messung]:
        """P4 and P5: TCP and TLS in one connection; the certificate even if it is unknown."""
        watch = Stopwatch()
        try:
            shown = self._konnektor.zertifikat()
        except KonnektorFehler as failed:
            return self._handshake_failed(failed, watch.ms())
        now = self._clock.now()
        tcp = good("P4", ZIEL, now, "Verbindung steht", watch.ms())
        wrong = judge_certificate(shown, self._settings.fingerabdruck, now)
        facts = certificate_facts(shown)
        if wrong is None:
            return [tcp, good("P5", ZIEL, now, "Zertifikat unverändert", watch.ms(), **facts)]
        facts["bestaetigt"] = self._settings.fingerabdruck or ""
        return [tcp, bad("P5", ZIEL, now, wrong, _CERTIFICATE_TEXTS.get(wrong, wrong), watch.ms(), **facts)]

    def _handshake_failed(self, failed: KonnektorFehler, ms: int) -> list[Messung]:
        now, key = self._clock.now(), failed.schluessel
        if key in _TCP_KEYS:
            return [
                bad("P4", ZIEL, now, key, _TCP_TEXTS[key], ms),
                silent("P5", ZIEL, now, "nicht gefragt, solange die Verbindung fehlt"),
            ]
        word = bad("P5", ZIEL, now, key, failed.text, ms)
        if key in _OWN_KEYS:
            return [silent("P4", ZIEL, now, "nicht gefragt: eigenes Zertifikat unbrauchbar"), word]
        return [good("P4", ZIEL, now, "Verbindung steht", ms), word]

    def directory(self) -> list[Messung]:
        """P6: product, firmware and versions of the services."""
        watch = Stopwatch()
        try:
            found = self._konnektor.dienstverzeichnis()
        except KonnektorFehler as failed:
            return [self._failed("P6", ZIEL, failed, watch.ms())]
        facts = {
            "hersteller": found.hersteller,
            "produkt": found.produkt,
            "firmware": found.firmware,
            "hardware": found.hardware,
            "versionen": dict(sorted(found.versionen.items())),
        }
        befund = f"{found.produkt or found.hersteller}, Firmware {found.firmware}"
        return [good("P6", ZIEL, self._clock.now(), befund, watch.ms(), **facts)]

    def state(self) -> list[Messung]:
        """P7: tunnel and error states; the Konnektor's own times are kept unchanged."""
        watch = Stopwatch()
        try:
            found = self._konnektor.lage()
        except KonnektorFehler as failed:
            return [self._failed("P7", ZIEL, failed, watch.ms())]
        states = [
            {
                "name": state.name,
                "parameter": state.parameter,
                "schwere": state.schwere,
                "seit": state.seit.isoformat() if state.seit is not None else None,
            }
            for state in found.fehlerzustaende
        ]
        facts: dict[str, Any] = {
            "vpn_ti": found.vpn_ti,
            "vpn_ti_seit": found.vpn_ti_seit.isoformat() if found.vpn_ti_seit is not None else None,
            "vpn_sis": found.vpn_sis,
            "fehlerzustaende": states,
        }
        befund = "TI verbunden" if found.vpn_ti else "TI nicht verbunden"
        return [good("P7", ZIEL, self._clock.now(), befund, watch.ms(), **facts)]

    def cards(self) -> list[Messung]:
        """P8: terminals, SMC-B with its PIN, HBA."""
        watch = Stopwatch()
        try:
            terminals = self._konnektor.terminals()
            cards = self._konnektor.karten()
            found = [self._terminal(terminals, watch.ms()), self._smcb(cards, watch)]
        except KonnektorFehler as failed:
            now = self._clock.now()
            if failed.schluessel == "ct.lost":
                return [bad("P8", "terminal", now, failed.schluessel, failed.text, watch.ms(), name="")]
            return [silent("P8", ziel, now, failed.text) for ziel in ("terminal", "smcb", "hba")]
        if self._settings.signaturkarte == "HBA":
            found.append(self._hba(cards, watch.ms()))
        return found

    def _terminal(self, terminals: tuple[Terminal, ...], ms: int) -> Messung:
        now = self._clock.now()
        lost = sorted(t.name or t.id for t in terminals if not t.verbunden)
        known = [{"name": t.name, "verbunden": t.verbunden, "firmware": t.firmware, "ip": t.ip} for t in terminals]
        if lost:
            befund = f"nicht verbunden: {', '.join(lost)}"
            return bad("P8", "terminal", now, "ct.lost", befund, ms, name=lost[0], terminals=known)
        return good("P8", "terminal", now, f"{len(terminals)} verbunden", ms, terminals=known)

    def _smcb(self, cards: tuple[Karte, ...], watch: Stopwatch) -> Messung:
        now = self._clock.now()
        card = next((c for c in cards if c.typ.upper() in SMCB_TYPEN), None)
        if card is None:
            return bad("P8", "smcb", now, "card.missing", "keine SMC-B gesteckt", watch.ms())
        facts = _card_facts(card)
        if card.zertifikat_bis is not None and card.zertifikat_bis <= now:
            return bad("P8", "smcb", now, "card.expired", "Zertifikat abgelaufen", watch.ms(), **facts)
        if card.typ.upper() == "HSM-B":
            return good("P8", "smcb", now, "im Rechenzentrum", watch.ms(), **facts)
        pin = self._konnektor.pin_stand(card.handle)
        key = _PIN_KEYS.get(pin.status)
        if key is not None:
            return bad("P8", "smcb", now, key, _PIN_TEXTS[key], watch.ms(), **facts, versuche=pin.versuche)
        return good("P8", "smcb", now, "freigeschaltet", watch.ms(), **facts)

    def _hba(self, cards: tuple[Karte, ...], ms: int) -> Messung:
        now = self._clock.now()
        own = [c for c in cards if c.typ.upper() in _HBA]
        valid = [c for c in own if c.zertifikat_bis is None or c.zertifikat_bis > now]
        if not own:
            return bad("P8", "hba", now, "card.missing", "kein Heilberufsausweis gesteckt", ms)
        if not valid:
            return bad("P8", "hba", now, "card.expired", "Zertifikat abgelaufen", ms, **_card_facts(own[0]))
        usable = valid[0]
        try:
            status = self._konnektor.pin_stand(usable.handle, "PIN.QES").status
        except KonnektorFehler as failed:
            return silent("P8", "hba", now, failed.text)
        # VERIFIABLE is normal here: PIN.QES is entered for each batch of signatures.
        key = _PIN_KEYS.get(status) if status != "VERIFIABLE" else None
        if key is not None:
            return bad("P8", "hba", now, key, _PIN_TEXTS[key], ms, **_card_facts(usable))
        return good("P8", "hba", now, "gesteckt", ms, **_card_facts(usable))

    def inventory(self) -> list[Messung]:
        """P9: end of validity of every card and certificate that the Konnektor and we hold."""
        watch = Stopwatch()
        try:
            entries = self._konnektor.zertifikatsablauf()
            cards = {card.handle: card.typ for card in self._konnektor.karten()}
            own = self._konnektor.clientzertifikat_bis()
        except KonnektorFehler as failed:
            return [self._failed("P9", "zertifikate", failed, watch.ms())]
        rows = [_inventory_row(entry, cards) for entry in entries]
        if own is not None:
            rows.append({"was": "P12", "iccsn": "", "ort": "dieses Programm", "art": "", "bis": own.isoformat()})
        befund = f"{len(rows)} Zertifikate"
        return [good("P9", "zertifikate", self._clock.now(), befund, watch.ms(), zertifikate=rows)]

    def _failed(self, probe: str, ziel: str, failed: KonnektorFehler, ms: int) -> Messung:
        facts: dict[str, Any] = dict(failed.daten) | ({"fault": failed.fault} if failed.fault is not None else {})
        return bad(probe, ziel, self._clock.now(), failed.schluessel, failed.text, ms, **facts)


_TCP_TEXTS = {
    "kon.no_answer": "keine Antwort",
    "kon.port_closed": "Verbindung abgelehnt",
    "kon.name_unresolved": "Adresse nicht gefunden",
}
_CERTIFICATE_TEXTS = {
    "kon.server_cert_changed": "anderes Zertifikat als das bestätigte",
    "kon.server_cert_expired": "Zertifikat abgelaufen",
    "kon.not_paired": "Zertifikat noch nicht bestätigt",
}


def certificate_facts(shown: Serverzertifikat) -> dict[str, Any]:
    """What the diagnosis and the evidence keep of a server certificate."""
    return {
        "sha256": shown.sha256,
        "subject": shown.subject,
        "issuer": shown.issuer,
        "not_before": shown.not_before.isoformat(),
        "not_after": shown.not_after.isoformat(),
        "schluesselart": shown.schluesselart,
    }


def _card_facts(card: Karte) -> dict[str, Any]:
    until = card.zertifikat_bis.isoformat() if card.zertifikat_bis is not None else None
    return {"iccsn": card.iccsn, "terminal": card.terminal, "bis": until, "nur_rsa": card.nur_rsa}


def _inventory_row(entry: Zertifikatsablauf, cards: dict[str, str]) -> dict[str, Any]:
    """One row; the kind follows from where the certificate sits (ti-detection §1.8)."""
    of_konnektor = entry.terminal is None and entry.handle is None
    kind = "gSMC-K" if of_konnektor else cards.get(entry.handle or "", "SMC-KT")
    until = datetime.combine(entry.bis, time(23, 59, 59), PRAXISZEIT).astimezone(UTC)
    return {
        "was": kind,
        "iccsn": entry.iccsn,
        "ort": entry.terminal or "Konnektor",
        "art": "RSA" if entry.nur_rsa else "ECC",
        "bis": until.isoformat(),
    }
