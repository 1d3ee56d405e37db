"""From the files of an eGK to the person and the cover (egk.md §4, §6); pure.

The XML namespace decides what a card is, never a prefix: GKV in version 5.2 or private
insurance. What the card does not hold stays ``None``; what it holds is taken over unchanged.
"""

import re
import zlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal, cast, get_args

from lxml import etree

from papierbruecke.card.checks import ik_valid, kvnr_valid
from papierbruecke.card.egk import ABSENT, EgkInhalt, vd_offsets
from papierbruecke.card.hindernis import IN_AKTUALISIERUNG, UNVOLLSTAENDIG, VERSION, KarteUnlesbar
from papierbruecke.card.model import (
    Anschrift,
    Geschlecht,
    Kostenerstattung,
    Postfach,
    Versicherter,
    Versicherung,
    Warnung,
)
from papierbruecke.redact import PatientValue

# Schema_VSD.xsd and Schema_VSD_PKV.xsd of gematik (egk.md §6, §6.6).
GKV_NAMESPACE = "http://ws.gematik.de/fa/vsdm/vsd/v5.2"
PKV_NAMESPACE = "http://ws.gematik.de/fa/vsdm/vsd_pkv/v1.0"
GKV_VERSION = re.compile(r"5\.2\.\d{1,4}")
PKV_VERSION = re.compile(r"1\.0(\.\d{1,4})?|5\.2\.\d{1,4}")
# Tab_04 of gemSpec_eGK_Fach_VSDM: 25 bytes; storage structure 3.0.4 packed in BCD (egk.md §4.1).
STATUS_VD_BYTES = 25
STORAGE_STRUCTURE = bytes.fromhex("0030000004")
MAX_XML_BYTES = 65536  # a gzip bomb ends here; real documents have about 1500 bytes

PD_ROOT = "UC_PersoenlicheVersichertendatenXML"
VD_ROOT = "UC_AllgemeineVersicherungsdatenXML"
GVD_ROOT = "UC_GeschuetzteVersichertendatenXML"


class Vsd(PatientValue):
    """What the files said: person, cover, and what is worth a remark.

    ``stand`` is the last writing of the card, UTC without offset; ``vsd_version`` the schema version.
    """

    versicherter: Versicherter
    versicherung: Versicherung
    vsd_version: str
    stand: str | None
    warnungen: tuple[Warnung, ...]


def decode(inhalt: EgkInhalt, *, heute: date, mit_gvd: bool) -> Vsd:
    """Read the files of one card; raises ``KarteUnlesbar`` for unsafe, unknown or broken contents.

    The protected copy inside EF.VD is looked at only with ``mit_gvd`` (egk.md §6.4), and of it
    only Besondere Personengruppe, DMP, Zuzahlungsstatus and the resting of the claim.
    """
    stand, written_version = _status(inhalt.status_vd)
    pd = _Document(_unpack(inhalt.pd[2:]), PD_ROOT)
    start, end, gvd_start, gvd_end = vd_offsets(inhalt.vd.ljust(8, b"\xff"))
    vd = _Document(_unpack(_slice(inhalt.vd, start, end)), VD_ROOT)
    if pd.namespace != vd.namespace:
        raise KarteUnlesbar(VERSION)
    private = pd.namespace == PKV_NAMESPACE
    expected = PKV_VERSION if private else GKV_VERSION
    if not expected.fullmatch(pd.version) or not (private or GKV_VERSION.fullmatch(written_version)):
        raise KarteUnlesbar(VERSION)

    warnungen: list[Warnung] = []
    versicherter = _versicherter(pd, warnungen)
    versicherung = _versicherung(vd, private, warnungen)
    if mit_gvd and not private:
        if ABSENT in (gvd_start, gvd_end):
            warnungen.append(
                Warnung(
                    code="karte.gvd_fehlt",
                    text="Die Karte trägt keine Kopie von Besonderer Personengruppe und DMP. Bitte nachfragen; "
                    "ohne Angabe wird „00“ gedruckt.",
                )
            )
        else:
            gvd = _Document(_unpack(_slice(inhalt.vd, gvd_start, gvd_end)), GVD_ROOT)
            versicherung = _with_gvd(versicherung, gvd, heute, warnungen)
    return Vsd(
        versicherter=versicherter,
        versicherung=versicherung,
        vsd_version=pd.version,
        stand=stand,
        warnungen=tuple(warnungen),
    )


