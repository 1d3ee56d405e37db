"""The entry fields of the desk: label with mnemonic and buddy, one line, objection below it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from papierbruecke.ui import icons, theme
from papierbruecke.ui.announce import announce
from papierbruecke.ui.keys import shown
from papierbruecke.ui.mnemonics import TASTE

FOLLOW_MARGIN = 40  # what stays visible around the field: its label and its objection
CHOOSING = "waehlt"
"""Property of a field while a line of its list is marked: Enter takes that line."""
MAX_CHARACTERS = 2000
"""A pasted page of text is cut here; the rules then refuse it with the true limit of the field."""


def label(text: str, stil: str = "wert", *, wrap: bool = False, name: str = "") -> QLabel:
    """A line of text in one of the styles of the theme."""
    made = QLabel(text)
    made.setProperty("stil", stil)
    made.setWordWrap(wrap)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if name:
        made.setObjectName(name)
    return made


def caption(text: str, field: QWidget) -> QLabel:
    """The words over or beside a field, with the letter that leads there."""
    made = label(text, "beschriftung")
    made.setTextFormat(Qt.TextFormat.AutoText)
    made.setBuddy(field)
    return made


def button(text: str, name: str, rang: str = "neben", key: str = "", symbol: str = "") -> QPushButton:
    """A button; ``key`` is written behind the words, as on the keyboard."""
    made = QPushButton(f"{text}   {shown(key)}" if key else text)
    made.setObjectName(name)
    made.setAccessibleName(text.replace("&", ""))
    made.setProperty("rang", rang)
    made.setProperty(TASTE, key)
    made.setAutoDefault(False)
    if symbol:
        made.setProperty("symbol", symbol)
        icons.dress(made)
    return made


def frame(flaeche: str, ton: str = "", name: str = "") -> QFrame:
    """A ground: card, chip, tinted hint."""
    made = QFrame()
    made.setProperty("flaeche", flaeche)
    if ton:
        made.setProperty("ton", ton)
    if name:
        made.setObjectName(name)
    return made


class FollowingScrollArea(QScrollArea):
    """Scrolls to whatever gets the focus inside, also by Enter; by itself Qt follows only Tab."""

    def __init__(self) -> None:
        super().__init__()
        QApplication.instance().focusChanged.connect(self._follow)  # type: ignore[union-attr]  # there is one

    def _follow(self, _before: QWidget | None, _now: QWidget | None) -> None:
        # A moment later: what was just unfolded has its place only then.
        QTimer.singleShot(0, self, self._show_focus)

    def _show_focus(self) -> None:
        now, inner = QApplication.focusWidget(), self.widget()
        if now is not None and inner is not None and inner.isAncestorOf(now):
            self.ensureWidgetVisible(now, 0, FOLLOW_MARGIN)


def scroll_area(inner: QWidget) -> QScrollArea:
    """A column that scrolls when the window is small; nothing is ever cut."""
    area = FollowingScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inner)
    return area


def rule() -> QFrame:
    """A thin line between things."""
    return frame("linie")


class _Line(QLineEdit):
    """Shows the beginning of a long text again when somebody goes on: a name without its first letter misleads."""

    def __init__(self) -> None:
        super().__init__()
        self._left_at: int | None = None

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt: the cursor goes to the beginning, unless only the window or a menu came in front."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            self._left_at = self.cursorPosition()
            self.home(False)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt: whoever was taken away in the middle of a word goes on there."""
        super().focusInEvent(event)
        if self._left_at is not None and event.reason() is Qt.FocusReason.OtherFocusReason:
            self.setCursorPosition(self._left_at)
        self._left_at = None


class Field(QWidget):
    """One line of entry. ``pfad`` is the field of the input that it fills (``versicherter.vorname``).

    Signals: ``changed`` after every change of the text by anybody, ``objected`` when an
    objection comes or goes.
    """

    changed = Signal()
    objected = Signal()

    def __init__(self, text: str, name: str, *, placeholder: str = "", pfad: str = "", show_label: bool = True) -> None:
        super().__init__()
        self.pfad = pfad
        self.tells_itself = True  # a line of several fields shows their objections together
        self.edit = _Line()
        self.edit.setObjectName(name)
        self.edit.setMaxLength(MAX_CHARACTERS)
        self.edit.setPlaceholderText(placeholder)
        self.edit.setAccessibleName(text.replace("&", ""))
        self.edit.setDragEnabled(False)
        self.edit.setAcceptDrops(False)  # a dropped file would leave its path here
        self.edit.textChanged.connect(self._on_text)
        self._label = caption(text, self.edit)
        if not show_label:  # to be shown before it has a place would open a window of its own
            self._label.hide()
        self._objection = label("", "einwand", wrap=True)
        self._objection.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._label)
        layout.addWidget(self.edit)
        layout.addWidget(self._objection)
        self.setFocusProxy(self.edit)

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        """The cursor goes into the line, also of a field that comes into the order of Tab later."""
        self.edit.setFocus(reason)

    def join_tab_order(self) -> None:
        """A field made after its neighbours: Tab looks for the line alone, which ``setTabOrder`` can move."""
        self.setFocusProxy(None)  # type: ignore[arg-type]  # Qt takes the proxy away

    def caption_leads_to(self, other: "Field") -> None:
        """The caption stands above a column: with Alt it leads to this field of the column."""
        self._label.setBuddy(other.edit)

    def text(self) -> str:
        """What was typed, without blanks around it; line breaks of pasted text become blanks."""
        return " ".join(self.edit.text().replace("\u2028", " ").replace("\u2029", " ").split())

    def set_text(self, text: str) -> None:
        """Fill the field by program; its beginning is what one sees."""
        self.edit.setText(text)
        self.edit.home(False)

    def object_to(self, text: str | None) -> None:
        """Show an objection below the field, or take it away."""
        self._objection.setText(f"✕ {text}" if text else "")
        self._objection.setVisible(bool(text) and self.tells_itself)
        if (self.edit.property("einwand") == "ja") != bool(text):
            theme.mark(self.edit, einwand="ja" if text else "")
        self.edit.setAccessibleDescription(text or "")
        self.objected.emit()

    @property
    def objection(self) -> str:
        """The objection that is shown now."""
        return self._objection.text().removeprefix("✕ ")

    def _on_text(self) -> None:
        self.object_to(None)
        self.changed.emit()


