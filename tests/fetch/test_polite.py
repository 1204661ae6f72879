"""Asking with manners, against a network of answers made up here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.fetch.guard import refuse_url
from workers.fetch.pace import LocalPace
from workers.fetch.polite import HOLD, LEASE_MARGIN, LONGEST_HOLD, Polite
from workers.fetch.robots import RETRY, Kept
from workers.items import Drop, Failure, Hop, Later, Response

NOW = datetime(2025, 2, 12, 18, 0, tzinfo=UTC)
HOME = "https://example.com"
PAGE = f"{HOME}/a"
ROBOTS = f"{HOME}/robots.txt"
TIMEOUT = 30.0

Said = tuple[int, dict[str, str], bytes] | Failure | Drop | Exception


class Web:
    """Answers by address, a clock that only sleeping moves, and a log of all that was asked."""

    agent = "marsad/0.1 (desk@watch.example)"

    def __init__(self) -> None:
        self.pages: dict[str, Said] = {}
        self.log: list[tuple[str, dict[str, str], float]] = []
        self.seconds = 0.0
        self.slept = 0.0
        self.turns: list[tuple[str, str, float]] = []
        self.kept: dict[str, Kept] = {}

    def ask(
        self, url: str, *, headers: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None
    ) -> Response | Failure | Drop:
        self.log.append((url, dict(form or headers or {}), self.seconds))
        said = self.pages.get(url, (404, {}, b"") if url.endswith("/robots.txt") else (200, {}, b"page"))
        if isinstance(said, Exception):
            raise said
        if isinstance(said, (Failure, Drop)):
            return said
        status, sent, body = said
        return Response(url=url, final_url=url, status=status, headers=sent, body=body, captured_at=self.now())

    def close(self) -> None:
        self.log.append(("closed", {}, self.seconds))

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.slept += seconds
        self.seconds += seconds

    def load(self, origin: str) -> Kept | None:
        return self.kept.get(origin)

    def save(self, origin: str, kept: Kept) -> None:
        self.kept[origin] = kept

    @property
    def asked(self) -> list[str]:
        return [url for url, _, _ in self.log]


class Noted(LocalPace):
    """A pace that notes its turns."""

    def __init__(self, web: Web) -> None:
        super().__init__(lambda: web.seconds)
        self.web = web
        self.open = 0

    def enter(self, site: str, *, token: str, lease: float) -> float:
        assert lease == TIMEOUT + LEASE_MARGIN
        wait = super().enter(site, token=token, lease=lease)
        self.open += wait == 0
        return wait

    def leave(self, site: str, *, token: str, gap: float) -> None:
        self.open -= 1
        self.web.turns.append((site, token, gap))
        super().leave(site, token=token, gap=gap)


@pytest.fixture
def web() -> Web:
    return Web()


def polite(web: Web, *, gap: float = 5.0, refuse: Callable[[str], Drop | None] = lambda _: None) -> Polite:
    return Polite(
        web,
        pace=Noted(web),
        shelf=web,
        gap=lambda _: gap,
        max_redirects=3,
        timeout=TIMEOUT,
        refuse=refuse,
        poll_every=60.0,
        sleep=web.sleep,
        clock=web.now,
    )


def persist(transport: Polite, web: Web, url: str = PAGE, headers: Mapping[str, str] | None = None) -> object:
    """Ask again whenever it is time to, as the dispatcher does."""
    hop = None
    for _ in range(50):
        answer = transport.get(url, headers=headers, hop=hop)
        if not isinstance(answer, Later):
            return answer
        hop = answer.hop or hop
        web.seconds += answer.seconds
    raise AssertionError("it never ends")


def reason(answer: object) -> str:
    assert isinstance(answer, (Failure, Drop)), answer
    return answer.reason


def no_rules(web: Web, origin: str = HOME, text: str = "") -> None:
    web.kept[origin] = Kept(status=200, text=text, fetched_at=NOW, good_until=NOW + timedelta(days=9))


def test_a_page_is_asked_after_its_robots_txt(web: Web) -> None:
    """Two requests, a pause apart; the second page needs one."""
    transport = polite(web)
    first = transport.get(PAGE)
    assert first == Later(seconds=5.0)
    answer = persist(transport, web)
    assert isinstance(answer, Response)
    assert answer.body == b"page"
    persist(transport, web, f"{HOME}/b")
    assert web.asked == [ROBOTS, PAGE, f"{HOME}/b"]
    assert [at for _, _, at in web.log] == [0.0, 5.0, 10.0]


def test_short_waits_are_slept_and_long_ones_are_not(web: Web) -> None:
    """One call sleeps a second in all, and gives the rest back as a time to come again."""
    transport = polite(web, gap=0.8)
    no_rules(web)
    assert isinstance(transport.get(PAGE), Response)
    assert isinstance(transport.get(PAGE), Response)
    assert web.slept == pytest.approx(0.8)
    web.pages[PAGE] = (301, {"location": "/b"}, b"")
    answer = transport.get(PAGE)
    assert isinstance(answer, Later)
    assert answer.seconds == pytest.approx(0.8)
    assert answer.hop == Hop(url=f"{HOME}/b", count=1)
    assert web.slept == pytest.approx(1.6)


def test_a_redirect_is_a_request_with_a_turn_of_its_own(web: Web) -> None:
    """It waits for its turn, goes on where it was, and names both ends."""
    no_rules(web)
    web.pages[PAGE] = (302, {"location": "b?x=1#part"}, b"")
    transport = polite(web)
    later = transport.get(PAGE)
    assert later == Later(seconds=5.0, hop=Hop(url=f"{HOME}/b?x=1", count=1))
    web.seconds += 5
    answer = transport.get(PAGE, hop=later.hop)
    assert isinstance(answer, Response)
    assert (answer.url, answer.final_url) == (PAGE, f"{HOME}/b?x=1")
    assert web.asked == [PAGE, f"{HOME}/b?x=1"]


def test_another_site_has_its_own_turn_and_rules(web: Web) -> None:
    """A redirect to a free site goes on at once, after that site's robots.txt."""
    no_rules(web)
    web.pages[PAGE] = (301, {"location": "https://example.org/x"}, b"")
    web.pages["https://example.org/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /x")
    answer = persist(polite(web), web)
    assert reason(answer) == "robots"
    assert web.asked == [PAGE, "https://example.org/robots.txt"]
    assert [site for site, _, _ in web.turns] == ["example.com", "example.org"]


