"""Ersatzbescheinigungen of invented people, as a Krankenkasse builds them (eEB-IG); for the tests."""

import base64
import gzip
import json
from pathlib import Path

KARTEN = Path(__file__).parents[1] / "resources" / "drill" / "karten"
EEB = "https://gematik.de/fhir/eeb/StructureDefinition/"
GKV = "http://fhir.de/StructureDefinition/gkv/"


def containers(karte: str = "mitglied") -> tuple[bytes, bytes]:
    """EF.PD and EF.VD of one of our own cards, gzipped as in an Ersatzbescheinigung of an app."""
    document = json.loads((KARTEN / f"{karte}.json").read_text(encoding="utf-8"))
    pd, vd = ("\n".join(document[name]).encode("iso8859-15") for name in ("pd", "vd"))
    return gzip.compress(pd), gzip.compress(vd)


def bundle(
    *,
    kvnr: str | None = "A123456780",
    vorname: str = "Erika",
    nachname: str = "Beispiel-Testfrau",
    geboren: str = "1984-05-23",
    plz: str = "12345",
    ort: str = "Musterhausen",
    ik: str = "101234561",
    kasse: str = "AOK Musterland",
    art: str = "1",
    beginn: str | None = "1900-01-01",
    packed: tuple[bytes, bytes] | None = None,
    patients: int = 1,
) -> bytes:
    """The FHIR document; ``packed`` adds the containers of a card."""
    number = (
        f'<identifier><system value="http://fhir.de/sid/gkv/kvid-10"/><value value="{kvnr}"/></identifier>'
        if kvnr
        else ""
    )
    patient = (
        f'<entry><resource><Patient>{number}<name><use value="official"/><family value="{nachname}"/>'
        f'<given value="{vorname}"/></name><birthDate value="{geboren}"/><address><type value="both"/>'
        f'<city value="{ort}"/><postalCode value="{plz}"/></address></Patient></resource></entry>'
    )
    names = ("AllgemeineVersicherungsdaten", "PersoenlicheVersichertendaten")
    extra = "".join(
        f'<extension url="{EEB}{name}"><valueBase64Binary value="{base64.b64encode(data).decode()}"/></extension>'
        for name, data in zip(names, reversed(packed or ()), strict=False)
    )
    start = f'<period><start value="{beginn}"/></period>' if beginn else ""
    coverage = (
        f'<entry><resource><Coverage>{extra}<extension url="{GKV}versichertenart"><valueCoding><code value="{art}"/>'
        f'</valueCoding></extension><status value="active"/><type><coding><code value="GKV"/></coding></type>{start}'
        f'<payor><identifier><system value="http://fhir.de/sid/arge-ik/iknr"/><value value="{ik}"/></identifier>'
        f'<display value="{kasse}"/></payor></Coverage></resource></entry>'
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Bundle xmlns="http://hl7.org/fhir"><type value="message"/>'
        f"{patient * patients}{coverage}</Bundle>"
    ).encode()
