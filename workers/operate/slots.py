"""Whose turn it is at a site, for all workers on all machines that share one Redis."""

from __future__ import annotations

import math
from typing import Any

import redis
import structlog

log = structlog.get_logger()

WITHOUT_REDIS = 5.0  # seconds to wait when Redis does not answer: no turn can be taken then

# One hash a site: who has the turn, until when, when the next may begin, and the last pause; times in milliseconds of
# Redis' own clock, so the clocks of the machines do not matter. It goes by itself a minute after it has nothing more to
# say. A site in use whose last pause is not known is asked again after ARGV[3].
_ENTER = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local token, lease = ARGV[1], tonumber(ARGV[2])
local kept = redis.call('HMGET', KEYS[1], 'token', 'until', 'open', 'gap')
local holder, till, open = kept[1], tonumber(kept[2] or 0), tonumber(kept[3] or 0)
if holder ~= token then
  if holder and till > now then return math.min(till - now, tonumber(kept[4] or ARGV[3])) end
  if open > now then return open - now end
end
redis.call('HSET', KEYS[1], 'token', token, 'until', string.format('%.0f', now + lease))
redis.call('PEXPIRE', KEYS[1], math.max(lease, open - now) + 60000)
return 0
"""
_LEAVE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local token, gap = ARGV[1], tonumber(ARGV[2])
local kept = redis.call('HMGET', KEYS[1], 'token', 'until', 'open')
local open = math.max(tonumber(kept[3] or 0), now + gap)
local foreign = kept[1] and kept[1] ~= token and tonumber(kept[2] or 0) > now
if not foreign then redis.call('HDEL', KEYS[1], 'token', 'until') end
redis.call('HSET', KEYS[1], 'open', string.format('%.0f', open), 'gap', ARGV[2])
redis.call('PEXPIRE', KEYS[1], math.max(open, foreign and tonumber(kept[2]) or 0) - now + 60000)
return 1
"""


class Slots:
    """`workers.fetch.pace.Pace` over Redis, its keys named `<prefix>slot:<site>`. May be shared between threads.

    A turn that a killed worker took ends with its lease. When Redis does not answer no turn is given, and a turn that
    could not be given back ends with its lease too.
    """

    def __init__(self, connection: redis.Redis, prefix: str) -> None:
        self._prefix = prefix
        self._enter = connection.register_script(_ENTER)
        self._leave = connection.register_script(_LEAVE)

    def enter(self, site: str, *, token: str, lease: float) -> float:
        """Take the turn at `site`, or say in how many seconds to ask again."""
        try:
            wait: Any = self._enter(keys=[self._key(site)], args=[token, _milliseconds(lease), 1000])
        except redis.RedisError as error:
            log.warning("no_slot", site=site, error=str(error)[:200])
            return WITHOUT_REDIS
        return int(wait) / 1000

    def leave(self, site: str, *, token: str, gap: float) -> None:
        """Give the turn at `site` back for `gap` seconds."""
        try:
            self._leave(keys=[self._key(site)], args=[token, _milliseconds(gap)])
        except redis.RedisError as error:
            log.warning("slot_not_left", site=site, error=str(error)[:200])

    def _key(self, site: str) -> str:
        return f"{self._prefix}slot:{site}"


def _milliseconds(seconds: float) -> int:
    # Upwards, one more for the part of a millisecond that Redis' clock has not shown: a pause is never shorter.
    return max(math.ceil(seconds * 1000) + 1, 1)
