"""The people of the demonstration's stories who work outside the centre: two liaisons and a grid worker."""

from __future__ import annotations

from dashboard import service
from dashboard.administration import FirstAccount, new_password
from dashboard.domain.principal import Principal
from dashboard.service import Services
from data_feeds.simulator.scenarios import RONGAN

# Who handles the building waste of 荣安社区, and who leads at the burst heating main.
UNITS = (("shijiu", "徐", "rz-town-371102002"), ("heating", "高", "rz-heating"))
WORKER_ACCOUNT = "wanggeyuan"


def demonstration_people(services: Services, operator: Principal, now: int) -> list[FirstAccount]:
    """Make their accounts and return them with the passwords; a city pack without those units has nobody there."""
    found: list[FirstAccount] = []
    units = services.pack.units
    for name, surname, unit_id in UNITS:
        if unit_id in units:
            unit = units.get(unit_id)
            request = service.NewAccount(name, f"{surname}某某", "unit_liaison", unit.region, unit.id)
            found += _made(services, operator, request, f"{unit.short}联络员", now)
    worker = next((one for one in service.roster(services) if one.grid.startswith(RONGAN)), None)
    if worker is not None:
        request = service.NewAccount(
            WORKER_ACCOUNT, worker.name, "grid_worker", worker.region, worker=worker.worker_id
        )
        grid = services.pack.divisions.get(worker.grid)
        found += _made(services, operator, request, f"{grid.name} 网格员", now)
    return found


def _made(
    services: Services, operator: Principal, request: service.NewAccount, title: str, now: int
) -> list[FirstAccount]:
    """The new account, or nobody where the name is taken already."""
    password = new_password()
    outcome = service.create_account(services, operator, request, password, now, must_change=False)
    if isinstance(outcome, service.Refused):
        return []
    return [FirstAccount(request.name, password, title, request.role)]
