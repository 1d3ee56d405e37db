"""What one observation says about which layers (pure).

Source: ti-detection §1.3, §1.5, §1.11 (keys and error conditions), §5.1 (probes).
"""

from collections.abc import Iterator
from typing import Any

from papierbruecke.outage.catalogue import katalog
from papierbruecke.outage.layers import Schicht
from papierbruecke.outage.model import Anschlussart, Ergebnis, Messung, Umfeld

Reading = tuple[Schicht, bool]

# The handshake probe (P5) judges these; the SOAP probe has nothing to add to them.
_TLS_KEYS = frozenset(
    {"kon.server_cert_changed", "kon.server_cert_expired", "kon.tls_parameters", "kon.not_paired", "kon.wrong_device"}
)
_VPN_KEYS = frozenset({"vpn.ti_down", "kon.offline_mode"})
_ZUSTAND_KEYS = frozenset({"kon.critical_state", "kon.crl"})
_OWN_LINE = frozenset({"ec_no_online_connection", "ec_ip_adresses_not_available", "ec_ip_addresses_not_available"})

_PLAIN = {
    ("P0", "pc"): Schicht.PC,
    ("P0", "vpn_schnittstelle"): Schicht.VPN_SCHNITTSTELLE,
    ("P1", "router"): Schicht.ROUTER,
    ("P2", "internet"): Schicht.DNS,
    ("P3", "internet"): Schicht.INTERNET,
    ("P4", "konnektor"): Schicht.KON_TCP,
    ("P5", "konnektor"): Schicht.KON_TLS,
    ("P8", "terminal"): Schicht.TERMINAL,
    ("P8", "smcb"): Schicht.SMCB,
    ("P8", "hba"): Schicht.HBA,
    ("P10", "system"): Schicht.TI_DNS_SYSTEM,
    ("P10", "konnektor"): Schicht.TI_DNS_KONNEKTOR,
    ("P11", "idp"): Schicht.IDP,
    ("P11", "epa1"): Schicht.EPA1,
    ("P11", "epa2"): Schicht.EPA2,
    ("P11", "epa3"): Schicht.EPA3,
    ("P11", "erezept"): Schicht.EREZEPT,
    ("P12", "kim"): Schicht.KIM,
    ("P14", "konnektor"): Schicht.KON_UHR,
}
_LAGEBILD = {
    "ti_zugang": Schicht.LB_ZUGANG,
    "vsdm": Schicht.LB_VSDM,
    "kim": Schicht.LB_KIM,
    "erezept": Schicht.LB_EREZEPT,
    "epa": Schicht.LB_EPA,
    "idp": Schicht.LB_IDP,
    "tsp": Schicht.LB_TSP,
}


def readings(messung: Messung, umfeld: Umfeld) -> Iterator[Reading]:
    """Layer and plain answer (True = good) for everything this observation tells."""
    if messung.ergebnis not in (Ergebnis.OK, Ergebnis.FEHLER):
        return
    ok = messung.ergebnis is Ergebnis.OK
    plain = _PLAIN.get((messung.probe, messung.ziel))
    if plain is not None:
        yield plain, ok
    elif messung.probe == "P7":
        yield from _konnektor(messung, ok, umfeld)
    elif messung.probe == "P13":
        yield Schicht.LAGEBILD, ok
        if ok:
            for name, schicht in _LAGEBILD.items():
                stand = messung.daten.get(name)
                if stand in ("ok", "aus", "teilweise"):
                    yield schicht, stand == "ok"


def _konnektor(messung: Messung, ok: bool, umfeld: Umfeld) -> Iterator[Reading]:
    key = messung.schluessel or ""
    if ok:
        yield Schicht.KON_DIENST, True
        yield Schicht.KON_ZUSTAND, state_row(messung, umfeld) is None
        vpn = messung.daten.get("vpn_ti")
        if isinstance(vpn, bool):
            yield Schicht.VPN, vpn
    elif key in _VPN_KEYS:
        yield Schicht.KON_DIENST, True
        yield Schicht.VPN, False
    elif key in _ZUSTAND_KEYS:
        yield Schicht.KON_DIENST, True
        yield Schicht.KON_ZUSTAND, False
    elif key not in _TLS_KEYS:
        yield Schicht.KON_DIENST, False


def normalise(condition: str) -> str:
    """``EC_CardTerminal_Not_Available (CT-01)`` → ``ec_cardterminal_not_available``."""
    name = condition.split("(", 1)[0].replace(" ", "").lower()
    return name if name.startswith("ec_") else f"ec_{name}"


def conditions(messung: Messung) -> list[dict[str, Any]]:
    """The active error states that a Konnektor answer carried, names normalised."""
    found = messung.daten.get("fehlerzustaende")
    if not isinstance(found, list):
        return []
    return [state | {"name": normalise(str(state.get("name", "")))} for state in found if isinstance(state, dict)]


def state_row(messung: Messung, umfeld: Umfeld) -> tuple[str, str] | None:
    """The row that the Konnektor's own error states demand, and the state that says so.

    The most specific wins (D17 before D21); an unknown Fatal state is a defect (D21). At a
    TI-Gateway the conditions of an own VPN have no meaning.
    """
    if messung.schluessel == "kon.crl":
        return "D17", "4173"
    table = katalog()
    found: list[tuple[str, str]] = []
    for state in conditions(messung):
        name = state["name"]
        if umfeld.anschlussart is Anschlussart.TI_GATEWAY and name in table.nur_mit_eigenem_vpn:
            continue
        row = table.fehlerzustaende.get(name)
        if row is not None:
            found.append((row, name))
        elif str(state.get("schwere", "")).lower() == "fatal":
            found.append(("D21", name))
    return min(found, default=None)


def own_line_fails(messung: Messung) -> bool:
    """Whether the Konnektor itself says that it does not reach the Internet."""
    return any(state["name"] in _OWN_LINE for state in conditions(messung))


def says_why_offline(messung: Messung) -> bool:
    """Whether any of the No_* states is active: they are raised only in online mode (A_17085)."""
    names = {state["name"] for state in conditions(messung)}
    return bool(names & (_OWN_LINE | {"ec_no_vpn_ti_connection"}))
