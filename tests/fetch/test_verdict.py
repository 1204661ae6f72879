"""What an answer means."""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.config import load_config
from workers.fetch import transport
from workers.fetch.verdict import LONGEST_WISH, ended, judge, leads_home, retry_after
from workers.items import Drop, Failure, Response
from workers.reasons import REASONS

HTML = b"<!doctype html><p>x"
ASKED = "https://paper.example/a"


def response(
    status: int = 200,
    content_type: str = "text/html; charset=utf-8",
    body: bytes = HTML,
    final_url: str = ASKED,
    **headers: str,
) -> Response:
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(
        url=ASKED,
        final_url=final_url,
        status=status,
        headers={**({"content-type": content_type} if content_type else {}), **more},
        body=body,
        captured_at=datetime(2025, 2, 12, tzinfo=UTC),
    )


def reason(answer: Response, asked: str | None = None, challenge: tuple[str, ...] = ()) -> str | None:
    verdict = judge(answer, asked=asked, challenge=challenge)
    if verdict is None:
        return None
    assert verdict.reason in REASONS
    assert len(verdict.detail) < 500
    assert isinstance(verdict, Failure if REASONS[verdict.reason].retries else Drop)
    return verdict.reason


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (404, "gone"), (410, "gone"), (401, "forbidden"), (403, "forbidden"), (400, "http_4xx"), (418, "http_4xx"),
        (451, "http_4xx"), (304, "http_3xx"), (300, "http_3xx"), (429, "throttled"), (503, "throttled"),
        (425, "throttled"), (408, "timeout"), (500, "http_5xx"), (502, "http_5xx"), (520, "http_5xx"),
        (101, "protocol"), (999, "protocol"), (206, "protocol"),
    ],
)  # fmt: skip
def test_the_status_decides_first(status: int, told: str) -> None:
    """Every status that is no page has its reason, and is told."""
    assert reason(response(status)) == told
    verdict = judge(response(status))
    assert verdict is not None
    assert str(status) in verdict.detail


def test_every_status_has_a_reason_of_the_list() -> None:
    """Whatever number a server invents, the end is a known one."""
    for status in range(1000):
        told = reason(response(status))
        assert (told is None) == (200 <= status < 300 and status != 206)


def test_every_reason_of_this_stage_is_of_the_list() -> None:
    """Whatever reason the sources of workers.fetch spell out has a policy and a sentence for a person."""
    spelled = {*get_args(transport.Trouble), *get_args(transport.Refusal)}
    for path in Path(transport.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                first = node.args[:1] if isinstance(node.func, ast.Name) and node.func.id in {"ended", "_drop"} else []
                said = [*first, *(one.value for one in node.keywords if one.arg == "reason")]
                spelled |= {one.value for one in said if isinstance(one, ast.Constant)}
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "reason":
                spelled |= {node.value.value} if isinstance(node.value, ast.Constant) else set()
    assert {"blocked", "gone", "redirect_home", "dns", "robots", "too_many_redirects"} <= spelled
    assert spelled <= REASONS.keys()


def test_what_has_retries_waits_and_what_has_none_is_dropped() -> None:
    """The policy of a reason decides, and an unknown reason is no reason."""
    assert ended("gone", "x", 5.0) == Failure(reason="gone", detail="x", retry_after=5.0)
    assert ended("not_html", "x", 5.0) == Drop(reason="not_html", detail="x")
    with pytest.raises(KeyError):
        ended("bad luck", "x")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/html", HTML), ("TEXT/HTML; charset=windows-1256", HTML), ("text/plain", b"x"), ("", HTML),
        ("application/xhtml+xml", HTML), ("application/rss+xml", HTML), ("application/xml", HTML),
        ("application/json", b"{}"), ("application/octet-stream", b"  <html>"), ("text/html", b"\xff\xfe<\0p\0"),
        ("text/html", b"<rss version='2.0'></rss>"),
    ],
)  # fmt: skip
def test_text_is_read_on(content_type: str, body: bytes) -> None:
    """Markup, feeds and plain text pass, said or unsaid."""
    assert judge(response(content_type=content_type, body=body)) is None


