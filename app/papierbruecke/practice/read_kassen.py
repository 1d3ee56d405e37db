"""Where Krankenkassen get their post and their KIM mails: a list as CSV, typed once, imported anywhere (pure).

Columns by their titles: ``IK`` (needed), ``Name``, ``Zusatz``, ``Straße``, ``PLZ``, ``Ort``, ``KIM-Adresse``.
Source: design §12 (postal addresses: typed once, remembered, CSV import); TA eAU V1.26 P5-02 AC4.
"""

import re
import threading
from collections.abc import Callable

from papierbruecke.card.checks import ik_valid
from papierbruecke.card.kostentraeger import full_ik
from papierbruecke.errors import Cancelled, Einwand, InputRefused
from papierbruecke.practice.folding import fold
from papierbruecke.practice.table_file import read_table, refused
from papierbruecke.redact import Value
from papierbruecke.settings import Einstellungen, Kassenanschrift

MAX_BYTES = 1_000_000
MAX_OBJECTIONS = 20
REGEL = "Kassenliste"
_KIM = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,200}\.kim\.telematik(-test)?")
_TITLES = ("ik", "name", "zusatz", "strasse", "plz", "ort", "kim adresse")


class Kasse(Value):
    """One line of the list; at least one of the two addresses."""

    ik: str
    anschrift: Kassenanschrift | None
    kim_adresse: str | None


def read_kassen(
    data: bytes,
    *,
    test: bool,
    on_progress: Callable[[int, int], None] | None = None,
    cancel: threading.Event | None = None,
) -> tuple[Kasse, ...]:
    """Every line; raises InputRefused naming line and column, and nothing is taken over then.

    ``on_progress`` gets (lines read, lines); raises ``Cancelled`` when ``cancel`` is set.
    ``test``: a simulator folder, where addresses end in ``.kim.telematik-test``; elsewhere never.
    """
    rows = read_table(data, REGEL, max_bytes=MAX_BYTES)
    titles = [fold(title) for title in rows[0]]
    if "ik" not in titles:
        raise refused("zeile[1]", REGEL, "Die erste Zeile nennt keine Spalte „IK“.")
    objections: list[Einwand] = []
    found: dict[str, Kasse] = {}
    for number, row in enumerate(rows[1:], start=2):
        if cancel is not None and cancel.is_set():
            raise Cancelled
        if on_progress is not None:
            on_progress(number - 1, len(rows) - 1)
        cells = {title: cell.strip() for title, cell in zip(titles, row, strict=False) if title in _TITLES}
        if not any(cells.values()):
            continue
        kasse, wrong = _kasse(cells, test)
        if kasse.ik in found:
            wrong["ik"] = "Diese IK steht schon weiter oben."
        objections += [
            Einwand(f"zeile[{number}].{field}", REGEL, f"Zeile {number}: {text}") for field, text in wrong.items()
        ]
        found[kasse.ik] = kasse
    if objections:
        raise InputRefused(tuple(objections[:MAX_OBJECTIONS]))
    if not found:
        raise refused("liste", REGEL, "In der Liste steht keine Krankenkasse.")
    return tuple(found.values())


def merged(settings: Einstellungen, kassen: tuple[Kasse, ...]) -> Einstellungen:
    """The settings with these addresses; what the list does not name stays as it was."""
    post = {each.ik: each.anschrift for each in kassen if each.anschrift is not None}
    mail = {each.ik: each.kim_adresse for each in kassen if each.kim_adresse is not None}
    kim = settings.kim.model_copy(update={"kassenadressen": settings.kim.kassenadressen | mail})
    return settings.model_copy(update={"kim": kim, "kassenanschriften": settings.kassenanschriften | post})


def with_addresses_of(settings: Einstellungen, stored: Einstellungen) -> Einstellungen:
    """These settings with the addresses that are stored now: no page of settings may bring back older ones."""
    kim = settings.kim.model_copy(update={"kassenadressen": stored.kim.kassenadressen})
    return settings.model_copy(update={"kim": kim, "kassenanschriften": stored.kassenanschriften})


def kim_objection(adresse: str, *, test: bool) -> str | None:
    """What is wrong with a KIM address; ``test`` as in ``read_kassen``."""
    if not _KIM.fullmatch(adresse):
        return "Das ist keine KIM-Adresse; sie sieht aus wie name@kasse.kim.telematik."
    if adresse.endswith("-test") is not test:
        return "Testadressen gehören nur in die Übung, echte nur in die Praxis."
    return None


def confirmed(settings: Einstellungen, ik: str, adresse: str, *, test: bool) -> Einstellungen:
    """The settings with one address that a person typed and confirmed; an empty one forgets it.

    Raises InputRefused naming the field.
    """
    full, adresse = full_ik(ik.replace(" ", "")), adresse.strip()
    if not ik_valid(full):
        raise InputRefused((Einwand("ik", REGEL, "Die Kassennummer (IK) stimmt nicht."),))
    known = {key: value for key, value in settings.kim.kassenadressen.items() if full_ik(key) != full}
    if adresse:
        objection = kim_objection(adresse, test=test)
        if objection is not None:
            raise InputRefused((Einwand("kim_adresse", REGEL, objection),))
        known[full] = adresse
    return settings.model_copy(update={"kim": settings.kim.model_copy(update={"kassenadressen": known})})


def _kasse(cells: dict[str, str], test: bool) -> tuple[Kasse, dict[str, str]]:
    """The Krankenkasse of one line, and what is wrong with it."""
    wrong: dict[str, str] = {}
    ik = full_ik(cells.get("ik", "").replace(" ", ""))
    if not ik_valid(ik):
        wrong["ik"] = "Die Kassennummer (IK) stimmt nicht."
    mail = cells.get("kim adresse") or None
    if mail is not None and (objection := kim_objection(mail, test=test)) is not None:
        wrong["kim_adresse"] = objection
    address = None
    if any(cells.get(field) for field in ("strasse", "plz", "ort", "zusatz")):
        for field, text in (("name", "Der Name"), ("plz", "Die PLZ"), ("ort", "Der Ort")):
            if not cells.get(field):
                wrong[field] = f"{text} fehlt."
        if cells.get("plz") and not re.fullmatch(r"[0-9]{5}", cells["plz"]):
            wrong["plz"] = "Die PLZ hat fünf Ziffern."
        address = Kassenanschrift(
            name=cells.get("name", ""),
            zusatz=cells.get("zusatz") or None,
            strasse=cells.get("strasse") or None,
            plz=cells.get("plz", ""),
            ort=cells.get("ort", ""),
        )
    elif mail is None:
        wrong["liste"] = "Weder Postanschrift noch KIM-Adresse."
    return Kasse(ik=ik, anschrift=address, kim_adresse=mail), wrong
