"""The JSON Schema of every answer that a command gives with ``--json`` (design §6.4).

A script that reads an answer checks it against this; a test holds every answer of every command against it.
Times are ISO 8601 with offset, days JJJJ-MM-TT.
"""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from papierbruecke.outage.model import Dienst
from papierbruecke.outbox.model import Spalte, Zustand
from papierbruecke.record.model import BelegArt

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"

TEXT: Schema = {"type": "string"}
MAYBE_TEXT: Schema = {"type": ["string", "null"]}
WHOLE: Schema = {"type": "integer"}
MAYBE_WHOLE: Schema = {"type": ["integer", "null"]}
NUMBER: Schema = {"type": "number"}
YES_NO: Schema = {"type": "boolean"}
TIME: Schema = {"type": "string", "format": "date-time"}
MAYBE_TIME: Schema = {"anyOf": [{"type": "null"}, TIME]}
KENNUNG: Schema = {"type": "string", "format": "uuid"}


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def _one_of(*values: str) -> Schema:
    return {"enum": list(values)}


def _object(**fields: Schema) -> Schema:
    """Exactly these fields, all of them."""
    return {"type": "object", "additionalProperties": False, "required": [*fields], "properties": fields}


def _optional(schema: Schema, *names: str) -> Schema:
    """The same, but these fields need not be there."""
    return schema | {"required": [name for name in schema["required"] if name not in names]}


def _counts(*names: str) -> Schema:
    return _object(**dict.fromkeys(names, WHOLE))


_SPALTE = _one_of(*(each.value for each in Spalte))
_ZUSTAND = _one_of(*(each.value for each in Zustand))
_ART = _one_of(*(each.value for each in BelegArt))
_WARNUNGEN = _list(_object(code=TEXT, text=TEXT))
_NUMMERN = _list(TEXT)
_ZAEHLUNG = _counts("erwartet", *(each.value for each in Spalte))
_BELEG: dict[str, Schema] = {
    "belegnummer": TEXT,
    "kennung": KENNUNG,
    "art": _ART,
    "patient": TEXT,
    "angelegt": TIME,
    "zustand": _ZUSTAND,
    "seit": TIME,
    "spalte": _SPALTE,
    "stoerung": KENNUNG,
    "vorgang": KENNUNG,
    "weg": TEXT,
}
_LEFT: dict[str, Schema] = {name: _BELEG[name] for name in ("belegnummer", "kennung", "art", "patient", "weg")} | {
    "zustand": _ZUSTAND,
    "seit": TIME,
    "spalte": _SPALTE,
    "satz": TEXT,
    "noch_zu_tun": MAYBE_TEXT,
    "storno": MAYBE_TEXT,
    "bis": MAYBE_TIME,
    "ueberfaellig": YES_NO,
    "nachweis": _list(TEXT),
}
_EVENT = _object(
    zeit=TIME, was=TEXT, zustand={"anyOf": [{"type": "null"}, _ZUSTAND]}, wer=TEXT, detail={"type": "object"}
)
_ANSICHT = _object(
    stand=TEXT,
    hinweis=MAYBE_TEXT,
    angaben=_list(_object(feld=TEXT, wert=TEXT)),
)
_DRAIN: dict[str, Schema] = {
    "fertig": YES_NO,
    "abgebrochen": YES_NO,
    "belegt": YES_NO,
    "offen": WHOLE,
    "unklar": WHOLE,
    "schritte": {"type": "object", "additionalProperties": WHOLE},
    "belege": _list(_object(belegnummer=TEXT, zustand=_ZUSTAND, satz=TEXT)),
    "hinweise": _list(TEXT),
}
_DUE = _list(_object(belegnummer=TEXT, kennung=KENNUNG, art=_ART, regel=TEXT, seit=TIME))
_LISTED = _object(**_BELEG)
_PAPER: dict[str, Schema] = {"belegnummern": _NUMMERN, "warnungen": _WARNUNGEN}