def test_redirects_come_to_an_end(web: Web) -> None:
    """Neither a chain nor a circle nor a page that leads to itself goes on for ever."""
    no_rules(web)
    for number in range(9):
        web.pages[f"{HOME}/{number}"] = (302, {"location": f"{HOME}/{number + 1}"}, b"")
    assert reason(persist(polite(web), web, f"{HOME}/0")) == "too_many_redirects"
    assert len(web.log) == 4
    web.pages[PAGE] = (302, {"location": PAGE}, b"")
    assert reason(persist(polite(web), web)) == "too_many_redirects"
    assert len(web.log) == 5


@pytest.mark.parametrize("location", ["http://[::1", "", " \t"])
def test_a_redirect_to_nowhere_is_survived(web: Web, location: str) -> None:
    """A broken target is a bad address; none at all leaves the answer as it is."""
    no_rules(web)
    web.pages[PAGE] = (302, {"location": location}, b"")
    answer = persist(polite(web), web)
    if location.strip():
        assert reason(answer) == "bad_url"
    else:
        assert isinstance(answer, Response)
        assert answer.status == 302


@given(
    st.text(max_size=80), st.sampled_from(["", "http://", "https:", "//", "/", "http://example.com:", "?", "http://["])
)
def test_any_target_is_survived(text: str, before: str) -> None:
    """No Location raises; every one comes to an end, and what is asked has passed the guard."""
    web = Web()
    no_rules(web)
    web.pages[PAGE] = (302, {"location": before + text}, b"")
    answer = persist(polite(web, refuse=lambda url: refuse_url(url, ports=(80, 443), loopback=False)), web)
    assert isinstance(answer, Response) or reason(answer) in {"bad_url", "forbidden_address", "too_many_redirects"}
    assert all(refuse_url(url, ports=(80, 443), loopback=False) is None for url in web.asked)


def test_what_the_guard_refuses_takes_no_turn(web: Web) -> None:
    """Neither the address itself nor the target of a redirect is asked, nor its robots.txt."""

    def refuse(url: str) -> Drop | None:
        return Drop(reason="forbidden_address") if "10.0.0" in url else None

    no_rules(web)
    transport = polite(web, refuse=refuse)
    assert reason(transport.get("http://10.0.0.1/")) == "forbidden_address"
    assert reason(transport.post("http://10.0.0.1/", {})) == "forbidden_address"
    assert (web.log, web.turns) == ([], [])
    web.pages[PAGE] = (302, {"location": "http://10.0.0.1/"}, b"")
    assert reason(persist(transport, web)) == "forbidden_address"
    assert web.asked == [PAGE]


