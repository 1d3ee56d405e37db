"""May this prescription or sick note be printed? Every objection at once, with its rule.

Source: AVWG V5.8 (P3-…), FB V1.37 (KP7-…), TA eAU V1.26 (P310-…), VDGA V1.3; digest in the
domain sheets forms §2–§6 and eau-kim §5. Pure: ``heute`` is given by the caller.
"""

from datetime import date, timedelta

from papierbruecke.errors import InputRefused
from papierbruecke.record.checks import dosage_objection, icd_plausible, pzn_valid
from papierbruecke.record.model import (
    AuEingabe,
    Eingabe,
    FreitextPosition,
    KeineDosierung,
    PznPosition,
    RezeptEingabe,
    RezepturPosition,
    Verordnung,
    WirkstoffPosition,
)
from papierbruecke.record.rules import Befund, check_common

AU_MAX_DAYS = 31  # TA eAU P310-04 AC4
AU_BACKDATE_DAYS = 3  # AU-RL § 5
TEXT_MAX = 70  # TA eAU P310-06, P310-07, P7-03


def accept_rezept(eingabe: RezeptEingabe, heute: date) -> Befund:
    """The warnings of an acceptable prescription; raises InputRefused otherwise."""
    return _accepted(check_rezept(eingabe, heute))


def accept_au(eingabe: AuEingabe, heute: date) -> Befund:
    """The warnings of an acceptable sick note; raises InputRefused otherwise."""
    return _accepted(check_au(eingabe, heute))


def _accepted(befund: Befund) -> Befund:
    if befund.einwaende:
        raise InputRefused(tuple(befund.einwaende))
    return befund


def check_rezept(eingabe: RezeptEingabe, heute: date) -> Befund:
    """Everything that speaks against this Muster 16, and what the practice should know."""
    befund = Befund()
    check_common(eingabe, befund, heute)
    rezept = eingabe.rezept
    if eingabe.versicherter is None and rezept.art != "sprechstundenbedarf":
        befund.refuse("versicherter", "KVDT P2-400", "Die Daten der versicherten Person fehlen.")
    if eingabe.versicherung.typ == "PKV":
        befund.refuse(
            "versicherung.typ", "VSD PKV 1.0", "Privat versichert: bitte ein Privatrezept ausstellen, kein Muster 16."
        )
    if eingabe.versicherung.typ == "SEL":
        befund.refuse("versicherung.typ", "AVWG P3-730", "Wer selbst zahlt, bekommt ein Privatrezept, kein Muster 16.")
    if eingabe.versicherung.typ in ("BG", "UK") and rezept.arbeitsunfall is None:
        befund.refuse(
            "rezept.arbeitsunfall",
            "FB KP7-80",
            "Die Unfallversicherung zahlt: bitte Unfalltag und Unfallbetrieb angeben.",
        )
    if eingabe.herkunft in ("hand", "pvs"):
        # KP7-90. A card that this program read carries its own remark (karte.offline), an eEB is a proof.
        befund.warn(
            "versicherung.nachweis",
            "Bitte prüfen, ob für dieses Quartal schon ein Versicherungsnachweis vorliegt. Ohne ihn droht ein Regress.",
        )
    if not rezept.positionen:
        befund.refuse("rezept.positionen", "AVWG P3-720", "Es ist nichts verordnet.")
    for index, position in enumerate(rezept.positionen):
        _check_position(position, f"rezept.positionen[{index}]", eingabe, befund)
    if rezept.art == "hilfsmittel" and not rezept.diagnose:
        befund.refuse("rezept.diagnose", "AVWG-FAQ P3-720", "Auf einem Hilfsmittelrezept steht die Diagnose.")
    if rezept.impfstoff and rezept.art in ("hilfsmittel", "diga"):
        befund.refuse("rezept.impfstoff", "FB KP7-60", "Impfstoff passt nicht zu dieser Art von Rezept.")
    if rezept.art == "diga" and (rezept.noctu or rezept.begruendungspflicht):
        befund.refuse(
            "rezept.noctu" if rezept.noctu else "rezept.begruendungspflicht",
            "VDGA P4-342 AK5",
            "Bei einer DiGA bleiben diese Felder leer.",
        )
    if rezept.art == "diga" and (rezept.diagnose or any(p.hinweis or p.dosierung for p in rezept.positionen)):
        befund.warn("diga.nur_name", "Auf dem Rezept einer DiGA stehen nur PZN und Name; anderes wird nicht gedruckt.")
    if rezept.arbeitsunfall is not None:
        if rezept.unfall:
            befund.refuse("rezept.unfall", "FB KP7-80", "Bitte nur eines ankreuzen: Unfall oder Arbeitsunfall.")
        if not (rezept.arbeitsunfall.traeger or eingabe.unfallversicherung):
            befund.refuse(
                "rezept.arbeitsunfall.traeger",
                "FB KP7-80",
                "Beim Arbeitsunfall steht der Unfallversicherungsträger im Kassenfeld.",
            )
        if rezept.arbeitsunfall.unfalltag > eingabe.datum:
            befund.refuse("rezept.arbeitsunfall.unfalltag", "FB KP7-80", "Der Unfalltag liegt in der Zukunft.")
    if rezept.arbeitsunfall is not None and rezept.gebuehr == "pflichtig" and rezept.art != "diga":
        befund.warn("gebuehr.arbeitsunfall", "Bei einem Arbeitsunfall ist das Rezept in der Regel gebührenfrei.")
    if _is_minor(eingabe) and rezept.gebuehr == "pflichtig" and rezept.art != "diga":
        befund.warn("gebuehr.minderjaehrig", "Unter 18 Jahren ist das Rezept in der Regel gebührenfrei.")
    return befund


