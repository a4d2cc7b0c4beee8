"""What one says of oneself, and one's photo."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import BadInput
from lockgate.base.transactions import change
from lockgate.channels.queries import MOST_PHOTO_BYTES, portrait
from lockgate.people.models import Person
from lockgate.people.operations import mark_photo
from lockgate.profiles import events, rules
from lockgate.profiles.models import Keyword, Photo, Profile
from lockgate.profiles.queries import written_by
from lockgate.profiles.types import Written


def write(*, by: Person, at: datetime, written: Written) -> bool:
    """``by`` says this of themselves, instead of what they said before. False where it is the same, and nothing is
    recorded. Raises BadInput for what is too long, or no telephone number."""
    clean = Written(
        works_on=_within(rules.lines(written.works_on), rules.WORKS_ON_MOST, _("What you work on")),
        ask_about=_names(written.ask_about, _("What one may ask you about")),
        skills=_names(written.skills, _("Skills")),
        languages=_names(written.languages, _("Languages")),
        spoken=_within(rules.line(written.spoken), rules.LINE_MOST, _("How your name is said")),
        ipa=_within(rules.line(written.ipa), rules.LINE_MOST, _("Your name in phonetic signs")),
        pronouns=_within(rules.line(written.pronouns), rules.LINE_MOST, _("Pronouns")),
        phone=rules.line(written.phone),
    )
    if clean.phone and (len(clean.phone) > rules.PHONE_MOST or not rules.is_phone(clean.phone)):
        raise BadInput(
            _("“%(text)s” is not a telephone number.") % {"text": clean.phone[:40]},
            _("Write it with its country, such as +33 5 61 00 00 00."),
        )
    with change():
        # The person's own row is the lock: two forms sent at once are written one after the other.
        Person.objects.select_for_update().get(pk=by.pk)
        if written_by(by) == clean:
            return False
        Profile.objects.update_or_create(
            person=by,
            defaults={
                "works_on": clean.works_on,
                "works_on_plain": rules.plain(clean.works_on),
                "spoken": clean.spoken,
                "ipa": clean.ipa,
                "pronouns": clean.pronouns,
                "phone": clean.phone,
                "changed_at": at,
            },
        )
        Keyword.objects.filter(person=by).delete()
        Keyword.objects.bulk_create(
            Keyword(person=by, kind=kind, name=name, plain=rules.plain(name), place=place)
            for kind, said in (
                (Keyword.Kind.SKILL, clean.skills),
                (Keyword.Kind.LANGUAGE, clean.languages),
                (Keyword.Kind.ASK_ABOUT, clean.ask_about),
            )
            for place, name in enumerate(said)
        )
        record([Fact(events.PROFILE_CHANGED, by.pseudonym, by.pseudonym, at)])
    return True


def set_photo(*, by: Person, at: datetime, content: bytes) -> None:
    """A face for ``by``: cut square, drawn anew and small, without what a camera wrote into it. Raises BadInput for
    what is no picture, or is too large."""
    if len(content) > MOST_PHOTO_BYTES:
        raise BadInput(_("This picture is larger than 10 MB."), _("Choose a smaller one."))
    drawn = portrait(content)
    if drawn is None:
        raise BadInput(
            _("This file is not a picture that can be opened."),
            _("Choose a photograph as JPEG, PNG or WebP, at least 96 pixels wide and high."),
        )
    digest = hashlib.sha256(drawn).hexdigest()
    with change():
        Photo.objects.update_or_create(person=by, defaults={"content": drawn, "digest": digest, "set_at": at})
        mark_photo(person=by, mark=digest)
        record([Fact(events.PHOTO_SET, by.pseudonym, by.pseudonym, at)])


def remove_photo(*, by: Person, at: datetime) -> None:
    """Only the tile with the initials is left. Nothing happens where there was no photo."""
    with change():
        removed, _rows = Photo.objects.filter(person=by).delete()
        if removed:
            mark_photo(person=by, mark="")
            record([Fact(events.PHOTO_REMOVED, by.pseudonym, by.pseudonym, at)])


def _within(text: str, most: int, field: str) -> str:
    if len(text) > most:
        raise BadInput(
            _("%(field)s: %(count)d characters, and %(most)d is the most.")
            % {"field": field, "count": len(text), "most": most},
            _("Make it shorter."),
        )
    return text


def _names(said: Sequence[str], field: str) -> tuple[str, ...]:
    names = rules.names("\n".join(said))
    if len(names) > rules.NAMES_MOST:
        raise BadInput(
            _("%(field)s: %(count)d entries, and %(most)d is the most.")
            % {"field": field, "count": len(names), "most": rules.NAMES_MOST},
            _("Keep those that people should know."),
        )
    return tuple(_within(one, rules.NAME_MOST, field) for one in names)
