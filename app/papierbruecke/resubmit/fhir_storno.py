"""Taking a sent eAU back: KBV_PR_EAU_Storno_Bundle, with a Dokumenten-ID of its own (pure).

Four entries and no patient: who takes back, where, and which document. Source: TA eAU V1.26
P310-10 to P310-12, kbv.ita.eau 1.2.1; domain sheet eau-kim §6.
"""

from datetime import datetime
from uuid import UUID

from papierbruecke.clock import local
from papierbruecke.record.model import StornoEingabe
from papierbruecke.resubmit.fassung import FASSUNGEN, Fassung
from papierbruecke.resubmit.fhir import qualification
from papierbruecke.resubmit.fhir_people import add_organization, add_practitioner
from papierbruecke.resubmit.fhir_xml import KBV_CODES, Bundle, add, add_code, add_identifier


def build_storno(
    eingabe: StornoEingabe, *, kennung: UUID, erstellt: datetime, fassung: Fassung = FASSUNGEN[-1]
) -> bytes:
    """The Storno as XML, in the same form as ``build_eau``; equal arguments give equal bytes.

    ``kennung`` is the Storno's own Dokumenten-ID (P310-10 AC4), ``eingabe.storno.dokument`` the one of
    the eAU that is taken back (P310-11), ``eingabe.datum`` the day of the Storno (P310-12).
    """
    moment = local(erstellt).isoformat(timespec="seconds")
    bundle = Bundle(kennung, "KBV_PR_EAU_Storno_Bundle", moment, fassung)
    composition = bundle.resource("Composition", "Composition", "KBV_PR_EAU_Storno_Composition")
    add(composition, "status", "final")
    add_code(composition, "type", f"{KBV_CODES}KBV_CS_SFHIR_KBV_FORMULAR_ART", "e013")
    add(composition, "date", eingabe.datum.isoformat())
    add(bundle.refer(composition, "author", "Practitioner"), "type", "Practitioner")
    add(composition, "title", "Storno eAU")
    bundle.refer(composition, "custodian", "Organization")
    bundle.refer(add(composition, "section"), "entry", "List")
    add_practitioner(bundle, "Practitioner", eingabe.arzt, qualification(eingabe))
    add_organization(bundle, eingabe.betriebsstaette)
    changes = bundle.resource("List", "List", "KBV_PR_EAU_Storno")
    add(changes, "status", "current")
    add(changes, "mode", "changes")
    entry = add(changes, "entry")
    add(entry, "deleted", "true")
    add_identifier(add(entry, "item"), "urn:ietf:rfc:3986", f"urn:uuid:{eingabe.storno.dokument}")
    return bundle.to_bytes()
