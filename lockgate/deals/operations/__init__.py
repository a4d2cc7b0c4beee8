"""What buyers do in a deal room; one subject a file."""

from lockgate.deals.operations.decisions import call, decide, vote
from lockgate.deals.operations.talks import answer_all, clear

__all__ = ["answer_all", "call", "clear", "decide", "vote"]
