"""The transport that answers from a replay folder. All pages here are made up for these tests."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from workers.config import Outlet, SourceConfig
from workers.fetch.recorded import RecordingError
from workers.fetch.recordings import Recordings
from workers.items import Drop, Response
from workers.urls import key_of

T1, T2, T3 = (datetime(2025, 2, 12, hour, tzinfo=UTC) for hour in (9, 10, 11))
FEED = '<?xml version="1.0"?><rss version="2.0"><channel><item><link>/1</link></item></channel></rss>'
PAGE = "<!doctype html><html><body><h1>خبر</h1><p>" + "كلام " * 100 + "</p></body></html>"
LISTING = "<!doctype html><html><body>" + "".join(
    f"<div><h2><a href='/news/{i}'>عنوان طويل للخبر رقم {i}</a></h2><p>{'سطر ' * 40}</p></div>" for i in range(8)
)
PAPER = Outlet(
    name="الصحيفة",
    name_en="The Paper",
    home="https://paper.example/",
    hosts=("paper.example",),
    sources=(SourceConfig(kind="listing", url="https://paper.example/latest?utm_source=x", sure="guess"),),
)


class Folder:
    """Writes a replay folder line by line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: list[str] = []

    def add(self, url: str, content: str | None = PAGE, at: datetime = T1, /, **more: Any) -> None:
        line: dict[str, Any] = {
            "url": url, "outlet": None, "captured_at": at.isoformat(), "status": 200, "headers": {},
            "content_type": "text/html; charset=utf-8",
        }  # fmt: skip
        if content is not None:
            line["body"] = f"{len(self.lines)}.html"
            (self.path / line["body"]).write_text(content, encoding="utf-8")
        self.raw(json.dumps({**line, **more}))

    def raw(self, line: str) -> None:
        self.lines.append(line)
        (self.path / "captures.jsonl").write_text("\n".join(self.lines) + "\n", encoding="utf-8")

    def open(self, **more: Any) -> Recordings:
        return Recordings(self.path, outlets={"paper": PAPER}, trackers=("utm_*",), **more)

    def faults(self) -> str:
        with pytest.raises(RecordingError) as caught:
            self.open()
        return str(caught.value)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def got(answer: object) -> Response:
    assert isinstance(answer, Response), answer
    return answer


def dropped(answer: object) -> str:
    assert isinstance(answer, Drop), answer
    return answer.reason


def test_a_capture_is_found_by_any_form_of_its_address(folder: Folder) -> None:
    """Trackers, fragments, http for https and the case of the host do not matter."""
    folder.add("https://Paper.example/a?utm_source=feed&id=1#top", headers={"X-Served-By": "x"})
    answer = got(folder.open().get("http://paper.example/a?id=1"))
    assert answer.body == PAGE.encode()
    assert answer.captured_at == T1
    assert answer.headers == {"x-served-by": "x", "content-type": "text/html; charset=utf-8"}
    assert answer.final_url == "https://paper.example/a?id=1"


def test_what_was_not_recorded_is_a_drop(folder: Folder) -> None:
    """An address without a capture is a value, not an exception."""
    folder.add("https://paper.example/a")
    assert dropped(folder.open().get("https://paper.example/b")) == "not_recorded"
    assert dropped(folder.open().get("nonsense")) == "not_recorded"


def test_a_source_is_seen_as_it_changed(folder: Folder) -> None:
    """Each look at a source gets the next capture, in time order whatever the order of the lines, until none is left."""
    folder.add("https://paper.example/feed", "<rss>3</rss>", T3)
    folder.add("https://paper.example/feed", "<rss>1</rss>", T1)
    folder.add("https://paper.example/feed", "<rss>2</rss>", T2)
    recordings = folder.open()
    url = "https://paper.example/feed"
    seen: list[bytes] = []
    at = None
    while (due := recordings.next_at(url, at)) is not None:
        answer = got(recordings.get(url, after=at))
        assert answer.captured_at == due
        at = answer.captured_at
        seen.append(answer.body)
    assert seen == [b"<rss>1</rss>", b"<rss>2</rss>", b"<rss>3</rss>"]
    assert dropped(recordings.get(url, after=at)) == "not_recorded"
    assert got(recordings.get(url)).body == b"<rss>1</rss>"


