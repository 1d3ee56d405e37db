"""Is this desk ready for the day without the TI? Each part is ok, or says what to do.

The parts are asked one after the other and never change anything: no PIN, no mail, no print
job. Used by ``selbsttest`` and by the settings page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from papierbruecke.clock import local
from papierbruecke.errors import EnvironmentFailure
from papierbruecke.outage.model import Ergebnis, Messung
from papierbruecke.wiring import Desk

_NOT_SET_UP = "Noch nicht eingerichtet; die Papierformulare gehen trotzdem."


@dataclass(frozen=True, slots=True)
class Teil:
    """One part of the self-test, with its sentence."""

    teil: str
    ok: bool
    text: str

    def as_dict(self) -> dict[str, Any]:
        """For the command line."""
        return {"teil": self.teil, "ok": self.ok, "text": self.text}


def run_selftest(desk: Desk) -> tuple[Teil, ...]:
    """Ask every part once; a failing part never hides the others."""
    asked: list[tuple[str, Callable[[], Teil]]] = [
        ("Kartenleser", lambda: _reader(desk)),
        ("Schlüssel", lambda: _key(desk)),
        ("Speicher", lambda: _store(desk)),
        ("Sicherung", lambda: _backup(desk)),
        ("Drucker", lambda: _printer(desk)),
    ]
    found = [_attempt(name, ask) for name, ask in asked]
    return tuple(found) + _counterparts(desk)


def _attempt(name: str, ask: Callable[[], Teil]) -> Teil:
    try:
        return ask()
    except EnvironmentFailure as failure:
        return Teil(name, False, failure.text)


def _reader(desk: Desk) -> Teil:
    from papierbruecke.card.check_reader import check_reader

    found = check_reader(desk.card_reader(), desk.settings.karten.leser if desk.set_up else None)
    return Teil("Kartenleser", found.code is None, found.text)


def _key(desk: Desk) -> Teil:
    if not desk.set_up:
        return Teil("Schlüssel", False, "Noch kein Schlüssel; er entsteht mit dem ersten Beleg.")
    desk.key()
    return Teil("Schlüssel", True, "Der Schlüssel öffnet diesen Datenordner.")


def _store(desk: Desk) -> Teil:
    if not desk.set_up:
        return Teil("Speicher", False, "Noch leer; er entsteht mit dem ersten Beleg.")
    findings = desk.store().verify()
    if findings:
        return Teil("Speicher", False, f"Bitte den IT-Betreuer rufen: {findings[0]}")
    return Teil("Speicher", True, "Alle Belege und ihr Protokoll sind unversehrt.")


def _backup(desk: Desk) -> Teil:
    if not desk.set_up:
        return Teil("Sicherung", False, "Noch keine; sie entsteht täglich von selbst, sobald etwas abgelegt ist.")
    safe = desk.safekeeping()
    newest = next(iter(safe.backups()), None)
    if newest is None:
        return Teil("Sicherung", False, "Noch keine. Bitte „papierbruecke sicherung anlegen“ ausführen.")
    findings = safe.rehearse(newest)
    if findings:
        return Teil("Sicherung", False, f"Bitte eine neue anlegen und den IT-Betreuer rufen: {findings[0]}")
    made = local(newest.zeit)
    return Teil("Sicherung", True, f"Probeweise zurückgeholt und verglichen: Stand {made:%d.%m.%Y, %H:%M} Uhr.")


def _printer(desk: Desk) -> Teil:
    druck = desk.settings.druck if desk.set_up else None
    chosen = [name for name in ((druck.muster16_drucker, druck.au_drucker) if druck else ()) if name]
    if not chosen:
        return Teil("Drucker", False, "Noch kein Drucker gewählt. Bitte in den Einstellungen wählen.")
    missing = sorted(set(chosen) - set(desk.printer_names()))
    if missing:
        return Teil("Drucker", False, f"Nicht gefunden: {', '.join(missing)}. Bitte Kabel und Namen prüfen.")
    return Teil("Drucker", True, f"Bereit: {', '.join(sorted(set(chosen)))}.")


def _counterparts(desk: Desk) -> tuple[Teil, ...]:
    """Konnektor, KIM and clock from one round of the real probes."""
    settings = desk.settings if desk.set_up else None
    konnektor = settings is not None and settings.konnektor.adresse is not None
    kim = settings is not None and settings.kim.smtp_host is not None
    heard = desk.ask_once()
    return (
        _from_probes("Konnektor", heard, ("P4", "P5", "P6", "P7"), "Der Konnektor antwortet.")
        if konnektor
        else Teil("Konnektor", False, _NOT_SET_UP),
        _from_probes("KIM", heard, ("P12",), "Das KIM-Clientmodul antwortet.")
        if kim
        else Teil("KIM", False, _NOT_SET_UP),
        _clock(heard),
    )


def _from_probes(name: str, heard: list[Messung], probes: tuple[str, ...], fine: str) -> Teil:
    ours = [m for m in heard if m.probe in probes]
    wrong = next((m for m in ours if m.ergebnis is not Ergebnis.OK), None)
    if not ours or wrong is not None:
        detail = wrong.befund or wrong.schluessel if wrong else "keine Antwort"
        return Teil(name, False, f"Antwortet nicht wie erwartet ({detail}). „papierbruecke lage“ nennt die Ursache.")
    return Teil(name, True, fine)


def _clock(heard: list[Messung]) -> Teil:
    answers = [m for m in heard if m.probe == "P14" and "versatz_s" in m.daten]
    wrong = next((m for m in answers if m.ergebnis is Ergebnis.FEHLER), None)
    if wrong is not None:
        return Teil("Uhr", False, f"{wrong.befund}. Bitte vom IT-Betreuer richtig stellen lassen.")
    if not answers:
        return Teil("Uhr", False, "Die Uhr ließ sich nicht vergleichen: das Internet antwortet nicht.")
    return Teil("Uhr", True, "Die Uhr geht richtig.")
