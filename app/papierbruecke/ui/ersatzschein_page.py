"""The slip of the Ersatzverfahren (F6): why no card was read, who signs, and the sheet to sign.

The person comes from the card panel: F2 takes over card data, F3 opens the same person for
typing. Source: KVDT 2.2.3.1 (P2-400 to P2-402), design §3, §12.
"""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QPushButton, QVBoxLayout

from papierbruecke.card.model import Versicherung
from papierbruecke.errors import Einwand
from papierbruecke.outage.model import Ergebnis, Lage
from papierbruecke.outbox.model import Uebersicht
from papierbruecke.record.model import ErsatzscheinAngaben, ErsatzscheinEingabe
from papierbruecke.record.rules import Befund
from papierbruecke.settings import Einstellungen
from papierbruecke.ui.background import Background
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import Choice, EnterWalk, Field, Hint, label
from papierbruecke.ui.form_page import FormPage
from papierbruecke.ui.stock_panel import StockPanel
from papierbruecke.ui.theme import Ton

if TYPE_CHECKING:
    from papierbruecke.forms.vorrat import Bestand, Vordruck

ASPECT = 148.0 / 210.0  # DIN A5 upright
GRUENDE = (
    ("karte_defekt", "Karte &defekt"),
    ("technik_defekt", "Lese&gerät oder Netz defekt"),
    ("hausbesuch", "Hausbesu&ch"),
    ("kartendaten_falsch", "Kartendaten &falsch"),
    ("saeugling", "Säugling, noch &ohne Karte"),
    ("ersatzbescheinigung", "Ersatzbescheinigung liegt &vor"),
    ("karte_nicht_dabei", "Karte n&icht dabei"),
)
SCHEIN = "schein"
MUSTER5: "Vordruck" = "muster5"
UNTERSCHRIFT = (
    (SCHEIN, "unterschreibt jetzt auf dem Schein"),
    (MUSTER5, "unterschreibt auf Vordruck Muster 5"),
    ("notfall", "entfällt: Notfall"),
    ("telefon", "entfällt: telefonischer Kontakt"),
)
LESEN_GEHT = (
    "Konnektor und Kartenterminal arbeiten noch: Karten bitte wie immer in der Praxissoftware einlesen, es fehlt nur "
    "der Online-Nachweis. Ein Ersatzschein ist dann nur nötig, wenn diese eine Karte fehlt oder defekt ist."
)


def can_still_read(lage: Lage | None) -> bool:
    """Whether the practice system can read cards as always (design §12): Konnektor and terminal answer."""
    if lage is None:
        return False
    asked = {(m.probe, m.ziel): m.ergebnis for m in lage.proben}
    return all(asked.get(probe) is Ergebnis.OK for probe in (("P7", "konnektor"), ("P8", "terminal")))