def test_recorded_redirects_are_followed(folder: Folder) -> None:
    """A recorded 301 leads to the capture of its target, and asking again does not go back in time."""
    folder.add("https://paper.example/old", None, T2, status=301, headers={"Location": "/new?utm_source=x"})
    folder.add("https://paper.example/new", "first", T1)
    folder.add("https://paper.example/new", "second", T3)
    recordings = folder.open()
    answer = got(recordings.get("https://paper.example/old"))
    assert (answer.body, answer.final_url) == (b"second", "https://paper.example/new")
    assert answer.url == "https://paper.example/old"
    assert answer.captured_at == T3
    assert recordings.next_at("https://paper.example/old", answer.captured_at) is None


def test_a_redirect_from_http_to_https_is_no_loop(folder: Folder) -> None:
    """Twins share a key, and still the one leads to the other."""
    folder.add("http://paper.example/a", None, T1, status=301, headers={"location": "https://paper.example/a"})
    folder.add("https://paper.example/a", "page", T1)
    recordings = folder.open()
    assert got(recordings.get("http://paper.example/a")).body == b"page"
    assert [page.url for page in recordings.pages()] == ["http://paper.example/a"]


def test_recorded_loops_and_dead_ends_are_drops(folder: Folder) -> None:
    """Redirects in a circle, too many of them, or to what was not recorded end with a reason."""
    folder.add("https://paper.example/a", None, status=302, headers={"location": "/b"})
    folder.add("https://paper.example/b", None, status=302, headers={"location": "/a"})
    folder.add("https://paper.example/c", None, status=302, headers={"location": "/missing"})
    for step in range(5):
        folder.add(f"https://paper.example/s{step}", None, status=302, headers={"location": f"/s{step + 1}"})
    recordings = folder.open(max_redirects=2)
    assert dropped(recordings.get("https://paper.example/a")) == "too_many_redirects"
    assert dropped(recordings.get("https://paper.example/c")) == "not_recorded"
    assert dropped(recordings.get("https://paper.example/s0")) == "too_many_redirects"


def test_a_capture_without_a_body_is_an_empty_answer(folder: Folder) -> None:
    """No body key, null and an empty file all mean an empty body."""
    folder.add("https://paper.example/a", None)
    folder.add("https://paper.example/b", None, body=None)
    folder.add("https://paper.example/c", "")
    recordings = folder.open()
    assert [got(recordings.get(f"https://paper.example/{name}")).body for name in "abc"] == [b"", b"", b""]
    assert len(recordings.pages()) == 3


def test_a_huge_body_is_dropped_unread(folder: Folder) -> None:
    """300 MB are refused by their size alone, and sorted out without being read."""
    folder.add("https://paper.example/a", "<html>")
    with (folder.path / "0.html").open("r+b") as file:
        file.truncate(300_000_000)
    recordings = folder.open()
    assert [page.url for page in recordings.pages()] == ["https://paper.example/a"]
    assert dropped(recordings.get("https://paper.example/a")) == "too_large"


def test_sources_and_pages_are_told_apart(folder: Folder) -> None:
    """By the line's kind, the outlets' configuration or the content; the outlet by the line or the host."""
    folder.add("https://paper.example/rss", FEED, content_type="text/html")
    folder.add("https://other.example/atom", '<feed xmlns="http://www.w3.org/2005/Atom"/>', outlet="other")
    folder.add("https://paper.example/latest", PAGE)
    folder.add("https://unknown.example/section", PAGE, kind="listing")
    folder.add("https://unknown.example/news", LISTING)
    folder.add("https://unknown.example/news/1", PAGE)
    folder.add("https://unknown.example/news/2", PAGE)
    folder.add("https://elsewhere.example/news", LISTING)
    folder.add("https://www.paper.example/1", PAGE)
    folder.add("https://unknown.example/2", FEED, kind="page")
    folder.add("https://unknown.example/3", LISTING, kind="page")
    folder.add("https://paper.example/robots.txt", "User-agent: *", content_type="text/plain")
    folder.add("https://paper.example/map.xml", '<?xml version="1.0"?><urlset></urlset>', content_type="text/xml")
    folder.add("https://paper.example/wp-json/wp/v2/posts", "[]", content_type="application/json")
    folder.add("https://unknown.example/4", "مقال بلا وسوم", content_type="text/plain; charset=utf-8")
    recordings = folder.open()
    assert {(source.url, source.kind, source.outlet) for source in recordings.sources()} == {
        ("https://paper.example/rss", "feed", "paper"),
        ("https://other.example/atom", "feed", "other"),
        ("https://paper.example/latest", "listing", "paper"),
        ("https://unknown.example/section", "listing", None),
        ("https://unknown.example/news", "listing", None),
        ("https://paper.example/map.xml", "sitemap", "paper"),
        ("https://paper.example/wp-json/wp/v2/posts", "wordpress", "paper"),
    }
    assert all(source.key != key_of(source.url) for source in recordings.sources())
    assert len({source.key for source in recordings.sources()}) == 7
    assert {(page.url, page.outlet) for page in recordings.pages()} == {
        ("https://www.paper.example/1", "paper"),
        ("https://unknown.example/news", None),
        ("https://unknown.example/news/1", None),
        ("https://unknown.example/news/2", None),
        ("https://elsewhere.example/news", None),
        ("https://unknown.example/2", None),
        ("https://unknown.example/3", None),
        ("https://unknown.example/4", None),
    }


