"""What a person can decide about a Beleg by hand, as data: words, when it makes sense, and the work.

One table for the panel of the Nachbearbeitung; the services judge again (``resubmit.by_hand``).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from papierbruecke.card.model import KarteGelesen
from papierbruecke.clock import local
from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.outbox.model import Uebersicht, Zustand, may_follow
from papierbruecke.pvs.copy_fields import Kopierfeld, copy_fields
from papierbruecke.reconcile.compare_card import difference_lines, same_person
from papierbruecke.record.model import AuEingabe, BelegArt, Weg
from papierbruecke.resubmit.by_hand import NACHGELESEN_WIE
from papierbruecke.resubmit.cancel_au import PAPIER_DAZU
from papierbruecke.resubmit.plan import group_assumed
from papierbruecke.resubmit.texts import GRUPPE_ANGENOMMEN
from papierbruecke.settings import Kassenanschrift
from papierbruecke.ui import recipient
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.theme import Ton
from papierbruecke.vault.users import Recht

Arbeit = Callable[[Desk, Uebersicht, str, str], str | None]
"""Runs in a lane with the Beleg, who does it and the note; returns a sentence for the desk or None."""
WAIT_FOR_CARD_S = 20.0
NOTIZ_GRUND = "Bitte kurz den Grund eintragen."
_ADRESSE = re.compile(r"(?P<strasse>[^;]+);\s*(?P<plz>[0-9]{5})\s+(?P<ort>.+)")


@dataclass(frozen=True, slots=True)
class Schritt:
    """One decision. ``notiz`` says what the note field is for; ``pflicht``: it must be filled."""

    name: str
    text: str
    passt: Callable[[Uebersicht], bool]
    arbeit: Arbeit
    notiz: str = ""
    pflicht: bool = False
    pruefe: Callable[[str], str | None] = lambda _: None  # what is wrong with the note, told at its field


def entered(desk: Desk, line: Uebersicht, wer: str, notiz: str) -> None:
    """Tick it off, with the user of the practice system (``notiz``, else who ticks) and the time."""
    when = f"{local(desk.clock.now()):%d.%m.%Y %H:%M}"
    desk.document(line.kennung, wer, f"Praxissoftware: {notiz or wer}, {when}")


def _posted(desk: Desk, line: Uebersicht, wer: str, _: str) -> None:
    desk.by_hand().mark_posted(line.kennung, wer)


def _stayed(desk: Desk, line: Uebersicht, wer: str, _: str) -> str:
    desk.by_hand().note_copy_stayed(line.kennung, wer)
    return "Vermerkt. Gelingt der Versand nicht rechtzeitig, geht diese Ausfertigung mit der Post."


def _paper(grund: str) -> Arbeit:
    return lambda desk, line, wer, _: desk.by_hand().keep_on_paper(line.kennung, wer, grund)


def _void(desk: Desk, line: Uebersicht, wer: str, notiz: str) -> None:
    desk.by_hand().declare_void(line.kennung, wer, notiz)


def _signed(desk: Desk, line: Uebersicht, wer: str, _: str) -> None:
    desk.by_hand().note_signature(line.kennung, wer)


def _reopened(desk: Desk, line: Uebersicht, wer: str, _: str) -> None:
    desk.reopen(line.kennung, wer)


def _erezept(stand: str) -> Arbeit:
    def work(desk: Desk, line: Uebersicht, wer: str, _: str) -> str:
        desk.by_hand().check_off_erezept(line.kennung, wer, stand)
        return "Vermerkt: zum E-Rezept dieses Patienten ist nachgesehen."

    return work


def _handed(nochmal: bool) -> Arbeit:
    def work(desk: Desk, line: Uebersicht, wer: str, notiz: str) -> str:
        desk.hand_over(line.kennung, None, notiz.strip() or None, wer, nochmal=nochmal)
        return "An die Praxissoftware ausgegeben. Steht der Eintrag dort, hier noch als eingetragen abhaken."

    return work


def _proof(wie: str) -> Arbeit:
    def work(desk: Desk, line: Uebersicht, wer: str, _: str) -> str:
        desk.by_hand().note_proof(line.kennung, wer, wie)
        return f"Vermerkt: {NACHGELESEN_WIE[wie]}."

    return work


def _cancelled(desk: Desk, line: Uebersicht, wer: str, notiz: str) -> str:
    storno = desk.cancel_au().begin(line.kennung, wer, notiz)
    return PAPIER_DAZU.format(storno=storno.belegnummer)


def _released(desk: Desk, line: Uebersicht, wer: str, notiz: str) -> str:
    """Where people have accounts the doctor works under the own one; elsewhere the name is written down."""
    users = desk.users().all()
    user = next((each for each in users if each.kuerzel == wer), None)
    if users and (user is None or not user.may(Recht.STORNIEREN)):
        text = "Das gibt die Ärztin oder der Arzt frei. Bitte dafür unter dem eigenen Kürzel anmelden."
        raise InputRefused((Einwand("freigabe", "Design §4", text),))
    desk.cancel_au().release(line.kennung, wer, user.name if user is not None else notiz)
    return "Freigegeben. F9 startet das Signieren und Senden."


def _letter(desk: Desk, line: Uebersicht, wer: str, notiz: str) -> str:
    from papierbruecke.reconcile.cover_letter import kasse_of  # draws pages: only when needed

    beleg = desk.store().get(line.kennung)
    if beleg is None:
        return "Diesen Beleg gibt es nicht mehr."
    ik, name = kasse_of(beleg)
    if notiz:
        known = dict(desk.settings.kassenanschriften) | {ik or "": parse_address(notiz, name)}
        desk.save_settings(desk.settings.model_copy(update={"kassenanschriften": known}))
    desk.print_pages("au", desk.letter_pdf([line.kennung]), f"Anschreiben {line.belegnummer}")
    return "Anschreiben gedruckt. Ausfertigung dazulegen, unterschreiben, dann „Mit der Post geschickt“."


def parse_address(text: str, name: str) -> Kassenanschrift:
    """``Musterstraße 1; 12345 Musterstadt`` as the address of this Krankenkasse."""
    match = _ADRESSE.fullmatch(text.strip())
    if match is None:
        raise InputRefused((Einwand("kassenanschriften", "Eingabe", "Bitte so: Musterstraße 1; 12345 Musterstadt"),))
    return Kassenanschrift(
        name=name, strasse=match["strasse"].strip(), plz=match["plz"], ort=match["ort"].strip(), zusatz=None
    )


def _au(line: Uebersicht) -> bool:
    return line.art is BelegArt.AU


def _post_possible(line: Uebersicht) -> bool:
    due = line.zustand is Zustand.POST_FAELLIG or may_follow(line.art, line.zustand, Zustand.POST_FAELLIG)
    return _au(line) and due


def _slip(line: Uebersicht) -> bool:
    return line.art is BelegArt.ERSATZSCHEIN and line.zustand in (Zustand.GEDRUCKT, Zustand.DOKUMENTIERT)


def _for_the_pvs(line: Uebersicht) -> bool:
    by_pvs = line.weg == Weg.PVS.value or line.art is not BelegArt.AU
    return line.art is not BelegArt.STORNO and by_pvs and line.zustand is Zustand.GEDRUCKT


def _own_sending(line: Uebersicht) -> bool:
    waiting = (Zustand.GEDRUCKT, Zustand.SIGNIERT, Zustand.UNGEKLAERT, Zustand.POST_FAELLIG)
    return _au(line) and line.weg == Weg.DIREKT.value and line.zustand in waiting


def _rezept_out(line: Uebersicht) -> bool:
    return line.art is BelegArt.REZEPT and line.zustand in (Zustand.GEDRUCKT, Zustand.DOKUMENTIERT)


SCHRITTE = (
    Schritt(
        "eingetragen",
        "In die Praxissoftware eingetragen",
        lambda line: line.zustand is Zustand.GEDRUCKT and not (_au(line) and line.weg == Weg.DIREKT.value),
        entered,
        "Benutzer in der Praxissoftware",
    ),
    Schritt(
        "freigeben",
        "Storno freigeben (Ärztin oder Arzt)",
        lambda line: line.art is BelegArt.STORNO and line.zustand is Zustand.ERFASST,
        _released,
        "Name der Ärztin oder des Arztes",
    ),
    Schritt(
        "geklaert",
        "Mit der Krankenkasse geklärt",
        lambda line: line.art is BelegArt.STORNO and may_follow(line.art, line.zustand, Zustand.DOKUMENTIERT),
        entered,
        "Mit wem",
    ),
    Schritt("ausgeben", "An die Praxissoftware ausgeben", _for_the_pvs, _handed(False), "Patientennummer, falls nötig"),
    Schritt(
        "nochmal",
        "Noch einmal ausgeben: Eintrag fehlt dort",
        _for_the_pvs,
        _handed(True),
        "Patientennummer, falls nötig",
    ),
    Schritt("keines", "Es war kein E-Rezept vorbereitet", _rezept_out, _erezept("keines")),
    Schritt("verworfen", "Vorbereitetes E-Rezept gelöscht", _rezept_out, _erezept("verworfen")),
    Schritt("geloescht", "Gesendetes E-Rezept gelöscht", _rezept_out, _erezept("geloescht")),
    Schritt("eingeloest", "E-Rezept war schon eingelöst; Papier zurückgezogen", _rezept_out, _erezept("eingeloest")),
    Schritt(
        "unterschrift",
        "Versicherte Person hat unterschrieben",
        lambda line: line.art is BelegArt.ERSATZSCHEIN and line.zustand is Zustand.GEDRUCKT,
        _signed,
    ),
    *(
        Schritt(f"nachweis_{wie}", text, _slip, _proof(wie))
        for wie, text in (
            ("karte", "Karte in der Praxissoftware eingelesen"),
            ("eeb", "Ersatzbescheinigung (eEB) übernommen"),
            ("abgerechnet", "Quartal vorbei: im Ersatzverfahren abgerechnet"),
        )
    ),
    Schritt(
        "anschreiben",
        "Anschreiben an die Krankenkasse drucken",
        _post_possible,
        _letter,
        "Anschrift, falls neu: Straße Nr.; PLZ Ort",
    ),
    Schritt("post", "Mit der Post geschickt", _post_possible, _posted),
    Schritt(
        "geblieben",
        "Kassen-Ausfertigung ist noch hier",
        lambda line: _au(line) and line.zustand in (Zustand.GEDRUCKT, Zustand.SIGNIERT),
        _stayed,
    ),
    *(
        Schritt(
            f"papier_{grund}",
            f"Nie senden: {text}",
            lambda line: _au(line) and may_follow(line.art, line.zustand, Zustand.NUR_PAPIER),
            _paper(grund),
        )
        for grund, text in (
            ("personengruppe_07", "Personengruppe 07"),
            ("ausland", "im Ausland versichert"),
            ("skt_ohne_id", "Sonstiger Kostenträger ohne Versicherten-ID"),
        )
    ),
    Schritt("kim_suchen", "KIM-Adresse der Krankenkasse im Verzeichnis suchen", _own_sending, recipient.look_up),
    Schritt(
        "kim_bestaetigen",
        "KIM-Adresse der Krankenkasse bestätigen",
        _own_sending,
        recipient.confirm,
        "KIM-Adresse",
        True,
        recipient.objection,
    ),
    Schritt("nachgesehen", "Nachgesehen: noch offen", lambda line: line.zustand is Zustand.UNGEKLAERT, _reopened),
    Schritt(
        "ungueltig",
        "Ungültig: falsche Person, doppelt, nicht gebraucht",
        lambda line: (
            may_follow(line.art, line.zustand, Zustand.STORNIERT)
            and not (_au(line) and line.zustand is Zustand.ZUGESTELLT)
        ),
        _void,
        "Grund",
        True,
    ),
    Schritt(
        "stornieren",
        "Stornieren: Die Krankenkasse hat sie schon",
        lambda line: _au(line) and line.weg == Weg.DIREKT.value and line.zustand is Zustand.ZUGESTELLT,
        _cancelled,
        "Grund",
        True,
    ),
)
"""In the order in which they are shown."""


def steps_for(line: Uebersicht) -> tuple[Schritt, ...]:
    """What makes sense for this Beleg now."""
    return tuple(step for step in SCHRITTE if step.passt(line))


def fields_of(desk: Desk, line: Uebersicht) -> tuple[Kopierfeld, ...]:
    """The fields of this Beleg to copy (blocks; runs in a lane)."""
    beleg = desk.store().get(line.kennung)
    return copy_fields(beleg) if beleg is not None else ()


def compare_with_eeb(desk: Desk, line: Uebersicht) -> tuple[str, Ton]:
    """Look for the Ersatzbescheinigung of this slip in the KIM box and say what differs (blocks; lane ``send``)."""
    found = desk.find_eeb(line.kennung)
    if not found.vergleiche:
        other = f" Es liegen dort {found.andere} für andere Personen." if found.andere else ""
        broken = f" {found.unlesbar} ließ sich nicht lesen." if found.unlesbar else ""
        return f"Im KIM-Postfach liegt keine Ersatzbescheinigung für diese Person.{other}{broken}", Ton.WARN
    newest = found.vergleiche[0]
    good = newest.uebernehmen and all(row.folge == "gleich" for row in newest.felder)
    return "\n".join(newest.lines()), Ton.OK if good else Ton.WARN


def remark_of(desk: Desk, line: Uebersicht) -> str:
    """What somebody must know before this Beleg is sent (blocks; runs in a lane)."""
    if not _au(line) or line.weg != Weg.DIREKT.value or line.zustand is not Zustand.GEDRUCKT:
        return ""
    beleg = desk.store().get(line.kennung)
    assumed = beleg is not None and isinstance(beleg.inhalt, AuEingabe) and group_assumed(beleg.inhalt)
    return GRUPPE_ANGENOMMEN if assumed else ""


def compare_with_card(desk: Desk, line: Uebersicht) -> tuple[str, Ton]:
    """Read the card beside the slip and say what differs (blocks; runs in the lane of the reader)."""
    outcome = desk.read_card(warten_s=WAIT_FOR_CARD_S)
    if not isinstance(outcome, KarteGelesen):
        return outcome.text, Ton.WARN
    beleg = desk.store().get(line.kennung)
    if beleg is None or beleg.inhalt.versicherter is None:
        return "Diesen Beleg gibt es nicht mehr.", Ton.WARN
    karte = outcome.daten
    if not same_person(beleg.inhalt.versicherter, karte.versicherter):
        return "Das ist die Karte einer anderen Person. Bitte die richtige einstecken und noch einmal K.", Ton.BAD
    lines = difference_lines(desk.compare_card(line.kennung, karte.versicherter, karte.versicherung), "Karte")
    if not lines:
        return "Schein und Karte stimmen überein. Bitte die Karte noch in der Praxissoftware einlesen.", Ton.OK
    return "\n".join([*lines, "Bitte entscheiden, was stimmt, und in der Praxissoftware eintragen."]), Ton.WARN
