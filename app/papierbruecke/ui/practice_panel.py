"""Doctors and Betriebsstätten of the practice, checked by the rules of the forms as they are typed."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from papierbruecke.card.model import Versicherung
from papierbruecke.clock import local
from papierbruecke.record.model import Arzt, Betriebsstaette, RezeptAngaben, RezeptEingabe
from papierbruecke.settings import PraxisEinstellungen
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.entry_list import EntryList, Kind

NOBODY = Arzt(lanr="", vorname="", nachname="", berufsbezeichnung="")
NOWHERE = Betriebsstaette(bsnr="", name="", strasse="", hausnummer="", plz="", ort="", telefon="")


def _doctor(entry: dict[str, Any]) -> str:
    parts = (entry.get(name) for name in ("titel", "vorname", "vorsatzwort", "nachname"))
    return " ".join(part for part in parts if part)


AERZTE = Kind(
    "arzt",
    Arzt,
    "Ärztinnen und Ärzte",
    "lanr",
    "Ärztin oder Arzt dazu",
    "Herausnehmen",
    "Diese Arztnummer steht schon bei jemand anderem.",
    _doctor,
)
STAETTEN = Kind(
    "betriebsstaette",
    Betriebsstaette,
    "Betriebsstätten",
    "bsnr",
    "Betriebsstätte dazu",
    "Herausnehmen",
    "Diese Betriebsstättennummer steht schon bei einer anderen.",
    lambda entry: str(entry.get("name") or ""),
)


class PracticePanel(QWidget):
    """The two lists of the part "Praxis"."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.doctors = EntryList(AERZTE)
        self.places = EntryList(STAETTEN)
        self.lists = {"aerzte": self.doctors, "betriebsstaetten": self.places}
        for each in self.lists.values():
            each.number_left.connect(partial(self._check_number, each))
        self.forms = {"arzt": self.doctors.form, "betriebsstaette": self.places.form}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(18)
        layout.addWidget(self.doctors)
        layout.addWidget(self.places)

    def show_values(self, praxis: PraxisEinstellungen) -> None:
        """Show what is stored."""
        self.doctors.show_values(praxis.aerzte)
        self.places.show_values(praxis.betriebsstaetten)

    def document(self) -> dict[str, list[dict[str, Any]]]:
        """What was typed, by the names of the table."""
        return {name: each.entries() for name, each in self.lists.items()}

    def objections(self, praxis: PraxisEinstellungen) -> dict[str, str]:
        """What the rules of the forms say, by path (``praxis.aerzte[1].lanr``)."""
        if not praxis.aerzte and not praxis.betriebsstaetten:
            return {}  # the set-up may wait
        found: dict[str, str] = {}
        for number, arzt in enumerate(praxis.aerzte or (NOBODY,)):
            found |= self._of_forms(arzt, NOWHERE, "arzt", f"praxis.aerzte[{number}]")
        for number, place in enumerate(praxis.betriebsstaetten or (NOWHERE,)):
            found |= self._of_forms(NOBODY, place, "betriebsstaette", f"praxis.betriebsstaetten[{number}]")
        if not found:  # each alone is right: do both fit into the stamp, too?
            for number, arzt in enumerate(praxis.aerzte):
                found |= self._of_forms(arzt, praxis.betriebsstaetten[0], "arzt", f"praxis.aerzte[{number}]")
            for number, place in enumerate(praxis.betriebsstaetten):
                found |= self._of_forms(
                    praxis.aerzte[0], place, "betriebsstaette", f"praxis.betriebsstaetten[{number}]"
                )
        for name, numbers, kind in (
            ("aerzte", [arzt.lanr for arzt in praxis.aerzte], AERZTE),
            ("betriebsstaetten", [place.bsnr for place in praxis.betriebsstaetten], STAETTEN),
        ):
            for at, number_ in enumerate(numbers):
                if number_ in numbers[:at]:
                    found.setdefault(f"praxis.{name}[{at}].{kind.key}", kind.twice)
        return found

    def object_to(self, found: dict[str, str]) -> EntryList | None:
        """Show objections at their fields; returns the first list that has one."""
        wrong = [each for name, each in self.lists.items() if each.object_to(found, f"praxis.{name}")]
        return wrong[0] if wrong else None

    def _of_forms(self, arzt: Arzt, place: Betriebsstaette, prefix: str, path: str) -> dict[str, str]:
        probe = RezeptEingabe(
            versicherter=None,
            versicherung=Versicherung(),
            herkunft="hand",
            arzt=arzt,
            betriebsstaette=place,
            datum=local(self._desk.clock.now()).date(),
            rezept=RezeptAngaben(art="sprechstundenbedarf", gebuehr="frei", positionen=()),
        )
        einwaende = self._desk.check_rezept(probe).einwaende
        return {
            f"{path}.{e.feld.removeprefix(f'{prefix}.')}": e.text
            for e in reversed(einwaende)
            if e.feld.startswith(f"{prefix}.")
        }

    def _check_number(self, which: EntryList) -> None:
        """Somebody left LANR, BSNR or PLZ: say at once if it cannot be right."""
        document = which.form.document()
        checks: dict[str, Callable[[], dict[str, str]]] = {
            "lanr": lambda: self._of_forms(NOBODY.model_copy(update={"lanr": document["lanr"]}), NOWHERE, "arzt", ""),
            "bsnr": lambda: self._of_forms(
                NOBODY, NOWHERE.model_copy(update={"bsnr": document["bsnr"]}), "betriebsstaette", ""
            ),
        }
        key = which.kind.key
        shown = which.form.form_objections()
        if document[key] and (text := checks[key]().get(f".{key}")):
            shown[key] = text
        for name, text in shown.items():
            which.form.field(name).object_to(text)
