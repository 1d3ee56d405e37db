"""What proves how a Beleg came to its end: who, when, under which number (pure).

The closing report shows it beside every finished Beleg, and what came in afterwards is added to it.
No medical content. Source: domain sheet reconciliation §7, §9 (evidence of each state machine).
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from papierbruecke.clock import local
from papierbruecke.forms.note_official import VERMERKT
from papierbruecke.outbox.model import Ereignis, Versuch, Zustand
from papierbruecke.pvs.hand_over import AUSGEGEBEN
from papierbruecke.record.model import AMTLICH
from papierbruecke.resubmit.by_hand import (
    EINGETRAGEN,
    EREZEPT_GEPRUEFT,
    EREZEPT_STAND,
    NACHGELESEN,
    NACHGELESEN_WIE,
    UNTERSCHRIEBEN,
)
from papierbruecke.resubmit.cancel_au import STORNO_ANGELEGT
from papierbruecke.resubmit.plan import FREIGEGEBEN, KK_FEHLT, NIE_SENDEN, ZUSTELLUNG_GESCHEITERT
from papierbruecke.resubmit.settle_answers import SPAETE_ABLEHNUNG

NEWEST = 12
"""So many steps are told; a row must fit on a page. All of them stand in the history of the Beleg."""

_NOTES: dict[str, Callable[[Ereignis], str]] = {
    AUSGEGEBEN: lambda e: f"An die Praxissoftware ausgegeben ({e.detail.get('datei', 'GDT')})",
    EREZEPT_GEPRUEFT: lambda e: EREZEPT_STAND.get(e.detail.get("stand", ""), "Nach einem E-Rezept gesehen."),
    EINGETRAGEN: lambda e: f"In der Praxissoftware eingetragen: {e.detail.get('hinweis', '')}",
    NACHGELESEN: lambda e: NACHGELESEN_WIE.get(e.detail.get("wie", ""), "Nachgelesen"),
    UNTERSCHRIEBEN: lambda e: "Vom Patienten unterschrieben",
    VERMERKT: lambda e: f"{AMTLICH.get(e.detail.get('formular', ''), 'Formular')} Nr. {e.detail.get('nummer', '?')}",
    STORNO_ANGELEGT: lambda e: f"{'Storno' if 'storno' in e.detail else 'Storno zu'} {e.detail.get('nummer', '?')}",
    FREIGEGEBEN: lambda e: f"Freigegeben von {e.detail.get('freigabe', '?')}",
    KK_FEHLT: lambda e: "Die Ausfertigung für die Krankenkasse blieb in der Praxis",
    SPAETE_ABLEHNUNG: lambda e: f"Nachträglich: Fehlernachricht der Krankenkasse, Code {e.detail.get('code', '?')}",
    ZUSTELLUNG_GESCHEITERT: lambda e: "KIM meldete: nicht zugestellt",
}
_STATES: dict[Zustand, Callable[[Ereignis], str]] = {
    Zustand.SIGNIERT: lambda e: "Signiert" if "p7s" in e.detail else "Versuch: sicher nicht gesendet",
    Zustand.ZUGESTELLT: lambda e: f"Zustellbestätigung {e.detail.get('status', '')}".rstrip(),
    Zustand.ABGELEHNT: lambda e: f"Fehlernachricht der Krankenkasse, Code {e.detail.get('code', '?')}",
    Zustand.UNGEKLAERT: lambda e: "Unklar, ob es ankam",
    Zustand.DOKUMENTIERT: lambda e: " ".join(("In der Praxissoftware eingetragen:", e.detail.get("hinweis", ""))),
    Zustand.PER_POST: lambda e: "Mit der Post geschickt",
    Zustand.NUR_PAPIER: lambda e: NIE_SENDEN.get(e.detail.get("grund", ""), "Bleibt auf Papier."),
    Zustand.STORNIERT: lambda e: f"Ungültig: {e.detail.get('grund', 'ohne Grund')}",
    Zustand.ERSETZT: lambda e: "Durch einen neuen Beleg ersetzt",
}


def evidence_of(ereignisse: Sequence[Ereignis], versuche: Sequence[Versuch]) -> tuple[str, ...]:
    """One short line for each step that proves something, oldest first, each with time and name."""
    lines: list[tuple[datetime, str]] = [
        (each.datum, f"{_when(each.datum)} gesendet, Message-ID {each.message_id.strip('<>').partition('@')[0]}")
        for each in versuche
    ]
    for event in ereignisse:
        said = words_of(event)
        if said is not None:
            lines.append((event.zeit, f"{_when(event.zeit)} {said} ({event.wer})"))
    told = [text for _, text in sorted(lines, key=lambda line: line[0])]
    if len(told) > NEWEST:
        told = [f"{len(told) - NEWEST} frühere Schritte stehen im Verlauf des Belegs", *told[-NEWEST:]]
    return tuple(told)


def words_of(event: Ereignis) -> str | None:
    """What this step proves, in words; None if it proves nothing."""
    say = _NOTES.get(event.was) if event.zustand is None else _STATES.get(event.zustand)
    return say(event).rstrip(" .:") if say is not None else None


def _when(moment: datetime) -> str:
    return f"{local(moment):%d.%m. %H:%M}"
