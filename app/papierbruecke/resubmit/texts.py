"""German sentences of the Nachversand: what a state means and what is still to do."""

from papierbruecke.outbox.model import Zustand
from papierbruecke.record.model import BelegArt

ZUSTAND_SATZ = {
    Zustand.ERFASST: "abgelegt; der Ausdruck ist noch nicht bestätigt",
    Zustand.GEDRUCKT: "gedruckt",
    Zustand.VERDORBEN: "Blatt verdorben, nicht ausgehändigt",
    Zustand.STORNIERT: "ungültig",
    Zustand.ERSETZT: "durch einen neuen Beleg ersetzt",
    Zustand.DOKUMENTIERT: "in der Praxissoftware dokumentiert",
    Zustand.SIGNIERT: "signiert; noch nicht gesendet",
    Zustand.IN_UEBERTRAGUNG: "wird gerade gesendet",
    Zustand.GESENDET: "gesendet; die Zustellbestätigung steht aus",
    Zustand.ZUGESTELLT: "zugestellt",
    Zustand.UNGEKLAERT: "unklar, was daraus wurde",
    Zustand.ABGELEHNT: "von der Krankenkasse abgelehnt",
    Zustand.POST_FAELLIG: "nicht rechtzeitig elektronisch zugestellt",
    Zustand.PER_POST: "mit der Post geschickt",
    Zustand.NUR_PAPIER: "bleibt auf Papier",
}

AUS_SICHERUNG = "Kommt aus einer Sicherung: nachsehen, was daraus wurde, dann abhaken oder wieder öffnen."

NOCH_ZU_TUN = {
    (BelegArt.AU, Zustand.ERFASST): "Prüfen, ob alle Ausfertigungen gedruckt sind, und den Ausdruck bestätigen.",
    (BelegArt.AU, Zustand.GEDRUCKT): "Signieren und senden (Nachversand starten).",
    (BelegArt.AU, Zustand.SIGNIERT): "Senden (Nachversand starten).",
    (BelegArt.AU, Zustand.IN_UEBERTRAGUNG): "Abwarten, bis dieser Lauf zu Ende ist.",
    (BelegArt.AU, Zustand.GESENDET): "Abwarten; nichts noch einmal senden.",
    (BelegArt.AU, Zustand.UNGEKLAERT): "Nachversand starten: Er sucht zuerst die Bestätigung und sendet dann dieselbe "
    "Datei noch einmal. Eine doppelte Ankunft erkennt die Krankenkasse.",
    (BelegArt.AU, Zustand.ABGELEHNT): "Fehler der Krankenkasse beheben; sonst die Ausfertigung mit der Post schicken.",
    (BelegArt.AU, Zustand.POST_FAELLIG): "Krankenkassen-Ausfertigung mit der Post schicken und abhaken.",
    (
        BelegArt.STORNO,
        Zustand.ERFASST,
    ): "Ärztin oder Arzt gibt das Storno frei; danach Nachversand starten.",
    (BelegArt.STORNO, Zustand.SIGNIERT): "Senden (Nachversand starten).",
    (BelegArt.STORNO, Zustand.IN_UEBERTRAGUNG): "Abwarten, bis dieser Lauf zu Ende ist.",
    (BelegArt.STORNO, Zustand.GESENDET): "Abwarten; nichts noch einmal senden.",
    (BelegArt.STORNO, Zustand.UNGEKLAERT): "Nachversand starten: Er sucht zuerst die Bestätigung und sendet dann "
    "dieselbe Datei noch einmal.",
    (
        BelegArt.STORNO,
        Zustand.ABGELEHNT,
    ): "Krankenkasse anrufen; dann noch einmal stornieren oder als geklärt abhaken.",
    (BelegArt.REZEPT, Zustand.ERFASST): "Prüfen, ob das Rezept gedruckt ist, und den Ausdruck bestätigen.",
    (BelegArt.REZEPT, Zustand.GEDRUCKT): "In der Praxissoftware dokumentieren; kein E-Rezept nachreichen. Vorbereitete "
    "E-Rezepte dieses Patienten löschen.",
    (BelegArt.REZEPT, Zustand.UNGEKLAERT): AUS_SICHERUNG,
    (BelegArt.ERSATZSCHEIN, Zustand.UNGEKLAERT): AUS_SICHERUNG,
    (BelegArt.ERINNERUNG, Zustand.UNGEKLAERT): AUS_SICHERUNG,
    (BelegArt.ERSATZSCHEIN, Zustand.ERFASST): "Prüfen, ob der Schein gedruckt ist, und den Ausdruck bestätigen.",
    (BelegArt.ERSATZSCHEIN, Zustand.GEDRUCKT): "In die Praxissoftware übernehmen; Karte im selben Quartal einlesen.",
    (BelegArt.ERINNERUNG, Zustand.ERFASST): "Erledigen und abhaken.",
    (BelegArt.ERINNERUNG, Zustand.GEDRUCKT): "Heute in der Praxissoftware dokumentieren und abhaken.",
}

UNTERSCHRIFT_FEHLT = "Unterschrift der versicherten Person einholen."
WEG_PVS = (
    "Liegt sie schon im Ausgang der Praxissoftware? Wenn nicht, dort erfassen. Von dort senden, hier abhaken. "
    "Nicht noch einmal drucken."
)

ZWEITE_PERSON = "Eingetragen von {wer}; jetzt prüft eine zweite Person den Eintrag und hakt ab."

