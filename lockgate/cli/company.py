"""The commands that found a company and tend it: `lockgate people`, `space` and `policy`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

people = typer.Typer(name="people", help="Persons of this installation.", no_args_is_help=True)

Email = Annotated[str, typer.Argument(help="The e-mail address to sign in with.")]
Name = Annotated[str, typer.Argument(help="The person's name.")]


@people.command()
def first(email: Email, name: Name) -> None:
    """Found the company (LOCKGATE_COMPANY) with its first administrator. The password is asked, or read from a pipe."""
    from lockgate.cli.people import run_first

    sys.exit(run_first(email, name))


@people.command()
def add(
    email: Email,
    name: Name,
    duty: Annotated[list[str] | None, typer.Option(help="policy_reviewer, supervisor, …; repeat.")] = None,
) -> None:
    """Admit one more employee."""
    from lockgate.cli.people import run_add

    sys.exit(run_add(email, name, duty or []))


@people.command()
def guest(
    email: Email,
    name: Name,
    firm: Annotated[str, typer.Option(help="Whose person it is; the firm is opened if it is new.")],
) -> None:
    """Admit a person of another firm, who hears nothing until given a seat (lockgate space seat)."""
    from lockgate.cli.people import run_guest

    sys.exit(run_guest(email, name, firm))


@people.command()
def leave(email: Email) -> None:
    """End somebody's account, sessions, tokens, duties and seats, at once. What they said stays."""
    from lockgate.cli.people import run_leave

    sys.exit(run_leave(email))


@people.command()
def password(email: Email) -> None:
    """Set a new password, asked twice or read from a pipe, and end the person's sessions."""
    from lockgate.cli.people import run_password

    sys.exit(run_password(email))


Dry = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]
Many = Annotated[
    bool,
    typer.Option("--many-leave", help="Carry it out even where more than a tenth of the people would leave."),
]


@people.command("import")
def import_people(
    file: Annotated[Path, typer.Argument()], dry_run: Dry = False, many_leave: Many = False
) -> None:
    """Bring the people here in step with a CSV of all of them: who joins, changes, comes back and leaves."""
    from lockgate.cli.syncing import run_import

    sys.exit(run_import(file, dry_run, many_leave))


@people.command()
def sync(dry_run: Dry = False, many_leave: Many = False) -> None:
    """Bring the people here in step with the LDAP server that the settings name."""
    from lockgate.cli.syncing import run_sync

    sys.exit(run_sync(dry_run, many_leave))


@people.command("second-factor")
def second_factor(
    email: Email,
    remove: Annotated[
        bool, typer.Option("--remove", help="Take away all of them: a phone was lost.")
    ] = False,
) -> None:
    """Say what somebody proves themselves by beside a password; with --remove, take it away and end their sessions."""
    from lockgate.cli.syncing import run_second_factor

    sys.exit(run_second_factor(email, remove))


@people.command()
def duty(
    email: Email,
    give: Annotated[list[str] | None, typer.Option(help="policy_reviewer, supervisor, …; repeat.")] = None,
    end: Annotated[list[str] | None, typer.Option(help="A duty that ends; repeat.")] = None,
) -> None:
    """Give duties and end them; with neither, say which are held."""
    from lockgate.cli.people import run_duty

    sys.exit(run_duty(email, give or [], end or []))


@people.command()
def desk(
    slug: Annotated[str, typer.Argument(help="The name that rules use: communications, compliance, …")],
    name: Annotated[str, typer.Argument(help="The name that people read.")],
    approver: Annotated[str, typer.Option(help="Who signs: an e-mail address.")],
    deputy: Annotated[str, typer.Option(help="Who signs in their absence.")] = "",
    hours: Annotated[int, typer.Option(help="How long an answer may take.", min=1)] = 24,
) -> None:
    """Open a desk that signs what the policy holds, or let others sign at one that is there."""
    from lockgate.cli.people import run_desk

    sys.exit(run_desk(slug, name, approver, deputy, hours))


space = typer.Typer(name="space", help="Rooms, and who sits in them.", no_args_is_help=True)

Slug = Annotated[str, typer.Argument(help="The space's short name, as in /spaces/<slug>.")]


@space.command("open")
def open_space(
    slug: Slug,
    name: Annotated[str, typer.Argument(help="The name that people read.")],
    owner: Annotated[str, typer.Option(help="Who owns it: an employee's e-mail address.")],
    ceiling: Annotated[
        str, typer.Option(help="The highest marking: public, internal, confidential or controlled.")
    ] = "internal",
    guests: Annotated[bool, typer.Option("--guests", help="Guests may sit there; holds for good.")] = False,
    about: Annotated[str, typer.Option(help="What it is for.")] = "",
    kind: Annotated[str, typer.Option(help="department, project, site, topic, circle or deal.")] = "topic",
    entry: Annotated[str, typer.Option(help="private, closed or open.")] = "private",
) -> None:
    """Open a space."""
    from lockgate.cli.spaces import run_open

    sys.exit(
        run_open(slug, name, owner=owner, ceiling=ceiling, guests=guests, about=about, kind=kind, entry=entry)
    )


@space.command("seat")
def seat_in_space(
    slug: Slug,
    email: Email,
    role: Annotated[str, typer.Option(help="member, observer, moderator or owner; guests have none.")] = "",
    past: Annotated[bool, typer.Option("--past", help="They hear what was said before, too.")] = False,
) -> None:
    """Give somebody a seat, from now on."""
    from lockgate.cli.spaces import run_seat

    sys.exit(run_seat(slug, email, role=role, past=past))


@space.command("end")
def end_seat(slug: Slug, email: Email) -> None:
    """End somebody's seat, from now on."""
    from lockgate.cli.spaces import run_end

    sys.exit(run_end(slug, email))


@space.command("clear")
def clear_space(
    slug: Slug, reason: Annotated[str, typer.Option(help="Why; kept sealed with the record.")]
) -> None:
    """Clear the room: every guest's seat ends at once, and their streams with it."""
    from lockgate.cli.spaces import run_clear

    sys.exit(run_clear(slug, reason))


@space.command("archive")
def archive_space(slug: Slug) -> None:
    """Archive a space, for good: read as before by those who sit there, nothing new, in no list."""
    from lockgate.cli.spaces import run_archive

    sys.exit(run_archive(slug))


@people.command()
def nda(
    email: Email,
    until: Annotated[str, typer.Option(help="The last day that it holds, like 2027-03-31.")],
    marking: Annotated[str, typer.Option(help="The highest marking that the guest may hear.")] = "internal",
    reference: Annotated[str, typer.Option(help="Where the paper lies.")] = "",
) -> None:
    """Put a guest's NDA on file, or renew it: seats end with it, and those above its marking end now."""
    from lockgate.cli.spaces import run_nda

    sys.exit(run_nda(email, until, marking, reference))


policy = typer.Typer(name="policy", help="The content standards.", no_args_is_help=True)


@policy.command()
def adopt(
    by: Annotated[str, typer.Option(help="Who proposes: a policy_author's e-mail address.")],
    reviewer: Annotated[str, typer.Option(help="Who reviews: a policy_reviewer's, another person.")],
) -> None:
    """Publish the packs that come with Lockgate."""
    from lockgate.cli.people import run_adopt

    sys.exit(run_adopt(by, reviewer))
