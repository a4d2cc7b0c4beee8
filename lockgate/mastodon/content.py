"""The words of a post as an app shows them: links lead to whole addresses, and a topic is a hashtag."""

from __future__ import annotations

import re

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
