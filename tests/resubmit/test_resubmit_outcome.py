"""What the window says after a run: who needs somebody, and never a line for everything that went well."""

from papierbruecke.outbox.model import Zustand
from papierbruecke.resubmit.outcome import GENANNT, OFFEN_NICHTS, DrainErgebnis, Ergebniszeile
from papierbruecke.resubmit.texts import ZUSTAND_SATZ


def result(*zeilen: Ergebniszeile, offen: int = 0, belegt: bool = False) -> DrainErgebnis:
    return DrainErgebnis(zeilen, ("Ein Hinweis.",), {"zugestellt": 40}, offen=offen, unklar=0, belegt=belegt)


def good(number: int) -> Ergebniszeile:
    return Ergebniszeile(f"231126-A-{number:03d}-X", Zustand.ZUGESTELLT, ZUSTAND_SATZ[Zustand.ZUGESTELLT])


def test_forty_deliveries_are_one_sentence() -> None:
    ended = result(*map(good, range(40)))
    assert ended.short_lines() == ["In diesem Lauf: 40 zugestellt.", OFFEN_NICHTS, "Ein Hinweis."]
    assert len(ended.lines()) == 43  # the command has no list below it


def test_what_needs_somebody_is_named_and_the_rest_counted() -> None:
    bad = [Ergebniszeile(f"B{number}", Zustand.POST_FAELLIG, "Post") for number in range(GENANNT + 3)]
    lines = result(*map(good, range(5)), *bad, offen=7).short_lines()
    assert lines[:GENANNT] == [f"B{number}  Post" for number in range(GENANNT)]
    assert lines[GENANNT] == "Und 3 weitere; in der Liste steht, was zu tun ist."
    assert "Elektronisch noch offen: 7." in lines


def test_a_late_answer_for_what_was_delivered_is_never_dropped() -> None:
    late = Ergebniszeile("B1", Zustand.ZUGESTELLT, "späte Fehlernachricht der Krankenkasse (Code 202); bitte prüfen")
    assert result(late).short_lines()[0].startswith("B1  späte Fehlernachricht")


def test_another_run_that_holds_the_lease_is_all_there_is_to_say() -> None:
    assert result(good(1), belegt=True).short_lines() == ["Ein Hinweis."]
