"""The Kostenträger-Stammdatei of the KBV as a stream of funds (SDKT 1.05, ehd XML).

The file has 13 MB and more, so it is read element by element and nothing is kept. DTDs and
entities are refused. Source: KBV SDKT 1.05; reconciliation.md §12.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import IO

from lxml import etree

from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.practice.model import Abrechnungsbereich, Ik, Kostentraeger, Zeitraum

NAMESPACE = "urn:ehd/kts/001"
EHD = "urn:ehd/001"
INTERFACE = "KTS"
VERSION = re.compile(r"1\.\d{1,2}")
_PERIOD = re.compile(r"(\d{4}-\d{2}-\d{2})?\.\.(\d{4}-\d{2}-\d{2})?")
_FUND = f"{{{NAMESPACE}}}kostentraeger"
_BODY_LIST = f"{{{NAMESPACE}}}kostentraeger_liste"
_VERSION_TAG = f"{{{EHD}}}version"
_TYPE_TAG = f"{{{EHD}}}document_type_cd"


def read_sdkt(stream: IO[bytes]) -> Iterator[Kostentraeger]:
    """Every fund of the file in its order; raises InputRefused for anything that is not a whole SDKT 1.x.

    Memory stays bounded: one fund at a time.
    """
    # An element inside a fund may have the same name as one outside; only depth tells them apart.
    events = etree.iterparse(
        stream,
        events=("start", "end"),
        tag=(_FUND, _BODY_LIST, _VERSION_TAG, _TYPE_TAG),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    kind = version = None
    whole = False
    try:
        for event, element in events:
            if event == "start":
                if element.tag == _BODY_LIST and element.getroottree().docinfo.internalDTD is not None:
                    raise _refused("Die Datei enthält eine Dokumenttyp-Angabe; das ist in Stammdateien nicht erlaubt.")
                continue
            if element.tag == _TYPE_TAG:
                kind = element.get("V")
            elif element.tag == _VERSION_TAG:
                version = element.get("V", "")
            elif element.tag == _FUND:
                if kind != INTERFACE or version is None or not VERSION.fullmatch(version):
                    raise _refused("Das ist keine Kostenträgerdatei der KBV in einer bekannten Version (SDKT 1.x).")
                fund = _fund(element)
                _forget(element)
                yield fund
            elif element.tag == _BODY_LIST:
                whole = True
    except etree.XMLSyntaxError:
        raise _refused("Die Kostenträgerdatei ist unvollständig oder beschädigt. Bitte neu herunterladen.") from None
    if not whole:
        raise _refused("Das ist keine Kostenträgerdatei der KBV (SDKT).")


def _forget(element: "etree._Element") -> None:
    """Free what was read; the parser would keep the whole file otherwise."""
    element.clear()
    parent = element.getparent()
    while parent is not None and parent[0] is not element:
        del parent[0]


def _refused(text: str) -> InputRefused:
    return InputRefused((Einwand("datei", "SDKT 1.05", text),))


def _fund(element: "etree._Element") -> Kostentraeger:
    vknr = element.get("V", "")
    name = _value(element, "bezeichnung/name")
    if not re.fullmatch(r"[0-9]{5}", vknr) or name is None:
        raise _refused("Ein Kostenträger in der Datei hat keine gültige VKNR oder keinen Namen.")
    ended = _find(element, "existenzbeendigung")
    return Kostentraeger(
        vknr=vknr,
        name=name,
        kurzname=_value(element, "bezeichnung/kurzname") or name,
        suchname=_value(element, "bezeichnung/suchname") or name,
        gruppe=_value(element, "kostentraegergruppe") or "",
        gueltig=_period(_value(element, "gueltigkeit")),
        ik=tuple(
            Ik(ik=ik, abrechnung=each.get("R") == "abrechnungs_ik", gueltig=_period(_value(each, "gueltigkeit")))
            for each in _all(element, "ik_liste/ik")
            if (ik := each.get("V", "")).isdigit()
        ),
        bereiche=tuple(
            Abrechnungsbereich(
                ktab=each.get("V", ""),
                druckname=_value(each, "bedruckungsname") or name,
                gueltig=_period(_value(each, "gueltigkeit")),
            )
            for each in _all(element, "kt_abrechnungsbereich_liste/kt_abrechnungsbereich")
        ),
        orte=tuple(ort for each in _all(element, "ortssuchname_liste/ortssuchname") if (ort := each.get("V"))),
        gesperrt_in=tuple(
            kv for each in _all(element, "unz_kv_geltungsbereich_liste/unz_kv_geltungsbereich") if (kv := each.get("V"))
        ),
        ende=None if ended is None else ended.get("V"),
        letztes_quartal=None if ended is None else _value(ended, "letztes_quartal"),
        aufnehmend=None if ended is None else _value(ended, "aufnehmender_kostentraeger"),
    )


def _path(path: str) -> str:
    return "/".join(f"{{{NAMESPACE}}}{step}" for step in path.split("/"))


def _find(element: "etree._Element", path: str) -> "etree._Element | None":
    return element.find(_path(path))


def _all(element: "etree._Element", path: str) -> "list[etree._Element]":
    return list(element.iterfind(_path(path)))


def _value(element: "etree._Element", path: str) -> str | None:
    found = _find(element, path)
    return None if found is None else (found.get("V") or "").strip() or None


def _period(text: str | None) -> Zeitraum:
    """``1994-01-01..2017-09-30``; both ends may be missing."""
    if text is None:
        return Zeitraum()
    match = _PERIOD.fullmatch(text)
    if match is None:
        raise _refused("Ein Gültigkeitszeitraum in der Datei ist unlesbar.")
    try:
        von, bis = (date.fromisoformat(part) if part else None for part in match.groups())
    except ValueError:
        raise _refused("Ein Gültigkeitszeitraum in der Datei nennt einen Tag, den es nicht gibt.") from None
    return Zeitraum(von=von, bis=bis)
