"""How long articles wait to be found: marsad's looks against looks at fixed intervals, as many of them.

The outlets are made up; their habits are those of real newsrooms: a desk's working day, the weekend of Friday and
Saturday, bulletins on the hour, an edition put online at midnight, a night shift, bursts of breaking news, a week
without anything, clocks that are changed. The planner is told nothing of them but what its own looks bring.
"""

from __future__ import annotations

import math
import random
import sys
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import fmean
from zoneinfo import ZoneInfo

from workers.watch.plan import Bounds, History, apportion, next_look
from workers.watch.rhythm import Rhythm

BOUNDS = Bounds(shortest=120, usual=900, longest=7200)
START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday; European clocks change on 29 March, within the weeks measured
PHASES = 8  # rows of looks at fixed intervals, begun at different times

_LEVELS = "0123456789"
_WORKDAYS = (1.0, 1.0, 1.0, 1.0, 0.5, 0.6, 0.95)  # Monday first: Friday and Saturday are the weekend


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How an outlet publishes: `daily` articles on a full day, spread over the `hours` by level (0 is hardly any).

    `days` are weights from Monday; `on_time` is the share that comes within four minutes of the `marks` of the hour;
    `batch` is how many come at a time; `breaking` are events a week, each with a burst of articles; in the week
    `silent` there are none.
    """

    name: str
    daily: float
    hours: str
    days: tuple[float, ...] = _WORKDAYS
    zone: str = "Asia/Damascus"
    on_time: float = 0.0
    marks: tuple[int, ...] = (0,)
    batch: float = 1.0
    breaking: float = 0.0
    silent: int | None = None


HABITS = (
    #                                      0     6     12    18
    Habit(name="state agency", daily=120, hours="210000123567788876666554", breaking=1),
    Habit(name="24-hour agency", daily=150, hours="432222345678999988877665", days=(1, 1, 1, 1, 0.85, 0.8, 0.95)),
    Habit(name="daytime desk", daily=25, hours="000000001479998863100000", days=(1, 1, 1, 1, 0.05, 0.1, 1)),
    Habit(name="Friday lull", daily=45, hours="000000013578999877654310", days=(1, 1, 1, 1, 0.15, 0.5, 1)),
    Habit(name="bulletins on the hour", daily=48, hours="100000466666666666666642", on_time=0.8, marks=(0, 30)),
    Habit(name="edition at midnight", daily=40, hours="900000000011112221100006", days=(1, 1, 1, 1, 0, 1, 1), batch=4),
    Habit(name="night owl", daily=30, hours="877410000000000111245788"),
    Habit(name="weekly magazine", daily=14, hours="000000000258985200000000", days=(0, 0, 0.1, 1, 0, 0, 0), batch=3),
    Habit(name="breaking news", daily=35, hours="100000013456777777665431", breaking=4),
    Habit(name="a silent week", daily=20, hours="000000012467777766543210", silent=4),
    Habit(name="exile, Berlin", daily=18, hours="000000013789998886531000", zone="Europe/Berlin", days=(1, 1, 1, 1, 1, 0.4, 0.5)),
    Habit(name="exile, Beirut", daily=30, hours="100000025678888777766532", zone="Asia/Beirut", days=(1, 1, 1, 1, 0.9, 0.8, 0.5)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds that each article waited with so many `looks` at learned times, and with as many at `fixed` intervals.

    Each article waits for several rows of fixed looks, begun at different times: none is lucky.
    """

    name: str
    looks: int
    fixed: list[float]
    learned: list[float]

    @property
    def gain(self) -> float:
        """By which part the mean is below that of fixed intervals."""
        return 1 - fmean(self.learned) / fmean(self.fixed)


@dataclass(slots=True)
class Watcher:
    """marsad before one outlet that publishes at `times`; its looks go one beyond the time it is told to watch."""

    habit: Habit
    times: Sequence[datetime]
    rhythm: Rhythm = field(default_factory=Rhythm)
    looks: list[datetime] = field(default_factory=lambda: [START])
    found: int = 0

    def watch(self, until: datetime, bounds: Bounds) -> None:
        """Look, learn and plan until a time in UTC."""
        zone = ZoneInfo(self.habit.zone)
        while (now := self.looks[-1]) < until:
            shown = bisect_right(self.times, now)
            self.rhythm = self.rhythm.observe(self.times[self.found : shown], until=now, zone=zone)
            self.found = shown
            history = History(polled_at=now, rhythm=self.rhythm, key=self.habit.name)
            self.looks.append(next_look(now, history, bounds, zone))


