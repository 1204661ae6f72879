"""Threads that hang, answers that many ask for."""

from __future__ import annotations

import threading
import time

import anyio
import pytest

from workers.desk.behind import BusyError, Remembered, Threads


def test_work_gives_its_answer_or_its_fault() -> None:
    """As if it had been done here."""

    async def work() -> None:
        threads = Threads(1)
        assert await threads.run(lambda: 42, within=5.0) == 42
        with pytest.raises(ZeroDivisionError):
            await threads.run(lambda: 1 // 0, within=5.0)
        assert await threads.run(lambda: 43, within=5.0) == 43

    anyio.run(work)


def test_a_thread_that_hangs_keeps_its_place_until_it_ends() -> None:
    """Nobody waits for it longer than asked, nobody gets its place, and it gives it back."""
    free = threading.Event()

    async def work() -> None:
        threads = Threads(1)
        begun = time.monotonic()
        with pytest.raises(TimeoutError):
            await threads.run(free.wait, within=0.05)
        with pytest.raises(BusyError):
            await threads.run(lambda: 1, within=0.05)
        assert time.monotonic() - begun < 5
        free.set()
        while True:
            try:
                assert await threads.run(lambda: 1, within=5.0) == 1
                break
            except BusyError:
                await anyio.sleep(0.01)

    anyio.run(work)


def test_whoever_leaves_before_the_beginning_takes_no_place() -> None:
    """A place that nobody used is free again."""

    async def work() -> None:
        threads = Threads(1)
        for _ in range(20):
            with anyio.move_on_after(0):
                await threads.run(lambda: None, within=5.0)
        with anyio.fail_after(5):
            while True:
                try:
                    return await threads.run(lambda: None, within=5.0)
                except BusyError:
                    await anyio.sleep(0.01)

    anyio.run(work)


def test_many_who_ask_at_once_get_one_answer() -> None:
    """It is made once, and again when it has grown old."""
    made = []

    async def make() -> int:
        made.append(1)
        await anyio.sleep(0.05)
        return len(made)

    async def work() -> None:
        kept = Remembered(make, 0.2)
        got: list[int] = []

        async def ask() -> None:
            got.append(await kept.get())

        async with anyio.create_task_group() as group:
            for _ in range(20):
                group.start_soon(ask)
        assert got == [1] * 20
        await anyio.sleep(0.25)
        assert await kept.get() == 2

    anyio.run(work)