class Choice(QWidget):
    """A drop-down with a label; values are what the input carries.

    Signals: ``changed`` after a choice.
    """

    changed = Signal()

    def __init__(self, text: str, name: str, options: Sequence[tuple[str | None, str]], *, pfad: str = "") -> None:
        super().__init__()
        self.pfad = pfad
        self.combo = QComboBox()
        self.combo.setObjectName(name)
        self.combo.setAccessibleName(text.replace("&", ""))
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(4)
        self.set_options(options)
        self.combo.currentIndexChanged.connect(self._on_choice)
        self._label = caption(text, self.combo)
        self._objection = label("", "einwand", wrap=True)
        self._objection.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._label)
        layout.addWidget(self.combo)
        layout.addWidget(self._objection)
        self.setFocusProxy(self.combo)

    def set_options(self, options: Sequence[tuple[str | None, str]]) -> None:
        """Replace what can be chosen; the first option is chosen."""
        self._values = [value for value, _ in options]
        self.combo.clear()
        for _, shown_text in options:
            self.combo.addItem(shown_text)

    @property
    def values(self) -> tuple[str | None, ...]:
        """What can be chosen."""
        return tuple(self._values)

    def add_option(self, value: str, shown_text: str) -> None:
        """One more at the end; the choice stays."""
        self._values.append(value)
        self.combo.addItem(shown_text)

    def value(self) -> str | None:
        """The chosen value."""
        index = self.combo.currentIndex()
        return self._values[index] if index >= 0 else None

    def choose(self, value: str | None) -> None:
        """Choose by program; an unknown value leaves the choice."""
        if value in self._values:
            self.combo.setCurrentIndex(self._values.index(value))

    def object_to(self, text: str | None) -> None:
        """Show an objection below the field, or take it away."""
        self._objection.setText(f"✕ {text}" if text else "")
        self._objection.setVisible(bool(text))
        theme.mark(self.combo, einwand="ja" if text else "")
        self.combo.setAccessibleDescription(text or "")

    @property
    def objection(self) -> str:
        """The objection that is shown now."""
        return self._objection.text().removeprefix("✕ ")

    def _on_choice(self) -> None:
        self.object_to(None)
        self.changed.emit()


class EnterWalk(QObject):
    """Enter goes on: from each of these widgets to the next visible one, at the end to ``at_end``.

    ``leave`` may name, for a widget, another target (an empty medicine line leads to printing).
    """

    def __init__(self, parent: QObject, at_end: Callable[[], None]) -> None:
        super().__init__(parent)
        self._order: list[QWidget] = []
        self._leave: dict[QWidget, Callable[[], bool]] = {}
        self._at_end = at_end

    def set_order(self, order: Sequence[QWidget]) -> None:
        """The widgets in writing order."""
        for widget in self._order:
            widget.removeEventFilter(self)
        self._order = list(order)
        for widget in self._order:
            widget.installEventFilter(self)

    def leave_by(self, widget: QWidget, leave: Callable[[], bool]) -> None:
        """Ask ``leave`` first when Enter is pressed there; True = it moved the focus itself."""
        self._leave[widget] = leave

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's hook: looks only at Enter."""
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or event.isAutoRepeat():
            return event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if not isinstance(watched, QWidget) or watched not in self._order or watched.property(CHOOSING):
            return False
        leave = self._leave.get(watched)
        if leave is None or not leave():
            self._go_on(self._order.index(watched))
        return True

    def _go_on(self, index: int) -> None:
        for widget in self._order[index + 1 :]:
            if widget.isVisible() and widget.isEnabled():
                widget.setFocus(Qt.FocusReason.TabFocusReason)
                if isinstance(widget, QLineEdit):
                    widget.selectAll()
                return
        self._at_end()


class Hint(QFrame):
    """A tinted box with symbol and sentence: what happened, what it means, what to do now."""

    def __init__(self, name: str, ton: theme.Ton = theme.Ton.WARN) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("flaeche", "ton")
        self._symbol = QLabel()
        self._text = label("", "wert", wrap=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(8)
        layout.addWidget(self._symbol, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._text, 1)
        self.show_text("", ton)

    def show_text(self, text: str, ton: theme.Ton = theme.Ton.WARN) -> None:
        """Show a sentence; an empty one hides the box."""
        from papierbruecke.ui.texts import TON_BILD

        look = theme.current()
        self._symbol.setFixedWidth(look.px(22))
        self._symbol.setPixmap(icons.badge(TON_BILD[ton], ton.value, look.px(18)))
        fresh = self.isHidden() or text != self._text.text()
        self._text.setText(text)
        self._text.setAccessibleName(text)
        theme.mark(self, ton=ton.value)
        theme.mark(self._text, ton=ton.value)
        self.setVisible(bool(text))
        if fresh:  # a form is judged anew with every letter
            announce(self, text, urgent=ton is theme.Ton.BAD)

    @property
    def text(self) -> str:
        """The sentence that is shown now."""
        return self._text.text()