@pytest.mark.parametrize("url", ["", "x", "mailto:a@b.example", "http://", "http://[::1/", "http://a:99999/"])
def test_what_is_no_address_is_dropped(web: Web, url: str) -> None:
    """An impossible address is a value, not an exception, even without a guard."""
    assert reason(polite(web).get(url)) == "bad_url"


def test_conditions_go_to_their_own_site_only(web: Web) -> None:
    """An ETag is sent along a redirect within the site and not to another, and not for robots.txt."""
    web.pages[PAGE] = (302, {"location": "https://www.example.com/b"}, b"")
    web.pages["https://www.example.com/b"] = (302, {"location": "https://example.org/c"}, b"")
    persist(polite(web), web, headers={"if-none-match": "1"})
    sent = {url: bool(headers) for url, headers, _ in web.log}
    assert sent == {
        ROBOTS: False, PAGE: True, "https://www.example.com/robots.txt": False, "https://www.example.com/b": True,
        "https://example.org/robots.txt": False, "https://example.org/c": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "said", "hold"),
    [
        (429, "120", 120.0), (503, "120", 120.0), (429, "999999", LONGEST_HOLD), (429, None, HOLD), (503, None, 5.0),
        (200, "120", 5.0), (404, "120", 5.0), (429, "1", 5.0),
        (503, "Wed, 12 Feb 2025 18:10:00 GMT", 600.0),
    ],
)  # fmt: skip
def test_a_host_that_asks_for_quiet_gets_it(web: Web, status: int, said: str | None, hold: float) -> None:
    """Retry-After of 429 and 503 holds the whole site, an hour at most and never less than the pace."""
    no_rules(web)
    web.pages[PAGE] = (status, {"retry-after": said} if said else {}, b"")
    transport = polite(web)
    answer = transport.get(PAGE)
    assert isinstance(answer, Response)
    assert web.turns[-1][2] == hold
    assert transport.get("https://www.example.com/b") == Later(seconds=hold)


def test_the_crawl_delay_is_kept_from_the_first_page_on(web: Web) -> None:
    """It counts when it is longer than the pace, already for the page after the robots.txt that says it."""
    web.pages[ROBOTS] = (200, {}, b"User-agent: *\nCrawl-delay: 30")
    transport = polite(web)
    persist(transport, web)
    persist(transport, web, f"{HOME}/b")
    assert [at for _, _, at in web.log] == [0.0, 30.0, 60.0]
    web.pages["https://example.net/robots.txt"] = (200, {}, b"User-agent: *\nCrawl-delay: 0.1")
    persist(transport, web, "https://example.net/a")
    assert [gap for site, _, gap in web.turns if site == "example.net"] == [5.0, 5.0]


def test_a_page_that_robots_txt_forbids_is_never_asked(web: Web) -> None:
    """The rules are for the program's own name, and hold for a day without asking again."""
    web.pages[ROBOTS] = (200, {}, b"User-agent: marsad\nDisallow: /a\n\nUser-agent: *\nDisallow: /")
    transport = polite(web)
    assert reason(persist(transport, web)) == "robots"
    assert isinstance(persist(transport, web, f"{HOME}/b"), Response)
    web.seconds += 86_000
    assert reason(persist(transport, web)) == "robots"
    assert web.asked == [ROBOTS, f"{HOME}/b"]
    web.seconds += 1000
    assert reason(persist(transport, web)) == "robots"
    assert web.asked == [ROBOTS, f"{HOME}/b", ROBOTS]


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_robots_txt_at_fault_forbids_all_for_an_hour(web: Web, status: int) -> None:
    """Whoever asked has failed; whoever comes later waits without asking and without failing."""
    web.pages[ROBOTS] = (status, {}, b"")
    transport = polite(web)
    assert reason(transport.get(PAGE)) == "robots"
    later = transport.get(f"{HOME}/b")
    assert later == Later(seconds=RETRY.total_seconds())
    web.pages[ROBOTS] = (200, {}, b"")
    web.seconds += later.seconds
    assert isinstance(persist(transport, web, f"{HOME}/b"), Response)
    assert web.asked == [ROBOTS, ROBOTS, f"{HOME}/b"]


@pytest.mark.parametrize("trouble", ["dns", "connect", "tls", "timeout", "protocol"])
def test_a_host_that_does_not_answer_keeps_its_reason(web: Web, trouble: str) -> None:
    """That robots.txt is asked first does not hide what is wrong with the host."""
    web.pages[ROBOTS] = Failure(reason=trouble, detail="x")
    transport = polite(web)
    assert reason(transport.get(PAGE)) == trouble
    assert isinstance(transport.get(PAGE), Later)
    assert web.asked == [ROBOTS]


