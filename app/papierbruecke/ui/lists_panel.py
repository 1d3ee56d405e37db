"""Lists that the practice brings along: own medicines, ICD-10-GM, Stammdateien of the KBV, favourites, addresses.

Each comes in whole or not at all, in a lane of its own, so that no Beleg waits for it.
"""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QPushButton, QVBoxLayout, QWidget

from papierbruecke.files import read_input
from papierbruecke.practice.import_file import taken_in
from papierbruecke.settings import PraxisEinstellungen
from papierbruecke.ui.background import Background
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import Choice, button, label
from papierbruecke.ui.issuer import doctor_name
from papierbruecke.ui.long_work import LongWork, Meter, grouped
from papierbruecke.ui.theme import Ton

if TYPE_CHECKING:
    from papierbruecke.record.suggestion_model import Liste

KASSEN = "kassen"
WAS: "tuple[tuple[Liste | str, str, str, str, str], ...]" = (
    (
        "mittel",
        "&Arzneimittelliste einlesen …",
        "Eigene Liste der Praxis als CSV. Die erste Zeile nennt die Spalten: name (muss sein), pzn, staerke, "
        "darreichung, packung, norm, form, rezeptpflichtig, betaeubungsmittel, t_rezept, hilfsmittelnummer. "
        "Sie ersetzt die frühere Liste; was schon verordnet wurde, bleibt.",
        "Listen (*.csv *.txt)",
        "Arzneimittelliste",
    ),
    (
        "icd",
        "&ICD-10-GM einlesen …",
        "Die Datei „icd10gm…syst_kodes.txt“ aus dem Paket „Metadaten TXT (CSV)“ des BfArM. Sie ersetzt die frühere.",
        "ICD-10-GM (*.txt)",
        "ICD-10-GM",
    ),
    (
        "kostentraeger",
        "&Kostenträgerdatei einlesen …",
        "Die Kostenträger-Stammdatei (SDKT) der KBV: damit wird die Krankenkasse beim Tippen gefunden und richtig "
        "gedruckt. Sie ersetzt die frühere.",
        "Kostenträgerdatei (*.xml)",
        "Kostenträgerdatei",
    ),
    (
        "plz",
        "&PLZ-Stammdatei einlesen …",
        "Die Datei „PLZ74_…“ der KBV: damit fällt eine Postleitzahl auf, die es nicht gibt. Orte stehen nicht darin. "
        "Sie ersetzt die frühere.",
        "PLZ-Stammdatei (PLZ74_*);;Alle Dateien (*)",
        "PLZ-Stammdatei",
    ),
    (
        "favoriten",
        "&Favoriten einlesen …",
        "Eine CSV wie oben: Diese Mittel werden der gewählten Ärztin oder dem Arzt zuerst angeboten, schon in der "
        "leeren Zeile. Von selbst werden es die, die am häufigsten geschrieben werden.",
        "Listen (*.csv *.txt)",
        "Favoriten",
    ),
    (
        KASSEN,
        "K&rankenkassen einlesen …",
        "Eine CSV mit den Anschriften der Krankenkassen. Die erste Zeile nennt die Spalten: IK (muss sein), Name, "
        "Zusatz, Straße, PLZ, Ort, KIM-Adresse. Sie ergänzt, was schon bekannt ist.",
        "Listen (*.csv *.txt)",
        "Krankenkassen",
    ),
)
LEER = "Noch ist keine Liste eingelesen. Vorgeschlagen wird, was hier schon verordnet wurde."


class ListsPanel(QWidget):
    """The files to choose, one piece of work at a time."""

    def __init__(self, desk: Desk, background: Background) -> None:
        super().__init__()
        self._desk = desk
        self._background = background
        self.ask_open = self._ask_open
        self.stand = label("", "wert", wrap=True, name="listen_stand")
        self.doctor = Choice("Favoriten &von", "favoriten_arzt", ())
        self.work = LongWork(background, "listen_lauf")
        self.work.running.connect(self._on_running)
        self.buttons: dict[str, QPushButton] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.stand)
        layout.addWidget(self.work)
        for was, words, why, _, _ in WAS:
            made = self.buttons[was] = button(words, f"liste_{was}")
            made.clicked.connect(partial(self.take, was))
            layout.addSpacing(4)
            layout.addWidget(label(why, "neben", wrap=True))
            if was == "favoriten":
                layout.addWidget(self.doctor)
            layout.addWidget(made, 0, Qt.AlignmentFlag.AlignLeft)

    def load(self, praxis: PraxisEinstellungen) -> None:
        """Whose favourites there can be."""
        self.doctor.set_options([(arzt.lanr, doctor_name(arzt)) for arzt in praxis.aerzte])
        self._allow()

    def showEvent(self, event: QShowEvent) -> None:
        """How much is here already?"""
        super().showEvent(event)
        self.reload()

    def reload(self) -> None:
        """Count again."""
        self._background.run("lists", self._desk.list_counts, self._show_counts, lambda _: None)

    def _show_counts(self, counts: tuple[int, int]) -> None:
        medicines, codes = counts
        text = f"Hier sind {grouped(medicines)} eigene Mittel und {grouped(codes)} Diagnosen." if any(counts) else LEER
        self.stand.setText(text)

    def _allow(self) -> None:
        for was, made in self.buttons.items():
            made.setEnabled(not self.work.is_running and (was != "favoriten" or self.doctor.value() is not None))

    def _on_running(self, running: bool) -> None:
        self._allow()
        if not running:
            self.reload()

    def _ask_open(self, title: str, pattern: str) -> str:
        return QFileDialog.getOpenFileName(self, title, "", pattern)[0]

    def take(self, was: "Liste | str") -> None:
        """Choose the file and read it in."""
        _, _, _, pattern, name = next(entry for entry in WAS if entry[0] == was)
        path = self.ask_open(f"{name} einlesen", pattern)
        if not path:
            return
        desk, lanr, file = self._desk, self.doctor.value() or "", Path(path)

        def work(meter: Meter) -> int:
            if was == KASSEN:
                return desk.take_kassen(read_input(file), meter.on_progress, meter.cancel)
            return desk.import_list(cast("Liste", was), file, meter.on_progress, meter.cancel, lanr)

        self.work.start(
            "lists",
            f"{name} wird eingelesen",
            work,
            lambda number: (f"{name}: {taken_in(number)}", Ton.OK),
            unit="Einträge",
        )
