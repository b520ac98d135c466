"""Working days in Vietnam: Monday to Friday, without public holidays, with the Saturdays worked in exchange.

Tết and the substituted days come from the `holidays` library, which follows the yearly decisions.
"""

from __future__ import annotations

import datetime
from functools import lru_cache
from typing import Any

ONE_DAY = datetime.timedelta(days=1)
#: Nobody sends a draft this long before; it keeps the count short whatever dates somebody typed.
LOOK_BACK = 60


@lru_cache(maxsize=16)  # of a dossier's year and those beside it, whatever years somebody typed
def _calendar(year: int) -> Any:
    import holidays

    return holidays.country_holidays("VN", years=[year])


def is_working_day(day: datetime.date) -> bool:
    """True for a working day in Vietnam."""
    return bool(_calendar(day.year).is_working_day(day))


def working_days(first: datetime.date, before: datetime.date) -> list[datetime.date]:
    """The working days from `first` up to the day before `before`."""
    span = min((before - first).days, LOOK_BACK)
    days = (before - ONE_DAY * n for n in range(span, 0, -1))
    return [day for day in days if is_working_day(day)]


def latest_start(before: datetime.date, count: int) -> datetime.date:
    """The latest day that leaves `count` whole working days between it and `before`."""
    day, left = before, count
    while left > 0:
        day -= ONE_DAY
        if is_working_day(day):
            left -= 1
    return day - ONE_DAY