def test_the_target_of_a_redirect_enters_once(folder: Folder) -> None:
    """A page enters under the address that was announced, not a second time under the one it leads to."""
    folder.add("https://paper.example/?p=1", None, status=301, headers={"location": "/story"})
    folder.add("https://paper.example/story")
    assert [page.url for page in folder.open().pages()] == ["https://paper.example/?p=1"]


def test_a_page_captured_twice_is_one_page(folder: Folder) -> None:
    """Two captures of one address are one page, with the first time."""
    folder.add("https://paper.example/a?utm_source=x", PAGE, T2)
    folder.add("https://paper.example/a", PAGE, T1)
    assert [(page.key, page.captured_at) for page in folder.open().pages()] == [(key_of("https://paper.example/a"), T1)]


def test_the_order_of_lines_says_nothing(folder: Folder) -> None:
    """Any order of the lines gives the same pages, sources and answers."""
    for number in range(6):
        folder.add(f"https://paper.example/{number % 3}", f"{PAGE}{number}", T1 if number < 3 else T2)
    there = folder.open()
    folder.lines.reverse()
    folder.raw("")
    back = folder.open()
    assert there.pages() == back.pages()
    assert there.get("https://paper.example/1") == back.get("https://paper.example/1")


def test_a_missing_folder_and_a_missing_list_are_sentences(tmp_path: Path) -> None:
    """Each names the path and the cure."""
    for path, words in [
        (tmp_path / "none", "does not exist; name a folder"),
        (tmp_path, "captures.jsonl is missing; a replay folder lists"),
    ]:
        with pytest.raises(RecordingError, match=words):
            Recordings(path, outlets={}, trackers=())
    (tmp_path / "captures.jsonl").write_bytes(b"\xe3\xc7")
    with pytest.raises(RecordingError, match="is not UTF-8"):
        Recordings(tmp_path, outlets={}, trackers=())
    with pytest.raises(RecordingError, match="is a file; name a folder"):
        Recordings(tmp_path / "captures.jsonl", outlets={}, trackers=())
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    with pytest.raises(RecordingError, match=r"page.html, offset 0: "):
        Recordings(tmp_path / "page.html", outlets={}, trackers=())


def test_all_faults_are_told_at_once_with_file_and_line(folder: Folder) -> None:
    """Every bad line is listed, and good and blank ones between them are not."""
    folder.add("https://paper.example/a")
    folder.raw("")
    folder.raw("{")
    folder.raw("[1]")
    folder.raw("{}")
    lines = folder.faults().splitlines()
    assert [line.split(": ")[0].rsplit(":", 1)[1] for line in lines] == ["3", "4", "5"]
    assert "is not JSON" in lines[0]
    assert "is not a JSON object" in lines[1]
    assert "lacks url, captured_at, status" in lines[2]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"captured_at": "2025-02-12T09:00:00"}, "no time with a zone"),
        ({"captured_at": "yesterday"}, "no time with a zone"),
        ({"captured_at": 1739350800}, "captured_at is 1739350800; it must be a string"),
        ({"url": "mailto:a@b.example"}, "no http(s) address"),
        ({"url": None}, "no http(s) address"),
        ({"status": "200"}, "no HTTP status"),
        ({"status": True}, "no HTTP status"),
        ({"status": 9}, "no HTTP status"),
        ({"kind": "podcast"}, "use one of page, feed, sitemap, listing, wordpress, robots"),
        ({"headers": {"a": 1}}, "headers must be an object of strings"),
        ({"outlet": 7}, "outlet is 7; it must be a string"),
        ({"body": "missing.html"}, "'missing.html' does not exist; add the file"),
        ({"body": "."}, "does not exist"),
        ({"body": "../secret"}, "lies outside the folder"),
        ({"body": "/etc/passwd"}, "lies outside the folder"),
        ({"body": "a\0b"}, "no name of a file"),
    ],
)
def test_a_bad_value_is_named_with_its_cure(folder: Folder, change: dict[str, Any], words: str) -> None:
    """The sentence names the line, the value and what to write instead."""
    (folder.path.parent / "secret").write_text("x")
    folder.add("https://paper.example/a", **change)
    message = folder.faults()
    assert message.startswith(f"{folder.path / 'captures.jsonl'}:1: ")
    assert words in message


