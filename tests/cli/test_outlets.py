"""The `outlets` commands, tried on made-up sites: with answers given by hand, and by real requests to this machine."""

from __future__ import annotations

import json
import re
import shutil
import sys
import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from workers.cli import run
from workers.cli.asking import Asker, sentence
from workers.cli.preview import preview
from workers.cli.survey import survey
from workers.config import Config, Leftovers, Outlet, Settings, SourceConfig, load_config
from workers.config.outlet import UrlRules
from workers.config.settings import HOME
from workers.items import Drop, Failure, Hop, Later, Response

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SITE = "https://paper.example/"
CONFIG = Config(Path(), Settings(), {}, Leftovers(), ("utm_*",))
# Written for these tests; nobody said it.
TEXT = "أعلنت بلدية المدينة افتتاح حديقة عامة جديدة في الحي الشرقي بعد أعمال استمرت عاماً كاملاً، وحضر الافتتاح عدد من الأهالي. "
Marsad = Callable[..., tuple[int, str, str]]


class Answers:
    """A transport of answers given by hand: bodies by address, everything else is not there."""

    def __init__(self, answers: Mapping[str, str | Response | Failure | Drop | Later], *, later: int = 0) -> None:
        self.answers = dict(answers)
        self.asked: list[str] = []
        self.later = later

    def get(
        self,
        url: str,
        *,
        after: datetime | None = None,
        headers: Mapping[str, str] | None = None,
        hop: Hop | None = None,
    ) -> Response | Failure | Drop | Later:
        self.asked.append(url)
        if self.later:
            self.later -= 1
            return Later(seconds=3.0, hop=Hop(url=url, count=1))
        answer = self.answers.get(url, self.answers.get("*", brought(url, "", 404)))
        return brought(url, answer) if isinstance(answer, str) else answer

    def next_at(self, url: str, after: datetime | None) -> datetime | None:
        return None

    def close(self) -> None:
        pass


def brought(url: str, body: str, status: int = 200) -> Response:
    kind = (
        "application/json" if body.startswith("[") else "application/xml" if body.startswith("<?xml") else "text/html"
    )
    return Response(
        url=url, final_url=url, status=status, headers={"content-type": f"{kind}; charset=utf-8"}, body=body.encode(),
        captured_at=NOW,
    )  # fmt: skip


