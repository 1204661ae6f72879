"""What a page claims about itself in its head: meta elements and linked data, as the plugins of content systems write them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from tests.pages.blocks import gold_lines


def metas(said: Mapping[str, Any], how: Mapping[str, Any]) -> str:
    """The description, Open Graph and Twitter elements; a date and an author where the page's file says so."""
    title, about = said["title"] + how["suffix"], _about(said)
    pairs = [
        ("name", "description", about),
        ("name", "robots", "follow, index, max-snippet:-1, max-video-preview:-1, max-image-preview:large"),
        ("property", "og:locale", "ar_AR"),
        ("property", "og:type", "article"),
        ("property", "og:title", title),
        ("property", "og:description", about),
        ("property", "og:url", said["url"]),
        ("property", "og:site_name", how["site"]),
        *(("property", "article:tag", tag) for tag in how["tags"]),
        ("property", "article:section", how["section"]),
        ("property", "og:image:width", "1024"),
        ("name", "twitter:card", "summary_large_image"),
        ("name", "twitter:title", title),
        ("name", "twitter:description", about),
    ]
    if "meta" in how["dates"] and said.get("published"):
        pairs.append(("property", "article:published_time", said["published"]))
    if "updated" in how:
        pairs.append(("property", "og:updated_time", how["updated"]))
    if "meta" in how["authors"] and said.get("author"):
        pairs.append(("name", "author", said["author"]))
    return "\n".join(f'<meta {kind}="{name}" content="{escape(value)}" />' for kind, name, value in pairs)


def linked_data(said: Mapping[str, Any], how: Mapping[str, Any]) -> str:
    """A graph of an article, its page, its site and its author, or nothing where the page states neither date nor author."""
    if "json-ld" not in how["dates"] and "json-ld" not in how["authors"]:
        return ""
    home = "/".join(said["url"].split("/")[:3]) + "/"
    article: dict[str, Any] = {
        "@type": how.get("type", "NewsArticle"),
        "@id": said["url"] + "#richSnippet",
        "headline": said["title"],
        "description": _about(said),
        "inLanguage": "ar",
        "articleSection": how["section"],
        "publisher": {"@id": home + "#organization"},
        "image": {"@type": "ImageObject", "url": home + "uploads/main.jpg", "width": "1024", "height": "683"},
        "mainEntityOfPage": {"@id": said["url"] + "#webpage"},
    }
    if "json-ld" in how["dates"] and said.get("published"):
        article["datePublished"] = said["published"]
        article["dateModified"] = how.get("updated", said["published"])
    if "json-ld" in how["authors"] and said.get("author"):
        article["author"] = {"@type": "Person", "name": said["author"], "url": home + "author/1/"}
    graph = [
        {"@type": "Organization", "@id": home + "#organization", "name": how["site"], "url": home},
        {"@type": "WebSite", "@id": home + "#website", "url": home, "name": how["site"], "inLanguage": "ar"},
        {
            "@type": "WebPage",
            "@id": said["url"] + "#webpage",
            "url": said["url"],
            "name": said["title"] + how["suffix"],
        },
        article,
    ]
    text = json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False)
    return f'<script type="application/ld+json" class="rank-math-schema">{text}</script>'


def _about(said: Mapping[str, Any]) -> str:
    return " ".join(gold_lines(said["text"])[0].split()[:30])
