"""The parts of the set-up, each made when somebody first turns to it, as ``places`` does with pages."""

from collections.abc import Collection
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from papierbruecke.ui.background import Background
from papierbruecke.ui.desk import Desk
from papierbruecke.ui.fields import scroll_area
from papierbruecke.ui.setting_fields import SectionForm
from papierbruecke.ui.setting_parts import PARTS
from papierbruecke.ui.setting_view import PartView

if TYPE_CHECKING:
    from papierbruecke.ui.key_panel import KeyPanel
    from papierbruecke.ui.konnektor_panel import KonnektorPanel
    from papierbruecke.ui.lists_panel import ListsPanel
    from papierbruecke.ui.pairing_panel import PairingPanel
    from papierbruecke.ui.practice_panel import PracticePanel
    from papierbruecke.ui.safekeeping_panel import SafekeepingPanel
    from papierbruecke.ui.share_panel import SharePanel
    from papierbruecke.ui.users_panel import UsersPanel


class Parts(QStackedWidget):
    """Signals: ``made`` with the number of a part that was just made, before it is shown."""

    made = Signal(int)

    def __init__(self, desk: Desk, background: Background) -> None:
        super().__init__()
        self._desk = desk
        self._background = background
        self._views: dict[int, PartView] = {}
        self.at = 0

    def __getitem__(self, at: int) -> PartView:
        """A part by its number in ``PARTS``; made now if nobody was there yet."""
        if at not in self._views:
            view = self._views[at] = PartView(PARTS[at], self._panel(PARTS[at].panel))
            self.addWidget(scroll_area(view))
            self.made.emit(at)
        return self._views[at]

    @property
    def present(self) -> dict[int, PartView]:
        """What was made so far, in the order of the set-up: the rest has nothing to lose or to show."""
        return dict(sorted(self._views.items()))

    def turn_to(self, at: int) -> None:
        """Show a part."""
        view = self[at]
        self.at = at
        self.setCurrentIndex(list(self._views.values()).index(view))

    def make_those_with(self, paths: Collection[str]) -> None:
        """The parts that have a field for one of these values."""
        for at, part in enumerate(PARTS):
            if any(part.shows(path) for path in paths):
                self[at]

    def panel(self, name: str) -> QWidget:
        """What a part has beside its tables; asking for it makes the part."""
        found = self[next(at for at, part in enumerate(PARTS) if part.panel == name)].panel
        assert found is not None, name
        return found

    def form(self, name: str) -> SectionForm:
        """The fields of a table; asking for them makes the part."""
        for view in self._views.values():
            if name in view.forms:
                return view.forms[name]
        at = next(at for at, part in enumerate(PARTS) if any(section.name == name for section in part.sections))
        return self[at].forms[name]

    def _panel(self, name: str) -> QWidget | None:
        # Imported here for the same reason: what a panel needs is read when the panel is.
        desk, background = self._desk, self._background
        match name:
            case "":
                return None
            case "praxis":
                from papierbruecke.ui.practice_panel import PracticePanel

                return PracticePanel(desk)
            case "konnektor":
                from papierbruecke.ui.konnektor_panel import KonnektorPanel

                return KonnektorPanel(desk, background)
            case "kim":
                from papierbruecke.ui.pairing_panel import PairingPanel

                return PairingPanel(desk, background, "kim")
            case "listen":
                from papierbruecke.ui.lists_panel import ListsPanel

                return ListsPanel(desk, background)
            case "benutzer":
                from papierbruecke.ui.users_panel import UsersPanel

                return UsersPanel(desk, background)
            case "schluessel":
                from papierbruecke.ui.key_panel import KeyPanel

                return KeyPanel(desk, background)
            case "sicherung":
                from papierbruecke.ui.safekeeping_panel import SafekeepingPanel

                return SafekeepingPanel(desk, background)
        assert name == "weitergabe", name
        from papierbruecke.ui.share_panel import SharePanel

        return SharePanel()


class WithParts:
    """The panels of the parts by name and type, mixed into the page; asking for one makes its part."""

    views: Parts

    @property
    def practice(self) -> "PracticePanel":
        """Doctors and Betriebsstätten; with the part that is shown first."""
        return cast("PracticePanel", self.views.panel("praxis"))

    @property
    def konnektor(self) -> "KonnektorPanel":
        """Certificate and search of the Konnektor."""
        return cast("KonnektorPanel", self.views.panel("konnektor"))

    @property
    def kim(self) -> "PairingPanel":
        """Certificate of the Clientmodul."""
        return cast("PairingPanel", self.views.panel("kim"))

    @property
    def lists(self) -> "ListsPanel":
        """Medicines, diagnoses, Krankenkassen."""
        return cast("ListsPanel", self.views.panel("listen"))

    @property
    def users(self) -> "UsersPanel":
        """Who has an account."""
        return cast("UsersPanel", self.views.panel("benutzer"))

    @property
    def key(self) -> "KeyPanel":
        """What opens the store."""
        return cast("KeyPanel", self.views.panel("schluessel"))

    @property
    def safekeeping(self) -> "SafekeepingPanel":
        """The backups."""
        return cast("SafekeepingPanel", self.views.panel("sicherung"))

    @property
    def share(self) -> "SharePanel":
        """A set-up for the second desk."""
        return cast("SharePanel", self.views.panel("weitergabe"))

    def form(self, name: str) -> SectionForm:
        """The fields of one table."""
        return self.views.form(name)
