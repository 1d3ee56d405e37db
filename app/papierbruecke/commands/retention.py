"""``aufbewahrung``: what need not be kept any more, and its deletion with protocol."""

from papierbruecke.clock import local
from papierbruecke.commands.answer import DONE, FINDING, WER, Adder, Given, answer, open_desk
from papierbruecke.reconcile.retention import Faellig


def register(add: Adder) -> None:
    """The command of this file."""
    parser = add(aufbewahrung, "Inhalte, die nicht mehr aufbewahrt werden müssen; das Fenster löscht sie täglich.")
    parser.add_argument("--loeschen", action="store_true", help="jetzt löschen; jede Löschung steht im Protokoll")


def aufbewahrung(given: Given) -> int:
    """``aufbewahrung``: exit 1 while something waits for its deletion."""
    desk = open_desk(given)
    rows: tuple[Faellig, ...] = ()
    deleted: tuple[Faellig, ...] = ()
    if desk.set_up and given["loeschen"]:
        deleted = desk.retention().delete(WER)
    elif desk.set_up:
        rows = desk.retention().due()
    document = {
        "schema": "aufbewahrung",
        "version": 1,
        "faellig": [row.as_dict() for row in rows],
        "geloescht": [row.as_dict() for row in deleted],
    }
    lines = [f"  {row.beleg.belegnummer}  {row.regel}  seit {local(row.seit):%d.%m.%Y}" for row in rows or deleted]
    if deleted:
        lines.insert(0, f"Gelöscht ist der Inhalt von {len(deleted)} Belegen; Nummer und Verlauf bleiben als Nachweis.")
    elif rows:
        lines.insert(0, f"Der Inhalt von {len(rows)} erledigten Belegen muss nicht mehr aufbewahrt werden:")
    answer(given, document, lines or ["Es ist nichts zu löschen."])
    return FINDING if rows else DONE
