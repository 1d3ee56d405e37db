"""Who issues the form: the doctor and the place, chosen from what the practice set up."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from papierbruecke.record.model import Arzt, Betriebsstaette
from papierbruecke.settings import PraxisEinstellungen
from papierbruecke.ui.fields import Choice


def doctor_name(arzt: Arzt) -> str:
    """The doctor as the desk calls her."""
    return " ".join(part for part in (arzt.titel, arzt.vorname, arzt.vorsatzwort, arzt.nachname) if part)


class Issuer(QWidget):
    """Doctor and Betriebsstätte of one form; hidden choices while there is only one.

    Signals: ``changed`` after a choice.
    """

    changed = Signal()

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self._praxis = PraxisEinstellungen()
        self.doctor = Choice("Ä&rztin, Arzt", f"{prefix}_arzt", ())
        self.place = Choice("&Betriebsstätte", f"{prefix}_betriebsstaette", ())
        self.doctor.changed.connect(self.changed)
        self.place.changed.connect(self.changed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.doctor)
        layout.addWidget(self.place)

    def set_praxis(self, praxis: PraxisEinstellungen) -> None:
        """Offer what the practice has; keeps the choice where it still exists."""
        before = (self.doctor.value(), self.place.value())
        self._praxis = praxis
        self.doctor.set_options([(arzt.lanr, doctor_name(arzt)) for arzt in praxis.aerzte])
        self.place.set_options([(place.bsnr, place.name) for place in praxis.betriebsstaetten])
        self.doctor.choose(before[0])
        self.place.choose(before[1])
        self.doctor.setVisible(len(praxis.aerzte) > 1)
        self.place.setVisible(len(praxis.betriebsstaetten) > 1)

    @property
    def complete(self) -> bool:
        """Whether there is anybody who can issue."""
        return bool(self._praxis.aerzte and self._praxis.betriebsstaetten)

    def arzt(self) -> Arzt:
        """The chosen doctor; an empty one before the practice was set up (previews only)."""
        wanted = self.doctor.value()
        empty = Arzt(lanr="", vorname="", nachname="", berufsbezeichnung="")
        return next((arzt for arzt in self._praxis.aerzte if arzt.lanr == wanted), empty)

    def betriebsstaette(self) -> Betriebsstaette:
        """The chosen place; an empty one before the practice was set up (previews only)."""
        wanted = self.place.value()
        empty = Betriebsstaette(bsnr="", name="", strasse="", hausnummer="", plz="", ort="", telefon="")
        return next((place for place in self._praxis.betriebsstaetten if place.bsnr == wanted), empty)