def _answer(schema: str, /, **fields: Schema) -> Schema:
    envelope: dict[str, Schema] = {"schema": {"const": schema}, "version": {"const": 1}}
    return {"$schema": DIALECT, "title": schema} | _object(**(envelope | fields))


def _told(schema: str, model: type[BaseModel], /, **more: Schema) -> Schema:
    """An answer that is this model with its envelope, and what the command adds."""
    made = model.model_json_schema(mode="serialization")
    named = _answer(schema, **(made["properties"] | more))
    return named | ({"$defs": made["$defs"]} if "$defs" in made else {})


def _inside(schema: str, field: str, model: type[BaseModel], /, **more: Schema) -> Schema:
    """An answer with a list of this model."""
    made = model.model_json_schema(mode="serialization")
    parts = made.pop("$defs", {})
    named = _answer(schema, **({field: _list(made)} | more))
    return named | ({"$defs": parts} if parts else {})


# -- the answers ---------------------------------------------------------------


def _stoerung() -> Schema:
    from papierbruecke.outage.incident import Stoerung

    mode = _object(betriebsart=_one_of("papier", "online"), seit=MAYBE_TIME)
    named = _inside(
        "stoerung",
        "stoerungen",
        Stoerung,
        dienste=_object(**{dienst.value: mode for dienst in Dienst}),
        nachversand=_object(**_DRAIN),
    )
    return _optional(named, "nachversand")


def _konten() -> Schema:
    from papierbruecke.vault.users import Benutzer

    return _inside("konten", "konten", Benutzer)


def _pvs() -> Schema:
    from papierbruecke.pvs.read_patient import PvsPatient

    named = _optional(_inside("pvs", "patienten", PvsPatient, eingelesen=WHOLE), "patienten", "eingelesen")
    patient = named["properties"]["patienten"]["items"]
    patient["properties"] = {"herkunft": {"const": "pvs"}} | patient["properties"]
    patient["required"] = ["herkunft", *patient["required"]]
    return named


def _fingerabdruck() -> Schema:
    from papierbruecke.konnektor.confirm_certificate import Vergleich

    return _told("fingerabdruck", Vergleich, gleich=YES_NO)


def _postfach() -> Schema:
    from papierbruecke.resubmit.status_mails import Postfach

    return _told("postfach", Postfach)


def _komfortsignatur() -> Schema:
    from papierbruecke.konnektor.switch_comfort import Komfortstand

    return _told("komfortsignatur", Komfortstand)


def _zertifikate() -> Schema:
    from papierbruecke.outage.certificates import Inventar

    checked = _object(ergebnis=TEXT, satz=TEXT, aussteller=MAYBE_TEXT)
    return _optional(_told("zertifikate", Inventar, praxiskarte=checked), "praxiskarte")


def _stoerungsbericht() -> Schema:
    from papierbruecke.outage.evidence import Bericht

    return _told("stoerungsbericht", Bericht)


def _verlauf() -> Schema:
    from papierbruecke.outage.timeline import Verlauf

    return _told("verlauf", Verlauf)


def _karte() -> Schema:
    from papierbruecke.card.model import Kartendaten

    return Kartendaten.model_json_schema(mode="serialization")


def _lage() -> Schema:
    from papierbruecke.outage.answer import LAGE_SCHEMA

    return LAGE_SCHEMA


