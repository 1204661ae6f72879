"""The identity of addresses."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workers.urls import MAX_LENGTH, canonical, host_of, key_of

TRACKERS = ("utm_*", "fbclid", "CMP", "ref")
FEED = "https://paper.example/ar/feed/rss.xml"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("https://paper.example/a", "https://paper.example/a"),
        ("  https://paper.example/a \n", "https://paper.example/a"),
        ("https://paper.example/a\n\t\tb", "https://paper.example/ab"),
        ("HTTPS://WWW.Paper.Example/A", "https://www.paper.example/A"),
        ("https://paper.example", "https://paper.example/"),
        ("https://paper.example/a/", "https://paper.example/a/"),
        ("https://paper.example./a", "https://paper.example/a"),
        ("https://paper.example:443/a", "https://paper.example/a"),
        ("http://paper.example:80/a", "http://paper.example/a"),
        ("https://paper.example:8443/a", "https://paper.example:8443/a"),
        ("https://reader:secret@paper.example/a", "https://paper.example/a"),
        ("https://paper.example/a#comments", "https://paper.example/a"),
        ("https://paper.example//x/../a/./b", "https://paper.example/a/b"),
        ("https://paper.example/go/https://other.example/a", "https://paper.example/go/https:/other.example/a"),
        ("https://paper.example/?b=2&a=1", "https://paper.example/?a=1&b=2"),
        ("https://paper.example/?a=1&amp;b=2", "https://paper.example/?a=1&b=2"),
        ("https://paper.example/?utm_source=x&p=7&FBCLID=z&cmp=q", "https://paper.example/?p=7"),
        ("https://paper.example/?utm_source=x", "https://paper.example/"),
        ("https://paper.example/?refuge=7", "https://paper.example/?refuge=7"),
        ("https://paper.example/?gallery=7&eid=1&cid=2", "https://paper.example/?cid=2&eid=1&gallery=7"),
        ("https://paper.example/?1234", "https://paper.example/?1234"),
        ("https://paper.example/?q=", "https://paper.example/?q"),
        ("https://paper.example/?q=a+b", "https://paper.example/?q=a+b"),
        ("https://paper.example/?q=a%20b", "https://paper.example/?q=a+b"),
        ("https://[2001:DB8::0:1]:443/a", "https://[2001:db8::1]/a"),
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:8000/a"),
        ("https://paper.example/%E3%C7", "https://paper.example/%E3%C7"),
    ],
)
def test_an_address_has_one_form(written: str, expected: str) -> None:
    """The many ways of writing an address come out as one, and a different page never comes out as the same."""
    assert canonical(written, trackers=TRACKERS) == expected


@pytest.mark.parametrize(
    "written",
    [
        "https://paper.example/خبر-عاجل",
        "https://paper.example/%D8%AE%D8%A8%D8%B1-%D8%B9%D8%A7%D8%AC%D9%84",
        "https://paper.example/%d8%ae%d8%a8%d8%b1-%d8%b9%d8%a7%d8%ac%d9%84",
    ],
)
def test_an_arabic_path_is_percent_encoded_in_capitals(written: str) -> None:
    """An Arabic path is the same whether it is written in letters or in hex of either case."""
    assert canonical(written) == "https://paper.example/%D8%AE%D8%A8%D8%B1-%D8%B9%D8%A7%D8%AC%D9%84"


def test_an_international_host_is_punycode() -> None:
    """A host in Arabic letters and its punycode are one host."""
    assert canonical("https://موقع.example/a") == canonical("https://XN--4GBRIM.example/a")
    assert host_of("https://موقع.example:443/a") == "xn--4gbrim.example"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("/a/1", "https://paper.example/a/1"),
        ("1.html", "https://paper.example/ar/feed/1.html"),
        ("../1", "https://paper.example/ar/1"),
        ("//cdn.example/1", "https://cdn.example/1"),
        ("?p=1", "https://paper.example/ar/feed/rss.xml?p=1"),
        ("http://other.example/1", "http://other.example/1"),
    ],
)
def test_links_are_read_against_their_page(link: str, expected: str) -> None:
    """Relative and protocol-relative links resolve against the address of the page that holds them."""
    assert canonical(link, base=FEED) == expected


@pytest.mark.parametrize(
    "written",
    [
        "", " ", "#", "#top", "mailto:desk@paper.example", "javascript:void(0)", "data:text/html,x", "tel:+963",
        "ftp://paper.example/a", "https://", "https:///a", "https://[::1", "https://[v1.x]/", "http://]/", "https://a b/c",
        "https://paper..example/", "https://-paper.example/", "https://paper.example:99999/", "https://paper.example:x/",
        "https://" + "a" * 64 + ".example/", "https://paper.example/" + "a" * MAX_LENGTH, "https://paper.example/" + "x" * 10**6,
        "https://\u202e.example/\ud800", "https://%00.example/",
    ],
)  # fmt: skip
def test_what_is_no_page_address_is_none(written: str) -> None:
    """Other schemes, broken hosts and ports, nothing and far too much are None, with a base as without one."""
    assert canonical(written) is None
    assert canonical(written, base=FEED) is None


def test_http_and_https_twins_share_a_key_and_keep_their_address() -> None:
    """A page announced by http and by https is one item, fetched under the address that was announced."""
    assert canonical("http://paper.example/a") == "http://paper.example/a"
    assert key_of("http://paper.example/a") == key_of("https://paper.example/a")
    assert key_of("https://paper.example/a") == hashlib.sha256(b"https://paper.example/a").hexdigest()[:16]
    assert key_of("https://paper.example/a") == key_of("https://www.paper.example/a")
    assert (
        key_of("https://paper.example/a")
        == key_of("https://m.paper.example/a/amp/")
        == key_of("https://paper.example/a?amp=1")
    )


@pytest.mark.parametrize(
    ("url", "host"), [("https://WWW.Paper.example:8/a", "www.paper.example"), ("http://[", ""), ("x", "")]
)
def test_host_of_never_raises(url: str, host: str) -> None:
    """The host is in lower case and without port, and empty for what has none."""
    assert host_of(url) == host


ADDRESSES = st.one_of(
    st.text(max_size=300),
    st.builds(
        "{}://{}/{}?{}#{}".format,
        st.sampled_from(["http", "https", "HTTP"]),
        st.one_of(
            st.sampled_from(["paper.example", "موقع.example", "xn--4gbrim.example", "a.b:80"]), st.text(max_size=12)
        ),
        st.text(alphabet=st.one_of(st.sampled_from("/.%;:&=?+ {}<>\"'aأ0123فDd"), st.characters()), max_size=40),
        st.text(alphabet=st.one_of(st.sampled_from("&=;%+?/amp utm_"), st.characters()), max_size=40),
        st.text(max_size=5),
    ),
)


@given(ADDRESSES, st.one_of(st.none(), st.just(FEED), ADDRESSES))
@example("https://a.example/%25%32%35", None)
@example("https://a.example/?a=1&amp;amp;b", None)
@example("https://a.example/%2e%2e/%2E/x", None)
def test_canonical_is_a_fixed_point(url: str, base: str | None) -> None:
    """Any text gives None or an ASCII address that is its own canonical form, and nothing raises."""
    once = canonical(url, base=base, trackers=TRACKERS)
    assert once == canonical(url, base=base, trackers=TRACKERS)
    host_of(url)
    key_of(url)
    if once is not None:
        assert once.isascii()
        assert len(once) <= MAX_LENGTH
        assert host_of(once)
        assert canonical(once, trackers=TRACKERS) == once
