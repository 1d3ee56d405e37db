"""The official wording of the paper AU: labels, titles, hints of each copy (pure data).

Labels of an official form are facts of that form; they stand here exactly as printed.
Source: KBV stylesheets EAU_Stylesheet_KK, EAU_Stylesheet_V and EAU_Stylesheet_AG of eAU V1.2.
"""

from typing import Literal

Ausfertigung = Literal["kk", "v", "ag"]

TITEL = ("Arbeitsunfähigkeits-", "bescheinigung")
MUSTER = "1"
ERSTBESCHEINIGUNG = "Erstbescheinigung"
FOLGEBESCHEINIGUNG = "Folgebescheinigung"

KOSTENTRAEGER = "Krankenkasse bzw. Kostenträger"
VERSICHERTER = "Name, Vorname des Versicherten"
GEBOREN = "geb. am"
KENNUNG_KOSTENTRAEGER = "Kostenträgerkennung"
VERSICHERTEN_NR = "Versicherten-Nr."
STATUS = "Status"
BETRIEBSSTAETTE = "Betriebsstätten-Nr."
ARZT = "Arzt-Nr."
DATUM = "Datum"

ARBEITSUNFALL = ("Arbeitsunfall, Arbeitsunfall-", "folgen, Berufskrankheit")
DURCHGANGSARZT = ("dem Durchgangsarzt", "zugewiesen")
SEIT = ("arbeitsunfähig seit",)
BIS = ("voraussichtlich arbeitsunfähig", "bis einschließlich oder letzter", "Tag der Arbeitsunfähigkeit")
FESTGESTELLT = ("festgestellt am",)
SONSTIGER_UNFALL = ("sonstiger Unfall,", "Unfallfolgen")
VERSORGUNGSLEIDEN = ("Versorgungsleiden", "(z.B. SER)")

AUSFERTIGUNG: dict[Ausfertigung, str] = {
    "kk": "Ausfertigung zur Vorlage bei der Krankenkasse",
    "v": "Ausfertigung für Versicherte",
    "ag": "Ausfertigung zur Vorlage beim Arbeitgeber",
}
STEMPEL = "Vertragsarztstempel / Unterschrift des Arztes"

DIAGNOSEN = "AU-begründende Diagnose(n)"
DIAGNOSEN_ZUSATZ = "(ICD-10)"
ICD = "ICD-10 - Code"
MASSNAHMEN = "Es wird die Einleitung folgender besonderer Maßnahmen für erforderlich gehalten"
REHA = ("Leistungen zur", "medizinischen Rehabilitation")
WIEDEREINGLIEDERUNG = ("stufenweise", "Wiedereingliederung")
SONSTIGE = "Sonstige"

KRANKENGELDFALL = "Im Krankengeldfall"
AB_WOCHE_7 = ("ab 7. AU-Woche oder", "sonstiger Krankengeldfall")
ENDBESCHEINIGUNG = ("Endbescheinigung",)

HINWEIS_TITEL: dict[Ausfertigung, str] = {
    "kk": "Hinweis für Versicherte zum Krankengeld",
    "v": "Hinweis für Versicherte zum Kranken- und Verletztengeld",
}
# A word between asterisks is printed bold.
HINWEIS: dict[Ausfertigung, str] = {
    "kk": "Wird Ihnen in der Arztpraxis die Bescheinigung über die Arbeitsunfähigkeit für die Krankenkasse "
    "ausgehändigt, leiten Sie diese bitte an Ihre Krankenkasse weiter. Dadurch können zeitliche "
    "Verzögerungen bei der Gewährung von Kranken- bzw. Verletztengeld vermieden werden.",
    "v": "Achten Sie bei fortbestehender Arbeitsunfähigkeit auf eine lückenlose ärztliche Feststellung, da "
    "sonst ein Krankengeldverlust droht. Hierfür ist es erforderlich, dass Sie sich spätestens an dem "
    "Werktag, der auf den letzten Tag der aktuellen Arbeitsunfähigkeitsbescheinigung folgt, bei Ihrem "
    "Arzt oder Ihrer Ärztin die fortbestehende Arbeitsunfähigkeit bestätigen lassen. Legen Sie immer ihre "
    "*aktuell gültige* Versichertenkarte vor, um Probleme bei der Zahlung von Kranken- oder "
    "Verletztengeld zu vermeiden. Weitere Informationen erhalten Sie bei Ihrer Krankenkasse.",
}
KASSE_ERFAEHRT = (
    "Der angegebenen Krankenkasse wird unverzüglich eine Bescheinigung über die Arbeitsunfähigkeit mit "
    "Angaben über die Diagnose sowie die voraussichtliche Dauer der Arbeitsunfähigkeit übersandt."
)

DOKUMENTENVERSION = ("Dokumentenversion:", "1.2")
DOKUMENTENTYP = ("Dokumententyp:", "e010")
PRUEFNUMMER = "PRF.NR."
KEINE_PRUEFNUMMER = "keine"  # design §6.4: without a KBV certificate the sheet says so
