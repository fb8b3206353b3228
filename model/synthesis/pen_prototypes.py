"""How people draw the ten digits with a pen: the shapes that `model.synthesis.pen_styles` varies.

Each style is a list of strokes in the language of `model.synthesis.strokes`.
"""

from dataclasses import dataclass

from model.synthesis.strokes import TypedStroke, parse_stroke


@dataclass(frozen=True)
class Style:
    """One way to draw a digit.

    Attributes:
        strokes: in the order in which they are drawn.
        slant: least and largest shear, in widths a height, rightward at the top; the limits keep the digit readable.
        widest_pen: as a share of the digit's longer side; a wider one would fill the loops, and make an 8 of a curled
            9 or a 1 of a slim 8.
        weight: how often the style is drawn, relative to the digit's other styles; little where it comes close to how
            MNIST's writers drew another digit.
    """

    strokes: tuple[TypedStroke, ...]
    slant: tuple[float, float] = (-0.15, 0.4)
    widest_pen: float = 1 / 3.5
    weight: float = 1.0


def _style(
    *strokes: str,
    slant: tuple[float, float] = Style.slant,
    pen: float = Style.widest_pen,
    weight: float = Style.weight,
) -> Style:
    return Style(tuple(parse_stroke(stroke) for stroke in strokes), slant, pen, weight)