def rss(site: str, numbers: range, *, now: datetime = NOW) -> str:
    items = "".join(
        f"<item><title>خبر محلي رقم {number}</title><link>{site}archives/{number}</link>"
        f"<pubDate>{format_datetime(now - timedelta(hours=numbers[-1] - number + 1))}</pubDate></item>"
        for number in numbers
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>الصحيفة</title>{items}</channel></rss>'


def posts(site: str, numbers: range, *, now: datetime = NOW) -> str:
    rows = []
    for number in numbers:
        at = now - timedelta(hours=numbers[-1] - number + 1)
        rows.append({
            "id": number, "date": f"{at + timedelta(hours=3):%Y-%m-%dT%H:%M:%S}", "date_gmt": f"{at:%Y-%m-%dT%H:%M:%S}",
            "guid": {"rendered": f"{site}?p={number}"}, "modified_gmt": f"{at:%Y-%m-%dT%H:%M:%S}",
            "link": f"{site}archives/{number}", "title": {"rendered": f"خبر محلي رقم {number}"},
        })  # fmt: skip
    return json.dumps(list(reversed(rows)))


def home(site: str, more: str = "") -> str:
    return (
        f'<!doctype html><html lang="ar"><head><title>الصحيفة - أخبار محلية</title><meta property="og:site_name" content="الصحيفة">'
        f'<meta name="application-name" content="The Paper">{more}</head><body><p>{TEXT}</p></body></html>'
    )


def article(number: int, *, now: datetime = NOW) -> str:
    return (
        f'<!doctype html><html lang="ar"><head><title>خبر محلي رقم {number} - الصحيفة</title><meta property="og:type" content="article">'
        f'<meta property="article:published_time" content="{now - timedelta(hours=1):%Y-%m-%dT%H:%M:%S}+00:00"></head><body>'
        f'<h1>خبر محلي رقم {number}</h1><div class="entry-content">{"".join(f"<p>{number} {TEXT * 2}</p>" for _ in range(5))}</div>'
        "</body></html>"
    )


def wordpress(site: str, *, now: datetime = NOW) -> dict[str, str]:
    """A WordPress site of forty articles: its feed has ten of them, its API all."""
    links = (
        f'<link rel="alternate" type="application/rss+xml" href="{site}feed/">'
        f'<link rel="https://api.w.org/" href="{site}wp-json/">'
    )
    query = "?per_page=50&_fields=id,link,guid,title,date,date_gmt,modified_gmt"
    canonical = "?_fields=id%2Clink%2Cguid%2Ctitle%2Cdate%2Cdate_gmt%2Cmodified_gmt&per_page=50"
    return {
        site: home(site, links),
        f"{site}robots.txt": "User-agent: *\nDisallow: /wp-admin/\n",
        f"{site}feed/": rss(site, range(131, 141), now=now),
        f"{site}wp-json/wp/v2/posts{query}": posts(site, range(101, 141), now=now),
        f"{site}wp-json/wp/v2/posts{canonical}": posts(site, range(101, 141), now=now),
        **{f"{site}archives/{number}": article(number, now=now) for number in range(101, 141)},
    }


def drafted(site: Mapping[str, Any], url: str = SITE, config: Config = CONFIG) -> tuple[Any, Answers]:
    answers = Answers(site)
    found = survey(url, Asker(answers), config, now=NOW)
    assert not isinstance(found, str)
    assert Outlet.model_validate(tomllib.loads(found.text)).model_dump() == found.outlet.model_dump()
    return found, answers


def test_a_wordpress_site_is_drafted_from_its_api() -> None:
    """The best source is taken, the other named as spare, and names, hosts, zone and profile are read from the pages."""
    found, answers = drafted(wordpress(SITE))
    outlet = found.outlet
    assert (outlet.slug, outlet.name, outlet.name_en, outlet.language) == ("paper", "الصحيفة", "The Paper", "ar")
    assert (outlet.hosts, outlet.timezone, outlet.watch) == (("paper.example",), "Asia/Damascus", False)
    assert [(one.kind, one.sure) for one in outlet.sources] == [("wordpress", "live")]
    assert "it showed 40 articles, 40 with a date" in outlet.sources[0].note
    assert f'# url = "{SITE}feed/"' in found.text
    assert outlet.profiles[0].body == ("div.entry-content",)
    assert outlet.profiles[0].sure == "guess"
    assert "It reads as an article of" in found.text
    assert len(answers.asked) < 20


def test_a_site_with_nothing_declared_is_found_at_the_usual_places() -> None:
    """Feeds are guessed until one is found, then no more."""
    found, answers = drafted({SITE: home(SITE), f"{SITE}rss": rss(SITE, range(1, 11)), "*": brought(SITE, home(SITE))})
    assert [one.url for one in found.outlet.sources] == [f"{SITE}rss"]
    assert f"{SITE}atom.xml" not in answers.asked


def test_an_index_of_sitemaps_is_followed_to_its_articles() -> None:
    """robots.txt names it; what counts is what the newest of its sitemaps lists."""
    stamp = f"{NOW - timedelta(hours=1):%Y-%m-%dT%H:%M:%S}+00:00"
    index = f'<?xml version="1.0"?><sitemapindex><sitemap><loc>{SITE}posts.xml</loc><lastmod>{stamp}</lastmod></sitemap></sitemapindex>'
    urls = "".join(f"<url><loc>{SITE}archives/{number}</loc><lastmod>{stamp}</lastmod></url>" for number in range(5))
    site = {
        SITE: home(SITE), f"{SITE}robots.txt": f"Sitemap: {SITE}index.xml", f"{SITE}index.xml": index,
        f"{SITE}posts.xml": f'<?xml version="1.0"?><urlset>{urls}</urlset>',
    }  # fmt: skip
    found, _ = drafted(site)
    assert [(one.kind, one.url) for one in found.outlet.sources] == [("sitemap", f"{SITE}index.xml")]


def test_pages_are_read_as_listings_where_nothing_else_works() -> None:
    """The home page and its sections are the last resort."""
    links = "".join(f"<a href=/archives/{number}>خبر محلي طويل بما يكفي رقم {number}</a>" for number in range(100, 120))
    found, answers = drafted(
        {SITE: home(SITE).replace("</body>", f"{links}</body>"), f"{SITE}archives/100": article(100)}
    )
    assert [(one.kind, one.url) for one in found.outlet.sources] == [("listing", SITE)]
    assert answers.asked.index(f"{SITE}feed") < len(answers.asked)


def test_a_listing_gets_selectors_where_its_entries_have_a_form() -> None:
    """They are proposed from the page, read at once, and kept since they bring the dates that links alone do not have."""
    card = '<li class="entry"><h2><a href=/archives/{0}>خبر محلي طويل بما يكفي رقم {0}</a></h2><time>2026-11-20 10:00</time></li>'
    cards = "".join(card.format(number) for number in range(100, 120))
    found, _ = drafted(
        {SITE: home(SITE).replace("</body>", f"<ul>{cards}</ul></body>"), f"{SITE}archives/100": article(100)}
    )
    [source] = found.outlet.sources
    assert (source.item, source.link, source.date, source.sure) == ("li.entry", "h2 a[href]", "time", "live")
    assert "20 articles, 20 with a date" in source.note


def test_a_channel_is_read_where_the_site_shows_nothing() -> None:
    """Its messages lead to the site's articles; a channel's own address is no site."""
    message = (
        '<div class="tgme_widget_message"><div class="tgme_widget_message_text">خبر رقم {0} <a href="{1}archives/{0}">x</a></div>'
        '<a class="tgme_widget_message_date" href="https://t.me/paper_news/{0}"><time datetime="2026-11-20T10:00:00+00:00"></time></a></div>'
    )
    channel = "".join(message.format(number, SITE) for number in range(100, 110))
    front = home(SITE).replace("</body>", '<a href="https://t.me/paper_news">t</a></body>')
    found, _ = drafted({SITE: front, "https://t.me/s/paper_news": channel})
    assert [one.url for one in found.outlet.sources] == ["https://t.me/s/paper_news"]
    assert "10 articles, 10 with a date" in found.outlet.sources[0].note
    assert found.outlet.hosts == ("paper.example",)
    refused = survey("https://t.me/s/paper_news", Asker(Answers({})), CONFIG, now=NOW)
    assert isinstance(refused, str)


def test_a_site_without_anything_gets_a_draft_that_says_what_to_do() -> None:
    """No source is invented."""
    found, _ = drafted({SITE: "<html><body>قريباً</body></html>"})
    assert found.outlet.sources == ()
    assert "No source was found." in found.text
    assert all(one.why_not for one in found.ranked)


def test_a_site_that_cannot_be_reached_is_not_asked_again_and_again() -> None:
    """No home page, no survey; a network lost on the way ends it soon."""
    nothing = Failure(reason="dns", detail="no such name")
    answers = Answers({"*": nothing})
    assert survey(SITE, Asker(answers), CONFIG, now=NOW) == sentence(nothing)
    assert answers.asked == [SITE]
    _, lost = drafted({SITE: home(SITE), "*": Failure(reason="timeout")})
    assert len(lost.asked) < 12


def test_hosts_of_other_outlets_are_left_to_them() -> None:
    """A draft never claims what is another's, so that it passes the check; the owner of the site itself is named."""
    other = Outlet(slug="other", name="أخرى", name_en="Other", home="https://other.example/", hosts=("other.example",))
    feed = rss("https://other.example/", range(1, 11)).replace("archives/1<", f"{SITE}1<")
    site = {SITE: home(SITE), f"{SITE}feed": feed}
    config = Config(Path(), Settings(), {"other": other}, Leftovers(), ())
    found, _ = drafted(site, config=config)
    assert found.outlet.hosts == ("paper.example",)
    assert found.owner is None
    known = other.model_copy(update={"sources": (SourceConfig(kind="feed", url=f"{SITE}feed", sure="live"),)})
    assert drafted(site, config=Config(Path(), Settings(), {"other": known}, Leftovers(), ()))[0].outlet.sources == ()
    assert drafted({"https://other.example/": home(SITE)}, "https://other.example/", config)[0].owner == "other"


def test_hostile_words_stay_inside_the_draft() -> None:
    """Names and addresses that look like TOML, end comments or turn the line come back as mere words."""
    evil = 'x"\n[[sources]]\nurl = "https://evil.example/" \u202e'
    site = wordpress(SITE)
    site[SITE] = site[SITE].replace('content="الصحيفة"', f"content='{evil}'")
    found, _ = drafted(site)
    assert len(found.outlet.sources) == 1
    assert "\u202e" not in found.text


def test_a_command_waits_for_its_turn_and_goes_on_at_the_hop() -> None:
    """`Later` is slept on; too long a wait in all is a failure with a sentence."""
    slept: list[float] = []
    answers = Answers({SITE: "x"}, later=2)
    asker = Asker(answers, sleep=slept.append)
    assert isinstance(asker.ask(SITE), Response)
    assert slept == [3.0, 3.0]
    answers.later = 1000
    answer = asker.ask(SITE)
    assert isinstance(answer, Failure)
    assert answer.reason == "throttled"
    assert sum(slept) <= 900


def paper(**more: Any) -> Outlet:
    sources = more.pop("sources", (SourceConfig(kind="feed", url=f"{SITE}feed/", sure="live"),))
    return Outlet(
        slug="paper", name="الصحيفة", name_en="Paper", home=SITE, hosts=("paper.example",), watch=False, sources=sources, **more
    )  # fmt: skip


def seen(outlet: Outlet, answers: Mapping[str, Any]) -> dict[str, Any]:
    config = Config(Path(), Settings(), {outlet.slug: outlet}, Leftovers(), ("utm_*",))
    [one] = preview(outlet, Asker(Answers(answers)), config)
    return one.as_json()


def test_a_preview_shows_dates_flags_and_how_far_a_source_reaches() -> None:
    """Claimed and resolved dates stand side by side; what is odd is flagged; an outlet need not be watched."""
    feed = rss(SITE, range(1, 11)).replace(
        "</channel>",
        "<item><title>x</title><link>https://else.example/1</link></item><item><title>no link</title></item>"
        f"<item><link>{SITE}archives/99</link><pubDate>yesterday evening</pubDate></item></channel>",
    )
    said = seen(paper(), {f"{SITE}feed/": feed})
    assert (said["readable"], said["status"], said["number"], said["dated"]) == (True, 200, 12, 10)
    assert said["rolls_over"] == 9 * 3600
    assert said["newest"] == NOW - timedelta(hours=1)
    assert said["entries"][0]["claimed"].endswith("+0000")
    flags = {one["url"]: one["flags"] for one in said["entries"]}
    assert flags["https://else.example/1"] == ["no_date", "other_host"]
    assert flags[f"{SITE}archives/99"] == ["date_not_understood", "no_title"]
    assert "10 dated entries reach back 9 h" in said["hints"]
    assert "1 entries have no link that is a page's address: not taken" in said["hints"]


def test_a_preview_tells_what_the_url_rules_leave_out() -> None:
    """What a rule keeps away is listed with the reason."""
    listing = SourceConfig(kind="listing", url=SITE, sure="guess", item="li")
    page = "<ul><li><a href=/news/1>أول</a><li><a href=/video/2>ثان</a></ul>"
    said = seen(paper(sources=(listing,), urls=UrlRules(skip=("^/video/",))), {SITE: page})
    reasons = {one["url"]: one.get("not_taken") for one in said["entries"]}
    assert reasons == {f"{SITE}news/1": None, f"{SITE}video/2": "the outlet's URL rules leave it out"}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("<html><body>no feed</body></html>", "html_instead_of_feed"),
        (Failure(reason="dns", detail="x"), "dns"),
        (Drop(reason="robots"), "robots"),
        (brought(SITE, "no", 503), "throttled"),
        (brought(SITE, "gone", 404), "gone"),
        ('<?xml version="1.0"?><rss><channel></channel></rss>', "empty"),
    ],
)
def test_a_source_that_brings_nothing_is_told_with_its_reason(answer: Any, reason: str) -> None:
    """Nothing readable, a word of the closed lists, and a sentence."""
    said = seen(paper(), {f"{SITE}feed/": answer})
    assert (said["readable"], said["reason"], said["entries"]) == (False, reason, ())
    assert said["trouble"]


