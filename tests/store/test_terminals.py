"""The list of JT/T 808 terminals: what its file may hold, who may replace it, what installers are given."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from dashboard import service
from dashboard.administration import main
from dashboard.domain.device_keys import device_key, payload_key
from dashboard.service import ListFileError, RosterWorker, Terminal
from dashboard.service.roster import ROSTER_COLUMNS
from dashboard.store import audit
from dashboard.store.secret_file import ensure_secret
from tests.store.centre import RONGAN, Centre, done, officer, refusal

HEAD = "phone,device_id,terminal_id,plate,datum\n"


def workers(pack, count: int) -> list[RosterWorker]:
    grids = pack.divisions.children(RONGAN)
    return [
        RosterWorker(
            slot, f"W-{slot}", "刘强", grids[slot], pack.divisions.township_of(grids[slot]) or "",
            pack.divisions.region_of(grids[slot]) or "", True, (), f"D-{slot}", 1,
        )
        for slot in range(count)
    ]  # fmt: skip


@pytest.fixture
def with_roster(centre: Centre) -> Centre:
    done(service.import_roster(centre.services, officer("sysadmin"), workers(centre.pack, 3), centre.now))
    return centre


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "terminals.csv"
    file.write_text(text, encoding="utf-8-sig")
    return file


def test_a_list_replaces_the_one_before_and_its_numbers_lose_their_zeros(
    with_roster: Centre, tmp_path: Path
) -> None:
    services, actor = with_roster.services, officer("sysadmin")
    file = written(
        tmp_path,
        HEAD + "013900000001,D-1,T1,鲁L12345,gcj02\n00000000013900000000,D-0,,,\n4E5DE66FBA22,D-2,,,\n",
    )
    found = service.read_terminals_file(services, file)
    assert done(service.import_terminals(services, actor, found, with_roster.now)) == 3
    assert service.terminals(services) == [
        Terminal("13900000000", "D-0"),
        Terminal("13900000001", "D-1", "T1", "鲁L12345", "gcj02"),
        Terminal("4e5de66fba22", "D-2"),
    ]
    done(service.import_terminals(services, actor, found[:1], with_roster.now))
    assert [one.device_id for one in service.terminals(services)] == ["D-1"]


def test_every_fault_of_a_file_is_named_with_its_row(with_roster: Centre, tmp_path: Path) -> None:
    rows = [
        "0139000000x1,D-0,,,", "0,D-1,,,", "13900000002,D-9,,,", "13900000003,D-2,,,wgs72",
        "013900000003,D-2,,,", f"13900000005,D-0,{'T' * 61},,",
    ]  # fmt: skip
    with pytest.raises(ListFileError) as raised:
        service.read_terminals_file(with_roster.services, written(tmp_path, HEAD + "\n".join(rows) + "\n"))
    assert raised.value.faults == (
        "row 2: phone must be the terminal's number, up to 20 digits",
        "row 3: phone must be the terminal's number, up to 20 digits",
        "row 4: no device 'D-9' in the roster",
        "row 5: datum must be wgs84, gcj02 or bd09",
        "row 6: phone is there twice",
        "row 6: device_id is there twice",
        "row 7: device_id is there twice",
        "row 7: terminal_id has up to 60 characters, plate up to 20",
    )
    with pytest.raises(ListFileError, match="columns missing: datum, plate"):
        service.read_terminals_file(
            with_roster.services, written(tmp_path, "phone,device_id,terminal_id\n1,D-0,\n")
        )


@pytest.mark.parametrize("role", ["duty_officer", "commander", "secadmin", "auditor"])
def test_nobody_but_the_system_administrator_replaces_it(with_roster: Centre, role: str) -> None:
    services = with_roster.services
    outcome = service.import_terminals(
        services, officer(role), [Terminal("13900000000", "D-0")], with_roster.now
    )
    assert refusal(outcome) == "no_right"
    assert service.terminals(services) == []
    with services.store.read() as connection:
        assert audit.first_break(connection) is None


def test_an_installer_finds_each_terminals_code_beside_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZHONGSHU_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/zs.sqlite3")
    roster = tmp_path / "roster.csv"
    with roster.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(ROSTER_COLUMNS)
        for one in workers(pack, 2):
            writer.writerow([one.slot, one.worker_id, one.name, one.grid, 1, "", one.device_id, 1])
    assert main(["import-roster", str(roster)]) == 0
    assert main(["import-terminals", str(written(tmp_path, HEAD + "013900000001,D-1,T1,,\n"))]) == 0
    assert main(["import-terminals", str(written(tmp_path, HEAD + "013900000001,D-7,T1,,\n"))]) == 2
    said = capsys.readouterr()
    assert "1 terminals" in said.out
    assert "row 2: no device 'D-7' in the roster" in said.err
    assert main(["export-device-keys", str(tmp_path / "keys.csv")]) == 0
    secret = ensure_secret(tmp_path / "secret.key")
    assert (tmp_path / "keys.csv").read_text("utf-8").splitlines() == [
        "device_id,key,jt808_phone,owntracks_payload_key",
        f"D-0,{device_key(secret, 'D-0', 1)},,{payload_key(secret, 'D-0', 1)}",
        f"D-1,{device_key(secret, 'D-1', 1)},13900000001,{payload_key(secret, 'D-1', 1)}",
    ]
