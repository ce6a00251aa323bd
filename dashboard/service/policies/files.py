"""Publishing a whole policies.csv as the next version."""

from __future__ import annotations

from pathlib import Path

from dashboard.citypack import PackError
from dashboard.citypack.policies import COLUMNS, read_cells
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome
from dashboard.service.policies.editing import edit_policy, edit_to
from dashboard.service.policies.versions import newest_steps
from dashboard.service.services import Services
from dashboard.store import policies as stored


def import_policies(
    services: Services, actor: Principal, file: Path, why: str, now: int, idempotency_key: str
) -> Outcome:
    """Make the file's rows the newest version; see `edit_policy` for value and refusals.

    Raises:
        PackError: the file is not a table with the columns of policies.csv.
        OSError: it cannot be read.
    """
    rows, faults = read_cells(file, COLUMNS)
    if faults:
        raise PackError(faults)
    with services.store.read() as connection:
        based_on = stored.newest(connection)
        before = newest_steps(services, connection)
    return edit_policy(services, actor, edit_to(rows, based_on, before, why), now, idempotency_key)
