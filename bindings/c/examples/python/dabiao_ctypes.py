"""Declarations of libdabiao for ctypes, ready to copy: what card.py needs, and how to add more.

For Python itself there is a package, ``dabiao``; this is for systems that cannot install one.
"""

import ctypes
from ctypes import POINTER, byref, c_char_p, c_double, c_int32, c_int64, c_size_t, c_uint8, c_uint32, c_void_p

ABI_VERSION = 1

OK = 0
VALUE, MISSING, NOT_APPLICABLE = 0, 1, 2
LANG_ZH, LANG_EN = 0, 1
PART_SECTION, PART_ITEM, PART_BONUS, PART_DEDUCTION, PART_VETO, PART_GRADE = range(6)
NO_POINTS = -(2**63)
NO_GRADE = -1
FLAG_PROVISIONAL, FLAG_IMPUTED, FLAG_GRADE_TAKEN, FLAG_NO_TOTAL = 1, 2, 4, 8
STATE_MISSING = 2


class StandardInfo(ctypes.Structure):
    _fields_ = [
        *((name, c_char_p) for name in ("id", "version", "title_zh", "title_en", "notice_zh", "notice_en", "source")),
        ("full_marks", c_double),
        ("decimals", c_uint32),
        ("total_decimals", c_uint32),
        *(
            (name, c_size_t)
            for name in ("measures", "sections", "items", "bonuses", "deductions", "vetoes", "grades")
        ),
    ]


class Part(ctypes.Structure):
    _fields_ = [
        ("code", c_char_p),
        ("title_zh", c_char_p),
        ("title_en", c_char_p),
        ("parent", c_size_t),
        ("points", c_double),
    ]


class Card(ctypes.Structure):
    _fields_ = [
        *((name, c_int64) for name in ("total", "total_before_bonus", "bonus", "deductions")),
        ("total_value", c_double),
        ("total_before_bonus_value", c_double),
        ("grade", c_int32),
        ("grade_earned", c_int32),
        *((name, c_uint32) for name in ("flags", "rank", "vetoes", "decimals", "total_decimals", "reserved")),
    ]


class CardParts(ctypes.Structure):
    _fields_ = [
        ("section_points", POINTER(c_int64)),
        ("section_values", POINTER(c_double)),
        ("sections", c_size_t),
        ("item_points", POINTER(c_int64)),
        ("item_values", POINTER(c_double)),
        ("item_states", POINTER(c_uint8)),
        ("items", c_size_t),
        ("bonus_points", POINTER(c_int64)),
        ("bonuses", c_size_t),
        ("deduction_points", POINTER(c_int64)),
        ("deductions", c_size_t),
        ("veto_states", POINTER(c_uint8)),
        ("vetoes", c_size_t),
    ]


class Failure(Exception):
    """A call failed; ``faults`` is the list of faults as JSON text."""

    def __init__(self, library):
        super().__init__(library.dabiao_last_error_message(LANG_EN).decode())
        self.faults = library.dabiao_last_error_faults().decode()


def load(path="libdabiao.so.1"):
    """The library, with every function's types stated and every status checked."""
    library = ctypes.CDLL(path)

    def check(status, function, arguments):
        if status != OK:
            raise Failure(library)
        return status

    def declare(name, result, *arguments):
        function = getattr(library, name)
        function.argtypes = arguments
        function.restype = c_int32 if result is check else result
        if result is check:
            function.errcheck = check

    declare("dabiao_abi_version", c_uint32)
    declare("dabiao_version", c_char_p)
    declare("dabiao_last_error_message", c_char_p, c_int32)
    declare("dabiao_last_error_faults", c_char_p)
    declare("dabiao_standard_builtin", check, c_char_p, POINTER(c_void_p))
    declare("dabiao_standard_from_file", check, c_char_p, POINTER(c_void_p))
    declare("dabiao_standard_about", check, c_void_p, POINTER(StandardInfo))
    declare("dabiao_standard_find_measure", check, c_void_p, c_char_p, POINTER(c_size_t))
    declare("dabiao_standard_part", check, c_void_p, c_int32, c_size_t, POINTER(Part))
    declare("dabiao_standard_free", check, c_void_p)
    declare("dabiao_scorer_new", check, c_void_p, c_void_p, POINTER(c_void_p))
    declare(
        "dabiao_scorer_score",
        check,
        c_void_p,
        POINTER(c_double),
        POINTER(c_uint8),
        c_size_t,
        POINTER(Card),
        POINTER(CardParts),
    )
    declare("dabiao_scorer_free", check, c_void_p)
    if library.dabiao_abi_version() != ABI_VERSION:
        raise OSError(f"{path} is of ABI {library.dabiao_abi_version()}, expected {ABI_VERSION}")
    return library


def made(function, *arguments):
    """Calls a function that hands out a handle."""
    out = c_void_p()
    function(*arguments, byref(out))
    return out


def points(scaled, decimals):
    """Points as text, with exactly so many digits after the point."""
    if scaled == NO_POINTS:
        return "-"
    sign, digits = ("-", -scaled) if scaled < 0 else ("", scaled)
    whole, part = divmod(digits, 10**decimals)
    return f"{sign}{whole}.{part:0{decimals}d}" if decimals else f"{sign}{whole}"
