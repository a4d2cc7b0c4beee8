"""Code in a post: its language named, its words told apart by classes alone; bounded in size and in time.

The lexers are named one by one: each was timed on hostile text (tests/test_code.py). Pygments guesses nothing here,
and what a lexer cannot read in time stays plain.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import cache
from html import escape
from importlib import import_module

MOST_CHARACTERS = 8_000
LONGEST_LINE = 400
MOST_SECONDS = 0.05

# What people write after the three ticks, and what it is: (name as said, module, class).
_KNOWN: dict[str, tuple[str, str, str]] = {
    "bash": ("Shell", "shell", "BashLexer"),
    "c": ("C", "c_cpp", "CLexer"),
    "cpp": ("C++", "c_cpp", "CppLexer"),
    "csharp": ("C#", "dotnet", "CSharpLexer"),
    "css": ("CSS", "css", "CssLexer"),
    "diff": ("Diff", "diff", "DiffLexer"),
    "dockerfile": ("Dockerfile", "configs", "DockerLexer"),
    "go": ("Go", "go", "GoLexer"),
    "html": ("HTML", "html", "HtmlLexer"),
    "ini": ("INI", "configs", "IniLexer"),
    "java": ("Java", "jvm", "JavaLexer"),
    "javascript": ("JavaScript", "javascript", "JavascriptLexer"),
    "json": ("JSON", "data", "JsonLexer"),
    "kotlin": ("Kotlin", "jvm", "KotlinLexer"),
    "matlab": ("MATLAB", "matlab", "MatlabLexer"),
    "python": ("Python", "python", "PythonLexer"),
    "rust": ("Rust", "rust", "RustLexer"),
    "sql": ("SQL", "sql", "SqlLexer"),
    "toml": ("TOML", "configs", "TOMLLexer"),
    "typescript": ("TypeScript", "javascript", "TypeScriptLexer"),
    "xml": ("XML", "html", "XmlLexer"),
    "yaml": ("YAML", "data", "YamlLexer"),
}
_ALSO = {
    "sh": "bash", "shell": "bash", "zsh": "bash", "console": "bash", "c++": "cpp", "h": "c", "c#": "csharp",
    "cs": "csharp", "patch": "diff", "docker": "dockerfile", "golang": "go", "cfg": "ini", "js": "javascript",
    "jsx": "javascript", "kt": "kotlin", "py": "python", "python3": "python", "rs": "rust",
    "ts": "typescript", "svg": "xml", "yml": "yaml",
}  # fmt: skip

# Kinds of words by the class that they get; the nearest kind above counts. Short: they stand in every drawn post.
CLASSES = frozenset({"k", "s", "m", "c", "f", "gi", "gd"})


def block(code: str, info: str) -> str:
    """``code`` as HTML, escaped. ``info`` is what stands after the ticks; an unknown language stays plain.

    It scrolls sideways by keyboard too, and says what it is: "Code: Python" in the languages that we speak.
    """
    word = info.split(maxsplit=1)[0].strip("{}.").lower()[:20] if info.strip() else ""
    known = _KNOWN.get(_ALSO.get(word, word))
    inner = _told_apart(code, known[1], known[2]) if known else escape(code)
    name = f"Code: {known[0]}" if known else "Code"
    return f'<pre tabindex="0" role="group" aria-label="{name}"><code>{inner}</code></pre>\n'


def _told_apart(code: str, module: str, name: str) -> str:
    if len(code) > MOST_CHARACTERS or max(map(len, code.split("\n"))) > LONGEST_LINE:
        return escape(code)
    tokens = _tokens(module, name)  # read from disk the first time, which is not the text's fault
    # The thread's own time: on a busy machine the same words look the same.
    until = time.thread_time() + MOST_SECONDS
    parts: list[str] = []
    for kind, words in _joined(tokens(code)):
        if time.thread_time() > until:
            return escape(code)
        text = escape(words)
        parts.append(f'<span class="{kind}">{text}</span>' if kind and words.strip() else text)
    return "".join(parts)


def _joined(tokens: Iterator[tuple[int, object, str]]) -> Iterator[tuple[str, str]]:
    """Neighbours of one class as one: half as many tags."""
    last, held = "", ""
    for _at, token, words in tokens:
        kind = _class_of(token)
        if kind != last:
            if held:
                yield last, held
            last, held = kind, ""
        held += words
    if held:
        yield last, held


@cache
def _class_of(token: object) -> str:
    from pygments.token import Token

    by_kind = {
        Token.Keyword: "k",
        Token.Operator.Word: "k",
        Token.Name.Tag: "k",
        Token.Literal.String: "s",
        Token.Literal.Number: "m",
        Token.Keyword.Constant: "m",
        Token.Comment: "c",
        Token.Name.Function: "f",
        Token.Name.Class: "f",
        Token.Name.Decorator: "f",
        Token.Name.Attribute: "f",
        Token.Generic.Inserted: "gi",
        Token.Generic.Deleted: "gd",
        Token.Generic.Heading: "c",
        Token.Generic.Subheading: "c",
    }
    kind = token
    while kind is not None:
        if (found := by_kind.get(kind)) is not None:
            return found
        kind = getattr(kind, "parent", None)
    return ""


@cache
def _tokens(module: str, name: str) -> Callable[[str], Iterator[tuple[int, object, str]]]:
    lexer = getattr(import_module(f"pygments.lexers.{module}"), name)()
    tokens: Callable[[str], Iterator[tuple[int, object, str]]] = lexer.get_tokens_unprocessed
    return tokens
