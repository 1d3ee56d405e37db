"""``handbuch``, ``tischkarte``: what lies beside the keyboard, as PDF."""

from pathlib import Path

from papierbruecke.commands.answer import DONE, Adder, Given, answer
from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.files import write_output


def register(add: Adder) -> None:
    """The commands of this file."""
    parser = add(handbuch, "Das Handbuch als PDF.")
    parser.add_argument("-o", "--ausgabe", type=Path, required=True, metavar="DATEI.pdf", help="Ausgabedatei")
    parser.add_argument(
        "--bilder",
        type=Path,
        metavar="ORDNER",
        help="andere Bilder: die einer Übung (uebung --ohne-fenster -o …, Ordner bilder)",
    )
    parser = add(tischkarte, "Eine Seite für den Empfang: Ablauf und Tasten, als PDF.")
    parser.add_argument("-o", "--ausgabe", type=Path, required=True, metavar="DATEI.pdf", help="Ausgabedatei")


def handbuch(given: Given) -> int:
    """``handbuch``: the German handbook with its pictures, or with those of a drill that was just played."""
    from papierbruecke.uebung.handbook import render_handbook

    bilder = given.get("bilder")
    if bilder is not None and not any(bilder.glob("*.png")):
        raise InputRefused((Einwand("--bilder", "Aufruf", "In diesem Ordner sind keine Bilder."),))
    return _write(given, "handbuch", render_handbook(bilder))


def tischkarte(given: Given) -> int:
    """``tischkarte``: one page for the desk."""
    from papierbruecke.uebung.handbook import render_desk_card

    return _write(given, "tischkarte", render_desk_card())


def _write(given: Given, name: str, pdf: bytes) -> int:
    write_output(given["ausgabe"], pdf)
    document = {"schema": name, "version": 1, "datei": str(given["ausgabe"])}
    answer(given, document, [f"Geschrieben: {given['ausgabe']}"])
    return DONE
