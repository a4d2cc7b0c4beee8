"""Characters that look like Latin letters, listed under the letter that they look like.

Origin: written by hand from the code charts of the Cyrillic, Greek, Armenian, Cherokee, Coptic, Lisu, Hebrew,
Latin Extended and IPA blocks, after the method of UTS #39 (skeletons). It is not a copy of Unicode's
confusables.txt, which has thousands of pairs, most of which say nothing of Latin text. What NFKC itself turns
to Latin (full-width, mathematical, circled, superscript and letterlike forms, ligatures) is not repeated
here. Case is kept, so that a capital look-alike becomes a capital letter and is folded with its word.
"""

from __future__ import annotations

from typing import Final

_LOOKS_LIKE: Final[dict[str, str]] = {
    # Capitals: Cyrillic, Greek, Armenian, Cherokee, Coptic, Lisu, small capitals of the IPA follow below.
    "A": "АΑᎪꓮ",
    "B": "ВΒᏴꓐ",
    "C": "СϹᏟⲤꓚԤ",
    "D": "ԀᎠꓓ",
    "E": "ЕΕᎬⴹꓰ",
    "F": "ҒϜꓝ",
    "G": "ԌᏀꓖ",
    "H": "НΗᎻⲎꓧ",
    "I": "ІΙⲒӀꓲ",
    "J": "ЈͿᎫꓙ",
    "K": "КΚᏦⲔꓗ",
    "L": "ᏞꓡԼ",
    "M": "МΜᎷⲘꓟ",
    "N": "ΝⲚꓠ",
    "O": "ОΟՕⲞꓳ",
    "P": "РΡᏢⲢꓑ",
    "Q": "Ԛ",
    "R": "ᎡᏒꓣ",
    "S": "ЅՏᏚꓢ",
    "T": "ТΤᎢⲦꓔ",
    "U": "Սꓴ",
    "V": "ѴᏙꓦ",
    "W": "ԜᎳꓪ",
    "X": "ХΧⲬꓫ",
    "Y": "ҮΥУⲨꓬ",
    "Z": "ΖᏃⲌꓜ",
    # Small letters.
    "a": "аαɑᴀꭺ",
    "b": "ьЬʙƄɓ",
    "c": "сϲᴄⲥꮯ",
    "d": "ԁɗᴅꮷ",
    "e": "еҽɛєᴇℯ",
    "f": "ғϝꜰꬵ",
    "g": "ɡԍցɢᶃ",
    "h": "һհнʜɦ",
    "i": "іιıɪɩᎥ",
    "j": "јϳᴊɉ",
    "k": "кκᴋⲕ",
    "l": "ӏʟɭł",
    "m": "мᴍ",
    "n": "ոпηռɴɳ",
    "o": "оοօσᴏⲟ",
    "p": "рρᴘⲣ",
    "q": "ԛզգ",
    "r": "гʀᴦɼ",
    "s": "ѕꜱʂꮪ",
    "t": "тτᴛ",
    "u": "υսᴜʋ",
    "v": "νѵᴠⱱ",
    "w": "ԝωшѡᴡɯ",
    "x": "хχ",
    "y": "уүγʏყ",
    "z": "ᴢʐᶎ",
    # Signs that stand between letters and matter to banners and numbers.
    "-": "‐‑‒–—―−﹘",
    "'": "’‘ʼʹ′＇",
    "/": "⁄∕⧸",
    ".": "․。",
}

# Letters in squares and discs, and the flags' letters: 26 in a row each, capitals.
_ROWS_OF_26: Final = (0x1F130, 0x1F150, 0x1F170, 0x1F1E6)


def _table() -> dict[str, str]:
    table = {seen: letter for letter, row in _LOOKS_LIKE.items() for seen in row}
    for first in _ROWS_OF_26:
        table.update({chr(first + n): chr(ord("A") + n) for n in range(26)})
    return table


# One character to the one Latin character that it looks like.
LOOK_ALIKES: Final = _table()

# Letters that NFKD leaves alone though people read them as a plain letter (or two). Applied after case-folding.
STROKED: Final[dict[str, str]] = {
    "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "ł": "l", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ɵ": "o",
    "ƀ": "b", "ɨ": "i", "ɇ": "e", "ȼ": "c", "ⱥ": "a", "ƶ": "z", "ǥ": "g", "ꝃ": "k", "ꞃ": "r", "ſ": "s",
}  # fmt: skip
