"""Languages as their speakers write them, and the direction they are read in."""

from __future__ import annotations

# Tag → name in the language itself. A tag that is not here is shown as it is.
_NAMES = {
    "ar": "العربية", "bg": "Български", "bn": "বাংলা", "bs": "Bosanski", "ca": "Català",
    "cs": "Čeština", "da": "Dansk", "de": "Deutsch", "el": "Ελληνικά", "en": "English",
    "eo": "Esperanto", "es": "Español", "et": "Eesti", "eu": "Euskara", "fa": "فارسی",
    "fi": "Suomi", "fil": "Filipino", "fr": "Français", "gl": "Galego", "he": "עברית",
    "hi": "हिन्दी", "hr": "Hrvatski", "hu": "Magyar", "hy": "Հայերեն", "id": "Indonesia",
    "is": "Íslenska", "it": "Italiano", "ja": "日本語", "ka": "ქართული", "kk": "Қазақша",
    "km": "ខ្មែរ", "kn": "ಕನ್ನಡ", "ko": "한국어", "lt": "Lietuvių", "lv": "Latviešu",
    "mk": "Македонски", "ml": "മലയാളം", "mn": "Монгол", "mr": "मराठी", "ms": "Melayu",
    "my": "မြန်မာ", "nb": "Norsk bokmål", "ne": "नेपाली", "nl": "Nederlands", "no": "Norsk",
    "pa": "ਪੰਜਾਬੀ", "pl": "Polski", "ps": "پښتو", "pt": "Português",
    "pt-br": "Português (Brasil)", "pt-pt": "Português (Portugal)", "ro": "Română",
    "ru": "Русский", "si": "සිංහල", "sk": "Slovenčina", "sl": "Slovenščina", "sq": "Shqip",
    "sr": "Српски", "sv": "Svenska", "sw": "Kiswahili", "ta": "தமிழ்", "te": "తెలుగు",
    "th": "ไทย", "tr": "Türkçe", "uk": "Українська", "ur": "اردو", "uz": "Oʻzbekcha",
    "vi": "Tiếng Việt", "zh": "中文", "zh-cn": "简体中文", "zh-hans": "简体中文",
    "zh-hant": "繁體中文", "zh-hk": "繁體中文（香港）", "zh-tw": "繁體中文",
}  # fmt: skip
_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ku-arab", "ps", "sd", "ug", "ur", "yi"})


def language_name(tag: str) -> str:
    """Return a language's own name for itself: `fa` → `فارسی`; an unknown tag unchanged."""
    folded = tag.lower().replace("_", "-")
    return _NAMES.get(folded) or _NAMES.get(folded.partition("-")[0]) or tag


def text_direction(tag: str) -> str:
    """Return the value for `dir`: `rtl` for languages read from the right, else `ltr`."""
    folded = tag.lower().replace("_", "-")
    is_rtl = folded in _RIGHT_TO_LEFT or folded.partition("-")[0] in _RIGHT_TO_LEFT
    return "rtl" if is_rtl else "ltr"
