"""Deleted is what is finished, cleared up and old enough; nothing else, and each with its protocol."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import stores
from papierbruecke.card.model import Versicherter
from papierbruecke.cli import main
from papierbruecke.clock import SetClock
from papierbruecke.errors import EnvironmentFailure
from papierbruecke.outage.incident import Stoerung
from papierbruecke.outbox.export_history import export_history
from papierbruecke.outbox.model import Versuch, Zustand
from papierbruecke.outbox.store import Outbox
from papierbruecke.practice.patient_index import PatientIndex
from papierbruecke.reconcile.retention import REGELN, Retention, rule_for
from papierbruecke.record.model import Beleg, BelegArt
from papierbruecke.settings import Einstellungen
from papierbruecke.wiring import Desk

DAY = timedelta(days=1)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path, passphrase="geheim", clock=SetClock(stores.MORGENS))
    yield made
    made.close()


def wait(desk: Desk, days: float) -> None:
    assert isinstance(desk.clock, SetClock)
    desk.clock.advance(days * DAY)


def put(store: Outbox, art: BelegArt, of: Stoerung, *path: Zustand) -> Beleg:
    made = stores.beleg(store, art, of)
    store.put(made, {"seite": b"%PDF"}, "sk")
    before = Zustand.ERFASST
    for after in path:
        store.advance(made.kennung, before, after, "sk")
        before = after
    return made


def documented(store: Outbox, of: Stoerung, art: BelegArt = BelegArt.REZEPT) -> Beleg:
    return put(store, art, of, Zustand.GEDRUCKT, Zustand.DOKUMENTIERT)


def end(store: Outbox, of: Stoerung, moment: datetime) -> None:
    store.change_stoerung(of.model_copy(update={"ende": moment}), "sk")


def due(desk: Desk) -> list[str]:
    return [row.beleg.belegnummer for row in desk.retention().due()]


def test_nothing_goes_before_its_stoerung_is_cleared_up(desk: Desk) -> None:
    store = desk.store()
    of = stores.stoerung(store)
    old = documented(store, of)
    wait(desk, 100)
    assert due(desk) == [], "the Störung still lasts"
    end(store, of, desk.clock.now())
    assert due(desk) == [old.belegnummer]
    open_one = put(store, BelegArt.AU, of, Zustand.GEDRUCKT)
    assert due(desk) == [], "another Beleg of it is open"
    store.advance(open_one.kennung, Zustand.GEDRUCKT, Zustand.DOKUMENTIERT, "sk")
    assert due(desk) == [old.belegnummer]


def test_thirty_days_to_the_end_of_the_day_or_what_the_practice_sets(desk: Desk) -> None:
    store = desk.store()
    of = stores.stoerung(store)
    made = documented(store, of)
    end(store, of, desk.clock.now())
    wait(desk, 30)
    assert due(desk) == []
    wait(desk, 1)
    assert due(desk) == [made.belegnummer]
    longer = Einstellungen(behalten_tage=90)
    assert Retention(store, desk.clock, longer).due() == ()


def test_a_slip_is_kept_four_quarters_and_a_sent_au_until_it_cannot_be_cancelled(desk: Desk) -> None:
    store = desk.store()
    of = stores.stoerung(store)
    sent = put(store, BelegArt.AU, of, Zustand.GEDRUCKT)
    store.sign(sent.kennung, b"<x/>", b"p7s", "sk")
    versuch = Versuch(
        kennung=sent.kennung, message_id="<1@test>", datum=stores.MORGENS, p7s_sha256="ab", empfaenger="k@test"
    )
    store.begin_versuch(versuch, Zustand.SIGNIERT, "sk")
    store.advance(sent.kennung, Zustand.IN_UEBERTRAGUNG, Zustand.GESENDET, "sk")
    store.advance(sent.kennung, Zustand.GESENDET, Zustand.ZUGESTELLT, "sk")
    end(store, of, desk.clock.now())
    wait(desk, 165)
    assert due(desk) == []
    wait(desk, 25)  # 120 Werktage after 23 November 2026 lie in the middle of May
    assert due(desk) == [sent.belegnummer]
    line = store.uebersicht(sent.kennung)
    assert line is not None
    slip = line.model_copy(update={"art": BelegArt.ERSATZSCHEIN, "zustand": Zustand.DOKUMENTIERT})
    rule = rule_for(slip, date(2026, 11, 23), "")
    assert (rule.ab, rule.laenge) == ("quartal_ende", 4)


def test_a_regional_rule_goes_before_and_the_newest_valid_one_counts(desk: Desk) -> None:
    store = desk.store()
    line = store.uebersicht(documented(store, stores.stoerung(store)).kennung)
    assert line is not None
    common = next(rule for rule in REGELN if rule.id == "behalten.rezept")
    bavarian = replace(common, laenge=60, region="BY")
    newer = replace(common, laenge=20, gilt_ab=date(2027, 1, 1))
    rules = (*REGELN, bavarian, newer)
    assert rule_for(line, date(2026, 11, 23), "", rules) == common
    assert rule_for(line, date(2026, 11, 23), "BY", rules) == bavarian
    assert rule_for(line, date(2026, 11, 23), "NW", rules) == common
    assert rule_for(line, date(2027, 1, 1), "NW", rules) == newer


def test_every_kind_has_a_rule() -> None:
    assert {rule.id for rule in REGELN} >= {f"behalten.{art.value}" for art in BelegArt}


def test_the_day_begins_with_a_backup_and_ends_what_is_due(desk: Desk) -> None:
    store = desk.store()
    of = stores.stoerung(store)
    made = documented(store, of)
    end(store, of, desk.clock.now())
    desk.begin_day()
    desk.begin_day()
    assert len(desk.safekeeping().backups()) == 1
    wait(desk, 31)
    desk.begin_day()
    assert store.get(made.kennung) is None
    assert [e.wer for e in store.events(made.kennung) if e.was == "geloescht"] == ["Aufbewahrungsregel"]
    assert [e.was for e in store.events() if e.kennung is None and e.stoerung is None] == ["tagesbeginn"] * 2
    assert len(desk.safekeeping().backups()) == 1, "the one of a month ago is pruned, today's is there"
    safe = desk.safekeeping()
    assert safe.rehearse(safe.backups()[0]) == [], "content that was deleted since is no finding"
    assert store.verify() == []


@pytest.mark.parametrize(("jump", "noted"), [(400.0, "uhr.vor"), (-3.0, "uhr.zurueck")])
def test_a_clock_that_jumps_is_noted_and_deletes_nothing(desk: Desk, jump: float, noted: str) -> None:
    store = desk.store()
    of = stores.stoerung(store)
    made = documented(store, of)
    end(store, of, desk.clock.now())
    desk.begin_day()
    wait(desk, jump)
    desk.begin_day()
    assert store.get(made.kennung) is not None
    (event,) = [e for e in store.events() if e.was.startswith("uhr.")]
    assert event.was == noted
    assert abs(int(event.detail["sekunden"])) == abs(jump) * 86_400


def test_without_todays_backup_nothing_is_deleted(desk: Desk) -> None:
    store = desk.store()
    of = stores.stoerung(store)
    made = documented(store, of)
    end(store, of, desk.clock.now())
    desk.begin_day()
    wait(desk, 31)
    desk.safekeeping()
    (desk.daten / "sicherungen").rename(desk.daten / "weg")
    (desk.daten / "sicherungen").write_text("kein Ordner")
    with pytest.raises(EnvironmentFailure) as failed:
        desk.begin_day()
    assert failed.value.code == "sicherung.schreiben"
    assert store.get(made.kennung) is not None


def test_todays_list_goes_after_two_days(desk: Desk) -> None:
    desk.store()
    person = Versicherter(nachname="Testfall", vorname="Vera", geburtsdatum="1970-01-01")
    index: PatientIndex = desk.patients()
    index.add([("1", None, person, None)], "gdt", desk.clock.now())
    wait(desk, 1)
    desk.begin_day()
    assert index.search("Testfall", desk.clock.now())
    wait(desk, 1.5)
    desk.begin_day()
    wait(desk, -2)
    assert not index.search("Testfall", desk.clock.now()), "really gone, not only hidden"


def test_the_start_says_what_the_last_run_left(desk: Desk) -> None:
    store = desk.store()
    of = stores.stoerung(store)
    made = [put(store, BelegArt.REZEPT, of) for _ in range(5)]
    (line,) = desk.safekeeping().look_back().lines()
    assert line.startswith(f"Belege {made[0].belegnummer}, ")
    assert " und 2 weitere sind sicher abgelegt" in line
    wait(desk, -1)
    assert "Uhr" in desk.safekeeping().look_back().lines()[0]


def test_commands_list_delete_and_export(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PAPIERBRUECKE_PASSPHRASE", "geheim")

    def command(*arguments: object) -> int:
        return main([*map(str, arguments), "--daten", str(tmp_path)])

    store = desk.store()
    of = stores.stoerung(store)
    made = documented(store, of)
    store.note(made.kennung, "nachdruck", "=1+1", {"grund": "Papierstau"})
    end(store, of, desk.clock.now())
    monkeypatch.setattr("papierbruecke.wiring_folder.SystemClock", lambda: SetClock(stores.MORGENS + 40 * DAY))
    assert command("aufbewahrung") == 1
    assert made.belegnummer in capsys.readouterr().err
    put(store, BelegArt.AU, store.einzelfaelle(date(2027, 1, 2), desk.clock.now(), "sk"))
    assert command("belege") == 1
    assert "bitte prüfen, ob der Ausdruck herauskam" in capsys.readouterr().err
    assert command("aufbewahrung", "--loeschen") == 0
    assert "Nachweis" in capsys.readouterr().err
    assert command("aufbewahrung") == 0
    assert store.get(made.kennung) is None
    assert command("protokoll", "ausgeben") == 2
    table = tmp_path / "protokoll.csv"
    assert command("protokoll", "ausgeben", "-o", table) == 0
    rows: list[dict[str, Any]] = list(csv.DictReader(io.StringIO(table.read_text("utf-8-sig")), delimiter=";"))
    assert [row["Prüfsumme"] for row in rows] == [event.hash for event in store.events()]
    assert {row["Belegnummer"] for row in rows if row["Kennung"]} >= {made.belegnummer}
    assert "'=1+1" in {row["Wer"] for row in rows}
    assert b"Testfrau" not in export_history(store)


def test_the_backup_is_brought_back_in_a_rehearsal_and_compared(desk: Desk) -> None:
    store = desk.store()
    of = stores.stoerung(store)
    made = documented(store, of)
    safe = desk.safekeeping()
    backup = safe.backup("Probe")
    documented(store, of)
    before = {path.name: path.read_bytes() for path in backup.pfad.iterdir()}
    assert safe.rehearse(backup) == []
    assert {path.name: path.read_bytes() for path in backup.pfad.iterdir()} == before
    assert [path.name for path in backup.pfad.parent.iterdir()] == [backup.name], "the rehearsal leaves nothing"
    # Another history under the same key is no earlier moment of this one.
    other = Desk(desk.daten, passphrase="geheim", clock=desk.clock)
    desk.close()
    for path in desk.daten.glob("belege.db*"):
        path.unlink()
    stores.stoerung(other.store())
    (finding, *_) = other.safekeeping().rehearse(backup)
    assert "Protokoll" in finding
    assert made.belegnummer
    other.close()


def test_a_window_is_one_per_folder(desk: Desk) -> None:
    other = Desk(desk.daten, passphrase="geheim")
    with desk.window_lock(), pytest.raises(EnvironmentFailure) as failed, other.window_lock():
        pass
    assert failed.value.code == "speicher.fenster"