def test_a_link_out_of_the_folder_is_refused(folder: Folder) -> None:
    """A symbolic link does not lead outside either."""
    (folder.path / "link.html").symlink_to("/etc/passwd")
    folder.add("https://paper.example/a", None, body="link.html")
    assert "lies outside the folder" in folder.faults()


def test_many_faults_are_cut_short(folder: Folder) -> None:
    """An error lists twenty faults and counts the rest."""
    for _ in range(50):
        folder.raw("x")
    assert folder.faults().splitlines()[-1] == "… and 30 more"


def test_a_page_in_trouble_is_answered_with_its_later_good_capture(folder: Folder) -> None:
    """A 503 or 429 before a 200 was a try that failed; without a later good one it is the answer, as it was."""
    for number, status in enumerate((503, 429, 500)):
        folder.add(f"https://paper.example/{number}", None, T1, status=status)
        folder.add(f"https://paper.example/{number}", None, T2, status=status)
        folder.add(f"https://paper.example/{number}", PAGE, T3)
    folder.add("https://paper.example/down", None, T1, status=503)
    folder.add("https://paper.example/gone", None, T1, status=404)
    folder.add("https://paper.example/gone", PAGE, T2)
    folder.add("https://paper.example/old", None, T1, status=301, headers={"location": "/0"})
    recordings = folder.open()
    for name in ("0", "1", "2", "old"):
        answer = got(recordings.get(f"https://paper.example/{name}"))
        assert (answer.status, answer.captured_at) == (200, T3)
    assert got(recordings.get("https://paper.example/down")).status == 503
    assert got(recordings.get("https://paper.example/gone")).status == 404
    assert got(recordings.get("https://paper.example/0", after=T1)).status == 200
    assert recordings.next_at("https://paper.example/0", None) == T3


def test_a_source_in_trouble_shows_it(folder: Folder) -> None:
    """Each look at a source is what it was, since its troubles are what is told of it."""
    folder.add("https://paper.example/feed", None, T1, status=503)
    folder.add("https://paper.example/feed", FEED, T2)
    recordings = folder.open()
    assert got(recordings.get("https://paper.example/feed")).status == 503
    assert got(recordings.get("https://paper.example/feed", after=T1)).status == 200


def test_a_recorded_304_is_no_answer(folder: Folder) -> None:
    """Nothing had changed then, and a replay asks without conditions."""
    folder.add("https://paper.example/feed", FEED, T1)
    folder.add("https://paper.example/feed", None, T2, status=304)
    folder.add("https://paper.example/feed", FEED, T3)
    recordings = folder.open()
    assert recordings.next_at("https://paper.example/feed", T1) == T3
    assert got(recordings.get("https://paper.example/feed", after=T1, headers={"if-none-match": "x"})).status == 200


def test_a_body_that_went_away_is_told(folder: Folder) -> None:
    """A file removed after the folder was read is a sentence."""
    folder.add("https://paper.example/a")
    recordings = folder.open()
    (folder.path / "0.html").rename(folder.path / "1.html")
    with pytest.raises(RecordingError, match=r"0.html"):
        recordings.get("https://paper.example/a")


def test_a_folder_with_a_list_is_read_by_it(folder: Folder) -> None:
    """WARC files beside a captures.jsonl are not read as well."""
    folder.add("https://paper.example/a")
    (folder.path / "x.warc.gz").write_bytes(b"nothing")
    assert len(folder.open().pages()) == 1
