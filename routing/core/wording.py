"""What a caller wrote or said, made comparable: addresses, telling words, named dangers."""

import re
import unicodedata

# An address: what stands between two streets, before a flat, for a block or a highway.
CROSSED = re.compile(r"\s*(?:/|&|@|\band\b|\bat\b)\s*")
FLAT = r"(?:\b(?:apt|apartment|unit|suite|ste|room|rm|lot)\b\.?\s*#?|#)\s*(\w+)"
UNIT = re.compile(FLAT)
NUMBER = re.compile(r"\s*(\d{1,6})(?![\w])\s*(-\s*\d+)?(?=\s+\S)")
WORD = re.compile(r"[^\W_]+")
BLOCK = re.compile(r"\b(?:block|blk)(?:\s+of)?\b")
# The feed of San Antonio masks the second letter of some: "I0 10" is IH 10.
INTERSTATE = re.compile(r"\bi(?:h|0|nterstate)?[ -]?(\d+)\b")
NUMBERED = r"\b(?:(?:(?:us|nc|state)[ -])?(?:hwy|highway|route)|us|nc)[ -]?(\d+)\b"
ROUTE = re.compile(NUMBERED)
SHORT = {
    "north": "n", "south": "s", "east": "e", "west": "w",
    "street": "st", "avenue": "ave", "av": "ave", "road": "rd", "drive": "dr",
    "boulevard": "blvd", "lane": "ln", "court": "ct", "place": "pl", "circle": "cir",
    "parkway": "pkwy", "trail": "trl", "terrace": "ter", "square": "sq",
}  # fmt: skip
WAYS = frozenset({"n", "s", "e", "w", "ne", "nw", "se", "sw"})
SUFFIXES = frozenset(SHORT.values()) - WAYS | {"way"}
CARRIAGEWAYS = frozenset({"nb", "sb", "eb", "wb"})
FILLING = """
the and that this there with for from was were are has have had not but you she her his
him they them who what where one can please need help call caller someone here says said
los las una del que con por para hay esta este ella muy pero ayuda favor llama alguien
"""
STOP = frozenset(FILLING.split())
ARMED = "gun guns knife firearm pistol rifle machete weapon armed shooting shots"
ARMADO = "pistola cuchillo arma navaja armado"
DYING = "overdose overdosed narcan unconscious sobredosis inconsciente"
NAMED = dict.fromkeys(f"{ARMED} {ARMADO}".split(), "weapon")
NAMED |= dict.fromkeys(DYING.split(), "medical")


def normalise(address: str) -> frozenset[str]:
    """ "1034 W Main St" is block:1000, house:1034, way:w, street:main, suffix:st.

    A block ("1000 BLOCK W MAIN ST", "1000-1098 W Main St", a number ending in 00) has no
    house; a crossing ("A St & B St") is the same either way. No street: nothing.
    """
    text = ROUTE.sub(r"hwy\1", INTERSTATE.sub(r"i\1", plain(address)))
    sides = [side for side in CROSSED.split(street_part(text)) if side.strip()]
    told = [tokens_of(side.split()) for side in sides]
    tokens = frozenset[str]().union(*told)
    if not any(token.startswith("street:") for token in tokens):
        return frozenset()
    return tokens | {"crossing"} if len(sides) > 1 else tokens


def street_part(text: str) -> str:
    """Without the town after the comma; a flat that stands there is kept."""
    first, *rest = text.split(",")
    if not re.search(r"\d|/|&", first) and rest and re.search(r"\d", rest[0]):
        first, *rest = rest
    return " ".join([first, *(part for part in rest if UNIT.search(part))])


def tokens_of(side: list[str]) -> set[str]:
    """One side of a crossing, or a whole address without one."""
    text = " ".join(side)
    tokens = {f"unit:{found[1]}" for found in UNIT.finditer(text)}
    number = NUMBER.match(text)
    if number:
        hundreds, rest = divmod(int(number[1]), 100)
        tokens.add(f"block:{hundreds * 100}")
        if rest and not number[2] and not BLOCK.search(text):
            tokens.add(f"house:{number[1]}")
    bare = BLOCK.sub(" ", UNIT.sub(" ", text[number.end() :] if number else text))
    named = [SHORT.get(word, word) for word in re.findall(r"\w+", bare)]
    name = [word for word in named if word not in WAYS | SUFFIXES | CARRIAGEWAYS]
    tokens |= {f"way:{word}" for word in named if word in WAYS}
    tokens |= {f"suffix:{word}" for word in named if word in SUFFIXES}
    return tokens | ({"street:" + " ".join(name)} if name else set())


def words(text: str) -> frozenset[str]:
    """The telling words of what was said, in English and Spanish, accents off."""
    found = WORD.findall(plain(text))
    return frozenset(word for word in found if len(word) > 2 and word not in STOP)


def dangers(text: str) -> frozenset[str]:
    """Dangers that a text names, by the keys of the safety answers.

    A denial ("no gun") counts as naming: it can bar an unattended link, nothing else.
    """
    return frozenset(NAMED[word] for word in WORD.findall(plain(text)) if word in NAMED)


def plain(text: str) -> str:
    """Small letters without accents."""
    if text.isascii():
        return text.lower()  # the same, and most of what is typed
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