def _abgleich() -> Schema:
    from papierbruecke.practice.eeb import EebAnfrage

    asked = EebAnfrage.model_json_schema(mode="serialization")
    parts = asked.pop("$defs", {})
    waiting = _object(
        belegnummer=TEXT,
        patient=TEXT,
        bis=TIME,
        ueberfaellig=YES_NO,
        eeb_anfrage={"anyOf": [{"type": "null"}, asked]},
        satz=TEXT,
    )
    incident = _object(
        id=KENNUNG,
        titel=TEXT,
        beginn=TIME,
        ende=MAYBE_TIME,
        einzelfaelle=YES_NO,
        dienste=_list(_one_of(*(dienst.value for dienst in Dienst))),
        grund=MAYBE_TEXT,
        abgeschlossen=YES_NO,
        nachfragen=YES_NO,
        zaehlung=_ZAEHLUNG,
        belege=_list(_object(**_LEFT)),
    )
    named = _answer(
        "abgleich",
        erstellt=TIME,
        abgeschlossen=YES_NO,
        zaehlung=_ZAEHLUNG,
        stoerungen=_list(incident),
        nachlesen=_list(waiting),
    )
    return named | ({"$defs": parts} if parts else {})


def _belege() -> Schema:
    each = {"anyOf": [_LISTED, _object(**_LEFT)]}  # all of them, or with --offen what is left to do
    return _optional(_answer("belege", belege=_list(each), hinweise=_list(TEXT)), "hinweise")


def _kassenadresse() -> Schema:
    named = _answer(
        "kassenadresse",
        ik=TEXT,
        adresse=MAYBE_TEXT,
        quelle=_one_of("hand", "gemerkt", "verzeichnis"),
        name=TEXT,
        stand=MAYBE_TIME,
        grund=_one_of("keiner", "mehrere", "unbefragt", "gestoert"),
        text=TEXT,
        auswahl=_list(TEXT),
    )
    return _optional(named, "quelle", "name", "stand", "grund", "text", "auswahl")  # found, or not


def _kassenadressen() -> Schema:
    row = _object(ik=TEXT, adresse=TEXT, quelle=_one_of("hand", "gemerkt"), name=TEXT, stand=MAYBE_TIME)
    return _answer("kassenadressen", adressen=_list(row))


def _kostentraeger() -> Schema:
    found = _object(vknr=TEXT, name=TEXT, ik=MAYBE_TEXT, druckname=TEXT, beendet=YES_NO)
    named = _answer("kostentraeger", treffer=_list(found), eingelesen=WHOLE)
    return _optional(named, "treffer", "eingelesen")


def _eeb() -> Schema:
    row = _object(feld=TEXT, aufgenommen=MAYBE_TEXT, spaeter=MAYBE_TEXT, folge=TEXT, satz=TEXT)
    found = _object(
        absender=TEXT,
        unversehrt={"type": ["boolean", "null"]},
        absender_kasse={"type": ["boolean", "null"]},
        schon_gelesen=YES_NO,
        uebernehmen=YES_NO,
        felder=_list(row),
    )
    return _answer("eeb", andere=WHOLE, unlesbar=WHOLE, vergleiche=_list(found))


def _uebung() -> Schema:
    story = {"type": "object"}
    return _answer(
        "uebung",
        szenario=TEXT,
        kartenleser=TEXT,
        tempo=NUMBER,
        gelungen=YES_NO,
        erwartet=story,
        gesehen=story,
        belege={"type": "object", "additionalProperties": WHOLE},
        krankenkasse=_object(angenommen=WHOLE, dubletten=WHOLE, konflikte=WHOLE, wie_im_fenster=YES_NO),
        bilder=_list(TEXT),
    )


def _uebung_von_hand() -> Schema:
    return _answer(
        "uebung-von-hand",
        szenario=TEXT,
        sekunden_je_rezept=_list(NUMBER),
        belege=WHOLE,
        vergessen=WHOLE,
        bestanden=YES_NO,
        gut=_list(TEXT),
        ueben=_list(TEXT),
        zeilen=_list(TEXT),
    )


def _sicherung() -> Schema:
    row = _object(name=TEXT, zeit=TIME, anlass=TEXT, bytes=WHOLE)
    return _answer("sicherung", sicherungen=_list(row), befunde=_list(TEXT))


