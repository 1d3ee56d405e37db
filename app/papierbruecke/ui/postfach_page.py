"""What arrived in the KIM box (from the Nachbearbeitung): when, what it is, what became of it, and its text."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from papierbruecke.ui import texts, theme
from papierbruecke.ui.background import Background, Failure, failure_text
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import Hint, button, frame, label
from papierbruecke.ui.page import Page
from papierbruecke.ui.theme import Ton

if TYPE_CHECKING:
    from papierbruecke.resubmit.status_mails import Postfach

FORT = (
    "Diese Mail liegt nicht mehr im Postfach. Eine Ersatzbescheinigung öffnet man beim Ersatzschein: "
    "Nachbearbeitung (F8), Alt+W, L."
)
HINWEIS = "Gelesen wird nur, was zu Krankschreibungen dieses Programms gehört. Gelöscht wird nichts."
UIDL = Qt.ItemDataRole.UserRole.value


class PostfachPage(QWidget, Page):
    """Signals: ``back_wanted`` to return to the Nachbearbeitung."""

    back_wanted = Signal()

    def __init__(self, desk: Desk, background: Background) -> None:
        super().__init__()
        self.setObjectName("postfach")
        self._desk = desk
        self._background = background
        self._wanted = ""
        self.counted = label("", "wert", wrap=True, name="postfach_zahl")
        self.hint = Hint("postfach_hinweis", Ton.WARN)
        self.list = QListWidget()
        self.list.setObjectName("postfach_mails")
        self.list.setAccessibleName("Gelesene Mails, die neueste zuerst")
        self.list.setWordWrap(True)
        self.list.setSpacing(4)
        self.list.itemActivated.connect(self._open)
        self.text = QPlainTextEdit()
        self.text.setObjectName("postfach_text")
        self.text.setAccessibleName("Text der gewählten Mail")
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setPlaceholderText("Enter holt den Text der gewählten Mail aus dem KIM-Postfach.")
        self.open_button = button("Text holen", "postfach_oeffnen", "haupt", "F9")
        self.open_button.clicked.connect(self.main_action)
        back = button("Zurück", "postfach_zurueck", key="Esc")
        back.clicked.connect(self.back_wanted)
        card = frame("karte")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(18, 16, 18, 16)
        inside.setSpacing(10)
        inside.addWidget(label("KIM-Postfach", "abschnitt"))
        inside.addWidget(self.counted)
        inside.addWidget(self.hint)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setSpacing(14)
        self._columns.addWidget(self.list, 1)
        self._columns.addWidget(self.text, 1)
        inside.addLayout(self._columns, 1)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(label(HINWEIS, "klein", wrap=True), 1)
        row.addWidget(back)
        row.addWidget(self.open_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(card, 1)
        layout.addLayout(row)

    def enter(self) -> None:
        """What was read until now."""
        large = theme.current().text >= 1.5
        self._columns.setDirection(QBoxLayout.Direction.TopToBottom if large else QBoxLayout.Direction.LeftToRight)
        self.hint.show_text("")
        self.text.clear()
        self.list.setFocus()
        self._background.run("outbox", self._desk.postfach, self._show, self._on_failure)

    def _show(self, box: "Postfach") -> None:
        self.list.clear()
        for mail in box.mails:
            item = QListWidgetItem(mail.line())
            item.setData(UIDL, mail.uidl)
            self.list.addItem(item)
        if box.mails:
            self.list.setCurrentRow(0)
        self.open_button.setEnabled(bool(box.mails))
        words = [texts.anzahl(len(box.mails), "Mail gelesen", "Mails gelesen")]
        if box.quarantaene:
            one = "ohne Wirkung, der Grund steht dabei"
            words.append(f"{box.quarantaene} {one}")
        if box.fremde:
            words.append(texts.anzahl(box.fremde, "fremde Mail bleibt ungelesen", "fremde Mails bleiben ungelesen"))
        self.counted.setText(" · ".join(words))

    def main_action(self) -> None:
        """F9: fetch the text of the chosen mail."""
        item = self.list.currentItem()
        if item is not None:
            self._open(item)

    def _open(self, item: QListWidgetItem) -> None:
        desk, uidl = self._desk, str(item.data(UIDL))
        self._wanted = uidl
        self.text.clear()
        self.hint.show_text("Die Mail wird geholt …", Ton.ACCENT)
        self._background.run(
            "send", lambda: desk.open_mail(uidl), lambda text: self._read(uidl, text), self._on_failure
        )

    def _read(self, uidl: str, text: str | None) -> None:
        if uidl == self._wanted:
            self.hint.show_text("" if text is not None else FORT)
            self.text.setPlainText(text or "")

    def _on_failure(self, failure: Failure) -> None:
        self.hint.show_text(failure_text(failure), Ton.BAD)