# A closed or nearly closed round, begun at the top and drawn anticlockwise.
_ROUND = "50,0 20,10 2,48 18,88 50,100 82,88 98,50 80,12"
_SLIM_ROUND = "50,0 30:24,10 20:10,48 30:24,88 50,100 70:76,88 80:90,50 70:76,12"
# The loop of a nine, begun where it meets the tail.
_NINE = "80,16 54,0 22,8 12,30 28,50 58,44"
# A seven's head and stem.
_SEVEN = "6,6 88,3! 44,100"
_CURVED_SEVEN = "6,6 90,3! 68,34 52,66 46,100"
_HOOKED_SEVEN = "6,30:20 6:10,8 22,2 46,8 68,9 88,2! 68,38 52,68 44,100"
# A five below its bar.
_FIVE_BOWL = "24,4 20,44! 50,36 82,50 84,78 54,100 10:-4,92:98"
PROTOTYPES: dict[int, dict[str, Style]] = {
    0: {
        "circle": _style(f"{_ROUND} 50,0"),
        "narrow": _style(f"{_SLIM_ROUND} 50,0", pen=1 / 5),
        "wide": _style("50,20:10 12,30:24 0,52 14,78 50,86:92 86,78 100,50 86,26 50,20:10", slant=(-0.1, 0.7)),
        "overlapping": _style("62:80,8:16 50,0 22,8 4,46 18,88 50,100 82,88 96,50 78,12 46:24,-6:4"),
        "started inside": _style("34:44,30:24 40,6 22,14 6,50 20,90 52,100 84,86 94,48 76,12 36:20,2:10"),
        "spiral": _style("34:52,22:16 18,26 6,56 22,92 54,100 88,84 96,44 76,8 42,-2 12:26,12:6", pen=1 / 6),
        "begun upright": _style("14:26,-6:-2 8,40 20,88 52,100 84,86 92,50 76,14 46,3 12:22,10:4"),
        "begun with a tail": _style("72:94,-6:-2 44,6 12,26 6,60 26,94 60,98 88,78 90,40 70,10 50:38,0:6"),
        "unclosed": _style("50:60,-2:0 20,10 2,48 18,88 50,100 82,88 98,50 88:80,20:10"),
        "unclosed on the left": _style("26:18,6:18 4,48 20,90 50,100 82,88 96,48 80,12 54:42,-2:0"),
        "slashed": _style(f"{_SLIM_ROUND} 50,0", "74:100,16:-6 26:0,84:106", pen=1 / 6),
        "slashed backwards": _style(f"{_SLIM_ROUND} 50,0", "26:0,16:-6 74:100,84:106", pen=1 / 6),
        "slashed without lifting": _style(f"{_ROUND} 66,0! 30:10,76:100", pen=1 / 6),
    },
    1: {
        "plain": _style("50,0 50,100", slant=(-0.15, 0.5)),
        "short flag": _style("40:26,18:30 54,0! 54,100", slant=(-0.1, 0.4)),
        "long flag": _style("34:22,34:50 54,0! 54,100", slant=(-0.1, 0.35)),
        "curved flag": _style("28:20,30:36 42,20 56,0! 56,100", slant=(-0.1, 0.4)),
        "round top": _style("32:24,34:48 40,14 50,2 57,12 56,50 54,100", slant=(-0.1, 0.3)),
        "foot to the left": _style("36:26,20:32 56,0! 56,80 50,97 24:36,97", slant=(-0.05, 0.3)),
        "retraced": _style("48:38,96:60 51,0! 54,100", slant=(-0.05, 0.35)),
        "flag as long as the stem": _style("0:14,58:40 58,0! 44:54,100", slant=(-0.05, 0.3)),
        "long curved flag": _style("0:14,54:40 26,34 60,0! 46:56,100", slant=(-0.05, 0.3)),
        "wide flag": _style("-6:4,48:40 60,0! 40:50,100", slant=(-0.1, 0.2), weight=1 / 2),
        "flag and base": _style("32:18,20:38 50,0! 50,98", "24:2,100 76:98,100", slant=(-0.05, 0.35)),
        "long flag and base": _style("26:8,36:60 52,0! 52,98", "22:4,100 84:98,100", slant=(-0.05, 0.3)),
        "base only": _style("46:38,8:14 52,0! 52,98", "24:8,100 78:92,100", slant=(-0.05, 0.35)),
        "wavy flag": _style("4:20,4:14 12:24,26 38,22 60,0! 48:58,100", slant=(-0.1, 0.45)),
        "wavy short flag": _style("18:30,10:18 24:34,32 44,22 60,0! 52,100", slant=(-0.1, 0.45)),
        "long flag, leaning": _style("0:14,50:26 30,22 66:58,0! 50,60 42:50,100", slant=(0.0, 0.4)),
        "short flag, broad base": _style("22:34,22:14 56,0! 54,96", "10:0,100:94 98:88,98:102", slant=(-0.1, 0.4)),
        "base without lifting": _style("34:20,22:36 52,0! 52,98! 28:10,98! 76:94,100", slant=(-0.05, 0.3)),
    },
    2: {
        "flat base": _style("8,26 24,6 52,0 80,12 78,36 48,68 8,98! 84:118,98"),
        "narrow": _style("22,22 34,4 54,0 74,12 70,38 46,72 20,98! 78,98"),
        "wavy base": _style("8,26 24,6 52,0 80,12 78,36 50,66 12,96! 34,86:90 62,98 96,90"),
        "sloping base": _style("12,24 30,4 56,0 76,14 70,38 42,68 10,90! 100,100:112"),
        "loop": _style("8,26 26,4 56,0 80,14 76,38 54,66 28,92 8,96 4,84 20,78 44,86 68,98 96,92:86", pen=1 / 4.5),
        "large loop": _style(
            "14,22 32,2 60,0 80,16 72,42 52,66 30,90 10,98 0,82 14,68 40,78 64,98 84,100 98,82", pen=1 / 5
        ),
        "z": _style("6,12:6 46,2 86,6! 8,98! 96,96"),
        "soft z": _style("6,18 30,2 64,2 84,10 70,36 34,72 14,94! 50,96 94,96"),
        "hooked": _style("30:22,30:40 10,28 10,10 36,-2 70,4 82,24 66,52 36,78 8,98! 94,98", pen=1 / 4.5),
        "swan": _style("6,30 12,8 40,-2 66,8 66,32 40,66 10,92 18,98 54,96 94,92:100"),
    },
    3: {
        "round": _style("8,16 30,2 62,2 78,20 64,40 36,48! 72,54 90,74 70,96 36,100 6,86", pen=1 / 4),
        "soft": _style("12,14 36,0 68,6 76,26 54,44 48,50 76,58 88,76 68,96 36,100 8,88", pen=1 / 4),
        "flat top": _style("8,4 84,4! 40,40! 76,46 90,70 68,98 30,100 6,86", pen=1 / 4),
        "flat top, soft middle": _style("10,6 80,4! 44:54,38 50,44 80,54 86,78 60,98 28,100 6,90"),
        "hooked": _style("16,30 8,12 32,0 66,4 78,22 62,40 36,48! 72,52 90,74 70,98 34,100 8,88 4:10,76", pen=1 / 4),
        "loop": _style("8,14 34,0 70,4 76,24 54,44 34,54 28,46 42,42 72,52 88,74 68,98 32,100 6,86", pen=1 / 4.25),
        "long nose": _style("8,12 36,0 72,6 72,26 50,42 22:14,50! 60,50 92,66 84,90 50,100 8,94"),
        "weak nose": _style("14,12 44,0 66,12 58,34 46:52,44 70,58 76,76 54,96 16,100"),
        "straight tail": _style("12,12 38,0 70,8 64,30 44,44! 68,54 76,68 60,86 22:34,100"),
        "angular": _style("12,8 78,6! 38,44! 82,66! 64,96 10,92"),
    },
    4: {
        "open": _style("32:24,0 10,62! 94,60:44", "64:72,24:14 62:66,100", pen=1 / 4),
        "open, square": _style("26:20,0 22:14,60! 96,60", "62,42:12 60,100"),
        "open, curved": _style("40,0 22,32 10:14,56 30,62 92,56:60", "68,16:30 62,64 58:64,100"),
        "open, long tail": _style("36:30,0 14,42! 88,40", "68,12:4 56:62,100", slant=(-0.1, 0.3)),
        "open, short tail": _style("34,0 6,74! 96,74", "66,34:20 64,100", pen=1 / 4.5),
        "short stem": _style("32:26,0 12,58! 82,48:54", "80,26:38 66:72,100"),
        "stem at the right": _style("22:14,2 10,52! 78,52:46", "82,14:0 76,100"),
        "u with a tail": _style("20,2 10,30 18,52 46,56 74,44", "80,6:-2 74,50 66,100"),
        "u without lifting": _style("20,4 10,30 20,50 44,52 66,36 80,0! 74,50 64,100"),
        "closed": _style("64,0 6,66! 98,66", "66,-2:4 66,100", slant=(0.0, 0.35)),
        "closed, long bar": _style("58,0 6,62! 112:124,60", "62,-6:6 58:66,100", slant=(0.0, 0.35), pen=1 / 4.5),
        "closed without lifting": _style("96,64 6,64! 64:70,0! 64:70,100", slant=(0.0, 0.35)),
        "closed, from the bar": _style("70,100 66,0! 8,62! 98,60", slant=(0.0, 0.35)),
        "open, narrow": _style("42:34,0 30:22,68! 76,60", "66:60,42:28 54,100", slant=(-0.1, 0.25), pen=1 / 6),
        "low stem without lifting": _style(
            "50:40,0 20,70! 50,76 76,64 72:68,48:34! 56,100", slant=(-0.1, 0.25), pen=1 / 6
        ),
        "narrow, l first": _style(
            "56:48,0 34:22,78! 56,82 72:62,78", "68:60,62:44 60:54,104", slant=(-0.1, 0.3), pen=1 / 6
        ),
        "narrow without lifting": _style(
            "56:46,0 34:26,74! 48,84 64,74 70:66,50:58! 60:56,104", slant=(-0.1, 0.3), pen=1 / 6
        ),
        "bent, l first": _style(
            "58:46,0 36,40 22:12,72 30,82 58,78 76:90,66:58",
            "74:66,48:38 62,72 56:48,104",
            slant=(-0.1, 0.3),
            pen=1 / 6,
        ),
        "bowl and stem": _style(
            "56:48,0 28,20 14:22,46 40,58 88:76,50",
            "82:76,24:12 60:54,104",
            slant=(-0.1, 0.3),
            pen=1 / 6,
            weight=1 / 3,
        ),
        "lightning": _style("56:46,0 10,56! 82,46:50! 56:64,100", slant=(0.0, 0.25)),
        "lightning with a raised stem": _style("46,0 12,54! 72,48 86,22:10! 66,100", slant=(-0.05, 0.3)),
    },
    5: {
        "without lifting": _style("86,2 26,2! 20,44! 52,36 84,52 84,80 54,100 8,92"),
        "s": _style("84,4:12 56,0 26,6 20,30 48,42 80,58 80,84 48,100 10,92"),
        "soft": _style("88,0 30,4! 22,40 50,40 82,52 82,82 50,100 10,90"),
        "shallow": _style("92,0 42:34,4! 30,38 54,48 74,68 64,92 34,100 4,94"),
        "two strokes": _style(_FIVE_BOWL, "24,4 92,0:8"),
        "loose bar": _style(_FIVE_BOWL, "36:44,2 98,-4:4", pen=1 / 4.5),
        "bar above": _style(_FIVE_BOWL, "26:20,-8:-12 92,-10:-16", pen=1 / 4),
        "slanted bar": _style("24,14 20,50! 50,40 82,54 82,80 54,100 8,92", "24,12 88,-6:-12"),
        "overhanging bar": _style("34,2 26,42! 54,36 84,52 82,82 54,100 10,90", "16:4,4 94,0", pen=1 / 4),
        "hat": _style("48,4 36,42! 60,38 84,54 82,82 54,100 12:0,94", "6:18,8 98,-2", pen=1 / 4.5),
        "square": _style("82,0 18,0! 16,44! 70,42 84,56 82,86 66,98 10,98"),
        "hooked bowl": _style("84,2 28,2! 22,44! 52,34 84,50 86,80 56,102 14,94 8:14,80"),
    },
    6: {
        "straight stem": _style("62:70,0 34,34 14,66 22,94 52,100 78,86 76,62 48,54 20:14,72"),
        "upright stem": _style("34,0 20,34 14,70 28,96 56,98 76,82 70,60 44,56 16,76", slant=(-0.1, 0.35)),
        "curled stem": _style("80,16:10 58,0 28,16 10,52 18,90 50,100 82,86 82,60 54,48 18,66", pen=1 / 5),
        "large loop": _style("76,2 38,10 10,46 14,86 48,100 82,88 86,60 56,42 16,60", pen=1 / 4.5),
        "small loop": _style("58,0 36,28 22,66 28,92 50,100 70,88 68,70 48,66 24,80"),
        "open loop": _style("74,0 36,24 12,60 22,94 54,100 82,88 80,68 48:36,58:62"),
        "loop across the stem": _style("66,0 38,30 20,68 30,96 58,98 78,80 66,60 36,62 2:-6,82", pen=1 / 5),
        "curled in": _style("72,2 36,22 12,60 22,94 56,100 82,82 74,58 46,56 34,74 48,84:78", pen=1 / 6.5),
    },
    7: {
        "plain": _style(_SEVEN, slant=(-0.1, 0.3)),
        "curved": _style(_CURVED_SEVEN, slant=(-0.1, 0.3)),
        "soft": _style("6,10 48,2 82,6 76,34 56,68 48,100", slant=(-0.1, 0.3)),
        "serif": _style("10,28:18 8,3! 88,3! 44,100", slant=(-0.1, 0.25)),
        "serif, curved": _style("12,24:16 8,4! 90,4! 68,36 54,66 48,100", slant=(-0.1, 0.25)),
        "hooked": _style(_HOOKED_SEVEN, slant=(-0.1, 0.3)),
        "wavy head": _style("2,22 10,6 28,3 58,11 94,2! 66,44 50,74 46,100", slant=(-0.1, 0.25)),
        "crossed": _style(_SEVEN, "36:20,54 86:94,50", slant=(-0.1, 0.3), pen=1 / 4),
        "crossed, curved": _style(_CURVED_SEVEN, "32:22,56 84:96,48", slant=(-0.1, 0.3), pen=1 / 4),
        "crossed, serif": _style("10,24:16 8,3! 88,3! 46,100", "34:20,54 84:96,48", slant=(-0.1, 0.25), pen=1 / 4.5),
        "crossed, soft": _style(
            "6,16 10,5 40,4 74,4 82,14 72,44 56,74 48,100", "34:20,52 92:108,50:44", slant=(-0.1, 0.3), pen=1 / 5.5
        ),
        "crossed, falling bar": _style(
            "6,6 88,2! 66,40 50,70 44,100", "30:20,44 84:96,58", slant=(-0.1, 0.25), pen=1 / 4
        ),
        "crossed low": _style("6,5 90,3! 66,40 50,70 42,100", "22:12,70:64 78:90,66:60", slant=(-0.1, 0.3), pen=1 / 4),
        "crossed, hooked": _style(_HOOKED_SEVEN, "30:20,56 54,54 90:98,46", slant=(-0.1, 0.3), pen=1 / 4.5),
        "crossed low, hooked": _style(_HOOKED_SEVEN, "24:12,70:64 80:92,66:60", slant=(-0.1, 0.3), pen=1 / 4.5),
        "crossed without lifting": _style(
            "4:16,30:14 14,6 34,2 56,6 76,6! 70,36 56,66 46,100! 22:32,84:76 30,66 90:78,64:58",
            slant=(-0.1, 0.25),
            pen=1 / 5.5,
        ),
        "crossed without lifting, round head": _style(
            "6,28:12 24,4 56,0 74,12 68,40 54,70 46,100! 22:30,86:76 30,68 88:78,66:58", slant=(-0.1, 0.25), pen=1 / 5.5
        ),
        "crossed by a curl": _style(
            _HOOKED_SEVEN, "14:28,86:74 20,68 48,64 90:80,64:56", slant=(-0.1, 0.25), pen=1 / 5.5
        ),
        "crossed, round head, falling bar": _style(
            "6:16,18:10 24,0 56,-2 78,12 72,40 52,72 36:44,100",
            "12:26,48:58 60,62 96:84,82:70",
            slant=(-0.1, 0.25),
            pen=1 / 5,
        ),
        "crossed, narrow, falling bar": _style(
            "20,20:10 36,0 62,4 68,24 54,60 36:44,100", "12:20,56:64 76:90,84:72", slant=(-0.1, 0.25), pen=1 / 5.5
        ),
        "crossed by a curved bar": _style(
            "4:16,22:12 22,2 54,0 78,10 70,40 52,72 40,100",
            "8:20,62:54 30,52 70,70 86:96,88:78",
            slant=(-0.1, 0.25),
            pen=1 / 5,
        ),
        "crossed, narrow": _style(
            "18,18:8 38,0 64,6 62,36 52,66 46,100", "24,74:62 82:74,66:56", slant=(-0.1, 0.25), pen=1 / 5.5
        ),
        "crossed, round head": _style(
            "4,28:22 12,8 38,0 70,2 86,14 74,44 54,74 44,100", "24:12,66:56 90,62:50", slant=(-0.1, 0.3), pen=1 / 4.5
        ),
    },
    8: {
        "s": _style("72,14 50,0 28,12 30,32 52,48 74,66 74,90 50,100 26,90 26,66 48,48 70,32 72,14", pen=1 / 5),
        "straight crossing": _style(
            "72,12 50,-2 30,14 36,32! 66,68 70,88 50,102 30,88 36,68! 66,32 72,12", slant=(0.0, 0.4), pen=1 / 5.5
        ),
        "open top": _style(
            "62:56,4 36,2 26,20 46,42 72,64 74,88 50,100 26,88 30,66 50,48 70,24 80:84,0", slant=(0.0, 0.4), pen=1 / 5
        ),
        "open on the right": _style(
            "78,24:16 62,2 36,0 24,18 44,42 72,66 70,92 46,100 26,86 38,60 60,38 88:94,24:16",
            slant=(-0.1, 0.3),
            pen=1 / 5,
        ),
        "two circles": _style(
            "50,0 34,4 28,22 34,42 50,47 66,42 72,22 66,4 50,0",
            "50,47 30,54 22,74 30,94 50,100 70,94 78,74 70,54 50,47",
            pen=1 / 5,
        ),
        "small head": _style(
            "50,4 40,8 36,22 40,36 50,40 60,36 64,22 60,8 50,4",
            "50,40 28,48 20,70 28,92 50,100 72,92 80,70 72,48 50,40",
            pen=1 / 6,
        ),
        "small foot": _style(
            "76,18 50,0 24,14 26,38 50,58 64,74 64,92 50,100 36,92 36,74 50,58 72,40 76,18", pen=1 / 6
        ),
        "begun at the waist": _style(
            "50,48 30,32 30,8 50,0 70,8 70,32 50,48 28,66 28,90 50,100 72,90 72,66 50,48", pen=1 / 5
        ),
        "slim": _style(
            "62,10 48,0 35,14 42,36 56,58 65,80 50,100 35,84 43,58 58,34 62,10", slant=(0.0, 0.6), pen=1 / 7
        ),
        "overshooting": _style(
            "64,2 38,2 28,20 48,44 74,68 70,92 46,100 26,82 44,52 68,30 72,10 58:46,-6:2", pen=1 / 5
        ),
    },
    9: {
        "straight tail": _style(f"{_NINE} 82:80,12! 82:78,100"),
        "slanted tail": _style(f"{_NINE} 84,10! 72,54 56:62,100"),
        "curved tail": _style(f"{_NINE} 80,20 80,50 68,80 44,100"),
        "hooked tail": _style(f"{_NINE} 82,12! 82,60 72,92 44,100 14:24,90", pen=1 / 4.5),
        "flat hook": _style(f"{_NINE} 84,12! 86,70 76,96 46,100 4:16,98", pen=1 / 4.5),
        "curled tail": _style(f"{_NINE} 80,18 84,60 72,94 40,102 12,92 4,78", pen=1 / 5.5),
        "long curl": _style(f"{_NINE} 82,14! 88,66 74,100 34,104 4,90 8:14,74:70", pen=1 / 7),
        "open loop": _style("62:54,6:2 30,2 12,24 26,46 56,44 84,8! 82,54 70,100"),
        "open loop, hooked": _style("70:60,8:4 34,0 12,20 26,44 58,42 84,16 86,60 74,92 44,100 14,92", pen=1 / 5),
        "small loop": _style("74,14 54,0 32,6 28,22 42,34 64,28 76:80,10! 80:72,56 68:54,100"),
        "circle and stem": _style("78,14 52,0 20,10 12,32 32,50 62,46 78,26 76,12", "84:80,4:10 78,100"),
        "tiny loop, long curl": _style(
            "66:74,12 48,0 30,6 26,20 42,28 60,20 70:78,6! 86,38 82,72 56,98 20,102:92 2,90:78", pen=1 / 6
        ),
        "tiny round loop, round tail": _style(
            "58:66,14 44,4 28,10 28,24 44,28 58,18 62:70,4! 80,32 80,66 58,94 24,98 4:10,84", pen=1 / 6
        ),
        "tiny loop, swung tail": _style(
            "54,30 34,22 34:40,4 54,-2 70,8 62,24 54:62,36 82,62 76,92 40,102 0:14,102:94",
            slant=(-0.15, 0.3),
            pen=1 / 4.5,
        ),
        "tiny loop, flat foot": _style(
            "66,10 52,0 38,8 40,22 56,26 68,12! 70:62,40 84:76,66 78,92 50,100 0:10,100:92",
            slant=(-0.15, 0.3),
            pen=1 / 4.5,
        ),
        "dot and hook": _style(
            "62,8 54,0 44,6 46,16 58,18 66,8! 74,40 78:70,72 62,94 36,100 6:16,98:90",
            slant=(-0.15, 0.3),
            pen=1 / 4,
            weight=1 / 3,
        ),
        "leaning loop, hooked": _style("78,4 48,0 20,20 24,38 50,32 82,2! 66,56 46,94 28,100 6:16,92", pen=1 / 6),
        "retraced loop": _style(
            "58,12 28,8 16,28 36,46 68,36 72,12 46,0 18,10 14,34 38,50 68,38 84,10! 82,60 72,100", pen=1 / 5
        ),
    },
}
