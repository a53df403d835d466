"""Rules of the templates: nothing inline, every word translated, every page linked."""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from html.parser import HTMLParser

from tests.house.files import File, Rule

INLINE = {
    r"<script(?![^>]*\bsrc=)[^>]*>": "a script in the page",
    r"<style\b": "a style sheet in the page",
    r"\sstyle\s*=": "a style attribute",
    r"\son[a-z]+\s*=": "an event attribute",
    r"\b(?:data-)?hx-on\b": "hx-on, which evaluates",
    r"['\"](?:js|javascript):": "a value that is evaluated",
    r"\|\s*safe\b|autoescape\s+off": "text that is not escaped",
}
SPOKEN = {"aria-label", "title", "placeholder", "alt", "aria-description"}
# Set in type as it stands, the same in every language.
UNSPOKEN = {"kbd", "code", "script", "style"}
NAMES = {"HEART", "UTC", "CSV"}
MARKED = re.compile(
    r"\{%\s*(blocktranslate|blocktrans|comment)\b.*?%\}.*?\{%\s*end\1\s*%\}", re.S
)
# A block that fills a class attribute of the page it extends.
CLASSES = re.compile(r"\{% block \w+_class %\}[\w -]*(?=\{)")
TAG = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.S)
VARIABLE = re.compile(r"\{\{(.*?)\}\}", re.S)
FALLBACK = re.compile(
    r"\|(?:default|default_if_none|yesno|pluralize|add):(['\"].*?['\"])"
)


def inline(file: File) -> Iterator[str]:
    """The content security policy forbids inline code, so no template has any."""
    if not file.path.endswith(".html"):
        return
    for pattern, what in INLINE.items():
        for found in re.finditer(pattern, file.text, re.I):
            yield f"{_line(file.text, found.start())}: {what}: {found[0].strip()}"


def untranslated(file: File) -> Iterator[str]:
    """Every word for people stands in translate or blocktranslate."""
    if not file.path.endswith(".html"):
        return
    page = _Words()
    page.feed(_without_tags(file.text))
    page.close()
    for line, words in page.found:
        yield f"{line}: not marked for translation: {words!r}"


def _without_tags(text: str) -> str:
    """The text as HTML alone: tags and variables blanked, lines kept."""
    text = MARKED.sub(_blank, CLASSES.sub("", text))
    text = TAG.sub(_blank, text)
    return VARIABLE.sub(_spoken_part, text)


def _blank(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


def _spoken_part(found: re.Match[str]) -> str:
    """Of a variable, the words that a filter would say in its stead."""
    words = [said.strip("'\"") for said in FALLBACK.findall(found[1])]
    return " ".join(words) + _blank(found)


class _Words(HTMLParser):
    """Collects what a person would read, with its line."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in UNSPOKEN
        for name, value in attrs:
            if name in SPOKEN:
                self.hear(value or "")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in UNSPOKEN

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.hear(data)

    def hear(self, text: str) -> None:
        words = set(re.findall(r"[^\W\d_]{2,}", text)) - NAMES
        if words:
            self.found.append((self.getpos()[0], " ".join(text.split())[:60]))


# Reached without a link in a page: at the start, by a monitor, and by the board's
# script, which follows a card's own address.
UNCLICKED = {"home", "login", "health", "call_drawer"}


def unreachable(urls: str, templates: Iterable[str], code: Iterable[str]) -> list[str]:
    """Named page addresses that no template, no navigation and no view links to."""
    linked = set(UNCLICKED)
    for text in templates:
        linked |= set(re.findall(r"\{%\s*url\s+['\"]([\w:-]+)['\"]", text))
    for text in code:
        linked |= _named_in(text)
    return sorted(_page_names(urls) - linked)


def _page_names(urls: str) -> set[str]:
    calls = [one for one in ast.walk(ast.parse(urls)) if isinstance(one, ast.Call)]
    said = [
        word.value for call in calls for word in call.keywords if word.arg == "name"
    ]
    return {str(one.value) for one in said if isinstance(one, ast.Constant)}


def _named_in(text: str) -> set[str]:
    """What is given to reverse(), and the first column of the table PAGES."""
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "reverse":
            names |= {one.value for one in node.args if isinstance(one, ast.Constant)}
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PAGES":
            rows = node.value.elts if isinstance(node.value, ast.Tuple) else []
            names |= {ast.literal_eval(row.elts[0]) for row in rows}
    return names


# Django asks for these by names of its own.
DJANGO_ASKS = {"registration/login.html"}


def unused(templates: Sequence[str], texts: Iterable[str]) -> list[str]:
    """Templates that nothing names: neither code nor another template."""
    everything = "\n".join(texts)
    named = [name for name in templates if f'"{name}"' in everything]
    return sorted(set(templates) - set(named) - DJANGO_ASKS)


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _bad(text: str) -> File:
    return File(path="templates/call/page.html", text=text)


RULES = (
    Rule(
        says="no template has inline code",
        find=inline,
        bad=(
            _bad("<script>alert(1)</script>"),
            _bad('<script type="module">import "./a.js";</script>'),
            _bad("<style>p { color: red }</style>"),
            _bad('<p style="color: red">'),
            _bad('<button onclick="go()">'),
            _bad('<button hx-on:click="go()">'),
            _bad("<div hx-vals='js:{\"a\": 1}'>"),
            _bad('<a href="javascript:go()">'),
            _bad("<p>{{ call.note|safe }}</p>"),
        ),
        good=(
            _bad('<script type="module" src="{% static \'js/a.js\' %}"></script>'),
            _bad('<p class="style" data-once="1">'),
        ),
    ),
    Rule(
        says="every word in a template is marked for translation",
        find=untranslated,
        bad=(
            _bad("<p>Send a team</p>"),
            _bad('<nav aria-label="Pages"></nav>'),
            _bad('<input placeholder="Name">'),
            _bad("<p>{{ call.owner|default:'nobody' }}</p>"),
            _bad("{% if x %}yes{% endif %}"),
            _bad('{% translate "Send" %} it'),
        ),
        good=(
            _bad('<p>{% translate "Send a team" %}</p>'),
            _bad("{% blocktranslate with n=1 %}{{ n }} calls{% endblocktranslate %}"),
            _bad("<nav aria-label=\"{% translate 'Pages' %}\"><kbd>Enter</kbd></nav>"),
            _bad("{% block main_class %}main main--call{% endblock %}"),
            _bad("{# why #}<time>{{ at|date:'H:i' }}</time> · 2 / 3"),
        ),
    ),
)
