"""What stands on the settings page beside the declared tables: German words for values, people and places.

The fields of a doctor and of a Betriebsstätte belong to the input files (design §6.2), so their
labels, help and sources are declared here and not in the model.
"""

from dataclasses import dataclass

WORDS = {
    "konnektor": "Konnektor in der Praxis",
    "ti-gateway": "TI-Gateway",
    "direkt": "dieses Programm sendet selbst",
    "pvs": "über die Praxissoftware",
    "hell": "hell",
    "dunkel": "dunkel",
    "kontrast": "hoher Kontrast",
    "system": "wie am Computer eingestellt",
    "00": "Ärztin oder Arzt",
    "03": "in Weiterbildung",
    "04": "Vertretung",
    "a4": "A4",
    "a5": "A5",
    "a6": "A6",
    "1": "1 · 7 Bit",
    "2": "2 · IBM (CP437)",
    "3": "3 · ANSI (CP1252)",
    "HBA": "Heilberufsausweis (HBA)",
    "SMC-B": "Praxisausweis (SMC-B)",
}
"""How a stored value is called at the desk."""
LAENDER = {
    "BB": "Brandenburg",
    "BE": "Berlin",
    "BW": "Baden-Württemberg",
    "BY": "Bayern",
    "HB": "Bremen",
    "HE": "Hessen",
    "HH": "Hamburg",
    "MV": "Mecklenburg-Vorpommern",
    "NI": "Niedersachsen",
    "NW": "Nordrhein-Westfalen",
    "RP": "Rheinland-Pfalz",
    "SH": "Schleswig-Holstein",
    "SL": "Saarland",
    "SN": "Sachsen",
    "ST": "Sachsen-Anhalt",
    "TH": "Thüringen",
}
FIXED_LISTS: dict[str, dict[str, str]] = {
    "bundesland": LAENDER,
    "signaturkarte": {name: WORDS[name] for name in ("HBA", "SMC-B")},
}
"""Lists that do not depend on the computer, by the word of the declaration (``namen``)."""
NOTHING_CHOSEN = {
    "leser": "automatisch",
    "drucker": "noch keiner gewählt",
    "bundesland": "noch keines gewählt",
}
"""What the empty choice is called."""
MISSING = "nicht gefunden"


@dataclass(frozen=True, slots=True)
class Angabe:
    """One field of a doctor or a Betriebsstätte: label, help, source, form of entry; ``must``: no form without it."""

    label: str
    hint: str = ""
    source: str = "Design §6.2"
    must: bool = False
    form: str = ""


ANGABEN = {
    "lanr": Angabe(
        "Arztnummer (LANR)", "Neun Ziffern; die siebte ist die Prüfziffer.", "KVDT, Prüfziffer der LANR", must=True
    ),
    "titel": Angabe("Titel", "Zum Beispiel Dr. med."),
    "vorname": Angabe("Vorname", must=True),
    "namenszusatz": Angabe("Namenszusatz", "Zum Beispiel Freiherr."),
    "vorsatzwort": Angabe("Vorsatzwort", "Zum Beispiel von oder van."),
    "nachname": Angabe("Nachname", must=True),
    "berufsbezeichnung": Angabe("Berufsbezeichnung", "So steht sie im Stempel.", must=True),
    "asv_teamnummer": Angabe("ASV-Teamnummer", "Nur bei ASV, neun Ziffern.", "Design §6.4", form=r"[0-9]{9}"),
    "qualifikation": Angabe("Stellung", "Ohne Auswahl: Ärztin oder Arzt.", "Design §6.4"),
    "bsnr": Angabe(
        "Betriebsstättennummer (BSNR)",
        "Neun Ziffern; dieselbe wie auf dem rosa Papier.",
        "KVDT FK 0201",
        must=True,
    ),
    "name": Angabe("Name der Praxis", must=True),
    "strasse": Angabe("Straße", must=True),
    "hausnummer": Angabe("Hausnummer", must=True),
    "plz": Angabe("PLZ", "Fünf Ziffern.", must=True, form=r"[0-9]{5}"),
    "ort": Angabe("Ort", must=True),
    "telefon": Angabe("Telefon", "Für Rückfragen von Apotheken und Kassen.", must=True),
    "fax": Angabe("Fax"),
    "email": Angabe("E-Mail"),
    "zusatz": Angabe("Adresszusatz", "Zum Beispiel Hinterhaus."),
    "land": Angabe("Land", "Nur im Ausland."),
}
"""By field name; the two models have no name in common."""