def test_an_address_refused_at_the_door_is_not_a_fault_of_robots_txt(web: Web) -> None:
    """A name that resolves into a private network ends with that reason, and nothing is remembered."""
    web.pages[ROBOTS] = Drop(reason="forbidden_address", detail="10.0.0.1")
    assert reason(polite(web).get(PAGE)) == "forbidden_address"
    assert web.kept == {}


def test_a_robots_txt_without_end_forbids_for_now(web: Web) -> None:
    """What is too large to be read may hold any rule."""
    web.pages[ROBOTS] = Drop(reason="too_large", detail="more than 10 MB")
    assert reason(polite(web).get(PAGE)) == "robots"


def test_an_outage_does_not_lose_the_rules(web: Web) -> None:
    """While no new copy comes, the old one is used, and asked for again only now and then."""
    no_rules(web, text="User-agent: *\nDisallow: /b")
    web.pages[ROBOTS] = Failure(reason="timeout", detail="x")
    web.seconds += 10 * 86_400
    transport = polite(web)
    assert isinstance(persist(transport, web), Response)
    assert reason(persist(transport, web, f"{HOME}/b")) == "robots"
    assert web.asked == [ROBOTS, PAGE]


def test_redirects_of_robots_txt_are_followed_a_turn_each(web: Web) -> None:
    """They go on where they were, however often the way is left; the rules are those of the origin asked."""
    web.pages[ROBOTS] = (301, {"location": "https://www.example.com/robots.txt"}, b"")
    web.pages["https://www.example.com/robots.txt"] = (302, {"location": "/r.txt"}, b"")
    web.pages["https://www.example.com/r.txt"] = (200, {}, b"User-agent: *\nDisallow: /a")
    assert reason(persist(polite(web), web)) == "robots"
    assert web.asked == [ROBOTS, "https://www.example.com/robots.txt", "https://www.example.com/r.txt"]
    assert [at for _, _, at in web.log] == [0.0, 5.0, 10.0]


@pytest.mark.parametrize("target", ["/robots.txt", "https://example.com/robots.txt", "http://10.0.0.1/robots.txt"])
def test_redirects_of_robots_txt_without_end_mean_no_rules(web: Web, target: str) -> None:
    """Neither a circle nor an address that is not asked forbids the pages."""
    web.pages[ROBOTS] = (301, {"location": target}, b"")
    refuse = lambda url: Drop(reason="forbidden_address") if "10.0" in url else None  # noqa: E731
    assert isinstance(persist(polite(web, refuse=refuse), web), Response)
    assert len(web.log) <= 7


def test_a_request_that_raises_gives_its_turn_back(web: Web) -> None:
    """A defect does not keep a site from everybody until the lease ends."""
    no_rules(web)
    web.pages[PAGE] = RuntimeError("a defect")
    transport = polite(web)
    with pytest.raises(RuntimeError):
        transport.get(PAGE)
    assert isinstance(persist(transport, web, f"{HOME}/b"), Response)
    assert web.seconds == 5.0


def test_slow_hosts_in_a_chain_do_not_keep_a_worker(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """When one request's time is used up, what is left is for the next call."""
    no_rules(web)
    no_rules(web, "https://example.org")
    web.pages[PAGE] = (301, {"location": "https://example.org/x"}, b"")
    times = iter([0.0, TIMEOUT + 1])
    monkeypatch.setattr("workers.fetch.polite.time.monotonic", lambda: next(times))
    assert polite(web).get(PAGE) == Later(seconds=0.0, hop=Hop(url="https://example.org/x", count=1))


def test_a_form_is_sent_in_a_turn_and_without_robots_txt(web: Web) -> None:
    """A hub asked to be asked; its pace is kept all the same."""
    transport = polite(web)
    assert isinstance(transport.post("https://hub.example/", {"hub.mode": "subscribe"}), Response)
    assert web.log == [("https://hub.example/", {"hub.mode": "subscribe"}, 0.0)]
    assert transport.post("https://hub.example/", {}) == Later(seconds=5.0)
    web.seconds += 4.5
    assert isinstance(transport.post("https://hub.example/", {}), Response)


def test_a_source_is_due_after_its_pause(web: Web) -> None:
    """A source never seen is due at once, any other after the pause."""
    assert polite(web).next_at(PAGE, NOW) == NOW + timedelta(seconds=60)
    assert polite(web).next_at(PAGE, None) == datetime.min.replace(tzinfo=UTC)


def test_closing_closes_the_network(web: Web) -> None:
    """Connections go with the transport."""
    polite(web).close()
    assert web.asked == ["closed"]
