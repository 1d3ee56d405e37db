"""Observations → Lage: one correct sentence, the state of each Dienst, and what is independent.

A pure function of a history, a moment and the surroundings. ``diagnose`` None is a proof that
nothing is broken: it is given only if nothing is suspected and every Dienst that is set up here
is freshly known to work; what nobody can know is said as a remark (D52, D53), and KIM that was
never set up stays ``unklar``. Source: ti-detection §5, design §6.3, §12.
"""

from collections.abc import Iterable
from datetime import datetime

from papierbruecke.outage.catalogue import Wirkung, fill, katalog
from papierbruecke.outage.hints import hints, kim_not_set_up
from papierbruecke.outage.layers import Schicht
from papierbruecke.outage.model import Diagnose, Dienst, DienstLage, DienstZustand, Ergebnis, Lage, Messung, Umfeld
from papierbruecke.outage.picture import Bild
from papierbruecke.outage.rules import Fund, findings, tunnel_begin
from papierbruecke.outage.service_rules import unexplained
from papierbruecke.outage.zeiten import Zeiten, zeiten

_S = Schicht
_RANK = {DienstZustand.VERFUEGBAR: 0, DienstZustand.UNKLAR: 1, DienstZustand.GESTOERT: 2}


def diagnose(messungen: Iterable[Messung], now: datetime, umfeld: Umfeld, z: Zeiten | None = None) -> Lage:
    """Judge a whole history; observations after ``now`` (a clock was set back) are left out."""
    z = z or zeiten()
    known = sorted((m for m in messungen if m.zeit <= now), key=lambda m: m.zeit)
    return judge(Bild(umfeld, z).extend(known), now)


def judge(bild: Bild, now: datetime) -> Lage:
    """Judge what was folded so far."""
    funde = findings(bild, now)
    suspects = _suspects(bild, now)
    if not funde:
        begin = unexplained(bild, now)
        if begin is not None:
            funde = [Fund("D50", begin)]
    if suspects and all(fund.id == "D05" for fund in funde):
        funde = [_observed(bild, suspects), *funde]
    dienste = {dienst: _dienst(bild, now, dienst, funde, suspects) for dienst in Dienst}
    doubtful = {dienst for dienst, state in dienste.items() if state.zustand is not DienstZustand.VERFUEGBAR}
    if not funde and doubtful - ({Dienst.KIM} if kim_not_set_up(bild, now) else set()):
        funde = [_unknown(bild)]
    rows = [_diagnose(fund) for fund in funde]
    return Lage(
        zeit=now,
        diagnose=rows[0] if rows else None,
        weitere=tuple(rows[1:]),
        hinweise=hints(bild, now),
        dienste=dienste,
        proben=_probes(bild, now),
    )


def _suspects(bild: Bild, now: datetime) -> list[Schicht]:
    found = [s for s in Schicht if bild.suspect(s, now) and not bild.blocked(s, now)]
    return [_S.VPN_SCHNITTSTELLE, *found] if _way_lost(bild, now) else found


def _way_lost(bild: Bild, now: datetime) -> bool:
    """The VPN interface is gone and the Konnektor behind it has not been heard since."""
    begin, heard = bild.seit(_S.VPN_SCHNITTSTELLE), bild.staende[_S.KON_TCP].letzter_erfolg
    if begin is None or not bild.down(_S.VPN_SCHNITTSTELLE, now) or bild.blocked(_S.VPN_SCHNITTSTELLE, now):
        return False
    return heard is None or heard.zeit < begin


def _observed(bild: Bild, suspects: list[Schicht]) -> Fund:
    lowest = suspects[0]
    return Fund(
        "D51",
        tunnel_begin(bild) if lowest is _S.VPN else bild.seit(lowest),
        {"Was": katalog().schichten[lowest].was},
        variante="vpn" if lowest is _S.VPN else None,
        wirkung=_suspected(suspects),
    )


def _suspected(suspects: list[Schicht]) -> Wirkung:
    effect = dict.fromkeys(Dienst, DienstZustand.VERFUEGBAR)
    for schicht in suspects:
        effect = _worse(effect, katalog().schichten[schicht].dienste)
    return effect


def _worse(one: Wirkung, other: Wirkung) -> Wirkung:
    return {dienst: max(one[dienst], other[dienst], key=_RANK.__getitem__) for dienst in Dienst}


def _unknown(bild: Bild) -> Fund:
    asked = ("P4", "konnektor") in bild.letzte or ("P7", "konnektor") in bild.letzte
    return Fund("D51", None, variante="keine_messung" if asked else "keine_einrichtung")


def _dienst(bild: Bild, now: datetime, dienst: Dienst, funde: list[Fund], suspects: list[Schicht]) -> DienstLage:
    state, since = DienstZustand.VERFUEGBAR, None
    for fund in funde:
        effect = _effect(fund)
        if _RANK[effect[dienst]] > _RANK[state]:
            state, since = effect[dienst], fund.seit
    if state is DienstZustand.VERFUEGBAR:
        doubted = [s for s in suspects if katalog().schichten[s].dienste[dienst] is not DienstZustand.VERFUEGBAR]
        if doubted:
            return DienstLage(zustand=DienstZustand.UNKLAR, seit=bild.seit(doubted[0]))
        if not _proven(bild, now, dienst):
            return DienstLage(zustand=DienstZustand.UNKLAR, seit=None)
        since = bild.staende[_S.VPN].seit
    return DienstLage(zustand=state, seit=since)


def _effect(fund: Fund) -> Wirkung:
    zeile = katalog().diagnosen[fund.id]
    text = zeile.varianten.get(fund.variante or "")
    return fund.wirkung or (text.dienste if text is not None else None) or zeile.dienste


def _proven(bild: Bild, now: datetime, dienst: Dienst) -> bool:
    """Whether a Dienst is freshly known to work; silence is never taken for good news."""
    if not (bild.good(_S.KON_DIENST, now) and bild.good(_S.VPN, now)):
        return False
    if bild.says(_S.PC, now) is False or bild.says(_S.KON_TCP, now) is False:
        return False
    return dienst is not Dienst.KIM or bild.good(_S.KIM, now)


def _diagnose(fund: Fund) -> Diagnose:
    zeile = katalog().diagnosen[fund.id]
    text = zeile.varianten.get(fund.variante or "")
    return Diagnose(
        id=fund.id,
        titel=zeile.titel,
        verantwortlich=fill(zeile.verantwortlich, fund.werte),
        sicherheit="belegt" if fund.belegt else "wahrscheinlich",
        satz=fill(text.satz if text else zeile.satz, fund.werte),
        massnahme=fill(text.massnahme if text else zeile.massnahme, fund.werte),
        seit=fund.seit,
    )


def _probes(bild: Bild, now: datetime) -> tuple[Messung, ...]:
    """The last word of every probe; stale ones are grey, suppressed ones say nothing."""
    shown: list[Messung] = []
    for series, messung in sorted(bild.letzte.items(), key=lambda item: (int(item[0][0][1:]), item[0][1])):
        if messung.probe == "P15":
            continue
        if now - messung.zeit > bild.z.stale_after(messung.probe):
            messung = messung.model_copy(update={"ergebnis": Ergebnis.UNBEKANNT})
        elif series in bild.stumm:
            messung = messung.model_copy(update={"ergebnis": Ergebnis.KEINE_AUSSAGE})
        shown.append(messung)
    return tuple(shown)