@pytest.fixture
def marsad(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Marsad:
    """Run a command in this process on a copy of config/, this machine being a site that may be asked."""
    shutil.copytree(HOME / "config", tmp_path / "config")
    monkeypatch.setenv("MARSAD_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("MARSAD_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("MARSAD_ALLOW_LOOPBACK", "true")
    monkeypatch.setenv("MARSAD_PACE", "0.01")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object, stdin: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(stdin), encoding="utf-8"))
        capsys.readouterr()
        status = run([str(one) for one in arguments])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return status, printed.out, printed.err

    return call


def serve(server: HTTPServer, pages: Mapping[str, str], site: str) -> None:
    server.no_handler_status_code = 404
    for url, body in pages.items():
        path, _, query = url.removeprefix(site).partition("?")
        kind = brought(url, body).content_type if path != "robots.txt" else "text/plain"
        server.expect_request(f"/{path}", query_string=query or None).respond_with_data(body, content_type=kind)


def commands() -> list[list[str]]:
    """The commands of the how-to, in order."""
    text = (HOME / "docs" / "add-an-outlet.md").read_text(encoding="utf-8")
    return [line.split() for line in re.findall(r"^ {4,}\.venv/bin/marsad (.+)$", text, re.MULTILINE)]


def test_the_how_to_leads_from_an_address_to_a_watched_outlet(
    marsad: Marsad, httpserver: HTTPServer, tmp_path: Path
) -> None:
    """Every command of docs/add-an-outlet.md, word for word but for the site, on one that is not configured."""
    now = datetime.now(UTC).replace(microsecond=0)
    site = httpserver.url_for("/")
    serve(httpserver, wordpress(site, now=now), site)
    (tmp_path / "page.html").write_text(article(140, now=now), encoding="utf-8")
    (tmp_path / "feeds.opml").write_text(
        f'<opml><body><outline text="B" xmlUrl="https://else.example/f"/><outline xmlUrl="{site}feed"/></body></opml>'
    )
    said = {}
    for words in commands():
        real = [word.replace(SITE, site).replace("paper", "localhost") for word in words]
        status, out, err = marsad(*real)
        assert status == 0, (real, out, err)
        said[" ".join(words[:2])] = out + err
    assert set(said) >= {"outlets discover", "outlets preview", "clean page.html", "check", "outlets check"}
    assert "خبر محلي رقم 140" in said["outlets preview"]
    cleaned = json.loads(said["clean page.html"])
    assert (cleaned["outlet"], cleaned["published"]["flags"]) == ("localhost", [])
    assert cleaned["text"].startswith("خبر محلي رقم 140\n\n")
    file = tmp_path / "config" / "outlets" / "localhost.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("watch = false", "watch = true"), encoding="utf-8")
    assert marsad("check")[0] == 0
    assert load_config(tmp_path / "config").outlets["localhost"].watch


