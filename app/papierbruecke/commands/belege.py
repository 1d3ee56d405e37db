"""``belege``, ``beleg``: what is stored, and its history."""

import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from papierbruecke.clock import local
from papierbruecke.commands.answer import DONE, FINDING, WER, Adder, Given, answer, open_desk
from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.files import write_output
from papierbruecke.outbox.model import SPALTE, Spalte, Uebersicht
from papierbruecke.outbox.recover import look_back, reopen
from papierbruecke.outbox.store import Outbox, TransitionRefused
from papierbruecke.resubmit.cancel_au import PAPIER_DAZU
from papierbruecke.wiring import Desk


def register(add: Adder) -> None:
    """The commands of this file."""
    parser = add(belege, "Alle abgelegten Belege.")
    parser.add_argument("--offen", action="store_true", help="nur was noch zu tun ist, das Dringendste zuerst")
    parser = add(beleg, "Ein Beleg und sein Verlauf.")
    parser.add_argument("nummer", metavar="NUMMER", help="Belegnummer, zum Beispiel 231126-A-001-P")
    parser.add_argument("--gedruckt", action="store_true", help="der Ausdruck ist gelungen")
    parser.add_argument("--verdorben", action="store_true", help="das Blatt ist verdorben")
    parser.add_argument("--dokumentiert", action="store_true", help="in der Praxissoftware dokumentiert")
    parser.add_argument("--per-post", action="store_true", help="die Kassen-Ausfertigung ging mit der Post")
    parser.add_argument("--anschreiben", type=Path, metavar="DATEI.pdf", help="Brief an die Krankenkasse schreiben")
    parser.add_argument(
        "--nachgesehen", action="store_true", help="nach dem Zurückholen einer Sicherung: er ist wirklich noch offen"
    )
    parser.add_argument("--stornieren", metavar="GRUND", help="zugestellte Krankschreibung elektronisch stornieren")
    parser.add_argument("--freigeben", metavar="NAME", help="Storno freigeben: Name der Ärztin oder des Arztes")
    parser.add_argument(
        "--ansicht", type=Path, metavar="DATEI.pdf", help="zeigen, was signiert wird: Seite als PDF, Angaben als Text"
    )
    parser.add_argument("--seiten", type=Path, metavar="ORDNER", help="die gespeicherten Seiten als PDF ablegen")


def _line(uebersicht: Uebersicht) -> dict[str, Any]:
    return {
        "belegnummer": uebersicht.belegnummer,
        "kennung": str(uebersicht.kennung),
        "art": uebersicht.art.value,
        "patient": uebersicht.patient,
        "angelegt": uebersicht.angelegt.isoformat(),
        "zustand": uebersicht.zustand.value,
        "seit": uebersicht.seit.isoformat(),
        "spalte": SPALTE[uebersicht.zustand].value,
        "stoerung": str(uebersicht.stoerung),
        "vorgang": str(uebersicht.vorgang),
        "weg": uebersicht.weg,
    }


def _reopen(store: Outbox, kennung: UUID) -> None:
    try:
        reopen(store, kennung, WER)
    except TransitionRefused:
        raise InputRefused(
            (Einwand("--nachgesehen", "Sicherung", "Dieser Beleg wartet nicht auf ein Nachsehen."),)
        ) from None


def belege(given: Given) -> int:
    """``belege``: everything that is stored; exit 1 while something is open or in doubt."""
    desk = open_desk(given)
    if given["offen"]:
        return _open_ones(given, desk)
    stored = desk.belege()
    left = look_back(desk.store(), desk.clock.now()).lines() if desk.set_up else []
    lines = [f"{u.belegnummer}  {u.art.value:<12} {u.zustand.value:<16} {u.patient}" for u in stored]
    answer(
        given,
        {"schema": "belege", "version": 1, "belege": [_line(u) for u in stored], "hinweise": left},
        [*(lines or ["Es ist noch kein Beleg abgelegt."]), *left],
    )
    unfinished = any(SPALTE[u.zustand] in (Spalte.OFFEN, Spalte.UNKLAR) for u in stored)
    return FINDING if unfinished else DONE


def _open_ones(given: Given, desk: Desk) -> int:
    """What is left to do, sorted by its deadline."""
    rows = desk.abgleich().left()
    lines = [
        f"{row.beleg.belegnummer}  {f'bis {local(row.bis):%d.%m.%Y %H:%M}' if row.bis else '':<20} "
        f"{row.beleg.patient}: {row.noch_zu_tun}"
        for row in rows
    ]
    document = {"schema": "belege", "version": 1, "belege": [row.as_dict() for row in rows]}
    answer(given, document, lines or ["Es ist nichts mehr zu tun."])
    return FINDING if rows else DONE


def beleg(given: Given) -> int:
    """``beleg``: one Beleg, its history; confirms paper when asked to."""
    desk = open_desk(given)
    found = desk.store().by_nummer(given["nummer"]) if desk.set_up else None
    if found is None:
        raise InputRefused((Einwand("nummer", "Belegnummer", "Diese Belegnummer gibt es hier nicht."),))
    if given["gedruckt"]:
        desk.confirm_printed(found.kennung, WER)
    if given["verdorben"]:
        desk.spoilt(found.kennung, WER, "Blatt verdorben")
    if given["per_post"]:
        desk.by_hand().mark_posted(found.kennung, WER)
    if given.get("stornieren") is not None:
        storno = desk.cancel_au().begin(found.kennung, WER, given["stornieren"])
        print(PAPIER_DAZU.format(storno=storno.belegnummer), file=sys.stderr)
        found = storno
    if given.get("freigeben") is not None:
        desk.cancel_au().release(found.kennung, WER, given["freigeben"])
    if given.get("anschreiben") is not None:
        write_output(given["anschreiben"], desk.letter_pdf([found.kennung]))
    if given["dokumentiert"]:
        desk.document(found.kennung, WER, "in der Praxissoftware dokumentiert")
    if given["nachgesehen"]:
        _reopen(desk.store(), found.kennung)
    if given.get("seiten") is not None:
        for name, pdf in desk.store().seiten(found.kennung).items():
            write_output(Path(given["seiten"]) / f"{found.belegnummer}-{name}.pdf", pdf)
    found = desk.store().uebersicht(found.kennung) or found
    view = desk.show_content(found) if given.get("ansicht") is not None else None
    if view is not None and view.pdf:
        write_output(given["ansicht"], view.pdf)
    events = desk.store().events(found.kennung)
    document = (
        {"schema": "beleg", "version": 1}
        | _line(found)
        | {
            "verlauf": [
                {
                    "zeit": e.zeit.isoformat(),
                    "was": e.was,
                    "zustand": e.zustand.value if e.zustand else None,
                    "wer": e.wer,
                    "detail": e.detail,
                }
                for e in events
            ]
        }
    )
    if view is not None:
        document["ansicht"] = view.as_dict()
    lines = [f"{found.belegnummer} · {found.art.value} · {found.patient} · {found.zustand.value}"]
    lines += [
        f"  {local(e.zeit):%d.%m.%Y %H:%M:%S}  {e.was:<12} {e.zustand.value if e.zustand else '':<16} {e.wer}"
        for e in events
    ]
    lines += view.lines() if view is not None else []
    answer(given, document, lines)
    return FINDING if SPALTE[found.zustand] in (Spalte.OFFEN, Spalte.UNKLAR) else DONE
