"""Bodies come out of their compression whole, or not at all, and never larger than agreed."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.fetch.unpack import MAX_MEMBERS, PIECE, DamagedError, TooLargeError, unpack

TEXT = ("خبر من دمشق " * 20_000).encode()


def bare(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def whole(pieces: Iterable[bytes], encoding: str, limit: int = 10_000_000) -> bytes:
    return b"".join(unpack(pieces, encoding, limit))


PACKED = [
    ("", TEXT),
    ("identity", TEXT),
    ("none", TEXT),
    ("UTF-8", TEXT),
    ("gzip", gzip.compress(TEXT)),
    ("GZIP", gzip.compress(TEXT)),
    ("x-gzip", gzip.compress(TEXT)),
    ("identity, gzip", gzip.compress(TEXT)),
    ("deflate", zlib.compress(TEXT)),
    ("deflate", bare(TEXT)),
    ("gzip", gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:])),
]


@pytest.mark.parametrize(("encoding", "packed"), PACKED)
@pytest.mark.parametrize("size", [1, 2, 3, 1000, 10_000_000])
def test_a_body_comes_out_as_it_went_in(encoding: str, packed: bytes, size: int) -> None:
    """However it is cut into pieces and in however many members, and words that name no compression change nothing."""
    if size < 1000 and len(packed) > 100_000:
        packed, expected = packed[:999], packed[:999]
    else:
        expected = TEXT
    assert whole((packed[i : i + size] for i in range(0, len(packed), size)), encoding) == expected


@given(st.binary(max_size=500), st.integers(min_value=1, max_value=100))
def test_any_content_comes_out(content: bytes, size: int) -> None:
    """All three wrappings are read back, whatever is in them."""
    for encoding, packed in (
        ("gzip", gzip.compress(content)),
        ("deflate", zlib.compress(content)),
        ("deflate", bare(content)),
    ):
        assert whole((packed[i : i + size] for i in range(0, len(packed), size)), encoding) == content


@given(st.binary(max_size=200), st.sampled_from(["gzip", "deflate", ""]))
def test_no_bytes_break_it(body: bytes, encoding: str) -> None:
    """What does not unpack is damaged, and nothing else is raised."""
    try:
        whole([body], encoding)
    except DamagedError:
        assert encoding


@pytest.mark.parametrize("encoding", ["", "gzip", "deflate"])
def test_no_body_is_an_empty_one(encoding: str) -> None:
    """An answer without a body may speak of compression."""
    assert whole([], encoding) == b""
    assert whole([b""], encoding) == b""


@pytest.mark.parametrize(("encoding", "packed"), PACKED[4:10])
def test_a_body_that_breaks_off_is_damaged(encoding: str, packed: bytes) -> None:
    """Half an article is none."""
    for cut in (1, 5, len(packed) // 2, len(packed) - 1):
        with pytest.raises(DamagedError):
            whole([packed[:cut]], encoding)


@pytest.mark.parametrize("encoding", ["br", "zstd", "compress", "gzip, gzip", "gzip, br", "gzip," * 1000])
def test_other_compressions_are_not_read(encoding: str) -> None:
    """What was not asked for is refused, above all compressions in one another."""
    with pytest.raises(DamagedError):
        whole([b"x"], encoding)


def test_what_stands_behind_the_end_is_left() -> None:
    """Padding and rubbish behind a body are not content, and are not even fetched."""
    taken: list[int] = []

    def pieces() -> Iterable[bytes]:
        yield gzip.compress(b"text") + b"\0\0\0"
        for number in range(100):
            taken.append(number)
            yield b"x" * 1000

    assert whole(pieces(), "gzip") == b"text"
    assert len(taken) <= 1


@pytest.mark.parametrize("packed", [gzip.compress(b"\0" * 50_000_000), gzip.compress(b"\0" * 60_000) * 900])
def test_a_bomb_comes_out_in_small_pieces_and_not_to_its_end(packed: bytes) -> None:
    """No piece is large, and the agreed size is the end."""
    sizes: list[int] = []
    with pytest.raises(TooLargeError):
        sizes.extend(len(piece) for piece in unpack([packed], "gzip", 1_000_000))
    assert max(sizes) <= PIECE
    assert sum(sizes) <= 1_000_000


def test_the_packed_size_counts_too() -> None:
    """Data that hold nothing, without end, are an endless body all the same."""
    nothing = b"\x00\x00\x00\xff\xff"  # an empty block, not the last one
    with pytest.raises(TooLargeError):
        whole((nothing * 1000 for _ in range(1000)), "deflate", 1_000_000)


def test_members_are_counted() -> None:
    """Members that hold nothing cost time, so their number is bounded."""
    assert whole([gzip.compress(b"") * MAX_MEMBERS], "gzip") == b""
    with pytest.raises(TooLargeError, match="members"):
        whole([gzip.compress(b"") * (MAX_MEMBERS + 1)], "gzip")


@pytest.mark.parametrize("encoding", ["", "gzip", "deflate"])
def test_exactly_the_limit_is_allowed(encoding: str) -> None:
    """The limit itself may come."""
    content = b"\0" * 100_000
    packed = {"": content, "gzip": gzip.compress(content), "deflate": zlib.compress(content)}[encoding]
    assert whole([packed], encoding, 100_000) == content
    with pytest.raises(TooLargeError):
        whole([packed], encoding, 99_999)