def read_containers(pd_packed: bytes, vd_packed: bytes) -> tuple[Versicherter, Versicherung]:
    """Person and cover from the two gzipped documents alone, as an Ersatzbescheinigung carries them.

    Raises ``KarteUnlesbar``. Without the files around them nobody knows when they were written.
    """
    pd, vd = _Document(_unpack(pd_packed), PD_ROOT), _Document(_unpack(vd_packed), VD_ROOT)
    private = pd.namespace == PKV_NAMESPACE
    if pd.namespace != vd.namespace or not (PKV_VERSION if private else GKV_VERSION).fullmatch(pd.version):
        raise KarteUnlesbar(VERSION)
    return _versicherter(pd, []), _versicherung(vd, private, [])


def full_date(text: str | None) -> date | None:
    """A complete calendar date ``JJJJMMTT``; None for everything else."""
    if text is None or not re.fullmatch(r"[0-9]{8}", text):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


# -- the bytes -----------------------------------------------------------------


def _status(data: bytes) -> tuple[str | None, str]:
    """Last writing of the card and the schema version that was written (egk.md §4.1)."""
    if len(data) < STATUS_VD_BYTES:
        raise KarteUnlesbar(UNVOLLSTAENDIG)
    if data[:1] == b"1":
        raise KarteUnlesbar(IN_AKTUALISIERUNG)
    if data[:1] != b"0" or data[20:25] != STORAGE_STRUCTURE:
        raise KarteUnlesbar(VERSION)
    digits = data[15:20].hex()
    if not digits.isdigit():
        raise KarteUnlesbar(VERSION)
    version = f"{int(digits[:3])}.{int(digits[3:6])}.{int(digits[6:])}"
    try:
        stand = datetime.strptime(data[1:15].decode("ascii"), "%Y%m%d%H%M%S").isoformat()  # noqa: DTZ007 (UTC by spec)
    except ValueError:
        return None, version
    return stand, version


def _slice(vd: bytes, start: int, end: int) -> bytes:
    if not 8 <= start <= end < len(vd):
        raise KarteUnlesbar(UNVOLLSTAENDIG)
    return vd[start : end + 1]


def _unpack(packed: bytes) -> bytes:
    """Gunzip with a limit; padding behind the stream is normal, a stream without end is not (egk.md §4)."""
    stream = zlib.decompressobj(31)
    try:
        xml = stream.decompress(packed, MAX_XML_BYTES)
    except zlib.error:
        raise KarteUnlesbar(UNVOLLSTAENDIG) from None
    if not stream.eof:
        raise KarteUnlesbar(UNVOLLSTAENDIG)
    return xml


class _Document:
    """One parsed document; elements are found by local name inside its own namespace."""

    def __init__(self, xml: bytes, root_name: str) -> None:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            root = etree.fromstring(xml, parser)
        except (etree.XMLSyntaxError, ValueError, LookupError):
            # "from None": the parser's message quotes the document.
            raise KarteUnlesbar(UNVOLLSTAENDIG) from None
        if root.getroottree().docinfo.internalDTD is not None:
            raise KarteUnlesbar(UNVOLLSTAENDIG)
        name = etree.QName(root)
        if name.namespace not in (GKV_NAMESPACE, PKV_NAMESPACE):
            raise KarteUnlesbar(VERSION)
        if name.localname != root_name:
            raise KarteUnlesbar(UNVOLLSTAENDIG)
        self.namespace: str = name.namespace
        self.version: str = root.get("CDM_VERSION", "")
        self._root = root

    def has(self, *path: str) -> bool:
        return self._find(path) is not None

    def text(self, *path: str) -> str | None:
        element = self._find(path)
        if element is None or element.text is None:
            return None
        return re.sub(r"[\t\r\n]+", " ", element.text).strip() or None

    def _find(self, path: Sequence[str]) -> "etree._Element | None":
        return self._root.find("/".join(f"{{{self.namespace}}}{step}" for step in path))


# -- the person ----------------------------------------------------------------


