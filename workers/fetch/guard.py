"""What is never asked: addresses that lead anywhere but to a public web server.

Pure, and asked twice. `refuse_url` judges an address as it is written; `refuse_host` and `refuse_address` judge what a
connection is about to be opened to (`wire.Backend`), so neither a second reading of a URL nor a name that changes its
mind gets past.

Rules of numbers: the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and what was registered since),
the IANA IPv6 Global Unicast registry, multicast (RFC 5771, RFC 4291). Blocks that the registries call globally
reachable are refused all the same when no web server can be in them (anycast of AS112, AMT, TURN, ...).
`ipaddress.is_global` is asked last and not alone: it differs between releases of Python. That of 3.11.7 calls multicast,
192.0.0.8-255, 2002::/16, 64:ff9b:1::/48, 3fff::/20, fec0::/10, ::ffff:0:0:0/96 and nearly all of ::/96 global.

Rules of names: RFC 6761 (localhost), RFC 6762 with its appendix G (local, and the suffixes that sites use within),
RFC 8375 (home.arpa), RFC 7686 (onion), the ICANN resolution of 29 July 2024 (internal).

Not known here: the prefix of a network's own NAT64 (RFC 6052, section 2.2). Where there is one, its gateway must refuse
private IPv4 addresses itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from workers.items import Drop
from workers.urls import host_of

MAX_URL = 8192  # characters; redirects of sign-in pages carry some thousands, servers refuse more than this
_SHOWN = 200  # characters of a URL that a detail repeats

_PORTS = {"http": 80, "https": 443}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# urllib ignores what stands behind a bracket.
_HOST_AND_PORT = re.compile(r"(?:\[[^\[\]]*\]|[^\[\]:]*)(?::[0-9]*)?")
# What the system's resolver, like a browser, takes for an IPv4 address: the last label is a number.
_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")

_HERE: tuple[IPv4Network | IPv6Network, ...] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
_SPECIAL: tuple[tuple[str, IPv4Network | IPv6Network], ...] = tuple(
    (why, ip_network(block))
    for why, blocks in (
        ("no host, or this one", "0.0.0.0/8 ::/128"),
        ("a private network", "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7 fec0::/10"),
        ("a network shared behind a carrier's NAT", "100.64.0.0/10"),
        ("the local link, where clouds keep their metadata", "169.254.0.0/16 fe80::/10"),
        ("for protocols of the IETF, not for hosts", "192.0.0.0/24 2001::/23"),
        ("for documentation", "192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 2001:db8::/32 3fff::/20"),
        ("for benchmarks", "198.18.0.0/15"),
        ("anycast of AS112 or AMT", "192.31.196.0/24 192.52.193.0/24 192.175.48.0/24 2620:4f:8000::/48"),
        ("6to4, which may lead to any IPv4 address", "192.88.99.0/24 2002::/16"),
        # Microsoft's documentation, "What is IP address 168.63.129.16?": public by its number, but the host's own.
        ("the platform of a cloud", "168.63.129.16/32"),
        ("multicast", "224.0.0.0/4 ff00::/8"),
        ("reserved or broadcast", "240.0.0.0/4"),
        ("an IPv4 address in another form", "::ffff:0:0/96 ::ffff:0:0:0/96 64:ff9b:1::/48"),
    )
    for block in blocks.split()
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)  # the third quarter of an address, RFC 5214 section 6.1

_LOCAL_NAMES = (
    *(".localhost", ".localdomain", ".local", ".internal", ".intranet", ".private", ".corp", ".home", ".lan"),
    *(".home.arpa", ".onion"),
)


def refuse_url(url: str, *, ports: Collection[int], loopback: bool) -> Drop | None:
    """Return why `url` is not asked, or None.

    `ports` are all that may be asked, the usual ones included; `loopback` lets this machine be asked, on any port.
    `bad_url` for what is no plain http(s) address: another scheme, a user name, control characters, a host that is no
    name; `forbidden_address` for a host or port that is not asked. A name that passes may still resolve to anything.
    """
    try:
        parts = urlsplit(url) if len(url) <= MAX_URL and not _CONTROL.search(url) else None
        port = parts.port if parts else None
    except ValueError:
        parts = port = None
    host = host_of(url) if parts else ""
    # "https://paper.example@evil.example/" deceives; and a password would be kept wherever the address is.
    if parts is not None and "@" in parts.netloc:
        return Drop(reason="bad_url", detail=f"an address with a user name, at {host or 'no host'}")
    if parts is None or parts.scheme not in _PORTS or not host or not _HOST_AND_PORT.fullmatch(parts.netloc):
        return Drop(reason="bad_url", detail=f"{url[:_SHOWN]} is no http(s) address")
    why = refuse_host(host, _PORTS[parts.scheme] if port is None else port, ports=ports, loopback=loopback)
    return Drop(reason="forbidden_address", detail=f"{host}: {why}") if why else None


def refuse_host(host: str, port: int, *, ports: Collection[int], loopback: bool) -> str | None:
    """Return why no connection to `host` (ASCII, lower case, no brackets) and `port` is wanted, or None."""
    name = host.lower().rstrip(".")
    ip = _read(name)
    # The dot before it makes a name and the names below it alike.
    if loopback and (f".{name}".endswith(".localhost") or (ip is not None and _is_here(ip))):
        return None
    if port not in ports:
        return f"port {port} is not among those that may be asked"
    if ":" in name or _NUMBER.fullmatch(name):
        return refuse_address(name, loopback=loopback)
    if "." not in name or f".{name}".endswith(_LOCAL_NAMES):
        return "a name of the local network"
    return None


def refuse_address(address: str, *, loopback: bool) -> str | None:
    """Return why no connection to the IP `address` is wanted, or None. Only the usual notation is read: four decimal
    numbers, or RFC 4291 without a zone; everything else (octal, hexadecimal, 127.1, fe80::1%eth0) is refused.
    """
    ip = _read(address)
    if ip is None:
        return "no IP address in its usual notation"
    if _is_here(ip):
        return None if loopback else "this machine itself"
    for why, block in _SPECIAL:
        if ip in block:
            return why
    if isinstance(ip, IPv6Address):
        if ip in _NAT64:
            # Where the resolver does DNS64 (RFC 6147), every IPv4 site has such an address.
            return _refuse_inner(ip)
        if ip not in _GLOBAL_UNICAST:
            return "outside the IPv6 addresses that are given to hosts"
        if int(ip) >> 32 & 0xFFFF_FFFF in _ISATAP and (inner := _refuse_inner(ip)):
            return inner
    return None if ip.is_global else "not reachable from everywhere"


def _refuse_inner(ip: IPv6Address) -> str | None:
    inner = IPv4Address(int(ip) & 0xFFFF_FFFF)
    why = refuse_address(str(inner), loopback=False)
    return f"leads to {inner}: {why}" if why else None


def _read(address: str) -> IPv4Address | IPv6Address | None:
    try:
        ip = ip_address(address)
    except ValueError:
        return None
    return None if isinstance(ip, IPv6Address) and ip.scope_id is not None else ip


def _is_here(ip: IPv4Address | IPv6Address) -> bool:
    return any(ip in block for block in _HERE)
