"""Posts, home pages, and the check while typing: over HTTP, as browsers ask."""

from __future__ import annotations

from tools.bench import visitors
from tools.bench.databases import Database
from tools.bench.figures import Figure, at_least, at_most
from tools.bench.processes import family, memory, serving
from tools.bench.sitting import CLIENTS, Sitting, bare_commits, crowd_of, trouble, values


def posts(database: Database, sitting: Sitting) -> list[Figure]:
    """Posts into a space, through the page's own POST, by sixteen at once and by one alone."""
    bare = bare_commits(database, database.folder, CLIENTS, sitting.seconds / 3)
    with serving(database) as served:
        crowd = crowd_of(served, CLIENTS)
        asked = [visitors.post_requests(one, served.port) for one in crowd]
        many = visitors.pressed(served, asked, seconds=sitting.seconds)
        alone = visitors.pressed(served, asked[:1], seconds=sitting.seconds / 2, warm_up=0.5)
        idle = memory(family(served.supervisor))
    again = bare_commits(database, database.folder, CLIENTS, sitting.seconds / 3)
    limit = {name: (bare[name] + again[name]) / 2 for name in bare}
    return [
        Figure(
            f"posts into a space, {CLIENTS} clients",
            database.name,
            values(many),
            "bare single-row commits, as many clients",
            limit,
            many["a_second"] / limit["a_second"],
            many["processor_ms"] | {"all": many["processor_ms_all"], "client": many["client_ms"]},
            [at_least("500 a second", many["a_second"], 500)],
            trouble(many),
        ),
        Figure(
            "posts into a space, one client",
            database.name,
            values(alone),
            goals=[at_most("p99 15 ms", alone["p99_ms"], 15)],
            processor_ms=alone["processor_ms"] | {"all": alone["processor_ms_all"]},
            notes=[f"after it {idle['pss']:.0f} MB PSS in all processes", *trouble(alone)],
        ),
    ]


def pages(database: Database, sitting: Sitting) -> list[Figure]:
    """Home with its feed of 30, for sixteen readers, beside a bare Django view on the same server."""
    with serving(None) as bare_server:
        plain = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{bare_server.port}\r\n\r\n"
        bare = visitors.pressed(bare_server, [[plain]] * CLIENTS, seconds=sitting.seconds / 2)
    with serving(database) as served:
        crowd = crowd_of(served, CLIENTS)
        asked = [visitors.home_requests(one, served.port) for one in crowd]
        home = visitors.pressed(served, asked, seconds=sitting.seconds)
    wanted = 600 if database.is_postgresql else 1_000
    return [
        Figure(
            "home feed pages of 30 posts, 16 clients",
            database.name,
            values(home) | {"page_kb": home["bytes"] / 1000},
            "a bare Django view on the same server",
            {name: bare[name] for name in ("a_second", "p99_ms")},
            home["a_second"] / bare["a_second"],
            home["processor_ms"]
            | {
                "all": home["processor_ms_all"],
                "bare view": bare["processor_ms_all"],
                "client": home["client_ms"],
            },
            [
                at_least(f"{wanted:,} pages a second", home["a_second"], wanted),
                at_most("p99 40 ms", home["p99_ms"], 40),
            ],
            trouble(home),
        )
    ]


def searching(database: Database, sitting: Sitting) -> list[Figure]:
    """The page of what was found, drawn with its snippets: a word, two, the beginning of one, a rare one; by sixteen at
    once and by one alone."""
    with serving(database) as served:
        crowd = crowd_of(served, CLIENTS)
        asked = [visitors.search_requests(one, served.port, count=40) for one in crowd]
        many = visitors.pressed(served, asked, seconds=sitting.seconds)
        alone = visitors.pressed(served, asked[:1], seconds=sitting.seconds / 2, warm_up=0.5)
    return [
        Figure(
            f"search pages, {name}",
            database.name,
            values(found) | {"page_kb": found["bytes"] / 1000},
            processor_ms=found["processor_ms"] | {"all": found["processor_ms_all"]},
            goals=[
                at_least("1,000 a second", found["a_second"], 1_000),
                at_most("p99 25 ms", found["p99_ms"], 25),
            ]
            if found is many
            else [],
            notes=trouble(found),
        )
        for name, found in ((f"{CLIENTS} clients", many), ("one client", alone))
    ]


def typing(database: Database, sitting: Sitting) -> list[Figure]:
    """What the composer asks while one types: the whole request, for a draft of 3,000 characters and three places."""
    with serving(database) as served:
        crowd = crowd_of(served, CLIENTS)
        asked = [visitors.check_requests(one, served.port) for one in crowd]
        alone = visitors.pressed(served, asked[:1], seconds=sitting.seconds / 2, warm_up=0.5)
        many = visitors.pressed(served, asked, seconds=sitting.seconds / 2)
    return [
        Figure(
            f"check while typing, 3,000 characters, 3 places, {name}",
            database.name,
            values(found),
            processor_ms=found["processor_ms"] | {"all": found["processor_ms_all"]},
            goals=[at_most("p99 150 ms", found["p99_ms"], 150)] if found is alone else [],
            notes=trouble(found),
        )
        for name, found in (("one client", alone), (f"{CLIENTS} clients without a pause", many))
    ]
