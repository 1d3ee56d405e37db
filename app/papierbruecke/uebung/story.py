"""The outage day as a person at the keyboard lives it, scene by scene.

Every scene presses keys, waits until the window shows what must come, and keeps a picture.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from papierbruecke.outbox.model import Uebersicht, Zustand
from papierbruecke.uebung.stage import SimulatedTi, Slot, drill_card
from papierbruecke.ui import texts
from papierbruecke.ui.texts import Aktion

if TYPE_CHECKING:
    from papierbruecke.ui.main_window import MainWindow
    from papierbruecke.ui.typist import Typist

DIAGNOSIS_LIMIT_S = 240.0
_BY_HAND = ("Testherr-Probe", "Otto", "14.02.1961")
_BY_HAND_REST = ("Beispielgasse", "12a", "12345", "Musterhausen", "AOK Musterland", "101234561", "")


class Story:
    """One outage from the first failure to the Abgleich."""

    def __init__(self, window: "MainWindow", typist: "Typist", ti: SimulatedTi, slot: Slot, papier: Path) -> None:
        self._window = window
        self._hand = typist
        self._ti = ti
        self._slot = slot
        window.abgleich.ask_path = lambda suggestion: str(papier / suggestion)

    def play(self, szenario: str) -> dict[str, Any]:
        """Play it; returns what the window said was broken, beside what the scenario must lead to."""
        self._calm_morning()
        expected = self._ti.play(szenario)["erwartet"]
        self._failure(expected)
        seen = self._window.lage
        dienste = {d.value: s.zustand.value for d, s in seen.dienste.items()} if seen else {}
        found = {
            "diagnose": seen.diagnose.id if seen and seen.diagnose else None,
            "dienste": dienste,
        }
        broken = {name for name, zustand in dienste.items() if zustand == "gestoert"}
        if broken:
            self._to_paper()
        if broken & {"erezept", "kim"}:
            self._patients(rezept="erezept" in broken, au="kim" in broken)
            self._look_back("nachbearbeitung-in-der-stoerung")
        self._ti.play("normal")
        self._ti_is_back()
        if broken:
            self._back_online()
        self._clear_up()
        self._close_the_day()
        return {"erwartet": expected, "gesehen": found}

    # -- scenes ------------------------------------------------------------------

    def _calm_morning(self) -> None:
        self._until("die erste Lage", lambda: self._window.lage is not None)
        self._until("alles ist ruhig", lambda: self._window.lage is not None and self._window.lage.diagnose is None)
        self._hand.picture("alles-in-ordnung")
        self._hand.press("F1")
        self._hand.picture("hilfe-und-tasten")
        self._hand.press("Esc")

    def _failure(self, expected: dict[str, Any]) -> None:
        wanted = expected["diagnose"]

        def reached() -> bool:
            lage = self._window.lage
            hints = {hint.id for hint in lage.hinweise} if lage else set()
            found = lage.diagnose.id if lage and lage.diagnose else None
            return found == wanted and hints >= set(expected.get("hinweise", ()))

        self._hand.wait(f"die Diagnose {wanted}", reached, DIAGNOSIS_LIMIT_S)
        self._settle()
        self._hand.picture("was-ist-gestoert")

    def _to_paper(self) -> None:
        self._hand.press("F12")
        self._hand.picture("betriebsart-vorgeschlagen")
        self._hand.press("F9")
        self._until("die Betriebsart Papier", lambda: bool(self._window.papier))
        self._hand.picture("papierbetrieb")

    def _patients(self, *, rezept: bool, au: bool) -> None:
        self._card("mitglied")
        self._hand.picture("karte-uebernommen")
        if rezept:
            self._write_rezept()
        if au:
            self._write_au()
        self._hand.press("Ctrl+N")
        self._refused_cards()
        self._card("abrechnend")
        if rezept:
            self._spoilt_rezept()
        if au:
            self._write_au(pictures=False)
        self._hand.press("Ctrl+N")
        self._by_hand()
        if rezept:
            self._write_rezept(pictures=False)

    def _card(self, name: str) -> None:
        self._slot.insert(drill_card(name))
        self._hand.press("F2")
        self._settle()
        self._slot.remove()

    def _refused_cards(self) -> None:
        for name in ("abgelaufen", "privat"):
            self._card(name)
            self._hand.picture(f"karte-{name}")
            self._hand.press("Esc", "Ctrl+N")
            self._settle()

    def _write_rezept(self, *, pictures: bool = True) -> None:
        self._hand.press("F4")
        self._medicine("Ramipril Test 5 mg TAB 100 St N3", "01234562", "1-0-0")
        self._medicine("Metformin Test 1000 mg FTA 180 St", "", "Dj")
        if pictures:
            self._hand.picture("rezept-geschrieben")
        self._hand.press("F9")
        self._asked()
        if pictures:
            self._hand.picture("ist-das-blatt-richtig")
        self._hand.press("J")
        self._settle()

    def _spoilt_rezept(self) -> None:
        """A wrong number is refused at its field; then the sheet jams and is printed again."""
        self._hand.press("F4")
        self._medicine("Salbutamol Test 0,1 mg DOS 200 ED N1", "01234567", "bei Atemnot 1-2 Hub")
        self._hand.press("F9")
        self._settle()
        self._hand.picture("einwand-am-feld")
        self._hand.press("Ctrl+A")
        self._hand.type("01234562")
        self._hand.press("F9")
        self._asked()
        self._hand.press("V")
        self._settle()
        self._hand.picture("blatt-verdorben")
        self._hand.press("N")
        self._asked()
        self._hand.press("J")
        self._settle()

    def _medicine(self, name: str, pzn: str, dosierung: str) -> None:
        for text in (name, pzn, dosierung):
            self._hand.type(text)
            self._hand.press("Return")
        self._settle()

    def _write_au(self, *, pictures: bool = True) -> None:
        self._hand.press("F5")
        self._hand.type("+4")
        self._hand.press("Return")
        self._hand.type("J06.9")
        self._settle()
        if pictures:
            self._hand.picture("krankschreibung-geschrieben")
        self._hand.press("F9")
        self._asked()
        if pictures:
            self._hand.picture("drei-ausfertigungen")
        self._hand.press("J")
        self._settle()

    def _by_hand(self) -> None:
        self._hand.press("F3")
        for text in _BY_HAND:
            self._hand.type(text)
            self._hand.press("Return")
        self._hand.type("m")
        self._hand.press("Return")
        for text in _BY_HAND_REST:
            self._hand.type(text)
            self._hand.press("Return")
        self._hand.type("1")
        self._hand.picture("von-hand-erfasst")
        self._hand.press("F9")
        self._settle()

    def _ti_is_back(self) -> None:
        def back() -> bool:
            lage = self._window.lage
            return lage is not None and lage.diagnose is None

        self._hand.wait("die TI ist wieder da", back, DIAGNOSIS_LIMIT_S)
        self._settle()
        self._hand.picture("die-ti-ist-wieder-da")

    def _back_online(self) -> None:
        self._hand.press("F12")
        self._hand.picture("stoerung-beenden")
        self._hand.press("F9")
        self._until("wieder online", lambda: not self._window.papier)

    def _clear_up(self) -> None:
        self._hand.press("F8")
        self._settle()
        self._hand.picture("nachbearbeitung")
        outbox = self._window.outbox
        if outbox.bar.main_button.isEnabled():
            self._hand.press("F9")
            self._until("der Nachversand", lambda: not outbox.is_sending)
        self._hand.picture("nachgesendet")
        # What is open stands on top of the list, so each round begins there.
        for _ in range(outbox.model.rowCount()):
            self._hand.press("Ctrl+Home")
            line = outbox.selected()
            if line is None or not self._to_enter(line):
                break
            self._hand.press("Return")
            self._until(f"{line.belegnummer} eingetragen", partial(self._entered, line.belegnummer))
        self._hand.picture("alles-eingetragen")

    def _to_enter(self, line: Uebersicht) -> bool:
        return texts.aktion(line, False) in (Aktion.EINGETRAGEN, Aktion.ERFASST)

    def _entered(self, nummer: str) -> bool:
        return not any(line.belegnummer == nummer and self._to_enter(line) for line in self._window.lines)

    def _look_back(self, name: str) -> None:
        self._hand.press("F8")
        self._settle()
        self._hand.picture(name)
        self._hand.press("Esc")

    def _close_the_day(self) -> None:
        self._hand.press("Alt+A")
        window = self._window
        self._until("der Abgleich", lambda: window.place == "abgleich" and window.abgleich.save_button.isEnabled())
        self._hand.picture("abgleich")
        self._hand.press("F9")
        self._settle()
        self._hand.picture("abgleich-gesichert")

    # -- waiting -----------------------------------------------------------------

    def _settle(self) -> None:
        self._hand.wait("das Fenster kommt zur Ruhe", lambda: self._window.quiet)

    def _until(self, what: str, condition: Callable[[], bool]) -> None:
        self._hand.wait(what, condition, DIAGNOSIS_LIMIT_S)
        self._settle()

    def _asked(self) -> None:
        form = self._window.reception.form
        self._hand.wait("die Frage nach dem Blatt", lambda: "?" in form.bar.question and self._window.quiet)


def counts(window: "MainWindow") -> dict[str, int]:
    """How many Belege of each kind and column the day left."""
    found: dict[str, int] = {"belege": len(window.lists.rows)}
    for row in window.lists.rows:
        for key in (row.beleg.art.value, row.spalte.value):
            found[key] = found.get(key, 0) + 1
    return found


def delivered(window: "MainWindow") -> set[str]:
    """The Dokumenten-IDs that the window shows as zugestellt."""
    return {str(line.kennung) for line in window.lines if line.zustand is Zustand.ZUGESTELLT}