def _check_position(position: Verordnung, feld: str, eingabe: RezeptEingabe, befund: Befund) -> None:
    art = eingabe.rezept.art
    if position.betaeubungsmittel:
        befund.refuse(
            f"{feld}.betaeubungsmittel",
            "AVWG P3-730 AK2",
            "Betäubungsmittel gehören auf das dreiteilige amtliche BtM-Rezept, nie auf Muster 16.",
        )
    if position.t_rezept:
        befund.refuse(
            f"{feld}.t_rezept",
            "AVWG P3-730 AK3",
            "Dieses Mittel gehört auf das zweiteilige amtliche T-Rezept, nie auf Muster 16.",
        )
    if position.mehrfachverordnung:
        befund.refuse(
            f"{feld}.mehrfachverordnung",
            "AVWG P3-640 AK1",
            "Eine Mehrfachverordnung gibt es nur elektronisch als E-Rezept; auf Papier bitte einzeln verordnen.",
        )
    if isinstance(position, PznPosition) and not pzn_valid(position.pzn):
        befund.refuse(f"{feld}.pzn", "AVWG P3-721", "Die PZN stimmt nicht (acht Ziffern, Prüfziffer).")
    if art == "diga" and not isinstance(position, PznPosition):
        befund.refuse(f"{feld}.form", "VDGA P4-342 AK2", "Eine DiGA wird mit ihrer PZN verordnet.")
    if position.aut_idem_ausgeschlossen and (isinstance(position, WirkstoffPosition) or art == "diga"):
        befund.refuse(f"{feld}.aut_idem_ausgeschlossen", "AVWG O3-622 AK3", "Aut idem gibt es hier nicht.")
    if art == "diga" and position.anzahl > 1:
        befund.refuse(f"{feld}.anzahl", "VDGA P4-342 AK3", "Eine DiGA wird einzeln verordnet.")
    if position.hilfsmittelnummer and art in ("arzneimittel", "diga"):
        befund.refuse(
            f"{feld}.hilfsmittelnummer",
            "AVWG P3-720 AK4",
            "Hilfsmittel und Arzneimittel stehen nie auf einem Blatt: bitte zwei getrennte Rezepte.",
        )
    if art == "hilfsmittel" and isinstance(position, WirkstoffPosition | RezepturPosition):
        befund.refuse(
            f"{feld}.form",
            "AVWG P3-720 AK4",
            "Das ist ein Arzneimittel, kein Hilfsmittel: bitte zwei getrennte Rezepte.",
        )
    for name in ("name", "text", "menge"):
        text = getattr(position, name, None)
        if text is not None and not text.strip():
            befund.refuse(f"{feld}.{name}", "AVWG P3-721", "Diese Angabe fehlt.")
    for name in ("name", "text", "staerke", "darreichung", "packung", "norm", "hinweis"):
        text = getattr(position, name, None)
        if text is not None and ("»" in text or "«" in text):
            befund.refuse(
                f"{feld}.{name}", "AVWG P3-625", "Die Zeichen » und « stehen nur um die Dosierung; bitte weglassen."
            )
    if isinstance(position, RezepturPosition) and not position.bestandteile:
        befund.refuse(f"{feld}.bestandteile", "AVWG K3-723", "Die Bestandteile der Rezeptur fehlen.")
    if isinstance(position, RezepturPosition):
        for index, part in enumerate(position.bestandteile):
            for name, text in (("name", part.name), ("menge", part.menge)):
                if not text.strip():
                    befund.refuse(f"{feld}.bestandteile[{index}].{name}", "AVWG K3-723", "Diese Angabe fehlt.")
    if isinstance(position, FreitextPosition):
        befund.warn("freitext.pzn", "Freitext nur, wenn das Mittel keine PZN hat.")
    _check_dosierung(position, feld, eingabe, befund)