def _versicherter(pd: _Document, warnungen: list[Warnung]) -> Versicherter:
    person = ("Versicherter", "Person")
    vorname, nachname = pd.text(*person, "Vorname"), pd.text(*person, "Nachname")
    if vorname is None or nachname is None:
        raise KarteUnlesbar(UNVOLLSTAENDIG)
    kvnr = pd.text("Versicherter", "Versicherten_ID")
    if kvnr is None or not kvnr_valid(kvnr):
        warnungen.append(
            Warnung(
                code="karte.versicherten_id",
                text="Die Versicherten-ID auf der Karte besteht die Prüfung nicht. Bitte mit der Karte vergleichen.",
            )
        )
    geschlecht = pd.text(*person, "Geschlecht")
    return Versicherter(
        versicherten_id=kvnr,
        titel=pd.text(*person, "Titel"),
        vorname=vorname,
        namenszusatz=pd.text(*person, "Namenszusatz"),
        vorsatzwort=pd.text(*person, "Vorsatzwort"),
        nachname=nachname,
        geburtsdatum=_birth_date(pd.text(*person, "Geburtsdatum"), warnungen),
        geschlecht=cast(Geschlecht, geschlecht) if geschlecht in get_args(Geschlecht) else None,
        anschrift=_street(pd, (*person, "StrassenAdresse")),
        postfach=_post_box(pd, (*person, "PostfachAdresse")),
    )


def _birth_date(text: str | None, warnungen: list[Warnung]) -> str | None:
    """``JJJJ-MM-TT``, ``JJJJ-MM``, ``JJJJ``; unknown parts are 00 on the card and never become a date."""
    if text is not None and re.fullmatch(r"[0-9]{8}", text):
        year, month, day = text[:4], text[4:6], text[6:]
        if text == "00000000":
            return None
        if year != "0000" and month == day == "00":
            return year
        if year != "0000" and day == "00" and "01" <= month <= "12":
            return f"{year}-{month}"
        if full_date(text) is not None:
            return f"{year}-{month}-{day}"
    warnungen.append(
        Warnung(
            code="karte.geburtsdatum",
            text="Das Geburtsdatum auf der Karte ist kein mögliches Datum. Bitte den Patienten fragen.",
        )
    )
    return None


def _street(pd: _Document, path: tuple[str, ...]) -> Anschrift | None:
    if not pd.has(*path):
        return None
    return Anschrift(
        strasse=pd.text(*path, "Strasse"),
        hausnummer=pd.text(*path, "Hausnummer"),
        zusatz=pd.text(*path, "Anschriftenzusatz"),
        plz=pd.text(*path, "Postleitzahl"),
        ort=pd.text(*path, "Ort"),
        land=pd.text(*path, "Land", "Wohnsitzlaendercode"),
    )


def _post_box(pd: _Document, path: tuple[str, ...]) -> Postfach | None:
    number = pd.text(*path, "Postfach")
    if number is None:
        return None
    return Postfach(
        postfach=number,
        plz=pd.text(*path, "Postleitzahl"),
        ort=pd.text(*path, "Ort"),
        land=pd.text(*path, "Land", "Wohnsitzlaendercode"),
    )


# -- the cover -----------------------------------------------------------------


def _versicherung(vd: _Document, private: bool, warnungen: list[Warnung]) -> Versicherung:
    cover = ("Versicherter", "Versicherungsschutz")
    payer = (*cover, "Kostentraeger")
    billed = (*payer, "AbrechnenderKostentraeger")
    gkv = ("Versicherter", "Zusatzinfos", "ZusatzinfosGKV")
    billing = (*gkv, "Zusatzinfos_Abrechnung_GKV")
    ik, abrechnend_ik = vd.text(*payer, "Kostentraegerkennung"), vd.text(*billed, "Kostentraegerkennung")
    if ik is None or not all(ik_valid(each) for each in (ik, abrechnend_ik) if each is not None):
        warnungen.append(
            Warnung(
                code="karte.ik",
                text="Die Nummer der Krankenkasse (IK) auf der Karte besteht die Prüfung nicht. Bitte vergleichen.",
            )
        )
    art = vd.text(*gkv, "Versichertenart")
    if not private and art not in ("1", "3", "5"):
        warnungen.append(
            Warnung(
                code="karte.versichertenart",
                text="Die Versichertenart auf der Karte ist unbekannt. Bitte nachfragen: Mitglied, Familie, Rentner?",
            )
        )
    return Versicherung(
        typ="PKV" if private else "GKV",
        ik=ik,
        name=vd.text(*payer, "Name"),
        abrechnend_ik=abrechnend_ik,
        abrechnend_name=vd.text(*billed, "Name"),
        versichertenart=cast(Literal["1", "3", "5"], art) if art in ("1", "3", "5") else None,
        wop=vd.text(*billing, "WOP"),
        beginn=_cover_date(vd.text(*cover, "Beginn"), mandatory=True),
        ende=_cover_date(vd.text(*cover, "Ende"), mandatory=False),
        kostenerstattung=_kostenerstattung(vd, (*billing, "Kostenerstattung")),
    )


