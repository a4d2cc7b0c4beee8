"""The packs that come with Lockgate: YAML files beside this one, ready to be adopted, published and replaced."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from lockgate.policy.parsing import parse_pack
from lockgate.policy.policy import Policy

SHIPPED = ("markings", "numbers", "secrets", "standards")


@cache
def shipped_source(name: str) -> str:
    """The YAML of a shipped pack."""
    return (files("lockgate.policy") / "packs" / f"{name}.yaml").read_text("utf-8")


@cache
def shipped_policy() -> Policy:
    """All shipped packs, compiled, as version 0: for tools that run without a database."""
    return Policy((parse_pack(shipped_source(name)), 0) for name in SHIPPED)
