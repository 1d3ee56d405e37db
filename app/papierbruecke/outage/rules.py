"""From the picture to rows D01…D44 and D50, lowest failing layer first (pure).

Evaluated top down like the table; the first finding is the diagnosis, the rest are
independent faults. Rules of order: D13 before D11 and D12; D33 before D31; D22 before
D23–D26; D06 and D07 replace D08, D09 and D24–D26 at a TI-Gateway.
Source: ti-detection §5.3, design §12.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from papierbruecke.outage.catalogue import Wirkung, katalog
from papierbruecke.outage.certificate_rules import certificate_row
from papierbruecke.outage.layers import Schicht
from papierbruecke.outage.model import Anschlussart, Messung
from papierbruecke.outage.picture import Bild
from papierbruecke.outage.readings import own_line_fails, says_why_offline, state_row
from papierbruecke.outage.service_rules import card_rows, service_rows

_S = Schicht


@dataclass(frozen=True, slots=True)
class Fund:
    """One finding: the row, since when, and what fills its sentences.

    ``belegt``: the Lagebild names the cause. ``wirkung``: the effect, where the table leaves it open (D51).
    """

    id: str
    seit: datetime | None
    werte: dict[str, str] = field(default_factory=dict)
    belegt: bool = False
    variante: str | None = None
    wirkung: Wirkung | None = None


def findings(bild: Bild, now: datetime) -> list[Fund]:
    """Every certain fault, the lowest layer first; empty = nothing is certainly broken."""
    lowest = _this_side(bild, now)
    if lowest is not None:
        return [lowest]
    found = list(_line(bild, now))
    line_down = any(fund.id == "D03" for fund in found)
    konnektor = _konnektor(bild, now, line_down)
    if konnektor is not None:
        found.append(konnektor)
    reachable = konnektor is None or konnektor.id >= "D22"
    if reachable:
        found.extend(Fund(*row) for row in card_rows(bild, now))
    if not bild.down(_S.VPN, now) and not line_down and reachable:
        found.extend(Fund(*row) for row in service_rows(bild, now))
    # D05 breaks nothing, so whatever is broken is said first.
    return sorted(found, key=lambda fund: fund.id == "D05")


def _this_side(bild: Bild, now: datetime) -> Fund | None:
    if bild.down(_S.PC, now):
        return Fund("D01", bild.seit(_S.PC))
    if bild.down(_S.ROUTER, now) and _konnektor_gone_with_router(bild):
        return Fund("D02", bild.seit(_S.ROUTER))
    return None


def _konnektor_gone_with_router(bild: Bild) -> bool:
    """A dead switch takes the Konnektor along; if that still answered, only the line is lost."""
    router, tcp = bild.staende[_S.ROUTER], bild.staende[_S.KON_TCP]
    if tcp.gesehen is None or router.fehler_seit is None:
        return True
    last = tcp.letzter_fehler.zeit if tcp.letzter_fehler is not None else None
    failed = max((moment for moment in (last, tcp.verdeckt) if moment is not None), default=None)
    return failed is not None and failed >= router.fehler_seit - timedelta(seconds=bild.z.luecke_s)


def _line(bild: Bild, now: datetime) -> Iterator[Fund]:
    if bild.down(_S.INTERNET, now):
        since = bild.seit(_S.INTERNET)
        if not _tunnel_stands(bild, now):
            yield Fund("D03", since)
        elif since is None or now - since >= timedelta(seconds=bild.z.nur_pc_internet_s):
            yield Fund("D05", since)
        else:
            # A lost line shows in the tunnel only up to five minutes later (TAB_KON_503).
            was = katalog().schichten["internet"]
            yield Fund("D51", since, {"Was": was.was}, wirkung=was.dienste)
    elif bild.down(_S.DNS, now):
        yield Fund("D04", bild.seit(_S.DNS))


def _tunnel_stands(bild: Bild, now: datetime) -> bool:
    """The Konnektor's own last word: without Internet the layer itself no longer listens to a loss."""
    last = bild.letzte.get(("P7", "konnektor"))
    return last is not None and last.daten.get("vpn_ti") is True and bild.good(_S.VPN, now)


