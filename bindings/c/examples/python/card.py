"""One community, through ctypes: python card.py [path of the library]."""

import sys
from ctypes import byref, c_double, c_int64, c_size_t, c_uint8

import dabiao_ctypes as dabiao

KNOWN = {
    "organisation_coverage": 97.5,
    "community_workers": 12,
    "residents": 8000,
    "training_hours": 36,
    "duty_rules": 1,
    "household_visits": 1,
    "duty_rota": 1,
    "performance_appraisal": 0,
    "compounds": 5,
    "red_compounds": 4,
    "activities": 11,
}

library = dabiao.load(*sys.argv[1:])
standard = dabiao.made(library.dabiao_standard_builtin, b"weihai-2020")
scorer = dabiao.made(library.dabiao_scorer_new, standard, None)
try:
    info = dabiao.StandardInfo()
    library.dabiao_standard_about(standard, byref(info))

    values = (c_double * info.measures)()
    states = (c_uint8 * info.measures)(*[dabiao.MISSING] * info.measures)
    for name, value in KNOWN.items():
        at = c_size_t()
        library.dabiao_standard_find_measure(standard, name.encode(), byref(at))
        values[at.value] = value
        states[at.value] = dabiao.VALUE

    card = dabiao.Card()
    sections = (c_int64 * info.sections)()
    item_states = (c_uint8 * info.items)()
    parts = dabiao.CardParts(
        section_points=sections, sections=info.sections, item_states=item_states, items=info.items
    )
    library.dabiao_scorer_score(scorer, values, states, info.measures, byref(card), byref(parts))

    print(f"{info.title_en.decode()} ({info.id.decode()})")
    line = f"total {dabiao.points(card.total, card.total_decimals)} of {info.full_marks:g}"
    part = dabiao.Part()
    if card.grade != dabiao.NO_GRADE:
        library.dabiao_standard_part(standard, dabiao.PART_GRADE, card.grade, byref(part))
        line += f", grade {part.title_en.decode()}"
    if card.flags & dabiao.FLAG_PROVISIONAL:
        line += ", provisional"
    print(line)
    for index, scaled in enumerate(sections):
        library.dabiao_standard_part(standard, dabiao.PART_SECTION, index, byref(part))
        earned = dabiao.points(scaled, card.decimals)
        print(f"  {part.code.decode()} {part.title_en.decode()}: {earned} of {part.points:g}")
    missing = sum(1 for state in item_states if state & dabiao.STATE_MISSING)
    print(f"items with a missing value: {missing} of {info.items}")

    # A failure is an exception that says what is wrong.
    try:
        dabiao.made(library.dabiao_standard_builtin, b"weihai-1920")
        sys.exit("a standard that is not there was found")
    except dabiao.Failure as failure:
        assert "weihai-1920" in str(failure)
finally:
    library.dabiao_scorer_free(scorer)
    library.dabiao_standard_free(standard)
