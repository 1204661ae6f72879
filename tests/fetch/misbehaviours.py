"""What a server may do wrong: the table, by name, of what each does and how asking it must end."""

from __future__ import annotations

import gzip
import itertools

from tests.fetch.hostile import (
    Case,
    answers,
    drips,
    floods,
    hangs,
    leads,
    leads_from,
    packed,
    resets,
    says,
    zeros,
)

TIMEOUT = 0.8  # seconds that one request may take
MAX_BYTES = 2_000_000  # of a body
QUICK, SLOW = 1.5, TIMEOUT + 1.5

ARTICLE = (
    "<!doctype html><html lang=ar><head><meta charset=utf-8><title>خبر</title></head><body><article><h1>خبر</h1><p>"
    + "نص كتب للاختبار وحده. " * 60
    + "</p></article></body></html>"
).encode()
CHALLENGE = (
    b"<!doctype html><html><head><title>Just a moment...</title></head><body><noscript>Enable JavaScript</noscript>"
    b"<script>window._cf_chl_opt={cType:'managed'};var s=document.createElement('script');"
    b"s.src='/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1';</script></body></html>"
)
FEED = b"<?xml version='1.0'?><rss version='2.0'><channel><item><title>x</title></item></channel></rss>"
FORBIDS = b"User-agent: *\nDisallow: /\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
HTML = b"<html><p>"


CIRCLE = {"/news/12345": "/news/2", "/news/2": "/news/12345"}
CHAIN = {f"/news/{n}": f"/news/{n + 1}" for n in itertools.chain([12345], range(12346, 12360))}
SLUG = {"/news/12345": "/news/12345/name-of-it"}
ROBOTS_CIRCLE = {"/robots.txt": "/robots/1", "/robots/1": "/robots.txt"}
ROBOTS_WAY = {"/robots.txt": "/robots/1", "/robots/1": "/robots/2"}

