"""What a run of text looks like, as far as reading depends on it: its font, whether it is struck through, hidden.

Word gathers it from the run itself, its character style, its paragraph's style (each with the styles it is based on)
and the document's defaults (ECMA-376 17.7.2); a font may be named through the theme (17.3.2.26).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_OFF = ("0", "false", "off", "none")
#: The attributes of `w:rFonts` that say in which font Latin letters stand, the one for letters past ASCII first.
_NAMES = (("hAnsiTheme", "hAnsi"), ("asciiTheme", "ascii"))
_TOGGLES = ("strike", "dstrike", "vanish", "caps", "smallCaps")
#: Styles based on styles: more than this many is a circle.
_MAX_CHAIN = 20


def is_on(element: etree._Element | None) -> bool:
    """True for a toggle that is there and not switched off (17.17.4)."""
    return element is not None and (element.get(f"{W}val") or "1").lower() not in _OFF


@dataclass(frozen=True, slots=True)
class Look:
    """The fonts of a run (for letters past ASCII, for ASCII), and whether it is struck through, hidden, in capitals."""

    fonts: tuple[str, str] = ("", "")
    struck: bool = False
    hidden: bool = False
    capitals: bool = False


@dataclass(slots=True)
class _Own:
    """What one style, or the defaults, say by themselves; None where they say nothing."""

    fonts: list[str] = field(default_factory=lambda: ["", ""])
    toggles: dict[str, bool] = field(default_factory=dict)


class Looks:
    """The looks of one document: its style part and its theme, either of which may be missing."""

    def __init__(self, styles: etree._Element | None = None, theme: etree._Element | None = None) -> None:
        self._theme = _theme_fonts(theme)
        self._styles: dict[str, etree._Element] = {}
        self._usual = ""
        self._chains: dict[str, _Own] = {}
        self._defaults = _Own()
        if styles is not None:
            self._defaults = self._own(styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))
            for style in styles.iter(f"{W}style"):
                name = style.get(f"{W}styleId", "")
                self._styles.setdefault(name, style)
                if style.get(f"{W}type") == "paragraph" and (style.get(f"{W}default") or "0").lower() not in _OFF:
                    self._usual = self._usual or name

    def font_names(self) -> set[str]:
        """The fonts that styles, defaults and theme name."""
        own = [self._defaults, *(self._own(style.find(f"{W}rPr")) for style in self._styles.values())]
        return {name for level in own for name in level.fonts}

    def of(self, properties: etree._Element | None, paragraph_style: str) -> Look:
        """The look of a run with these properties (`w:rPr`) in a paragraph of that style."""
        run_style = ""
        if properties is not None:
            named = properties.find(f"{W}rStyle")
            run_style = named.get(f"{W}val", "") if named is not None else ""
        own = self._own(properties)
        levels = (own, self._chain(run_style), self._chain(paragraph_style or self._usual), self._defaults)
        fonts = tuple(next((level.fonts[n] for level in levels if level.fonts[n]), "") for n in (0, 1))
        return Look(
            (fonts[0], fonts[1]), self._toggle("strike", levels) or self._toggle("dstrike", levels),
            self._toggle("vanish", levels), self._toggle("caps", levels) or self._toggle("smallCaps", levels),
        )  # fmt: skip

    @staticmethod
    def _toggle(name: str, levels: tuple[_Own, _Own, _Own, _Own]) -> bool:
        """A toggle set on the run counts; else those of the two styles cancel each other out (17.7.3)."""
        own, run_style, paragraph_style, defaults = levels
        if name in own.toggles:
            return own.toggles[name]
        if defaults.toggles.get(name):
            return True
        return run_style.toggles.get(name, False) != paragraph_style.toggles.get(name, False)

    def _chain(self, name: str) -> _Own:
        """What a style and those it is based on say together."""
        kept = self._chains.get(name)
        if kept is not None:
            return kept
        out, at = _Own(), name
        for _ in range(_MAX_CHAIN):
            style = self._styles.get(at)
            if style is None:
                break
            own = self._own(style.find(f"{W}rPr"))
            out.fonts = [mine or theirs for mine, theirs in zip(out.fonts, own.fonts, strict=True)]
            out.toggles = {**own.toggles, **out.toggles}
            based = style.find(f"{W}basedOn")
            at = based.get(f"{W}val", "") if based is not None else ""
        self._chains[name] = out
        return out

    def _own(self, properties: etree._Element | None) -> _Own:
        out = _Own()
        if properties is None:
            return out
        fonts = properties.find(f"{W}rFonts")
        if fonts is not None:
            for index, (themed, plain) in enumerate(_NAMES):
                by_theme = self._theme.get(fonts.get(f"{W}{themed}", ""), "")
                out.fonts[index] = by_theme or fonts.get(f"{W}{plain}", "")
        for name in _TOGGLES:
            toggle = properties.find(f"{W}{name}")
            if toggle is not None:
                out.toggles[name] = is_on(toggle)
        return out


def _theme_fonts(theme: etree._Element | None) -> dict[str, str]:
    """The names by which runs call the fonts of the theme, and those fonts."""
    out: dict[str, str] = {}
    if theme is None:
        return out
    for kind in ("major", "minor"):
        latin = theme.find(f".//{_A}fontScheme/{_A}{kind}Font/{_A}latin")
        if latin is not None:
            out[f"{kind}HAnsi"] = out[f"{kind}Ascii"] = latin.get("typeface", "")
    return out
