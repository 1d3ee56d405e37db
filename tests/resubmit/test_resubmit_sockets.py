"""The whole Nachversand through real sockets: TLS, SOAP, SMTP, POP3 and a Krankenkasse that checks."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest

import inputs
import stores
from papierbruecke.clock import SetClock, SystemClock, local
from papierbruecke.drill.model import Kassenfassung, KasseZustand, Stoerfall
from papierbruecke.drill.simulator import Simulator
from papierbruecke.kim.client import KimPostfach
from papierbruecke.konnektor.client import SoapKonnektor
from papierbruecke.konnektor.ldap import LdapVerzeichnis
from papierbruecke.outbox.model import Zustand
from papierbruecke.outbox.sqlcipher import SqlcipherOutbox
from papierbruecke.practice.find_recipient import FindRecipient
from papierbruecke.record.model import BelegArt
from papierbruecke.record.read_input import read_au
from papierbruecke.resubmit.drain_outbox import DrainOutbox
from papierbruecke.resubmit.fassung import FASSUNGEN, Fassung, version_of
from papierbruecke.resubmit.outcome import DrainErgebnis


class Evening:
    """A desk with its encrypted file in front of the simulated TI."""

    def __init__(self, simulator: Simulator, folder: Path, clock: SetClock) -> None:
        self.simulator = simulator
        self.settings = simulator.settings()
        self.fassungen: tuple[Fassung, ...] = FASSUNGEN
        self.clock = clock  # the Krankenkasse looks at the same one
        self.store: SqlcipherOutbox = stores.file(folder, self.clock)
        self.stoerung = stores.stoerung(self.store)
        self.konnektor = SoapKonnektor(self.settings.konnektor, SystemClock())
        self.kim = KimPostfach(self.settings.kim, SystemClock())

    def au(self, **parts: object) -> UUID:
        """A printed sick note."""
        document = inputs.au()
        for name, part in parts.items():
            document[name] = document[name] | part
        made = stores.beleg(self.store, BelegArt.AU, self.stoerung)
        made = made.model_copy(update={"inhalt": read_au(inputs.as_bytes(document))})
        self.store.put(made, {"kk": b"%PDF"}, "sk")
        self.store.advance(made.kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "sk")
        return made.kennung

    def drain(self) -> DrainErgebnis:
        """One run of a new service, as after a restart."""
        recipients = FindRecipient(
            {}, self.clock, test=True, verzeichnis=LdapVerzeichnis(self.settings.konnektor, SystemClock())
        )
        drain = DrainOutbox(self.store, self.konnektor, self.kim, self.clock, self.settings, recipients, self.fassungen)
        return drain.drain(wer="sk")

    def state(self, kennung: UUID) -> Zustand:
        """Where a Beleg stands."""
        line = self.store.uebersicht(kennung)
        assert line is not None
        return line.zustand

    def arrived_once(self, *kennungen: UUID) -> None:
        """The Kasse knows each as content exactly once and found nothing wrong."""
        entries = {UUID(e["dokumenten_id"]): e for e in self.simulator.krankenkasse()}
        assert set(entries) == set(kennungen)
        for entry in entries.values():
            assert (entry["zustand"], entry["konflikte"], entry["befunde"]) == ("angenommen", 0, [])
            assert entry["anzahl"] - entry["dubletten"] == 1


@pytest.fixture
def evening(tmp_path: Path) -> Iterator[Evening]:
    clock = SetClock(SystemClock().now())
    with Simulator(tmp_path / "simulator", clock=clock) as simulator:
        made = Evening(simulator, tmp_path, clock)
        yield made
        assert made.store.verify() == []
        made.konnektor.close()
        made.store.close()


def test_everything_owed_is_signed_sent_and_confirmed(evening: Evening) -> None:
    made = [evening.au() for _ in range(6)]
    paper_only = evening.au(versicherung={"personengruppe": "07"})
    result = evening.drain()
    assert result.finished, result.lines()
    assert [evening.state(k) for k in made] == [Zustand.ZUGESTELLT] * 6
    assert evening.state(paper_only) is Zustand.NUR_PAPIER
    evening.arrived_once(*made)


@pytest.mark.parametrize("art", ["trennen", "verlieren"])
def test_a_connection_that_dies_around_data_leaves_no_doubt_in_the_end(evening: Evening, art: str) -> None:
    made = [evening.au() for _ in range(3)]
    evening.simulator.disturb(Stoerfall(stelle="smtp-data", art=art, anzahl=1))  # type: ignore[arg-type]
    evening.drain()
    assert evening.drain().finished
    evening.arrived_once(*made)


def test_a_lost_dsn_is_answered_by_nobody_and_waits_for_the_post(evening: Evening) -> None:
    lost = evening.au()
    evening.simulator.disturb(Stoerfall(stelle="dsn", art="verlieren", anzahl=1))
    assert not evening.drain().finished
    assert evening.state(lost) is Zustand.GESENDET
    evening.clock.advance(timedelta(days=2))
    evening.drain()
    assert evening.state(lost) is Zustand.POST_FAELLIG
    evening.arrived_once(lost)


@pytest.mark.parametrize("art", ["verdoppeln", "umordnen", "verzoegern"])
def test_answers_twice_late_or_out_of_order_settle_all_the_same(evening: Evening, art: str) -> None:
    made = [evening.au() for _ in range(3)]
    evening.simulator.disturb(Stoerfall(stelle="dsn", art=art, anzahl=2))  # type: ignore[arg-type]
    evening.drain()
    evening.simulator.step()
    assert evening.drain().finished
    evening.arrived_once(*made)


def test_half_a_batch_unsigned_is_signed_the_next_time(evening: Evening) -> None:
    made = [evening.au() for _ in range(4)]
    evening.simulator.disturb(Stoerfall(stelle="SignRequest", art="ablehnen", jede=2, anzahl=2, code=4123))
    evening.drain()
    states = [evening.state(k) for k in made]
    assert states.count(Zustand.ZUGESTELLT) == 2
    assert states.count(Zustand.GEDRUCKT) == 2
    assert evening.drain().finished
    evening.arrived_once(*made)


def test_a_konnektor_that_loses_the_answer_signs_again_and_nothing_is_sent_twice(evening: Evening) -> None:
    made = [evening.au() for _ in range(2)]
    evening.simulator.disturb(Stoerfall(stelle="SignDocument", art="trennen", anzahl=1))
    result = evening.drain()
    assert result.hinweise
    assert evening.drain().finished
    evening.arrived_once(*made)


@pytest.mark.parametrize("name", ["kim-server-aus", "konnektor-aus"])
def test_while_the_ti_is_away_everything_waits_and_then_goes(evening: Evening, name: str) -> None:
    made = [evening.au() for _ in range(2)]
    evening.simulator.scenario(name)
    result = evening.drain()
    assert not result.finished
    assert {evening.state(k) for k in made} <= {Zustand.GEDRUCKT, Zustand.SIGNIERT}
    evening.simulator.scenario("normal")
    assert evening.drain().finished
    evening.arrived_once(*made)


def test_the_kasse_rejects_and_the_record_says_so(evening: Evening) -> None:
    rejected, good = evening.au(), evening.au()
    evening.drain()
    evening.simulator.fehlernachricht("201", str(rejected))
    evening.simulator.fehlernachricht("404", "00000000-0000-5000-8000-000000000000")
    evening.drain()
    assert (evening.state(rejected), evening.state(good)) == (Zustand.ABGELEHNT, Zustand.ZUGESTELLT)


def test_a_queue_crosses_a_cut_over_and_the_kasse_takes_every_eau_in_the_version_of_its_day(evening: Evening) -> None:
    """Signed before, refused by the mail server, sent after: the Krankenkasse judges by the Date header."""
    morgen = local(evening.clock.now()).date() + timedelta(days=1)
    alt = replace(FASSUNGEN[-1], gilt_ab=date(2000, 1, 1), gilt_bis=morgen - timedelta(days=1))
    neu = Fassung("1.3.0", "1.3", "1.2", "V1.3", morgen, None, "Testtabelle")
    played = [Kassenfassung(eau=f.eau, kim=f.kim, gilt_ab=f.gilt_ab, gilt_bis=f.gilt_bis) for f in (alt, neu)]
    evening.fassungen = (alt, neu)
    evening.simulator.kasse.zustand = KasseZustand(fassungen=tuple(played))
    evening.simulator.smtp.behave(evening.simulator.smtp.zustand, played)
    first, second = evening.au(), evening.au()
    evening.simulator.disturb(Stoerfall(stelle="smtp-data", art="ablehnen", code=451, jede=2, anzahl=1))
    evening.drain()
    assert {evening.state(first), evening.state(second)} == {Zustand.ZUGESTELLT, Zustand.SIGNIERT}
    evening.clock.advance(timedelta(days=1))
    third = evening.au()
    assert evening.drain().finished
    evening.arrived_once(first, second, third)
    versions = sorted(version_of((evening.store.signed(k) or (b"",))[0]) or "" for k in (first, second, third))
    assert versions == ["1.2", "1.3", "1.3"]


def test_random_disturbances_of_every_place_lose_and_double_nothing(evening: Evening) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    made: list[UUID] = []
    arten = ["verlieren", "trennen", "verdoppeln", "umordnen", "verzoegern"]
    for _ in range(8):
        made += [evening.au() for _ in range(dice.randint(0, 3))]
        for _ in range(dice.randint(0, 2)):
            stelle = dice.choice(["smtp-data", "smtp-rcpt", "smtp-mail", "smtp-auth", "pop3", "dsn", "SignDocument"])
            art = dice.choice(arten if stelle == "dsn" else arten[:2])
            evening.simulator.disturb(Stoerfall(stelle=stelle, art=art, anzahl=1, jede=dice.randint(1, 3)))  # type: ignore[arg-type]
        evening.drain()
        evening.simulator.step()
    evening.simulator.scenario("normal")
    evening.drain()
    evening.clock.advance(timedelta(days=3))
    evening.drain()
    evening.arrived_once(*made)
    assert {evening.state(k) for k in made} <= {Zustand.ZUGESTELLT, Zustand.POST_FAELLIG}
