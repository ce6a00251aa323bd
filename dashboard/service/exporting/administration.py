"""Rows of the administrators' tables: the audit chain, accounts, delivery."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refused
from dashboard.service.account_list import list_accounts
from dashboard.service.exporting.found import Found, Period, Row
from dashboard.service.services import Services
from dashboard.service.telling.administering import failed_tellings
from dashboard.store import audit, tables


def audit_table_rows(services: Services, _actor: Principal, period: Period, _now: int) -> Found | Refused:
    """Rows of the chain of a period in order, each with the name that its actor signs in with."""
    column, account = tables.audit.c, tables.accounts.c
    with services.store.read() as connection:
        span = select(func.min(column.n), func.max(column.n)).where(
            (column.at >= period.from_at) & (column.at < period.until_at)
        )
        first_n, last_n = connection.execute(span).one()
        names = {row.id: row.name for row in connection.execute(select(account.id, account.name))}

    def rows() -> Iterator[Row]:
        place = first_n
        while place is not None and place <= last_n:
            until = min(place + audit.PAGE - 1, last_n)
            with services.store.read() as connection:
                page = list(audit.rows_between(connection, place, until))
            for row in page:
                yield row | {"actor": names.get(row["actor"], row["actor"]), "outcome": row["result"]}
            place = until + 1

    # The chain's numbers have no gaps.
    return Found(0 if first_n is None else last_n - first_n + 1, rows)


def account_rows(services: Services, actor: Principal, _period: Period, now: int) -> Found | Refused:
    """Every account, as the security administrator's page lists it."""
    found = list_accounts(services, actor, now)
    if isinstance(found, Refused):
        return found
    divisions, units = services.pack.divisions, services.pack.units

    def rows() -> Iterator[Row]:
        for one in found:
            place, unit = one["jurisdiction"], one["unit"]
            yield one | {
                "account": one["name"],
                "person": one["display_name"],
                "jurisdiction": divisions.get(place).name if place in divisions else place,
                "unit": units.get(unit).short if unit and unit in units else unit or "",
            }

    return Found(len(found), rows)


def delivery_rows(services: Services, actor: Principal, _period: Period, now: int) -> Found | Refused:
    """Tellings that were given up or are tried again, as the system administrator's page lists them."""
    found = failed_tellings(services, actor, now)
    if isinstance(found, Refused):
        return found
    listed: list[Row] = [*found["failed"], *found["retrying"]]

    def rows() -> Iterator[Row]:
        for one in listed:
            yield one | {
                "told_role": one["role"],
                "telling_state": one["state"],
                "recipient": one["recipient_name"],
            }

    return Found(len(listed), rows)