def _fehler() -> Schema:
    """Instead of an answer, with exit 2 or 3 (and 4, 130): which field by which rule, or which failure."""
    refused = _object(feld=TEXT, regel=TEXT, text=TEXT)
    failed = _optional(_object(code=TEXT, text=TEXT, belegnummer=TEXT), "belegnummer")
    return {"$schema": DIALECT, "title": "fehler"} | _object(fehler=_list({"anyOf": [refused, failed]}))


_FILE = {"datei": TEXT}
ANSWERS: dict[str, Callable[[], Schema]] = {
    "abgleich": _abgleich,
    "au-antwort": lambda: _optional(_answer("au-antwort", **_PAPER, hinweise=_list(TEXT), kennung=KENNUNG), "kennung"),
    "aufbewahrung": lambda: _answer("aufbewahrung", faellig=_DUE, geloescht=_DUE),
    "beleg": lambda: _optional(_answer("beleg", **_BELEG, verlauf=_list(_EVENT), ansicht=_ANSICHT), "ansicht"),
    "belege": _belege,
    "eeb": _eeb,
    "eebaushang": lambda: _answer("eebaushang"),
    "ersatzschein-antwort": lambda: _answer("ersatzschein-antwort", **_PAPER),
    "fehler": _fehler,
    "fingerabdruck": _fingerabdruck,
    "handbuch": lambda: _answer("handbuch", **_FILE),
    "karte": _karte,
    "kassenadresse": _kassenadresse,
    "kassenadressen": _kassenadressen,
    "komfortsignatur": _komfortsignatur,
    "konten": _konten,
    "kostentraeger": _kostentraeger,
    "lage": _lage,
    "listen": lambda: _answer("listen", liste=TEXT, eintraege=WHOLE),
    "melden": lambda: _answer("melden", ziel=TEXT, ergebnis=TEXT, schluessel=MAYBE_TEXT),
    "nachversand": lambda: _answer("nachversand", **_DRAIN),
    "netzseite": lambda: _answer("netzseite", zeilen=_list(TEXT)),
    "notfallmappe-antwort": lambda: _answer("notfallmappe-antwort", dateien=_list(TEXT)),
    "ordner": lambda: _answer("ordner", ordner=TEXT, befunde=_list(TEXT)),
    "postfach": _postfach,
    "protokoll": lambda: _answer("protokoll", zeilen=WHOLE, hash=MAYBE_TEXT, befunde=_list(TEXT)),
    "pvs": _pvs,
    "pvs-ausgabe": lambda: _answer("pvs-ausgabe", belegnummer=TEXT, dateien=_list(TEXT)),
    "rezept-antwort": lambda: _answer("rezept-antwort", blaetter=WHOLE, **_PAPER),
    "schluessel": lambda: _answer("schluessel", was=TEXT),
    "selbsttest": lambda: _answer("selbsttest", teile=_list(_object(teil=TEXT, ok=YES_NO, text=TEXT))),
    "sicherung": _sicherung,
    "stoerung": _stoerung,
    "stoerungsbericht": _stoerungsbericht,
    "tischkarte": lambda: _answer("tischkarte", **_FILE),
    "uebung": _uebung,
    "uebung-von-hand": _uebung_von_hand,
    "verlauf": _verlauf,
    "vermerk": lambda: _answer("vermerk", belegnummer=TEXT),
    "vorrat": lambda: _answer("vorrat", vordruck=TEXT, anzahl=MAYBE_WHOLE, warnen_ab=MAYBE_WHOLE, hinweis=MAYBE_TEXT),
    "wiederherstellung": lambda: _answer(
        "wiederherstellung", sicherung=TEXT, stand=TIME, ungeklaert=_NUMMERN, verlorene_ereignisse=MAYBE_WHOLE
    ),
    "zertifikate": _zertifikate,
}
"""By the word in ``schema`` of the answer; ``karte`` and ``lage`` carry none (design §6.1, §6.3)."""
