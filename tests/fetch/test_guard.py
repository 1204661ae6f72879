"""What is never asked, and what must be asked all the same."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fetch.forbidden import ADDRESSES, FORBIDDEN, MALFORMED
from workers.fetch.guard import MAX_URL, refuse_address, refuse_host, refuse_url
from workers.urls import host_of

PORTS = (80, 443, 8080, 8443)


def named(rows: list[tuple[str, str]]) -> dict[str, Any]:
    return {"argvalues": [row[1] for row in rows], "ids": [row[0] for row in rows]}


def refused(url: str, *, ports: tuple[int, ...] = PORTS, loopback: bool = False) -> str | None:
    drop = refuse_url(url, ports=ports, loopback=loopback)
    assert drop is None or (drop.detail and len(drop.detail) < 1000)
    return drop.reason if drop else None


def test_there_are_enough_of_them() -> None:
    """The tables hold what was promised, each under a name of its own."""
    assert len(ADDRESSES) >= 60
    assert len(FORBIDDEN) >= 100
    assert len({url for _, url in FORBIDDEN}) == len({name for name, _ in FORBIDDEN}) == len(FORBIDDEN)


@pytest.mark.parametrize("url", **named(FORBIDDEN))
def test_a_forbidden_address_is_refused(url: str) -> None:
    """What leads inside, or to another service, is refused however it is written."""
    assert refused(url) == "forbidden_address"
    assert refused(url.replace("http:", "https:")) == "forbidden_address"


@pytest.mark.parametrize("url", **named(MALFORMED))
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    """What parsers could read in two ways is not read at all."""
    assert refused(url) == "bad_url"
    assert refused(url, loopback=True) == "bad_url"


@pytest.mark.parametrize("address", **named(ADDRESSES))
def test_a_forbidden_ip_address_is_refused(address: str) -> None:
    """An address that a name resolves to is judged like one that is written."""
    assert refuse_address(address, loopback=False)


@pytest.mark.parametrize(
    "address",
    ["", "paper.example", "127.1", "0x7f.0.0.1", "0177.0.0.1", "2130706433", "[::1]", "fe80::1%1", "1.2.3.4%1"],
)
def test_only_the_usual_notation_is_an_address(address: str) -> None:
    """What is not certainly an address is refused, not passed on."""
    assert refuse_address(address, loopback=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://paper.example/",
        "https://PAPER.example./a?b=c#d",
        "http://paper.example:/",
        "https://paper.example:443/",
        "http://paper.example:8080/",
        "https://paper.example:80/",
        "https://مثال.إختبار/خبر",
        "https://xn--mgbh0fb.xn--kgbechtv/",
        "https://local.example/",
        "https://mylocal.com/",
        "https://internal.paper.example/",
        "https://127.0.0.1.paper.example/",
        "https://0x7f.paper.example/",
        "https://1.fm/",
        "https://a_b.paper.example/",
        "http://paper.example/x y@z:99\\",
        "http://93.184.215.14/",
        "http://1.1.1.1/",
        "http://9.255.255.255/",
        "http://11.0.0.0/",
        "http://172.15.255.255/",
        "http://172.32.0.0/",
        "http://100.63.255.255/",
        "http://100.128.0.0/",
        "http://223.255.255.255/",
        "http://[2606:4700:4700::1111]/",
        "https://[2a00:1450:4001:80b::200e]:8443/",
        "http://[64:ff9b::5db8:d70e]/",
        "http://[2606:4700::5efe:5db8:d70e]/",
    ],
)
def test_the_public_web_may_be_asked(url: str) -> None:
    """Public names and addresses pass, in any script and on any port that is configured."""
    assert refused(url) is None


def test_ports_are_the_settings_business() -> None:
    """Only listed ports are asked, the usual ones included, and the port of the scheme counts when none is written."""
    assert refused("http://paper.example:81/") == "forbidden_address"
    assert refused("http://paper.example:81/", ports=(81,)) is None
    assert refused("http://paper.example/", ports=(443,)) == "forbidden_address"
    assert refused("https://paper.example/", ports=(443,)) is None


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:5000/", "http://127.8.9.10/", "http://[::1]:1/", "http://localhost:8/", "http://a.localhost/"],
)
def test_this_machine_is_asked_only_when_told(url: str) -> None:
    """The setting for tests opens this machine on any port."""
    assert refused(url) == "forbidden_address"
    assert refused(url, loopback=True) is None


@pytest.mark.parametrize("url", **named(FORBIDDEN))
def test_the_setting_for_tests_opens_this_machine_alone(url: str) -> None:
    """Private networks, metadata, odd ports of other hosts and numbers in disguise stay closed."""
    if refused(url, loopback=True) is None:
        host = host_of(url)
        assert host.endswith("localhost") or ipaddress.ip_address(host).is_loopback


@pytest.mark.parametrize(
    "address", ["::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1", "::127.0.0.1", "0.0.0.0", "::"]
)
def test_no_other_form_of_this_machine_is_opened(address: str) -> None:
    """With the setting for tests this machine has its plain addresses only."""
    assert refuse_address(address, loopback=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST.", "intranet", "10.0.0.1", "::1", "0x7f.1", ""])
def test_a_host_is_judged_without_its_url(host: str) -> None:
    """What a connection is opened to is judged by the same rules."""
    assert refuse_host(host, 80, ports=PORTS, loopback=False)
    assert refuse_host("paper.example", 80, ports=PORTS, loopback=False) is None
    assert refuse_host("paper.example", 25, ports=PORTS, loopback=False)


# Every block of the two IANA registries of special-purpose addresses (as of 2025), multicast, and the rest of what is
# not global unicast, with its first and last address.
BLOCKS = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
    "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23",
    "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20", "4000::/3", "5f00::/16", "6000::/3", "8000::/1",
    "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
]  # fmt: skip


@pytest.mark.parametrize("block", BLOCKS)
def test_a_special_block_is_closed_from_end_to_end(block: str) -> None:
    """The first, the last and a middle address of each block are refused."""
    network = ipaddress.ip_network(block)
    for number in (0, network.num_addresses // 2, network.num_addresses - 1):
        assert refuse_address(str(network[number]), loopback=False), network[number]


@given(st.ip_addresses())
def test_what_passes_is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    """Nothing passes that Python's own tables call private, reserved or multicast, but NAT64 to a public address."""
    if refuse_address(str(address), loopback=False) is None:
        if address in ipaddress.ip_network("64:ff9b::/96"):
            address = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        assert address.is_global
        assert not any((address.is_private, address.is_multicast, address.is_reserved, address.is_unspecified))
        assert not any((address.is_loopback, address.is_link_local))


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_as_good_as_itself(address: ipaddress.IPv4Address) -> None:
    """NAT64 and ISATAP open exactly the IPv4 addresses that are open."""
    closed = refuse_address(str(address), loopback=False) is not None
    for prefix in ("64:ff9b::", "2606:4700::5efe:", "2606:4700::200:5efe:"):
        assert (refuse_address(f"{prefix}{address}", loopback=False) is not None) == closed


@given(st.integers(min_value=0, max_value=2**32 - 1))
def test_no_number_is_a_host(number: int) -> None:
    """An IPv4 address in any notation but the usual one is refused, public or not."""
    a, b, c, d = number.to_bytes(4, "big")
    for host in (
        number,
        hex(number),
        f"0{number:o}",
        f"{a}.{number & 0xFFFFFF}",
        f"{a}.{b}.{c << 8 | d}",
        f"0{a:o}.{b}.{c}.{d}",
    ):
        assert refused(f"http://{host}/") == "forbidden_address"


@given(st.text(max_size=60))
def test_no_text_raises(text: str) -> None:
    """Whatever is written, the guard answers."""
    for url in (text, f"http://{text}", f"http://{text}/", f"http://[{text}]/", f"http://paper.example:{text}/"):
        refuse_url(url, ports=PORTS, loopback=False)
    refuse_address(text, loopback=False)
    refuse_host(text, 80, ports=PORTS, loopback=False)


def test_a_long_address_costs_nothing() -> None:
    """Length is looked at first."""
    assert refused("http://" + "a." * 1_000_000) == "bad_url"
    assert refused("http://paper.example/".ljust(MAX_URL, "a")) is None