_CASES = [
    # the connection
    Case("silent", "accepts and never says anything", "timeout", SLOW, hangs()),
    Case("hangs up", "closes the connection at once", "protocol", QUICK, says()),
    Case("resets", "breaks the connection off at once", "connect", QUICK, resets()),
    Case("resets in headers", "breaks off within the headers", "connect", QUICK, resets(OK)),
    Case("resets in body", "breaks off within the body", "connect", QUICK, resets(OK + b"Content-Length: 99\r\n\r\n", HTML)),
    Case("plain on tls port", "answers TLS with plain HTTP", "tls", QUICK, answers(400), tls=True, robots=answers(400)),
    Case("silent on tls port", "never begins with TLS", "timeout", SLOW, hangs(), tls=True, robots=hangs()),
    Case("tls on plain port", "answers HTTP with a TLS alert", "protocol", QUICK, says(b"\x15\x03\x01\x00\x02\x02\x46")),
    Case("another protocol", "speaks SSH", "protocol", QUICK, says(b"SSH-2.0-OpenSSH_9.6\r\n")),
    # slowness
    Case("slow status line", "a byte of the status line now and then", "timeout", SLOW, drips(b"HTTP/1.1 2")),
    Case("slow headers", "a byte of a header now and then", "timeout", SLOW, drips(OK + b"X-Slow: ")),
    Case("slow body", "a byte of the body now and then", "timeout", SLOW, drips(OK + b"Content-Length: 9999\r\n\r\n")),
    Case("slow chunks", "a chunk of a byte now and then", "timeout", SLOW, drips(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n")),
    Case("slow packed body", "gzip that yields nothing, slowly", "timeout", SLOW, drips(OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"")[:10], b"\0\0\0\xff\xff")),
    Case("stops in body", "half of the body, then silence", "timeout", SLOW, hangs(OK + b"Content-Length: 9999\r\n\r\n", HTML)),
    Case("endless continue", "100 Continue for ever", "timeout", SLOW, floods(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 10)),
    # framing
    Case("body too short", "announces more than it sends", "protocol", QUICK, says(OK + b"Content-Length: 999\r\n\r\n", HTML)),
    Case("body too long", "sends more than it announces", "served", QUICK, says(OK + b"Content-Length: 9\r\n\r\n", HTML * 9)),
    Case("negative length", "announces -1 bytes", "protocol", QUICK, says(OK + b"Content-Length: -1\r\n\r\n", HTML)),
    Case("two lengths", "announces two different lengths", "protocol", QUICK, says(OK + b"Content-Length: 9\r\nContent-Length: 8\r\n\r\n", HTML)),
    Case("length in words", "announces a length that is no number", "protocol", QUICK, says(OK + b"Content-Length: nine\r\n\r\n", HTML)),
    Case("absurd length", "announces more bytes than there are", "too_large", QUICK, hangs(OK + b"Content-Length: " + b"9" * 18 + b"\r\n\r\n")),
    Case("length of digits", "announces a number of a thousand digits", "protocol", QUICK, hangs(OK + b"Content-Length: " + b"9" * 1000 + b"\r\n\r\n")),
    Case("chunk size garbage", "a chunk whose size is no number", "protocol", QUICK, says(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", HTML)),
    Case("chunk too short", "a chunk that breaks off", "protocol", QUICK, says(OK + b"Transfer-Encoding: chunked\r\n\r\n999\r\n", HTML)),
    Case("no last chunk", "chunks without the one that ends them", "protocol", QUICK, says(OK + b"Transfer-Encoding: chunked\r\n\r\n9\r\n", HTML, b"\r\n")),
    Case("huge chunk", "announces a chunk of 2**60 bytes", "protocol", QUICK, says(OK + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n", HTML)),
    Case("endless chunk extension", "an extension of a chunk that never ends", "protocol", SLOW, floods(OK + b"Transfer-Encoding: chunked\r\n\r\n9;x=", b"y" * 9999), bomb=True),
    Case("tiny chunks", "millions of chunks of a byte", "timeout", SLOW, floods(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 1000), bomb=True),
    Case("endless trailer", "headers after the last chunk, without end", "protocol", SLOW, floods(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"x-y: z\r\n" * 1000), bomb=True),
    Case("unknown transfer coding", "a coding of the transfer that nobody knows", "protocol", QUICK, says(OK + b"Transfer-Encoding: rot13\r\n\r\n", HTML)),
    # status line and headers
    Case("binary status line", "bytes instead of a status line", "protocol", QUICK, says(bytes(range(256)) * 4)),
    Case("status in words", "a status that is no number", "protocol", QUICK, says(b"HTTP/1.1 banana\r\n\r\n")),
    Case("status of two digits", "a status of 42", "protocol", QUICK, says(b"HTTP/1.1 42 X\r\n\r\n")),
    Case("no http", "HTTP/0.9: a body and nothing before it", "protocol", QUICK, says(ARTICLE)),
    Case("switches protocols", "101 Switching Protocols, unasked", "protocol", QUICK, hangs(b"HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")),
    Case("early hints", "103 before the page", "served", QUICK, says(b"HTTP/1.1 103 X\r\nLink: </x>\r\n\r\n" + OK + b"\r\n", ARTICLE)),
    Case("ten thousand headers", "10,000 headers", "too_large", QUICK, says(OK, b"".join(b"X-%d: 1\r\n" % n for n in range(5000)), b"\r\n", HTML)),
    Case("giant header", "a header of 80 kB", "too_large", QUICK, says(OK + b"X: " + b"y" * 80_000 + b"\r\n\r\n", HTML)),
    Case("endless header", "a header that never ends", "protocol", SLOW, floods(OK + b"X: ", b"y" * 9999), bomb=True),
    Case("endless headers", "headers that never end", "protocol", SLOW, floods(OK, b"X-Y: z\r\n" * 1000), bomb=True),
    Case("header without colon", "a header that is a sentence", "protocol", QUICK, says(OK + b"this is no header\r\n\r\n", HTML)),
    Case("nul in header", "a header with a zero byte", "protocol", QUICK, says(OK + b"X-Odd: a\0b\r\n\r\n", HTML)),
    Case("folded header", "a header over two lines", "served", QUICK, says(OK + b"X-Odd: a\r\n b\r\n\r\n", ARTICLE)),
    Case("arabic header", "a header in raw UTF-8", "served", QUICK, says(OK + "X-Odd: خبر\r\n\r\n".encode(), ARTICLE)),
    # redirects
    Case("leads to itself", "a redirect to the same address", "too_many_redirects", QUICK, leads("/news/12345")),
    Case("leads in a circle", "two redirects to each other", "too_many_redirects", QUICK, leads_from(CIRCLE, ARTICLE)),
    Case("leads on and on", "a chain of redirects without end", "too_many_redirects", QUICK, leads_from(CHAIN, ARTICLE)),
    Case("leads to a file", "a redirect to file:", "bad_url", QUICK, leads("file:///etc/passwd")),
    Case("leads to ftp", "a redirect to ftp:", "bad_url", QUICK, leads("ftp://127.0.0.1/x")),
    Case("leads to a script", "a redirect to javascript:", "bad_url", QUICK, leads("javascript:alert(1)")),
    Case("leads to data", "a redirect to data:", "bad_url", QUICK, leads("data:text/html,x")),
    Case("leads to a private network", "a redirect to 10.0.0.1", "forbidden_address", QUICK, leads("http://10.0.0.1/")),
    Case("leads to metadata", "a redirect to a cloud's metadata", "forbidden_address", QUICK, leads("http://169.254.169.254/latest/meta-data/")),
    Case("leads to an odd port", "a redirect to a mail server's port", "forbidden_address", QUICK, leads("http://example.com:25/")),
    Case("leads to a local name", "a redirect to a name of the local network", "forbidden_address", QUICK, leads("http://router.local/")),
    Case("leads with a user name", "a redirect to user@host", "bad_url", QUICK, leads("http://paper.example@127.0.0.1/x")),
    Case("leads to broken brackets", "a redirect to half an IPv6 address", "bad_url", QUICK, leads("http://[::1")),
    Case("leads to an absurd port", "a redirect to port 99999", "bad_url", QUICK, leads("http://127.0.0.1:99999/")),
    Case("leads to no host", "a redirect to http:// and nothing", "bad_url", QUICK, leads("http://")),
    Case("leads far", "a redirect to an address of 20 kB", "bad_url", QUICK, leads("/" + "x" * 20_000)),
    Case("leads nowhere", "a redirect with an empty target", "http_3xx", QUICK, leads("")),
    Case("leads without a word", "a redirect that names no target", "http_3xx", QUICK, answers(302)),
    Case("leads to junk", "a redirect to a sentence", "served", QUICK, leads_from({"/news/12345": "not an address at all"}, ARTICLE)),
    Case("leads in raw bytes", "a redirect to an Arabic path, not encoded", "served", QUICK, leads_from({"/news/12345": "/news/خبر-12345".encode().decode("latin-1")}, ARTICLE)),
    Case("leads to a new name", "a redirect to the article's new address", "served", QUICK, leads_from(SLUG, ARTICLE)),
    Case("leads home", "a redirect to the front page", "redirect_home", QUICK, leads_from({"/news/12345": "/"}, ARTICLE)),
    Case("leads to a section", "a redirect to the section above", "redirect_home", QUICK, leads_from({"/news/12345": "/news/"}, ARTICLE)),
    Case("leads to a language", "a redirect to the front page of a language", "redirect_home", QUICK, leads_from({"/news/12345": "/ar/"}, ARTICLE)),
    Case("many choices", "300 with a page", "http_3xx", QUICK, answers(300, ARTICLE)),
    Case("not modified", "304 though nobody asked whether", "http_3xx", QUICK, says(b"HTTP/1.1 304 X\r\n\r\n")),
    # statuses
    *[
        Case(f"status {status}", f"answers {status}", ends, QUICK, answers(status, b"<p>x"))
        for status, ends in {
            400: "http_4xx", 401: "forbidden", 403: "forbidden", 404: "gone", 408: "timeout", 410: "gone", 418: "http_4xx",
            429: "throttled", 451: "http_4xx", 500: "http_5xx", 502: "http_5xx", 503: "throttled", 520: "http_5xx",
            999: "protocol",
        }.items()
    ],
    Case("come back later", "503 with Retry-After in seconds", "throttled", QUICK, answers(503, b"", "Retry-After: 120")),
    Case("come back on a day", "503 with Retry-After as a date", "throttled", QUICK, answers(503, b"", "Retry-After: Wed, 12 Feb 2020 00:00:00 GMT")),
    Case("come back never", "429 with an absurd Retry-After", "throttled", QUICK, answers(429, b"", "Retry-After: " + "9" * 300)),
    Case("nothing", "204 No Content", "empty", QUICK, says(b"HTTP/1.1 204 X\r\n\r\n")),
    Case("a part", "206 with a part of the page", "protocol", QUICK, answers(206, ARTICLE[:99], "Content-Range: bytes 0-98/999")),
    # bodies
    Case("empty", "200 with no body", "empty", QUICK, answers(200)),
    Case("blank", "200 with white space", "empty", QUICK, answers(200, b" \r\n" * 999)),
    Case("pdf as html", "a PDF that claims to be HTML", "not_html", QUICK, answers(200, b"%PDF-1.7\n" + bytes(99))),
    Case("image as html", "a picture that claims to be HTML", "not_html", QUICK, answers(200, b"\x89PNG\r\n\x1a\n" + bytes(99))),
    Case("image", "a picture", "not_html", QUICK, answers(200, b"\xff\xd8\xff", kind="image/jpeg")),
    Case("archive as html", "a zip file that claims to be HTML", "not_html", QUICK, answers(200, b"PK\x03\x04" + bytes(99))),
    Case("feed", "a feed where an article should be", "feed_xml", QUICK, answers(200, FEED, kind="application/rss+xml")),
    Case("feed as html", "a feed that claims to be HTML", "feed_xml", QUICK, answers(200, FEED)),
    Case("no type", "a page without a content type", "served", QUICK, answers(200, ARTICLE, kind="")),
    Case("wrong charset", "UTF-8 that claims to be something else", "served", QUICK, answers(200, ARTICLE, kind="text/html; charset=windows-1256")),
    Case("unknown charset", "a charset that does not exist", "served", QUICK, answers(200, ARTICLE, kind="text/html; charset=x-" + "y" * 999)),
    Case("zero bytes", "a page with zero bytes in it", "served", QUICK, answers(200, ARTICLE.replace(b"<p>", b"<p>\0\0"))),
    Case("too large", "a page that announces more than is read", "too_large", QUICK, answers(200, b"<p>" + b"x" * (MAX_BYTES + 1)), bomb=True),
    Case("endless", "a gigabyte, unannounced", "too_large", SLOW, floods(OK + b"\r\n", b"<p>x" * 16_384), bomb=True),
    Case("endless chunks", "a gigabyte in chunks", "too_large", SLOW, floods(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65_536 + b"\r\n"), bomb=True),
    # packing
    Case("gzip bomb", "kilobytes that unpack to gigabytes", "too_large", QUICK, packed(zeros("gzip")), bomb=True),
    Case("deflate bomb", "the same by deflate", "too_large", QUICK, packed(zeros("deflate"), "deflate"), bomb=True),
    Case("many members", "a gzip bomb in a thousand members", "too_large", QUICK, packed(zeros("gzip", 1000)), bomb=True),
    Case("empty members", "a million gzip members of nothing", "too_large", SLOW, packed(gzip.compress(b"") * 50_000), bomb=True),
    Case("gzip in gzip", "a gzip bomb packed once more", "protocol", QUICK, packed(gzip.compress(zeros("gzip")), "gzip, gzip"), bomb=True),
    Case("two members", "a page in two gzip members", "served", QUICK, packed(gzip.compress(ARTICLE[:99]) + gzip.compress(ARTICLE[99:]))),
    Case("not packed", "claims to be packed and is not", "protocol", QUICK, packed(ARTICLE)),
    Case("half packed", "gzip that breaks off", "protocol", QUICK, packed(gzip.compress(ARTICLE)[:-30])),
    Case("damaged", "gzip with a wrong checksum", "protocol", QUICK, packed(gzip.compress(ARTICLE)[:-8] + bytes(8))),
    Case("packed unasked", "a compression that was not asked for", "protocol", QUICK, packed(b"\x0b\x02\x80x\x03", "br")),
    Case("packed many times", "a hundred compressions", "protocol", QUICK, packed(ARTICLE, ", ".join(["gzip"] * 100))),
    # tests for robots
    Case("test as page", "a test for robots with status 200", "blocked", QUICK, answers(200, CHALLENGE)),
    Case("test as refusal", "a test for robots with status 403", "blocked", QUICK, answers(403, CHALLENGE)),
    Case("test as trouble", "a test for robots with status 503", "blocked", QUICK, answers(503, CHALLENGE, "Retry-After: 5")),
    Case("test by header", "a test for robots without a body", "blocked", QUICK, answers(403, b"", "cf-mitigated: challenge")),
    Case("watched page", "an article with the script of a test in it", "served", QUICK, answers(200, ARTICLE + b"<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>")),
    # robots.txt
    Case("robots forbids", "a robots.txt that forbids", "robots", QUICK, answers(200, ARTICLE), answers(200, FORBIDS)),
    Case("robots with a mark", "one with a byte order mark", "robots", QUICK, answers(200, ARTICLE), answers(200, b"\xef\xbb\xbf" + FORBIDS)),
    Case("robots of megabytes", "one of almost 2 MB that forbids at its start", "robots", QUICK, answers(200, ARTICLE), answers(200, FORBIDS + b"# x\n" * 400_000), bomb=True),
    Case("robots too long", "one that forbids after 500 kB of comments", "served", QUICK, answers(200, ARTICLE), answers(200, b"# x\n" * 200_000 + FORBIDS)),
    Case("robots in a line", "one of a single line", "served", QUICK, answers(200, ARTICLE), answers(200, b"x" * 1_000_000)),
    Case("robots for many", "one with thousands of names and rules", "served", SLOW, answers(200, ARTICLE), answers(200, b"".join(b"User-agent: a%d\n" % n for n in range(16_000)) + b"Disallow: /\n" * 16_000), bomb=True),
    Case("robots without end", "one that never ends", "robots", SLOW, answers(200, ARTICLE), floods(OK + b"\r\n", b"# x\n" * 4096), bomb=True),
    Case("robots bomb", "one that unpacks to gigabytes", "robots", QUICK, answers(200, ARTICLE), packed(zeros("gzip")), bomb=True),
    Case("robots drips", "one that comes a byte now and then", "timeout", SLOW, answers(200, ARTICLE), drips(OK + b"\r\n", b"#")),
    Case("robots silent", "one that never comes", "timeout", SLOW, answers(200, ARTICLE), hangs()),
    Case("robots hangs up", "one whose connection closes", "protocol", QUICK, answers(200, ARTICLE), says()),
    Case("robots as page", "a page of HTML in its place", "served", QUICK, answers(200, ARTICLE), answers(200, ARTICLE)),
    Case("robots as test", "a test for robots in its place", "served", QUICK, answers(200, ARTICLE), answers(403, CHALLENGE)),
    Case("robots at fault", "one that answers 500", "robots", QUICK, answers(200, ARTICLE), answers(500)),
    Case("robots throttled", "one that answers 429", "robots", QUICK, answers(200, ARTICLE), answers(429)),
    Case("robots gone", "one that answers 410", "served", QUICK, answers(200, ARTICLE), answers(410)),
    Case("robots led on", "one that redirects and then forbids", "robots", QUICK, answers(200, ARTICLE), leads_from(ROBOTS_WAY, FORBIDS)),
    Case("robots in a circle", "one that redirects in a circle", "served", QUICK, answers(200, ARTICLE), leads_from(ROBOTS_CIRCLE, ARTICLE)),
    Case("robots led away", "one that redirects into a private network", "served", QUICK, answers(200, ARTICLE), leads("http://10.0.0.1/robots.txt")),
    Case("robots of bytes", "one of random bytes", "served", QUICK, answers(200, ARTICLE), answers(200, bytes(range(256)) * 999)),
    Case("robots so slow", "one that asks for a day between two requests", "served", QUICK, answers(200, ARTICLE), answers(200, b"User-agent: *\nCrawl-delay: 86400\n")),
]  # fmt: skip

CASES = {case.name: case for case in _CASES}
