"""Users of a desk: PINs that cannot be guessed at the desk, rights by role, and a desk without users."""

from datetime import timedelta
from pathlib import Path

import pytest

import stores
from papierbruecke.clock import SetClock
from papierbruecke.errors import InputRefused
from papierbruecke.vault.users import (
    PRAXIS,
    Abgelehnt,
    Angemeldet,
    Benutzer,
    Gesperrt,
    Recht,
    Rolle,
    pin_objection,
    sign_objection,
)
from papierbruecke.vault.users_file import FILE, TRIES, Users


class Desk:
    def __init__(self, folder: Path) -> None:
        self.clock = SetClock(stores.MORGENS)
        self.notes: list[tuple[str, str, dict[str, str]]] = []
        self.users = Users(folder, stores.KEY, self.clock, lambda *what: self.notes.append(what))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def staffed(desk: Desk) -> Desk:
    admin = desk.users.add(PRAXIS, "IT", "Ina Technik", Rolle.ADMIN, "7391")
    desk.users.add(admin, "AT", "Anna Testfall", Rolle.ARZT, "2846")
    desk.users.add(admin, "MM", "Mia Muster", Rolle.MFA, "5082")
    return desk


def test_a_desk_without_users_may_do_everything(desk: Desk) -> None:
    assert desk.users.all() == []
    assert all(PRAXIS.may(recht) for recht in Recht)


def test_roles_differ_and_only_doctors_release(staffed: Desk) -> None:
    by_sign = {user.kuerzel: user for user in staffed.users.all()}
    assert {k for k, user in by_sign.items() if user.may(Recht.NACHDRUCK_MUSTER16)} == {"AT"}
    assert {k for k, user in by_sign.items() if user.may(Recht.BENUTZER)} == {"IT"}
    assert not any(by_sign["MM"].may(recht) for recht in Recht)
    assert isinstance(staffed.users.release("AT", "2846", Recht.NACHDRUCK_MUSTER16), Angemeldet)
    assert staffed.users.release("MM", "5082", Recht.NACHDRUCK_MUSTER16) == Abgelehnt(rest=TRIES)
    assert [note[0] for note in staffed.notes] == ["benutzer.angelegt"] * 3


def test_a_right_pin_opens_and_forgives_earlier_tries(staffed: Desk) -> None:
    for _ in range(3):
        for left in (4, 3, 2, 1):
            assert staffed.users.login("MM", "0000") == Abgelehnt(rest=left)
        outcome = staffed.users.login("MM", "5082")
        assert isinstance(outcome, Angemeldet)
        assert outcome.benutzer == Benutzer(kuerzel="MM", name="Mia Muster", rolle=Rolle.MFA)


def test_after_five_wrong_pins_the_account_rests_longer_each_time(staffed: Desk) -> None:
    for minutes in (5, 10, 20):
        for _ in range(TRIES - 1):
            assert isinstance(staffed.users.login("MM", "1111"), Abgelehnt)
        until = staffed.clock.now() + timedelta(minutes=minutes)
        assert staffed.users.login("MM", "1111") == Gesperrt(bis=until)
        assert staffed.users.login("MM", "5082") == Gesperrt(bis=until), "not even the right one"
        staffed.clock.advance(timedelta(minutes=minutes, seconds=1))
    assert isinstance(staffed.users.login("MM", "5082"), Angemeldet)
    assert staffed.notes[-1][0] == "benutzer.gesperrt"


def test_others_work_on_while_one_is_locked(staffed: Desk) -> None:
    for _ in range(TRIES):
        staffed.users.login("MM", "1111")
    assert isinstance(staffed.users.login("AT", "2846"), Angemeldet)


def test_an_unknown_sign_and_a_closed_account_stay_outside(staffed: Desk) -> None:
    assert staffed.users.login("XX", "5082") == Abgelehnt(rest=0)
    admin = next(user for user in staffed.users.all() if user.kuerzel == "IT")
    staffed.users.close_account(admin, "MM")
    assert staffed.users.login("MM", "5082") == Gesperrt(bis=None)
    assert not next(user for user in staffed.users.all() if user.kuerzel == "MM").aktiv


def test_a_new_pin_ends_a_lock_and_only_the_right_people_set_it(staffed: Desk) -> None:
    by_sign = {user.kuerzel: user for user in staffed.users.all()}
    for _ in range(TRIES):
        staffed.users.login("MM", "1111")
    with pytest.raises(InputRefused):
        staffed.users.set_pin(by_sign["AT"], "MM", "9274")
    staffed.users.set_pin(by_sign["IT"], "MM", "9274")
    assert isinstance(staffed.users.login("MM", "9274"), Angemeldet)
    staffed.users.set_pin(by_sign["MM"], "MM", "8053")
    assert isinstance(staffed.users.login("MM", "8053"), Angemeldet)


@pytest.mark.parametrize(
    ("who", "sign", "role", "pin"),
    [
        ("MM", "NN", Rolle.MFA, "7391"),
        ("AT", "NN", Rolle.ADMIN, "7391"),
        ("IT", "AT", Rolle.MFA, "7391"),
        ("IT", "nn", Rolle.MFA, "7391"),
        ("IT", "NN", Rolle.MFA, "1234"),
    ],
)
def test_accounts_that_may_not_be_made(who: str, sign: str, role: Rolle, pin: str, staffed: Desk) -> None:
    user = next(user for user in staffed.users.all() if user.kuerzel == who)
    with pytest.raises(InputRefused):
        staffed.users.add(user, sign, "Neu", role, pin)
    assert len(staffed.users.all()) == 3


def test_the_first_is_an_admin_and_one_admin_stays(desk: Desk) -> None:
    with pytest.raises(InputRefused):
        desk.users.add(PRAXIS, "MM", "Mia", Rolle.MFA, "7391")
    admin = desk.users.add(PRAXIS, "IT", "Ina", Rolle.ADMIN, "7391")
    with pytest.raises(InputRefused):
        desk.users.close_account(admin, "IT")


@pytest.mark.parametrize("pin", ["", "123", "12a4", "1234", "4321", "0000", "999999", "1" * 13, "١٢٣٤"])
def test_weak_pins_are_refused(pin: str) -> None:
    assert pin_objection(pin) is not None


@pytest.mark.parametrize("pin", ["2846", "1357", "112233", "123456780"])
def test_good_pins_are_taken(pin: str) -> None:
    assert pin_objection(pin) is None


@pytest.mark.parametrize("sign", ["", "a", "Praxis", "ABCDEFG", "A B", "1A"])
def test_bad_signs_are_refused(sign: str) -> None:
    assert sign_objection(sign) is not None


def test_no_pin_is_in_any_byte(staffed: Desk, tmp_path: Path) -> None:
    raw = b"".join(path.read_bytes() for path in tmp_path.glob(f"{FILE}*"))
    assert b"argon2" not in raw
    assert b"Mia Muster" not in raw
    assert "2846" not in repr(staffed.notes)
