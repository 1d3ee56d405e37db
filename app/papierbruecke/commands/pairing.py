"""``fingerabdruck``: which certificate was confirmed, which is shown, and a person's confirmation."""

from papierbruecke.commands.answer import DONE, FINDING, WER, Adder, Given, answer, open_desk
from papierbruecke.errors import Einwand, EnvironmentFailure, InputRefused
from papierbruecke.konnektor.confirm_certificate import same_fingerprint


def register(add: Adder) -> None:
    """The command of this file."""
    parser = add(fingerabdruck, "Zertifikat von Konnektor oder KIM-Programm vergleichen und bestätigen.")
    parser.add_argument("gegenstelle", choices=("konnektor", "kim"), help="konnektor oder kim")
    parser.add_argument(
        "--bestaetigen", metavar="SHA256", help="der Fingerabdruck, den der DVO genannt hat (64 Zeichen)"
    )


def fingerabdruck(given: Given) -> int:
    """``fingerabdruck``: exit 1 while the shown certificate is not the confirmed one."""
    desk = open_desk(given)
    if not desk.set_up:
        raise EnvironmentFailure("fingerabdruck.einrichtung", "Hier ist noch nichts eingerichtet.")
    found = desk.compare_certificate(given["gegenstelle"])
    named = given.get("bestaetigen")
    if named is not None:
        if not same_fingerprint(named, found.gezeigt.sha256):
            text = (
                "Der genannte Fingerabdruck ist nicht der, den das Gerät zeigt. Es wurde nichts bestätigt. "
                "Bitte den DVO fragen, bevor irgendetwas gesendet wird."
            )
            raise InputRefused((Einwand("--bestaetigen", "ti-detection §1.3", text),))
        found = desk.confirm_certificate(found, WER)
    document = {"schema": "fingerabdruck", "version": 1} | found.model_dump(mode="json") | {"gleich": found.same}
    answer(given, document, found.lines())
    return DONE if found.same else FINDING