def test_the_listing_of_the_how_to_works(marsad: Marsad, httpserver: HTTPServer, tmp_path: Path) -> None:
    """A site where nothing is found is described with the how-to's own block, and yields its articles."""
    site = httpserver.url_for("/")
    card = '<div class="card news"><h3><a href="/n/{0}">خبر {0}</a></h3><time datetime="2026-11-20T10:00:00+03:00"></time></div>'
    serve(httpserver, {site: home(site), f"{site}latest": "".join(card.format(number) for number in range(5))}, site)
    status, _, err = marsad("outlets", "discover", site, "--write")
    assert status == 1
    assert "nothing readable was found" in err
    text = (HOME / "docs" / "add-an-outlet.md").read_text(encoding="utf-8")
    [block] = re.findall(
        r"^ {4}\[\[sources\]\]\n(?: {4}.+\n)+", text.partition("When nothing is found")[2], re.MULTILINE
    )[:1]
    file = tmp_path / "config" / "outlets" / "localhost.toml"
    with file.open("a", encoding="utf-8") as out:
        out.write("\n" + block.replace(SITE, site))
    status, out_text, _ = marsad("outlets", "preview", "localhost", "--json")
    assert status == 0
    [source] = json.loads(out_text)["sources"]
    assert (source["number"], source["dated"]) == (5, 5)