def _check_dosierung(position: Verordnung, feld: str, eingabe: RezeptEingabe, befund: Befund) -> None:
    art = eingabe.rezept.art
    if isinstance(position, RezepturPosition):
        if position.dosierung is not None:
            befund.refuse(
                f"{feld}.dosierung",
                "AVWG P3-625",
                "Bei einer Rezeptur steht statt der Dosierung die Gebrauchsanweisung.",
            )
        if not (position.gebrauch or "").strip():
            befund.warn("rezeptur.gebrauch", "Die Gebrauchsanweisung der Rezeptur fehlt.")
        return
    if isinstance(position.dosierung, str):
        objection = dosage_objection(position.dosierung)
        if objection is not None:
            befund.refuse(f"{feld}.dosierung", "AVWG P3-625", objection)
    elif isinstance(position.dosierung, KeineDosierung):
        if position.dosierung.keine == "sprechstundenbedarf" and art != "sprechstundenbedarf":
            befund.refuse(f"{feld}.dosierung", "AVWG P3-625", "Dieses Rezept ist kein Sprechstundenbedarf.")
        elif art != "sprechstundenbedarf":
            befund.warn(
                "dosierung.keine",
                "Ohne Dosierung nur bei Sprechstundenbedarf oder wenn die Praxis das Mittel selbst bekommt.",
            )
    elif position.rezeptpflichtig and art == "arzneimittel":
        befund.refuse(
            f"{feld}.dosierung", "AVWG P3-625", "Bitte wählen: Dosierung, „Dj“ oder ausdrücklich keine Dosierung."
        )


def _is_minor(eingabe: RezeptEingabe) -> bool:
    person = eingabe.versicherter
    if person is None or person.geburtsdatum is None or len(person.geburtsdatum) != 10:
        return False
    try:
        born = date.fromisoformat(person.geburtsdatum)
    except ValueError:
        return False
    today = eingabe.datum
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day)) < 18


def check_personalien(eingabe: Eingabe, heute: date) -> Befund:
    """Whether person, cover, doctor and practice are fit for a sheet that is filled in by hand."""
    befund = Befund()
    check_common(eingabe, befund, heute)
    if eingabe.versicherter is None:
        befund.refuse("versicherter", "TA eAU P6-02 AK6", "Die Daten der versicherten Person fehlen.")
    return befund