def _konnektor(bild: Bild, now: datetime, line_down: bool) -> Fund | None:
    gateway = bild.umfeld.anschlussart is Anschlussart.TI_GATEWAY
    if bild.down(_S.KON_TCP, now):
        if gateway:
            return None if line_down else _gateway(bild, now)
        return _unreachable(bild, now)
    if bild.down(_S.KON_TLS, now):
        row = certificate_row(bild, now)
        return Fund(*row)
    if bild.down(_S.KON_DIENST, now):
        return _refused(bild, now, gateway)
    if bild.down(_S.KON_ZUSTAND, now):
        return _critical(bild)
    if bild.down(_S.KON_UHR, now):
        return Fund("D18", bild.seit(_S.KON_UHR))
    if line_down:
        return None
    if bild.down(_S.VPN, now):
        return _tunnel(bild, now, gateway)
    if bild.down(_S.TI_DNS_KONNEKTOR, now):
        return Fund("D27", bild.seit(_S.TI_DNS_KONNEKTOR))
    if bild.down(_S.TI_DNS_SYSTEM, now):
        return Fund("D28", bild.seit(_S.TI_DNS_SYSTEM))
    return None


def _gateway(bild: Bild, now: datetime) -> Fund:
    since = bild.seit(_S.KON_TCP)
    reported = bild.down(_S.LB_ZUGANG, now)
    refused = "kon.port_closed" in bild.staende[_S.KON_TCP].lauf
    if reported or refused or (bild.says(_S.VPN_SCHNITTSTELLE, now) and not _interface_failed(bild)):
        return Fund("D07", since, provider(bild), belegt=reported)
    return Fund("D06", since)


def _interface_failed(bild: Bild) -> bool:
    """Whether the VPN interface was missing in this run: while all recovers the cause stays the same."""
    last, begin = bild.staende[_S.VPN_SCHNITTSTELLE].letzter_fehler, bild.seit(_S.KON_TCP)
    return last is not None and begin is not None and last.zeit >= begin - timedelta(seconds=bild.z.luecke_s)


def _unreachable(bild: Bild, now: datetime) -> Fund:
    stand = bild.staende[_S.KON_TCP]
    if restarting(bild, now):
        return Fund("D08", stand.fehler_seit)
    last = stand.letzter_fehler.schluessel if stand.letzter_fehler is not None else None
    return Fund("D09", stand.fehler_seit, variante=last)


def restarting(bild: Bild, now: datetime) -> bool:
    """Whether the Konnektor may be starting: it worked, something supports it, and not too long.

    Support is a refused connection (the host answers), an incomplete service directory, an
    update event or a restart that a person confirmed. Limit 20 minutes (ti-detection §5.2).
    """
    tcp, dienst = bild.staende[_S.KON_TCP], bild.staende[_S.KON_DIENST]
    limit = timedelta(seconds=bild.z.neustart_hart_s)
    begins = [s.fehler_seit for s in (tcp, dienst) if s.fehler_seit is not None and now - s.fehler_seit <= 2 * limit]
    if not begins or dienst.letzter_erfolg is None:
        return False
    begin = min(begins)
    marked = bild.neustart is not None and abs(bild.neustart - begin) <= limit
    supported = marked or "kon.port_closed" in tcp.lauf or "kon.booting" in dienst.lauf
    return supported and now - begin < limit