@pytest.mark.parametrize("body", [b"", b" \r\n\t ", b" " * 5000])
def test_nothing_is_empty(body: bytes) -> None:
    """A body of nothing, or of white space, is empty."""
    assert reason(response(body=body)) == "empty"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/pdf", b"%PDF-1.4"), ("image/jpeg", b"\xff\xd8\xff"), ("video/mp4", b"x"), ("audio/mpeg", b"x"),
        ("application/octet-stream", b"\x00\x01"), ("", b"MZ"), ("text/html", b"%PDF-1.7"), ("text/html", b"\x89PNG\r"),
        ("font/woff2", b"wOF2"), ("application/zip", b"PK\x03\x04"),
    ],
)  # fmt: skip
def test_pictures_and_papers_are_no_pages(content_type: str, body: bytes) -> None:
    """Other media are dropped, even where the server calls them HTML."""
    assert reason(response(content_type=content_type, body=body)) == "not_html"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120.0), (" 0 ", 0.0), ("9" * 50, LONGEST_WISH), ("-5", None), ("1.5", None), ("soon", None), ("", None),
        ("٣", None), ("Wed, 12 Feb 2025 00:01:00 GMT", 60.0), ("Wed, 12 Feb 2025 03:01:00 +0300", 60.0),
        ("Wed, 12 Feb 2020 00:00:00 GMT", 0.0), ("Wed, 12 Feb 2999 00:00:00 GMT", LONGEST_WISH),
        ("Wed, 99 Feb 2025 00:00:00 GMT", None), ("Fri, 31 Dec 9999 23:59:59 -2359", None),
    ],
)  # fmt: skip
def test_the_wish_to_be_left_alone_is_read(said: str, seconds: float | None) -> None:
    """Seconds and dates, bounded by a week; anything else is no wish."""
    assert retry_after(response(503, retry_after=said)) == seconds
    verdict = judge(response(429, retry_after=said))
    assert isinstance(verdict, Failure)
    assert verdict.retry_after == seconds


def test_a_date_is_read_by_the_hosts_own_clock() -> None:
    """A host whose clock is wrong still means so many seconds from now."""
    answer = response(503, retry_after="Sat, 01 Jan 2000 00:10:00 GMT", date="Sat, 01 Jan 2000 00:00:00 GMT")
    assert retry_after(answer) == 600.0


@given(st.text(max_size=120))
def test_any_wish_is_survived(said: str) -> None:
    """No header raises."""
    seconds = retry_after(response(503, retry_after=said))
    assert seconds is None or 0 <= seconds <= LONGEST_WISH


CHALLENGES = {
    "cloudflare": b"<html><head><title>Just a moment...</title><meta name=robots content=noindex></head><body><noscript>"
    b"Enable JavaScript and cookies to continue</noscript><script>window._cf_chl_opt={cvId:'3'};var a=document."
    b"createElement('script');a.src='/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1?ray=1';</script></body></html>",
    "cloudflare of old": b"<html><title>Please wait</title><body><div class=cf-browser-verification>Wait</div></body></html>",
    "ddos-guard": b"<html><title>DDoS-Guard</title><script src='/.well-known/ddos-guard/js-challenge/index.js'></script>",
    "sucuri": b"<html><script>var s={};sucuri_cloudproxy_js='';</script></html>",
    "incapsula": b"<html><body><iframe src='/_Incapsula_Resource?CWUDNSAI=1&incident_id=2'>Request unsuccessful. "
    b"Incapsula incident ID: 2</iframe></body></html>",
    "imperva": b"<html><head><META NAME='robots'><script src='/_Incapsula_Resource?SWJIYLWA=7'></script><body></body></html>",
    "akamai": b"<html><body><div id='sec-if-cpt-container'></div><script src='/_sec/cp_challenge/1.js'></script></body></html>",
    "perimeterx": b"<html><title>Access to this page has been denied.</title><div id='px-captcha'></div></html>",
    "datadome": b"<html><title>paper.example</title><script src='https://ct.captcha-delivery.com/c.js'></script></html>",
    "aws": b"<html><title></title><script>window.gokuProps={};</script><body><noscript>JavaScript is disabled</noscript>",
    "hcaptcha": b"<html><title>paper.example</title><form><script src='https://hcaptcha.com/1/api.js'></script></form></html>",
    "turnstile": b"<html><body><script src='https://challenges.cloudflare.com/turnstile/v0/api.js'></script></body></html>",
    "english title": b"<html><title>Just a moment...</title><body><p>x</p></body></html>",
    "two-part title": b"<html><title>Attention Required! | Cloudflare</title><body><p>Sorry</p></body></html>",
    "arabic title": "<html><title>لحظة من فضلك…</title><body><p>x</p></body></html>".encode(),
    "arabic heading": "<html><title>paper</title><h1>التحقّق من أنّك إنسان</h1></html>".encode(),
}  # fmt: skip


