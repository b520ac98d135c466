"""The work of a year as a table, a task a row, and the percentages that are counted from it.

QĐ 366 Điều 11 grades by shares of the tasks that were given: completed, late, beyond what was asked, not completed.
They are counted here, once, and never typed a second time. Nothing is guessed: a row that does not say whether its task
was completed leaves all shares unknown. That the work is of quality and effective is not counted: people confirm it;
only a task that is said not to be settles that.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from docgen.paths import JsonDict
from docgen.regulations.score_sheet import plain

#: How a task ended: completed in time, completed late, not completed.
ON_TIME, LATE, NOT_DONE = "dung_han", "cham", "khong"
DONE = (ON_TIME, LATE, NOT_DONE)


def task_facts(tasks: object, led: bool = False) -> JsonDict:
    """The facts that the table `tasks` of one year gives; none where it is empty or a row does not say how it ended.

    `led`: the tasks are those of the unit that somebody leads, whose facts have names of their own.
    """
    rows = [row for row in tasks if isinstance(row, Mapping)] if isinstance(tasks, list) else []
    ends = [row.get("done") for row in rows]
    if not rows or any(end not in DONE for end in ends):
        return {}

    def share(count: int) -> int | float:
        return plain(Fraction(count * 100, len(rows)))

    late, not_done = ends.count(LATE), ends.count(NOT_DONE)
    exceeded = sum(row.get("exceeded") is True and row.get("done") != NOT_DONE for row in rows)
    poor = any(row.get("quality") is False for row in rows)
    if led:
        out: JsonDict = {"led_tasks_completed_pct": share(len(rows) - not_done)}
        out |= {"led_tasks_exceeded_pct": share(exceeded), "led_tasks_late_pct": share(late)}
        return out | ({"led_tasks_quality_attested": False} if poor else {})
    out = {"targets_completed_pct": share(len(rows) - not_done), "targets_exceeded_pct": share(exceeded)}
    out |= {"tasks_late_pct": share(late), "tasks_not_completed_pct": share(not_done)}
    return out | ({"tasks_quality_attested": False} if poor else {})