def _refused(bild: Bild, now: datetime, gateway: bool) -> Fund:
    stand = bild.staende[_S.KON_DIENST]
    last = stand.letzter_fehler
    key = (last.schluessel if last is not None else None) or ""
    since = stand.fehler_seit
    if key in ("kon.client_rejected", "kon.client_cert_rejected") or key.startswith("kon.p12"):
        return Fund("D15", since, variante=key)
    if key in ("kon.context_wrong", "ct.unknown"):
        return Fund("D16", since, {"Code": fault_code(last)})
    if key == "kon.booting" and restarting(bild, now):
        return Fund("D08", since)
    if key == "kon.wrong_device":
        return Fund("D10", since)
    if key in ("kon.no_answer", "kon.port_closed", "kon.booting"):
        return Fund("D07", since, provider(bild)) if gateway else Fund("D09", since, variante="dienste")
    return Fund("D50", since, {"Code": fault_code(last)}, variante=key)


def _critical(bild: Bild) -> Fund:
    since = bild.seit(_S.KON_ZUSTAND)
    # With several Fatal states the Konnektor may fall silent: the last known list counts.
    states = bild.last_states()
    row = state_row(states, bild.umfeld) if states is not None else None
    if row is None:
        return Fund("D21", since, {"EC": "den Fehlercode 4002"})
    return Fund(row[0], since, {"EC": f"den Zustand {row[1].upper()}"})


def _tunnel(bild: Bild, now: datetime, gateway: bool) -> Fund | None:
    stand = bild.staende[_S.VPN]
    last = stand.letzter_fehler
    begin = tunnel_begin(bild)
    if last is None or begin is None:
        return None
    age = now - begin
    if gateway:
        return Fund("D07", begin, provider(bild), belegt=bild.down(_S.LB_ZUGANG, now))
    if last.schluessel == "kon.offline_mode":
        return Fund("D22", begin)
    if own_line_fails(last) and bild.says(_S.INTERNET, now) is not False:
        return Fund("D23", begin)
    if age < timedelta(seconds=bild.z.zugangsdienst_s):
        return _young_tunnel(begin)
    if last.schluessel is None and not says_why_offline(last):
        # No_VPN_TI must have appeared within 300 s, unless online mode is off (A_17085).
        return Fund("D22", begin) if age >= timedelta(seconds=bild.z.offline_gestellt_s) else _young_tunnel(begin)
    if bild.down(_S.LB_ZUGANG, now):
        return Fund("D24", begin, provider(bild), belegt=True)
    # gematik is up to ten minutes late; until it can know, nobody says "nur Ihre Praxis".
    report = bild.gut.get(("P13", "lagebild"))
    informed = begin + timedelta(seconds=bild.z.lagebild_nach_beginn_s)
    if bild.says(_S.LB_ZUGANG, now) and report is not None and report.zeit >= informed:
        return Fund("D25", begin)
    return Fund("D26", begin, provider(bild))


def _young_tunnel(begin: datetime) -> Fund:
    """Certainly down, but too young to name a cause: shorter gaps can be a normal failover (TAB_KON_503)."""
    return Fund("D51", begin, variante="vpn", wirkung=katalog().diagnosen["D51"].bestaetigt)


def tunnel_begin(bild: Bild) -> datetime | None:
    """Since when the tunnel is gone: the Konnektor's own time, if it fits between our answers."""
    stand = bild.staende[_S.VPN]
    begin, last, good = stand.fehler_seit, stand.letzter_fehler, stand.gut_vor_lauf
    if begin is None or last is None:
        return begin
    try:
        told = datetime.fromisoformat(str(last.daten.get("vpn_ti_seit")))
    except ValueError:
        return begin
    if told.tzinfo is None or told > begin or (good is not None and told < good):
        return begin
    return told


def provider(bild: Bild) -> dict[str, str]:
    """The name of the TI-Zugang provider as the Lagebild or the settings write it."""
    report = bild.gut.get(("P13", "lagebild"))
    name = bild.umfeld.ti_zugang_anbieter or (report.daten.get("ti_zugang_name") if report is not None else None)
    return {"Name": f"({name})"} if name else {}


def fault_code(messung: Messung | None) -> str:
    """The gematik code to tell the hotline."""
    return str(messung.daten.get("fault", "4021")) if messung is not None else "4021"