@pytest.fixture(scope="module")
def phrases() -> tuple[str, ...]:
    return load_config().leftovers.challenge


@pytest.mark.parametrize("status", [200, 403, 429, 503])
@pytest.mark.parametrize("name", CHALLENGES)
def test_a_test_for_robots_is_no_page(phrases: tuple[str, ...], name: str, status: int) -> None:
    """The usual services are known by their scripts and titles, whatever status they answer."""
    assert reason(response(status, body=CHALLENGES[name]), challenge=phrases) == "blocked"


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (403, {"cf_mitigated": "challenge"}),
        (202, {"x_amzn_waf_action": "challenge"}),
        (405, {"x_amzn_waf_action": "captcha"}),
    ],
)
def test_a_test_for_robots_may_say_so(status: int, headers: dict[str, str]) -> None:
    """The documented headers are enough, without a body."""
    assert reason(response(status, body=b"", **headers)) == "blocked"


INJECTED = (
    b"<script>(function(){window.__CF$cv$params={r:'1'};var a=document.createElement('script');"
    b"a.src='/cdn-cgi/challenge-platform/scripts/jsd/main.js';})();</script>"
)
PROSE = b"<p>" + b"word " * 200 + b"</p>"
FLASH = b"<html><head><meta property='og:type' content='article'><title>News</title></head><body><p>Ten words.</p>%s</body></html>"


@pytest.mark.parametrize(
    "body",
    [
        b"<html><title>News</title>" + PROSE + INJECTED,
        b"<html><title>News</title><p>A short flash of ten words.</p>" + INJECTED,
        FLASH % INJECTED,
        FLASH % b"<script src='https://challenges.cloudflare.com/turnstile/v0/api.js'></script>",
        FLASH % b"<script>window._cf_chl_opt={}</script>",
        b"<html><title>News</title>" + PROSE + b"<form><script src='https://hcaptcha.com/1/api.js'></script></form>",
        b"<html><title>How _cf_chl_opt works</title>" + PROSE + b"<code>_cf_chl_opt cf-browser-verification</code>",
        b"<html><title>Just a moment...</title>" + PROSE,
        b"<html><title>Security check at the airport ends</title><p>It took an hour.</p></html>",
        b"<html><title>News</title><script src='/_Incapsula_Resource?SWJIYLWA=7'></script>" + PROSE,
        b"<html><title>News</title><p>%s</p><script src='https://www.google.com/recaptcha/api.js'></script>"
        % (b"w " * 60),
        b"<rss><channel><title>Just a moment</title></channel></rss>",
        b'{"title": "Just a moment", "text": "<b>px-captcha</b>"}',
        b"<html><title>News</title>" + b"<!-- _cf_chl_opt -->" * 20_000,
    ],
)
def test_a_page_that_holds_such_a_script_is_a_page(phrases: tuple[str, ...], body: bytes) -> None:
    """Scripts that watch readers, puzzles before forms, headlines and articles about all that stop nothing."""
    assert reason(response(body=body), challenge=phrases) is None


def test_an_error_page_with_the_watching_script_keeps_its_reason(phrases: tuple[str, ...]) -> None:
    """A plain 403 or 404 of a site behind such a service is what it says."""
    page = b"<html><title>Forbidden</title><p>No.</p>" + INJECTED
    assert reason(response(403, body=page), challenge=phrases) == "forbidden"
    assert reason(response(404, body=CHALLENGES["english title"]), challenge=phrases) == "gone"