STORNO_ERFASST = "angelegt; wartet auf die Freigabe"
STORNO_FREIGEGEBEN = "freigegeben; wartet auf die Signatur"
STORNO_SIGNIEREN = "Signieren und senden (Nachversand starten)."
STORNO_DOKUMENTIERT = "mit der Krankenkasse geklärt"
STORNO_DAZU = "Storno {nummer}: {stand}"
GRUPPE_ANGENOMMEN = (
    "Die Personengruppe stand nicht auf der Karte; angenommen ist „keine“. Gehört die Person zur Gruppe 07, darf diese "
    "Krankschreibung nie gesendet werden: dann bitte hier „Nie senden“."
)
FASSUNG_NEU = (
    "war in einer Fassung signiert, die heute nicht mehr gilt; ging noch nicht hinaus und wird neu erzeugt und signiert"
)
FASSUNG_ALT = (
    "ist in einer Fassung signiert, die heute nicht mehr gilt, und kam vielleicht schon an. Bitte auf die Antwort "
    "warten oder die Krankenkassen-Ausfertigung mit der Post schicken"
)
FASSUNG_FEHLT = (
    "Für heute kennt dieses Programm keine gültige Fassung der eAU. Nichts ging verloren: Die Krankschreibungen "
    "warten. Bitte Papierbrücke aktualisieren; bis dahin gehen die Krankenkassen-Ausfertigungen mit der Post."
)

PRUEFNUMMER_FEHLT = (
    "Ohne KBV-Prüfnummer sendet dieses Programm keine Krankschreibungen. Nichts ging verloren: Die Belege warten. "
    "Bitte in der Praxissoftware erfassen oder die Krankenkassen-Ausfertigung mit der Post schicken."
)
EINRICHTUNG_FEHLT = (
    "Konnektor und KIM sind noch nicht eingerichtet. Nichts ging verloren: die Krankschreibungen warten. "
    "Bitte die Einrichtung ergänzen oder die Krankenkassen-Ausfertigung mit der Post schicken."
)
BELEGT = "Ein anderes Fenster oder ein anderer Lauf sendet gerade. Bitte gleich noch einmal versuchen."
KARTE_FEHLT = (
    "Die Signaturkarte ({karte}) steckt nicht. Was schon signiert ist, wird gesendet; der Rest wartet. "
    "Bitte den Heilberufsausweis stecken und den Nachversand noch einmal starten."
)
# Anlage 2b BMV-Ä (domain sheet eau-kim §1.5).
MIT_PRAXISAUSWEIS = (
    "Mit dem Praxisausweis (SMC-B) signiert. Das ist nur erlaubt, solange das Signieren mit dem Heilberufsausweis aus "
    "Gründen unmöglich ist, die nicht bei Ärztin oder Arzt liegen. Jeder Patient braucht dann seine Ausfertigung auf "
    "Papier, von Hand unterschrieben."
)
PIN_GEFRAGT = (
    "Jetzt fragt das Kartenterminal{terminal} nach der PIN des Heilberufsausweises, für {zahl}. Bitte die PIN nur "
    "eingeben, wenn dort der Auftrag {job} steht."
)
EINE_UNTERSCHRIFT, UNTERSCHRIFTEN = "eine Unterschrift", "{zahl} Unterschriften auf einmal"
KOMFORT_AKTIV = (
    "Komfortsignatur ist aktiv, es wird keine PIN gefragt. Danach noch {rest} Unterschriften, "
    "{stunden} Std. {minuten} Min."
)
SIGNATUR_WARTET = "Auf die Signatur warten: {zahl}. Bitte mit Ärztin oder Arzt den Nachversand starten."
SIGNATUR_GESTOERT = "Das Signieren gelingt gerade nicht. Die Krankschreibungen warten sicher. {text}"
SIGNIEREN_ABGEBROCHEN = "Das Signieren wurde abgebrochen. Was noch nicht signiert ist, wartet sicher."
SIGNATUR_GESTOPPT = "nicht signiert, weil der Lauf abgebrochen wurde; wartet weiter"
KIM_GESTOERT = "KIM antwortet nicht wie erwartet. Nichts ging verloren, der Nachversand geht später weiter. {text}"
POSTFACH_GESTOERT = (
    "Das KIM-Postfach lässt sich gerade nicht lesen. Unklare Krankschreibungen bleiben deshalb stehen. {text}"
)
# TA eAU V1.26 P5-02 AC4c; the names of patient and Krankenkasse stand where it is shown, never in a log.
EMPFAENGER_FEHLT = (
    "Für die Krankenkasse dieser Krankschreibung ist keine KIM-Adresse bekannt. Bitte die Ausfertigung für die "
    "Krankenkasse drucken und mit der Post schicken, oder die Adresse in den Einstellungen eintragen."
)
EEB_ANGEKOMMEN = (
    "Im KIM-Postfach liegt eine elektronische Ersatzbescheinigung (eEB). In der Nachbearbeitung beim Ersatzschein mit "
    "Alt+W und L vergleichen; übernommen wird sie in der Praxissoftware."
)
EMPFAENGER_MEHRERE = (
    "Für die Krankenkasse dieser Krankschreibung nennt das Adressverzeichnis mehrere KIM-Adressen; geraten wird nicht. "
    "Bitte die Ausfertigung für die Krankenkasse drucken und mit der Post schicken, oder in den Einstellungen die "
    "richtige Adresse bestätigen."
)
VERZEICHNIS_GESTOERT = (
    "Die KIM-Adresse der Krankenkasse lässt sich gerade nicht erfragen; der nächste Nachversand versucht es wieder. "
    "{text}"
)
SIGNATUR_PASST_NICHT = (
    "Die Signatur passt nicht zu dieser Krankschreibung und wurde verworfen. Bitte noch einmal starten."
)
NICHT_GESENDET = "nicht gesendet ({code}); wird wieder versucht"
