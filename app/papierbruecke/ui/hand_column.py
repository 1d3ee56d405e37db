"""The entry by hand as the card panel shows it: with its completion, in a column that scrolls."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from papierbruecke.ui import texts
from papierbruecke.ui.background import Background
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import scroll_area
from papierbruecke.ui.hand_entry import HandEntry
from papierbruecke.ui.patient import list_line
from papierbruecke.ui.search_as_typed import SearchAsTyped


class HandColumn:
    """``entry`` has the fields, ``funds`` and ``people`` complete them, ``scrolled`` is what is shown."""

    def __init__(self, desk: Desk, background: Background) -> None:
        self.entry = HandEntry()
        self.funds = SearchAsTyped(
            self.entry.kasse, background, desk.search_kostentraeger, texts.kassenzeile, "Gefundene Krankenkassen"
        )
        self.people = SearchAsTyped(
            self.entry.nachname, background, desk.search_patients, list_line, "Patienten auf der Liste von heute"
        )
        self.entry.setContentsMargins(3, 0, 9, 0)
        inner = QWidget()
        inner.setObjectName("rolle")
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.entry)
        self.scrolled = scroll_area(inner)
