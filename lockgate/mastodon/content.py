"""The words of a post as an app shows them: links lead to whole addresses, and a topic is a hashtag."""

from __future__ import annotations

import re
from urllib.parse import quote

from lockgate.attention.queries import topics
from lockgate.web.markdown import markdown_html

_TOPIC = re.compile(r'<a href="/topics/([^"/]+)" rel="[^"]*">(?=#)')
_HERE = re.compile(r'<a href="/(?!/)')


def words_html(body: str, base: str) -> str:
    """``body`` drawn for an app. Clients know a hashtag by its class, and open what is said on it themselves."""
    drawn = str(markdown_html(body, for_our_pages=False))
    if '<a href="/' not in drawn:
        return drawn
    drawn = _TOPIC.sub(
        lambda one: f'<a href="{base}/tags/{one[1]}" class="mention hashtag" rel="tag">', drawn
    )
    return _HERE.sub(lambda _one: f'<a href="{base}/', drawn)


def hashtags(body: str, base: str) -> list[dict[str, str]]:
    """The topics of ``body``, as they stand in a status: read from its words, without a question."""
    return [{"name": one, "url": tag_address(one, base)} for one in topics(body)]


def tag_address(word: str, base: str) -> str:
    return f"{base}/tags/{quote(word)}"
