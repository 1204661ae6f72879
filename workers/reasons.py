"""Why an item ends early or waits: the closed list, each with what a person is told and when it is tried again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0


@dataclass(frozen=True, slots=True)
class Policy:
    """`retries` are the seconds before each further try; when they are used up the item ends as `ending`."""

    sentence: str
    retries: tuple[float, ...] = ()
    ending: Literal["dropped", "failed"] = "failed"


_PASSING = (5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 8 * _HOUR, _DAY)

REASONS: dict[str, Policy] = {
    # the way to the host
    "dns": Policy("the host's name has no address", (10 * _MINUTE, _HOUR, 6 * _HOUR, _DAY)),
    "connect": Policy("the host does not take a connection, or broke it off", _PASSING),
    "tls": Policy("the host's certificate or encryption is at fault", (_HOUR, 6 * _HOUR, _DAY)),
    "timeout": Policy("the answer did not come, or not to its end, in time", _PASSING),
    "protocol": Policy("the answer breaks the rules of HTTP", (30 * _MINUTE, 6 * _HOUR, _DAY)),
    # what the host says
    "http_3xx": Policy("a redirect that leads nowhere", ending="dropped"),
    "http_4xx": Policy("the host refuses the request", (6 * _HOUR,), "dropped"),
    "gone": Policy("the page is not there", (15 * _MINUTE,), "dropped"),
    "forbidden": Policy("the host does not let us read the page", (6 * _HOUR, _DAY), "dropped"),
    "http_5xx": Policy("the host has a fault of its own", _PASSING),
    "throttled": Policy("the host asks for fewer requests", (15 * _MINUTE, _HOUR, 4 * _HOUR, 12 * _HOUR, _DAY)),
    "blocked": Policy("the host tests for robots instead of showing the page", (6 * _HOUR, _DAY, 3 * _DAY)),
    # what we do not ask for, or not take
    "robots": Policy(
        "the host's robots.txt asks not to read the page, or cannot be read", (6 * _HOUR, _DAY), "dropped"
    ),
    "bad_url": Policy("no address of a page on the web", ending="dropped"),
    "forbidden_address": Policy(
        "the address leads into a private network, or to a port that is not asked", (_DAY,), "dropped"
    ),
    "too_many_redirects": Policy("the redirects do not come to an end", (_DAY,), "dropped"),
    "too_large": Policy("the page is larger than what is read", ending="dropped"),
    "not_recorded": Policy("the recording does not hold the page", ending="dropped"),
    # what came instead of an article
    "not_html": Policy("no page of text", ending="dropped"),
    "empty": Policy("the page is empty", (30 * _MINUTE, 6 * _HOUR), "dropped"),
    "redirect_home": Policy("the page leads back to the home page or a section", (_HOUR,), "dropped"),
    "feed_xml": Policy("a feed or sitemap where an article should be", ending="dropped"),
    "http_status": Policy("the capture is an error page", ending="dropped"),
    "soft_404": Policy("the page says that it was not found", ending="dropped"),
    "list_page": Policy("a list of articles", ending="dropped"),
    "no_article": Policy("a page without an article", ending="dropped"),
    "twin": Policy("another address of an article that is known", ending="dropped"),
    # what a person decided (`marsad failures drop`)
    "by_hand": Policy("somebody decided that it is not wanted", ending="dropped"),
    # our own
    "archive": Policy("the kept page cannot be read"),
    "defect": Policy("a fault of marsad itself"),
    "worker_lost": Policy("every try took its worker with it"),
}

# Why a look at a source showed nothing, beside the reasons above; when it is looked at again is planned.
FAULTS: dict[str, str] = {
    "offline": "this machine's own network was down",
    "not_a_feed": "neither a feed nor anything else that announces articles",
    "html_instead_of_feed": "a web page where a feed should be",
    "xml_broken": "XML that cannot be read",
    "json_broken": "JSON that cannot be read",
    "api_error": "the outlet's interface answered with an error",
    "no_links": "nothing in it leads to an article",
}


# Troubles on the way to a host. Any other is an answer of a kind.
OF_THE_WAY = frozenset({"dns", "connect", "timeout"})


def sentence(reason: str) -> str | None:
    """What a person is told of a reason or a fault."""
    return REASONS[reason].sentence if reason in REASONS else FAULTS.get(reason)