class ErsatzscheinPage(FormPage):
    """F6. By keys alone: arrow to the reason, F9."""

    def __init__(self, desk: Desk, background: Background) -> None:
        super().__init__(desk, background, "ersatz", ASPECT, "Ein Blatt A5 · die versicherte Person unterschreibt")
        self.reads = Hint("ersatz_lesen_geht", Ton.WARN)
        self.advice = Hint("ersatz_ratschlag", Ton.ACCENT)
        self.gruende = {name: QPushButton(text) for name, text in GRUENDE}
        group = QButtonGroup(self)
        for name, choice in self.gruende.items():
            choice.setObjectName(f"ersatz_{name}")
            choice.setCheckable(True)
            choice.setProperty("rang", "wahl")
            choice.clicked.connect(lambda _=False: self.touch())
            group.addButton(choice)
        self._group = group
        self.unterschrift = Choice(
            "&Unterschrift", "ersatz_unterschrift", UNTERSCHRIFT, pfad="ersatzschein.unterschrift_entfaellt"
        )
        self.unterschrift.changed.connect(self.touch)
        self.stock = StockPanel(desk, background, self.bar, MUSTER5)
        self.stock.counted.connect(self._on_stock)
        self.bar.add_quiet(self.stock.open_button)
        self._bestand: Bestand | None = None
        self.eeb = QCheckBox("ist einverst&anden: Praxis fordert eine eEB an")
        self.eeb.setObjectName("ersatz_eeb")
        self.eeb.toggled.connect(lambda _: self.touch())
        self.bemerkung = Field(
            "Be&merkung", "ersatz_bemerkung", placeholder="nur wenn nötig", pfad="ersatzschein.bemerkung"
        )
        self.bemerkung.changed.connect(self.touch)
        self._walk = EnterWalk(self, lambda: self.bar.main_button.setFocus(Qt.FocusReason.TabFocusReason))
        self._walk.set_order([*self.gruende.values(), self.unterschrift.combo, self.eeb, self.bemerkung.edit])
        for choice in self.gruende.values():
            self._walk.leave_by(choice, partial(self._choose, choice))
        self._arrange()

    def _choose(self, choice: QPushButton) -> bool:
        """Enter on a reason chooses it and goes on behind the reasons."""
        choice.setChecked(True)
        self.touch()
        self.unterschrift.combo.setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def _arrange(self) -> None:
        entry = QVBoxLayout()
        entry.setSpacing(8)
        entry.addWidget(self.reads)
        entry.addWidget(label("Warum wird keine Karte gelesen?", "abschnitt"))
        for choice in self.gruende.values():
            entry.addWidget(choice)
        entry.addSpacing(4)
        entry.addWidget(self.unterschrift)
        entry.addWidget(self.eeb)
        entry.addWidget(self.bemerkung)
        entry.addWidget(self.advice)
        entry.addWidget(self.issuer)
        entry.addStretch(1)
        self.beside_preview(entry, "ersatz_blatt", self.stock)

    # -- what the window gives -------------------------------------------------

    def set_settings(self, settings: Einstellungen, wer: str) -> None:
        """As every form; whoever keeps Muster 5 in the drawer lets the patient sign there."""
        super().set_settings(settings, wer)
        self.stock.reload()

    def _on_stock(self, bestand: "Bestand | None") -> None:
        unchanged = self.unterschrift.value() == self._usual
        self._bestand = bestand
        if unchanged:
            self.unterschrift.choose(self._usual)

    @property
    def _usual(self) -> str:
        """Where the patient signs if nobody chooses: on Muster 5 as long as there is a stock of it."""
        return MUSTER5 if self._bestand is not None and self._bestand.anzahl else SCHEIN

    def submit(self) -> None:
        """F9: as every form; afterwards the signature is asked for, unless none is needed."""
        self.bar.asks_signature = self.unterschrift.value() in (SCHEIN, MUSTER5)
        super().submit()

    def show_lage(self, lage: Lage) -> None:
        """Warn when the card can be read in the practice system after all."""
        self.reads.show_text(LESEN_GEHT if can_still_read(lage) else "", Ton.WARN)

    def touch(self) -> None:
        """Draw anew, and say what else could be asked for."""
        super().touch()
        if hasattr(self, "advice"):
            warnings = self.check(self.eingabe()).warnungen if self.patient is not None else []
            self.advice.show_text("\n".join(warning.text for warning in warnings), Ton.ACCENT)

    # -- the form --------------------------------------------------------------

    @property
    def grund(self) -> str | None:
        """The chosen reason."""
        return next((name for name, choice in self.gruende.items() if choice.isChecked()), None)

    def controls(self) -> Sequence[Field | Choice]:
        """Every field that an objection may point to."""
        return (self.unterschrift, self.bemerkung)

    def unreadable(self) -> list[Einwand]:
        """The reason that nobody chose yet."""
        if self.grund is None:
            return [Einwand("ersatzschein.grund", "KVDT 2.2.3.1", "Bitte wählen, warum keine Karte gelesen wird.")]
        return []

    def eingabe(self) -> ErsatzscheinEingabe:
        """What was chosen and typed."""
        patient = self.patient
        signs = self.unterschrift.value()
        return ErsatzscheinEingabe(
            versicherter=patient.versicherter if patient is not None else None,
            versicherung=patient.versicherung if patient is not None else Versicherung(),
            herkunft=patient.herkunft if patient is not None else "hand",
            arzt=self.issuer.arzt(),
            betriebsstaette=self.issuer.betriebsstaette(),
            datum=self.heute,
            kennung=self.kennung,
            ersatzschein=ErsatzscheinAngaben(
                grund=self.grund,  # type: ignore[arg-type]  # the buttons are the allowed values
                unterschrift_entfaellt=None if signs in (SCHEIN, MUSTER5) else signs,  # type: ignore[arg-type]
                unterschrift_auf="muster5" if signs == MUSTER5 else "schein",
                eeb_einverstanden=self.eeb.isChecked(),
                bemerkung=self.bemerkung.text() or None,
            ),
        )

    def check(self, eingabe: ErsatzscheinEingabe) -> Befund:
        """What the rules say."""
        return self._desk.check_ersatzschein(eingabe)

    def preview(self, eingabe: ErsatzscheinEingabe) -> bytes:
        """The slip as it will look."""
        return self._desk.preview_ersatzschein(eingabe)

    def _draw(self) -> None:
        if self.patient is None:  # a slip is about a person; without one there is nothing to draw
            self.view.clear()
            self._caption("Die Vorschau entsteht, sobald eine Person da ist.")
        else:
            super()._draw()

    def store(self, eingabe: ErsatzscheinEingabe) -> tuple[Uebersicht, ...]:
        """One Beleg, one page."""
        return (self._desk.issue_ersatzschein(eingabe, self.bar.wer),)

    def caption_text(self) -> str:
        """What the sheet is not."""
        return "Vorschau · interner Beleg der Praxis, ersetzt nicht Muster 5"

    def clear(self) -> None:
        """Nothing chosen."""
        self._group.setExclusive(False)
        for choice in self.gruende.values():
            choice.setChecked(False)
        self._group.setExclusive(True)
        self.unterschrift.choose(self._usual)
        self.eeb.setChecked(False)
        self.bemerkung.set_text("")
        self.touch()

    def focus_first(self) -> None:
        """The chosen reason, or the first one."""
        chosen = self.gruende[self.grund] if self.grund is not None else next(iter(self.gruende.values()))
        chosen.setFocus(Qt.FocusReason.TabFocusReason)

    def draft(self) -> dict[str, Any]:
        """What was chosen, to be kept; empty if nothing was."""
        kept = {
            "grund": self.grund,
            "unterschrift": signs if (signs := self.unterschrift.value()) != self._usual else None,
            "eeb": self.eeb.isChecked(),
            "bemerkung": self.bemerkung.text(),
            "blatt": self.sheet_draft(),
        }
        return kept if any(kept.values()) else {}

    def restore(self, draft: dict[str, Any]) -> None:
        """Bring back what was kept."""
        self.clear()
        self.restore_sheet(draft["blatt"])
        if draft["grund"] in self.gruende:
            self.gruende[draft["grund"]].setChecked(True)
        self.unterschrift.choose(draft["unterschrift"] or self._usual)
        self.eeb.setChecked(draft["eeb"])
        self.bemerkung.set_text(draft["bemerkung"])
        self.touch()