def test_the_example_file_of_the_how_to_is_an_outlet() -> None:
    """It reads without a fault, and every key that the table explains exists."""
    text = (HOME / "docs" / "add-an-outlet.md").read_text(encoding="utf-8")
    example = text.partition("## A whole file")[2]
    outlet = Outlet.model_validate(tomllib.loads(re.sub("^    ", "", example, flags=re.MULTILINE)))
    assert outlet.watch
    told = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`[^|]+) \|", text, re.MULTILINE))))
    models = (Outlet, SourceConfig, *(type(one) for one in (outlet.profiles[0], outlet.urls, outlet.leftovers)))
    keys = {name for model in models for name, field in model.model_fields.items() if not field.exclude}
    assert keys - {"sources", "profiles", "urls", "leftovers"} == told


def test_discover_prints_json_and_overwrites_nothing(marsad: Marsad, httpserver: HTTPServer, tmp_path: Path) -> None:
    """The draft and all that was tried as one object; a file that is there stays as it is."""
    site = httpserver.url_for("/")
    serve(httpserver, wordpress(site, now=datetime.now(UTC)), site)
    status, out, _ = marsad("outlets", "discover", site, "--json")
    assert status == 0
    said = json.loads(out)
    assert (said["slug"], said["written"]) == ("localhost", None)
    assert [one["taken"] for one in said["sources"]][:2] == [True, False]
    taken = tmp_path / "config" / "outlets" / "localhost.toml"
    taken.write_text('name = "x"\nname_en = "x"\nhome = "https://x.example/"\nhosts = ["x.example"]\n')
    assert json.loads(marsad("outlets", "discover", site, "--json")[1])["slug"] == "localhost-2"
    taken.write_text(f'name = "x"\nname_en = "x"\nhome = "{site}"\nhosts = ["localhost"]\n')
    before = taken.read_bytes()
    status, out, err = marsad("outlets", "discover", site, "--write")
    assert (status, out) == (1, "")
    assert "belongs to localhost already" in err
    assert taken.read_bytes() == before


def test_wrong_usage_and_unreachable_sites_are_sentences(marsad: Marsad, tmp_path: Path) -> None:
    """2 for what is no address, outlet or file; 1 for a site that does not answer and for what is no OPML."""
    (tmp_path / "no.opml").write_text("<html>")
    for arguments, status in (
        (["discover", "mailto:x@y"], 2),
        (["discover", "http://localhost:9/"], 1),
        (["discover", "http://10.0.0.1/"], 1),
        (["preview", "nobody"], 2),
        (["import-opml", "missing.opml"], 2),
        (["import-opml", "no.opml"], 1),
    ):
        ended, out, err = marsad("outlets", *arguments)
        assert (ended, out) == (status, ""), arguments
        assert err


def test_an_export_is_imported_as_known(marsad: Marsad, tmp_path: Path) -> None:
    """What goes out comes back as nothing new, from a file and from stdin; what has no feed is said."""
    status, out, err = marsad("outlets", "export-opml")
    assert status == 0
    assert "without a feed: " in err
    assert marsad("outlets", "export-opml", "out.opml")[0] == 0
    assert (tmp_path / "out.opml").stat().st_size >= len(out)
    said = json.loads(marsad("outlets", "import-opml", "-", "--json", stdin=out.encode())[1])
    assert (said["drafts"], said["belonging"], said["unusable"]) == ([], [], 0)
    assert len(said["known"]) == out.count("<outline")


def test_imported_outlets_pass_the_check(marsad: Marsad, tmp_path: Path) -> None:
    """Drafts are printed, or written as files that nobody watches yet and that have no fault."""
    (tmp_path / "in.opml").write_text(
        '<opml><body><outline text="قائمة"><outline text="أ &quot;ب&quot;" xmlUrl="https://one.example/f"/>'
        '<outline text="Two" xmlUrl="https://two.example/rss" htmlUrl="https://two.example/"/></outline></body></opml>',
        encoding="utf-8",
    )
    printed = marsad("outlets", "import-opml", "in.opml")[1]
    assert "# one.toml\n" in printed
    status, out, err = marsad("outlets", "import-opml", "in.opml", "--write")
    assert (status, out.count("written: ")) == (0, 2)
    assert "2 new outlets" in err
    outlets = load_config(tmp_path / "config").outlets
    assert (outlets["one"].name, outlets["two"].watch) == ('أ "ب"', False)
    assert json.loads(marsad("outlets", "import-opml", "in.opml", "--json")[1])["drafts"] == []
