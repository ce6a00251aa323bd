"""Devices that are believed over UDP by their address alone: who is listed, and how little is believed of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.live.fleet import REPORTING, SOS, STOPPED, VAGUE
from dashboard.service.list_file import ListFileError
from data_feeds.cot_addresses import AddressBook
from data_feeds.cot_desk import BY_ADDRESS_BURST, CotDesk
from data_feeds.fix_door import TurnedAway
from tests.feeds.cot_client import UID, alert, event, ours
from tests.feeds.entrance import Entrance
from tests.feeds.feed_city import NOW

HEAD = "address,uid,device_id\n"


def book(folder: Path, *rows: str) -> AddressBook:
    file = folder / "addresses.csv"
    file.write_text(HEAD + "".join(f"{row}\n" for row in rows), "utf-8")
    found = AddressBook(file)
    found.read()
    return found


class Mesh:
    """An entrance where the device dev-0 is listed by its address."""

    def __init__(self, folder: Path) -> None:
        self.entrance = Entrance()
        entrance = self.entrance
        listed = book(folder, f"10.8.0.7,{UID},dev-0", "10.8.0.9,gone,dev-99")
        self.desk = CotDesk(entrance.door, entrance.tally, entrance.keys, listed)

    def hear(self, datagram: bytes, address: str = "10.8.0.7", now: int = NOW) -> None:
        self.desk.hear_datagram(datagram, address, now)

    def turns_away(self, datagram: bytes, address: str = "10.8.0.7") -> None:
        with pytest.raises(TurnedAway):
            self.hear(datagram, address)

    @property
    def counts(self) -> dict[str, int]:
        return self.entrance.counts

    @property
    def state(self) -> int:
        return self.entrance.board.state[0]


@pytest.fixture
def mesh(tmp_path: Path) -> Mesh:
    return Mesh(tmp_path)


def test_a_list_names_addresses_and_networks(tmp_path: Path) -> None:
    listed = book(tmp_path, "10.8.0.7,A,dev-0", "10.9.0.0/24,A,dev-1", "fd00::/64,B,dev-2", "::1,B,dev-3")
    assert len(listed) == 4
    assert [listed.device_of(address, "A") for address in ("10.8.0.7", "10.9.0.200", "10.8.0.8", "::1")] == [
        "dev-0", "dev-1", None, None,
    ]  # fmt: skip
    assert listed.device_of("::ffff:10.8.0.7", "A") == "dev-0"
    assert [listed.device_of("fd00::5%eth0", "B"), listed.device_of("::1", "B")] == ["dev-2", "dev-3"]
    assert listed.device_of("10.8.0.7", "C") is None


def test_without_a_file_nobody_is_listed() -> None:
    listed = AddressBook(None)
    listed.read()
    assert (len(listed), listed.device_of("10.8.0.7", UID)) == (0, None)


def test_every_fault_of_a_file_is_said_and_the_list_stays(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    listed = book(tmp_path, f"10.8.0.7,{UID},dev-0")
    (tmp_path / "addresses.csv").write_text(
        HEAD + "10.8.0.7/24,A,dev-0\n10.8.0.8,,dev-1\n10.8.0.9,A,\n", "utf-8"
    )
    with pytest.raises(ListFileError) as caught:
        listed.read()
    assert caught.value.faults == (
        "row 2: `address` is no address and no network",
        "row 3: `uid` and `device_id` are both needed",
        "row 4: `uid` and `device_id` are both needed",
    )
    listed.read_again()
    (tmp_path / "addresses.csv").unlink()
    listed.read_again()
    assert listed.device_of("10.8.0.7", UID) == "dev-0"
    assert caplog.text.count("stays as it was") == 2


def test_a_listed_position_moves_the_marker_and_proves_no_arrival(mesh: Mesh) -> None:
    mesh.hear(event())
    assert mesh.counts == {"cot.accepted": 1, "cot.unauthenticated_by_address": 1}
    assert mesh.state & REPORTING and mesh.state & VAGUE
    mesh.hear(event(ours(), at=NOW + 1000))  # with its key it is believed whole
    assert mesh.counts == {"cot.accepted": 2, "cot.unauthenticated_by_address": 1}
    assert not mesh.state & VAGUE


def test_who_is_not_listed_is_nobody(mesh: Mesh) -> None:
    mesh.turns_away(event(), "10.8.0.8")
    mesh.turns_away(event(uid="ANDROID-other"))
    mesh.turns_away(event(uid="dev-0"))  # a device's id is no listed uid
    mesh.turns_away(event(uid="gone"), "10.8.0.9")  # of no device of the roster
    mesh.turns_away(event(ours().replace("dev-0", "dev-1")))  # a key that is there has to be right
    assert mesh.counts == {"cot.unauthorised": 5}
    assert mesh.entrance.board.take_changes() == []


def test_what_was_recorded_and_is_sent_again_changes_nothing(mesh: Mesh) -> None:
    for at in (NOW, NOW, NOW - 1000):
        mesh.hear(event(at=at))
    mesh.hear(event(at=NOW + 61_000))
    mesh.hear(event(at=NOW + 1000, ce=1500))
    mesh.hear(event(at=NOW + 1000, lat=36.9))
    counts = mesh.counts
    assert counts.pop("cot.unauthenticated_by_address") == 6
    assert counts == {
        "cot.accepted": 1, "cot.duplicate": 1, "cot.out_of_order": 1, "cot.malformed": 1, "cot.coarse": 1,
        "cot.impossible_speed": 1,
    }  # fmt: skip


def test_a_call_for_help_is_heard_and_its_end_is_not_believed(mesh: Mesh) -> None:
    mesh.hear(event())
    mesh.hear(alert())
    assert mesh.state & SOS
    mesh.hear(alert(is_over=True))
    mesh.hear(event('<emergency cancel="true"/>', at=NOW + 1000))
    assert mesh.state & SOS
    assert (mesh.counts["cot.help"], mesh.counts["cot.not_ended"]) == (1, 2)
    mesh.hear(event('<emergency cancel="true"/>' + ours(), at=NOW + 2000))
    assert not mesh.state & SOS


def test_duty_is_not_believed_without_the_key(mesh: Mesh) -> None:
    mesh.hear(event('<zhongshu duty="0" task="1" datum="gcj02"/>'))
    assert mesh.state == REPORTING | VAGUE | (mesh.state & STOPPED)
    assert mesh.entrance.board.lon[0] == 119.5


def test_a_forger_is_limited_and_uses_up_nothing_of_the_devices_own(mesh: Mesh) -> None:
    for number in range(BY_ADDRESS_BURST):
        mesh.hear(event(at=NOW + number))
    mesh.turns_away(event(at=NOW + 1000))
    mesh.hear(alert())  # help is heard over the limit
    mesh.hear(event(ours(), at=NOW + 2000))
    assert mesh.counts["cot.limited"] == 1
    assert mesh.counts["cot.accepted"] == BY_ADDRESS_BURST + 1
    mesh.hear(event(at=NOW + 3000), now=NOW + 1000)  # one a second comes back
    assert mesh.counts["cot.accepted"] == BY_ADDRESS_BURST + 2