@given(st.binary(max_size=400), st.sampled_from(["text/html", "text/html; charset=x-odd", "text/html; charset=utf-16"]))
def test_any_page_is_judged(body: bytes, content_type: str) -> None:
    """No body raises, in whatever encoding."""
    reason(response(body=b"<html>" + body, content_type=content_type), ASKED, ("Just a moment",))


HOME = "https://paper.example"


@pytest.mark.parametrize(
    ("asked", "final"),
    [
        (f"{HOME}/news/politics/12345", f"{HOME}/"),
        (f"{HOME}/news/politics/12345", "https://www.paper.example"),
        (f"{HOME}/news/politics/12345", f"{HOME}/news/politics/"),
        (f"{HOME}/news/politics/12345", f"{HOME}/news"),
        (f"{HOME}/ar/politics/old-name-of-it", f"{HOME}/ar/"),
        (f"{HOME}/politics/12345", f"{HOME}/ar"),
        (f"{HOME}/politics/12345", f"{HOME}/en-us/home"),
        (f"{HOME}/politics/12345", f"{HOME}/index.php"),
        (f"{HOME}/?p=12345", f"{HOME}/"),
        (f"{HOME}/2025/02/12/some-name-of-it", f"{HOME}/2025/02/12/"),
        (f"{HOME}/2025/02/12/some-name-of-it", f"{HOME}/2025/"),
        (f"{HOME}/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/12", f"{HOME}/أخبار"),
        (f"{HOME}/politics/12345", "https://parked.example/"),
    ],
)
def test_the_way_home_is_told(asked: str, final: str) -> None:
    """A front page in any language, or a section that the article stands in, is not the article."""
    assert leads_home(asked, final)
    assert reason(response(final_url=final), asked) == "redirect_home"
    assert reason(response(final_url=final)) is None


@pytest.mark.parametrize(
    ("asked", "final"),
    [
        (f"{HOME}/politics/old-name-of-it", f"{HOME}/politics/new-name-of-it"),
        (f"{HOME}/politics/12345", f"{HOME}/politics/12345/name-of-it"),
        (f"{HOME}/politics/12345/name-of-it", f"{HOME}/politics/12345"),
        (f"{HOME}/politics/12345", f"{HOME}/world/12345"),
        (f"{HOME}/?p=12345", f"{HOME}/2025/02/name-of-it"),
        (f"{HOME}/?p=12345", f"{HOME}/?p=12346"),
        (f"{HOME}/name-of-this-one/amp", f"{HOME}/name-of-this-one"),
        (f"{HOME}/gallery/amp", f"{HOME}/gallery"),
        (f"{HOME}/ar/politics/12345", f"{HOME}/politics/12345"),
        (f"{HOME}/politics/12345", f"{HOME}/ar/politics/12345"),
        (f"{HOME}/politics/12345", "https://other.example/politics"),
        (f"{HOME}/politics/12345", f"{HOME}/?p=12345"),
        (f"{HOME}/", f"{HOME}/ar/"),
        (f"{HOME}/ar", f"{HOME}/"),
        (f"{HOME}/politics/12345", f"{HOME}/politics/12345/"),
        (f"{HOME}/politics/12345?x=1", f"{HOME}/politics/12345"),
        (f"{HOME}/politics/12345", "https://[broken/"),
    ],
)
def test_a_new_address_is_not_the_way_home(asked: str, final: str) -> None:
    """A changed name, number, section, host or language is the article still, and a home page asked for is no loss."""
    assert not leads_home(asked, final)


def test_a_feed_is_no_article() -> None:
    """Where an article was asked for, a feed or sitemap is refused; a source may be one."""
    for body in (b"<rss version='2.0'/>", b"<?xml version='1.0'?>\n<!-- x -->\n<urlset/>", b"\xef\xbb\xbf<feed/>"):
        assert reason(response(content_type="text/xml", body=body), ASKED) == "feed_xml"
        assert reason(response(content_type="text/xml", body=body)) is None
    assert reason(response(body=b"<html><p>about &lt;rss&gt; and <rss>"), ASKED) is None