def check_au(eingabe: AuEingabe, heute: date) -> Befund:
    """Everything that speaks against this sick note, and what the practice should know."""
    befund = Befund()
    check_common(eingabe, befund, heute)
    au = eingabe.au
    if eingabe.versicherter is None:
        befund.refuse("versicherter", "TA eAU P310-08", "Die Daten der versicherten Person fehlen.")
    elif eingabe.versicherter.anschrift is None and eingabe.versicherter.postfach is None:
        befund.warn("au.anschrift", "Ohne Anschrift kann die Krankschreibung später nicht gesendet werden.")
    if eingabe.kennung is not None and eingabe.kennung.version != 5:
        befund.refuse("kennung", "TA eAU P310-14 AC7", "Die Dokumenten-ID einer AU ist eine UUID der Version 5.")
    if au.art == "erst" and au.seit is None:
        befund.refuse("au.seit", "-eau-angabeAUseitErstbescheinigung", "Arbeitsunfähig seit: das Datum fehlt.")
    if au.art == "folge" and au.seit is not None:
        befund.refuse(
            "au.seit",
            "-eau-angabeAUseitFolgebescheinigung",
            "Auf einer Folgebescheinigung bleibt „arbeitsunfähig seit“ leer.",
        )
    if au.festgestellt > eingabe.datum:
        befund.refuse("au.festgestellt", "TA eAU P310-04 AC3", "„Festgestellt am“ liegt nach dem Ausstellungstag.")
    if au.bis - au.festgestellt > timedelta(days=AU_MAX_DAYS):
        befund.refuse("au.bis", "TA eAU P310-04 AC4", f"Höchstens {AU_MAX_DAYS} Tage nach „festgestellt am“.")
    if au.seit is not None and au.bis < au.seit:
        befund.refuse("au.bis", "TA eAU P310-04", "Das Ende liegt vor dem Beginn.")
    if au.seit is not None and au.festgestellt - au.seit > timedelta(days=AU_BACKDATE_DAYS):
        befund.warn("au.rueckdatiert", "Der Beginn liegt mehr als drei Tage vor der Feststellung (AU-Richtlinie § 5).")
    _check_diagnosen(eingabe, befund)
    for feld, text in (
        ("au.diagnosetext", au.diagnosetext),
        ("au.sonstige_massnahme", au.sonstige_massnahme),
    ):
        if text is not None and len(text) > TEXT_MAX:
            befund.refuse(feld, "TA eAU P310-06", f"Höchstens {TEXT_MAX} Zeichen.")
        if text is not None and not text.strip():
            befund.refuse(feld, "TA eAU P310-07", "Bitte den Text angeben oder das Feld weglassen.")
    if len(set(au.ursachen)) != len(au.ursachen):
        befund.refuse("au.ursachen", "-eau-anzahlUrsache", "Jede Ursache steht nur einmal.")
    if eingabe.versicherung.rechtsgrundlage == "06":
        befund.refuse("versicherung.rechtsgrundlage", "KBV_EX_FOR_Legal_basis", "Erlaubt sind 00, 01, 04 und 07.")
    return befund


def _check_diagnosen(eingabe: AuEingabe, befund: Befund) -> None:
    diagnosen = eingabe.au.diagnosen
    if not diagnosen:
        befund.refuse("au.diagnosen", "TA eAU P310-05", "Es fehlt eine Diagnose (ICD-10).")
    if len(diagnosen) > 6:
        befund.refuse("au.diagnosen", "TA eAU P310-05", "Höchstens sechs Diagnosen.")
    for index, diagnose in enumerate(diagnosen):
        if not icd_plausible(diagnose.icd):
            befund.refuse(
                f"au.diagnosen[{index}].icd",
                "TA eAU P310-05",
                "Das ist kein ICD-10-Code (Beispiel: J06.9; ohne Ausrufezeichen, + oder *).",
            )