def _cover_date(text: str | None, *, mandatory: bool) -> str | None:
    """``JJJJ-MM-TT``; without a readable begin or end nobody can say whether the card holds today."""
    if text is None and not mandatory:
        return None
    found = full_date(text)
    if found is None:
        raise KarteUnlesbar(UNVOLLSTAENDIG)
    return found.isoformat()


def _kostenerstattung(vd: _Document, path: tuple[str, ...]) -> Kostenerstattung | None:
    chosen = Kostenerstattung(
        aerztliche_versorgung=vd.text(*path, "AerztlicheVersorgung") == "1",
        zahnaerztliche_versorgung=vd.text(*path, "ZahnaerztlicheVersorgung") == "1",
        stationaerer_bereich=vd.text(*path, "StationaererBereich") == "1",
        veranlasste_leistungen=vd.text(*path, "VeranlassteLeistungen") == "1",
    )
    return None if chosen == Kostenerstattung() else chosen


# -- the protected copy --------------------------------------------------------


def _with_gvd(cover: Versicherung, gvd: _Document, heute: date, warnungen: list[Warnung]) -> Versicherung:
    gruppe = _two_digits(gvd.text("BesonderePersonengruppe"))
    dmp = _two_digits(gvd.text("DMP_Kennzeichnung"))
    if gruppe == "09":
        warnungen.append(
            Warnung(
                code="karte.asylblg",
                text="Besondere Personengruppe 9: Der Leistungsanspruch ist nach dem AsylbLG eingeschränkt.",
            )
        )
    befreit_bis = full_date(gvd.text("Zuzahlungsstatus", "Gueltig_bis"))
    if gvd.text("Zuzahlungsstatus", "Status") == "1" and (befreit_bis is None or befreit_bis >= heute):
        bis = f" bis {befreit_bis:%d.%m.%Y}" if befreit_bis else ""
        warnungen.append(
            Warnung(code="karte.zuzahlungsfrei", text=f"Laut Karte von der Zuzahlung befreit{bis}: „Gebühr frei“.")
        )
    ruht_ab = full_date(gvd.text("RuhenderLeistungsanspruch", "Beginn"))
    ruht_bis = full_date(gvd.text("RuhenderLeistungsanspruch", "Ende"))
    if ruht_ab is not None and ruht_ab <= heute and (ruht_bis is None or heute <= ruht_bis):
        art = gvd.text("RuhenderLeistungsanspruch", "ArtDesRuhens")
        umfang = "eingeschränkt" if art == "2" else "vollständig"
        warnungen.append(
            Warnung(
                code="karte.ruhend",
                text=f"Der Leistungsanspruch ruht {umfang} seit {ruht_ab:%d.%m.%Y}. Bitte vor der Behandlung klären; "
                "Notfälle werden immer behandelt.",
            )
        )
    return cover.model_copy(update={"personengruppe": gruppe, "dmp": dmp})


def _two_digits(text: str | None) -> str:
    """Missing means "00", one digit gets a leading zero (Mapping 1.18, tables 2 and 3)."""
    if text is None:
        return "00"
    if not re.fullmatch(r"[0-9]{1,2}", text):
        raise KarteUnlesbar(UNVOLLSTAENDIG)
    return text.zfill(2)