def publish(habit: Habit, weeks: int, chance: random.Random) -> list[datetime]:
    """Return the times in UTC, in order, at which an outlet of this habit publishes in so many weeks."""
    zone = ZoneInfo(habit.zone)
    levels = [_LEVELS.index(level) + 0.05 for level in habit.hours]
    times: list[datetime] = []
    mood = 1.0
    for hour in range(weeks * 168):
        at = START + timedelta(hours=hour)
        local = at.astimezone(zone)
        if local.hour == 0:
            mood = chance.lognormvariate(-0.03, 0.25)
        if hour // 168 == habit.silent:
            continue
        rate = habit.daily * levels[local.hour] / sum(levels) * habit.days[local.weekday()] * mood
        for _ in range(_poisson(rate / habit.batch, chance)):
            begun = at + timedelta(minutes=_minute(habit, chance))
            more = _poisson(habit.batch - 1, chance) if habit.batch > 1 else 0
            times += (begun + timedelta(minutes=chance.expovariate(1 / 4)) for _ in range(more))
            times.append(begun)
    for _ in range(_poisson(habit.breaking * weeks, chance)):
        begun = START + timedelta(weeks=weeks * chance.random())
        times += (begun + timedelta(hours=chance.expovariate(1 / 2)) for _ in range(chance.randint(10, 30)))
    return sorted(times)


def _minute(habit: Habit, chance: random.Random) -> float:
    if chance.random() < habit.on_time:
        return chance.choice(habit.marks) + chance.expovariate(1 / 1.5) % 4
    return chance.random() * 60


def _poisson(mean: float, chance: random.Random) -> int:
    number, left = 0, math.exp(-mean)
    product = chance.random()
    while product > left:
        number += 1
        product *= chance.random()
    return number


def compare(seed: int, *, learned: int, measured: int, shared: bool) -> list[Waits]:
    """Watch all outlets for `learned` weeks unmeasured, then `measured` weeks, and wait at fixed intervals as often.

    With `shared`, outlets with more articles get looks of those with fewer, anew each day; else each has its own.
    """
    weeks = learned + measured
    watchers = [Watcher(one, publish(one, weeks, random.Random(f"{seed} {one.name}"))) for one in HABITS]
    for day in range(1, weeks * 7 + 1):
        bounds = [BOUNDS] * len(watchers)
        if shared:
            bounds = apportion([sum(one.rhythm.week()) for one in watchers], BOUNDS)
        for one, its in zip(watchers, bounds, strict=True):
            one.watch(START + timedelta(days=day), its)
    begun, end = START + timedelta(weeks=learned), START + timedelta(weeks=weeks)
    looks = [[look for look in one.looks if look >= begun] for one in watchers]
    counts = [len(one) - 1 for one in looks]  # the last is beyond the end
    number = [sum(counts) / len(counts)] * len(counts) if shared else counts
    found = []
    for one, own, count, equal in zip(watchers, looks, counts, number, strict=True):
        inside = [at for at in one.times if begun <= at < end]
        apart = (end - begun) / equal
        evenly = [(apart * (part / PHASES) - (at - begun)) % apart for part in range(PHASES) for at in inside]
        waits = [(own[bisect_right(own, at)] - at).total_seconds() for at in inside]
        found.append(Waits(one.habit.name, count, [wait.total_seconds() for wait in evenly], waits))
    return found


def together(every: Sequence[Waits]) -> Waits:
    """All outlets as one: every article counts the same."""
    return Waits(
        "all articles",
        sum(one.looks for one in every),
        [wait for one in every for wait in one.fixed],
        [wait for one in every for wait in one.learned],
    )


def main(seed: int = 1) -> None:
    """Print the mean and the 95th percentile of the waits in minutes, for each outlet and for all."""
    for shared in (False, True):
        every = compare(seed, learned=3, measured=3, shared=shared)
        sys.stdout.write(
            f"waits from publication to discovery in minutes, looks {'shared' if shared else 'of its own each'}\n"
            f"{'outlet':24}{'articles':>9}{'looks':>7}{'fixed: mean':>14}{'p95':>6}{'learned: mean':>16}{'p95':>6}"
            f"{'mean less':>12}\n"
        )
        for one in [*every, together(every)]:
            sys.stdout.write(
                f"{one.name:24}{len(one.learned):9}{one.looks:7}{_mean(one.fixed):14.1f}{_most(one.fixed):6.1f}"
                f"{_mean(one.learned):16.1f}{_most(one.learned):6.1f}{one.gain:12.0%}\n"
            )
        sys.stdout.write(f"{'mean of the outlets':82}{fmean(one.gain for one in every):12.0%}\n")


def _mean(waits: Sequence[float]) -> float:
    return fmean(waits) / 60


def _most(waits: Sequence[float]) -> float:
    return sorted(waits)[int(len(waits) * 0.95)] / 60


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
