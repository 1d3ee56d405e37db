"""The page for the IT-Betreuer: addresses, ports, names, versions, last errors, as text to copy (pure).

What today is collected with private scripts. No password, no patient data.
Source: issue 3 item 9, ti-detection §4.
"""

from collections.abc import Iterable
from datetime import datetime

from papierbruecke.clock import local
from papierbruecke.outage.model import Messung
from papierbruecke.settings import Einstellungen

ROUTES = (
    ("Offene Fachdienste der TI", "100.102.0.0/15"),
    ("Bestandsnetze", "188.144.0.0/15"),
)
"""Networks that a PC must route to the Konnektor, unless that is the default gateway (gemSpec_Net)."""
DNS_ZONES = ("*.telematik", "*.splitdns.ti-dienste.de", "*.epa4all.de")
"""Names that only the DNS of the Konnektor or gateway knows (ti-detection §4)."""


def network_lines(
    words: Iterable[Messung], errors: Iterable[Messung], settings: Einstellungen, now: datetime
) -> list[str]:
    """One line per fact."""
    known = list(words)
    lines = [f"Netzseite, Stand {local(now):%d.%m.%Y %H:%M:%S} Uhr", ""]
    lines += ["Ziele"] + [f"  {name:<28} {target}" for name, target in _targets(settings)]
    lines += ["", "Routen zum Konnektor"] + [f"  {name:<28} {network}" for name, network in ROUTES]
    lines += ["", "Namen, die der Konnektor auflösen muss", *(f"  {zone}" for zone in DNS_ZONES)]
    lines += ["", "Letzte Antworten", *(_line(m) for m in _ordered(known))]
    lines += ["", "Versionen", *(_versions(known) or ["  unbekannt"])]
    lines += ["", "Letzte Fehler", *([_line(m) for m in _ordered(errors)] or ["  keine"])]
    return lines


def _targets(settings: Einstellungen) -> list[tuple[str, str]]:
    konnektor, kim = settings.konnektor, settings.kim
    return [
        ("Konnektor", f"{konnektor.adresse or 'nicht eingerichtet'}:{konnektor.port} TCP/TLS"),
        ("Konnektor, Namensauskunft", f"{konnektor.adresse or 'nicht eingerichtet'}:53 UDP"),
        ("Konnektor, Adressverzeichnis", f"{konnektor.adresse or 'nicht eingerichtet'}:{konnektor.ldap_port} TCP/TLS"),
        ("Ereignisse vom Konnektor", _events(settings)),
        ("KIM-Clientmodul, SMTP", f"{kim.smtp_host or 'nicht eingerichtet'}:{kim.smtp_port} TCP/TLS"),
        ("KIM-Clientmodul, POP3", f"{kim.pop3_host or 'nicht eingerichtet'}:{kim.pop3_port} TCP/TLS"),
        ("TI-Lagebild", settings.lagebild.url),
        ("Internetprobe", ", ".join(settings.netz.namen)),
        ("Anschlussart", konnektor.anschlussart.value),
    ]


def _events(settings: Einstellungen) -> str:
    konnektor = settings.konnektor
    if not konnektor.ereignisse:
        return "ausgeschaltet"
    return f"{konnektor.ereignis_adresse or 'dieser Computer'}:{konnektor.ereignis_port} TCP, kommend"


def _ordered(words: Iterable[Messung]) -> list[Messung]:
    return sorted(words, key=lambda m: (int(m.probe[1:]), m.ziel))


def _line(word: Messung) -> str:
    duration = f"{word.dauer_ms} ms" if word.dauer_ms is not None else ""
    key = f"[{word.schluessel}]" if word.schluessel else ""
    parts = (word.befund, duration, key)
    moment = f"{local(word.zeit):%d.%m. %H:%M:%S}"
    return f"  {moment}  {word.probe:<4}{word.ziel:<18}{word.ergebnis.value:<14}{' '.join(p for p in parts if p)}"


def _versions(words: Iterable[Messung]) -> list[str]:
    directory = next((m for m in words if m.probe == "P6" and m.daten.get("versionen")), None)
    if directory is None:
        return []
    facts = directory.daten
    product = " ".join(str(facts.get(name, "")) for name in ("hersteller", "produkt", "firmware", "hardware"))
    services = facts["versionen"]
    return [f"  {product.strip()}", *(f"  {name} {version}" for name, version in sorted(services.items()))]
