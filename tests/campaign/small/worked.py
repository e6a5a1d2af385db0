"""Works the small campaign out by hand, from the semantics alone, and prints its expected files.

Nothing here knows the engine: every number of the tables stands written out again, and every
line says which sentence of docs/semantics.md it follows.

    python3 worked.py last > last-expected.csv
    python3 worked.py weighted > weighted-expected.csv
    python3 worked.py differences > differences-expected.csv
"""

import sys
from fractions import Fraction as F

# Curves and bands of standard.toml.
def line(x, x0, y0, x1, y1):
    x = min(max(F(x), x0), x1)
    return y0 + (x - x0) * F(y1 - y0, 1) / (x1 - x0)

def coverage(x): return 4 if x >= 100 else 3 if x >= 80 else 2 if x >= 60 else 0
def officers(x): return line(x, F(1, 2), 0, F(1), 3)
def closed(x): return 3 if x >= F(9, 10) else 2 if x >= F(8, 10) else 1 if x >= F(6, 10) else 0
def upkeep(x): return line(x, F(0), 0, F(1), 2)
def stair(x): return line(x, F(60), 0, F(100), 4)
def lift(x): return line(x, F(0), 0, F(1), 2)
def patrols(x): return line(x, F(0), 0, F(4), 2)
def noise(x): return line(x, F(50), 2, F(70), 0)
def light(x): return line(x, F(0), 0, F(100), 2)
def defects(x): return max(F(0), min(F(2), F(2) - x))       # held to 0..2 before the roll-up
def tidy(x): return line(x, F(0), 0, F(10), 3)
def friendly(x): return line(x, F(0), 0, F(10), 2)
LEVEL = {"优": 3, "良": 2, "中": 1, "差": 0}

def weighted(pairs): return sum(F(v) * w for v, w in pairs) / sum(F(w) for _, w in pairs)
def mean(values): return sum(map(F, values)) / len(values)

def rounded(x, decimals=2):
    """Half-up, ties away from zero; nothing here is below 0."""
    scaled = F(x) * 10**decimals
    return F((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator), 10**decimals)

def show(x): return f"{rounded(x):.2f}" if not isinstance(x, str) else x
def text(x): return "" if x is None else f"{int(x * 100) // 100}.{int(x * 100) % 100:02d}"

# Coverage: street, itself, grids, buildings, pooled; without a record is without.
COVER = {"c1": F(500, 7), "c2": F(100), "c3": F(40)}

# Phase "self". None is missing: under zero the least that the rule can give, here always 0.
SELF = {
    "c1": {
        "1.1": coverage(COVER["c1"]),
        "1.2": officers(F(2, 2)),
        "1.3": closed(F(10 + 9, 10 + 10)),
        "1.4": upkeep(F(1, 1)),
        "2.1": stair(weighted([(90, 20), (80, 30), (85, 10)])),
        "2.2": lift(F(1, 2)),                 # 80 yes, 59 no; the third says 不涉及 and leaves
        "2.3": patrols(mean([4, 3])),
        "2.4": noise(max(55, 60, 50)),
        "2.5": light(min(70, 60, 90)),
        "2.6": mean([defects(0), defects(5), defects(1)]),
        "3.1": LEVEL["优"], "3.2": 2, "3.3": None,
        "3.4": weighted([(tidy(9), 20), (tidy(8), 30), (tidy(7), 10)]),
        "3.5": None,
    },
    "c2": {
        "1.1": coverage(COVER["c2"]),
        "1.2": officers(F(2, 2)),
        "1.3": 3,                             # nothing reported: full
        "1.4": upkeep(F(1, 2)),
        "2.1": stair(weighted([(100, 50), (95, 0), (90, 50)])),
        "2.2": lift(F(2, 3)),                 # a unit without a value does not meet the condition
        "2.3": patrols(5),                    # the other grid says 不涉及
        "2.4": noise(max(52, 54, 58)),
        "2.5": light(min(80, 85, 75)),
        "2.6": mean([defects(0), defects(1)]),  # one building has no value and is left out
        "3.1": LEVEL["优"], "3.2": 2, "3.3": None,
        "3.4": weighted([(tidy(10), 50), (tidy(9), 0), (tidy(8), 50)]),
        "3.5": None,
    },
    "c3": {
        "1.1": coverage(COVER["c3"]),
        "1.2": officers(F(1, 1)),
        "1.3": closed(F(18, 20)),
        "1.4": upkeep(F(1, 1)),
        "2.1": None,                          # weights that add up to 0
        "2.2": lift(F(1, 2)),
        "2.3": patrols(2),
        "2.4": noise(max(66, 64)),
        "2.5": light(min(40, 50)),
        "2.6": defects(3),                    # the other building says 不涉及
        "3.1": LEVEL["良"], "3.2": 2, "3.3": None,
        "3.4": None,                          # weights that add up to 0
        "3.5": None,
    },
}

# Phase "review". An item that is absent here was not marked at all.
REVIEW = {
    "c1": {
        "1.1": coverage(COVER["c1"]),
        "1.2": officers(F(1, 2)),             # g12 without a value does not meet the condition
        "1.3": closed(F(7, 8)),               # only g12 has both numbers
        "2.1": stair(weighted([(mean([80, 91]), 20), (70, 30)])),  # b121 is left out
        "3.1": mean([3, 2, 2]),               # labels average as points
        "3.2": 0,                             # an even split is a no
        "3.3": F(3, 2),                       # 2, 1.5, 0.5 without the highest and the lowest
        "3.5": friendly(F(17, 2)),            # the median of two
    },
    "c2": {
        "1.1": coverage(COVER["c2"]),
        "1.4": upkeep(F(0, 2)),
        "2.1": None,                          # marked, but no building has its weight
        "3.1": mean([3, 3]), "3.2": 2, "3.3": 2,
        "3.5": friendly(9),
    },
    "c3": {
        "1.1": coverage(COVER["c3"]),
        "2.1": stair(weighted([(mean([75, 85]), 0), (mean([72, 70]), 4)])),
        "3.3": 1,
        "3.4": weighted([(tidy(5), 0), (tidy(6), 4)]),
    },
}

ITEMS = list(SELF["c1"])
SECTIONS = {s: [i for i in ITEMS if i[0] == s] for s in "123"}
CODES = ["c1", "c2", "c3"]
HOUSEHOLDS = {"c1": 100, "c2": 300, "c3": 200}

def points(phase, code, item): return rounded(phase[code].get(item) or 0)

def phase_sections(phase, code):
    return {s: sum(points(phase, code, i) for i in SECTIONS[s]) for s in SECTIONS}

def card(kind, code):
    """Items and sections; items of a weighted result are those of the last phase."""
    if kind == "weighted":
        items = {i: points(REVIEW, code, i) for i in ITEMS}
        first, last = phase_sections(SELF, code), phase_sections(REVIEW, code)
        sections = {s: rounded(first[s] / 4 + last[s] * F(3, 4)) for s in SECTIONS}
    else:
        phase = lambda i: REVIEW if i in REVIEW[code] else SELF
        items = {i: points(phase(i), code, i) for i in ITEMS}
        sections = {s: sum(items[i] for i in SECTIONS[s]) for s in SECTIONS}
    return items, sections

def grade(total): return "good" if total >= 20 else "fair" if total >= 10 else "other"

def missing(kind, code):
    def blank(i):
        if kind == "last":
            phase = REVIEW if i in REVIEW[code] else SELF
        else:
            phase = REVIEW
        return phase[code].get(i) is None
    return ";".join(i for i in ITEMS if blank(i))

def expected(kind):
    cards = {code: card(kind, code) for code in CODES}
    totals = {code: sum(cards[code][1].values()) for code in CODES}
    # c2 had an accident: its grade goes, and with it its place.
    placed = sorted((c for c in CODES if c != "c2"), key=lambda c: -totals[c])
    rows = []
    for code in CODES:
        items, sections = cards[code]
        for s in SECTIONS:
            rows.append((code, s, text(sections[s])))
            rows += [(code, i, text(items[i])) for i in SECTIONS[s]]
        rows.append((code, "total", text(totals[code])))
        rows.append((code, "grade", "" if code == "c2" else grade(totals[code])))
        rows.append((code, "rank", "" if code == "c2" else str(placed.index(code) + 1)))
        rows.append((code, "vetoes", "V" if code == "c2" else ""))
        rows.append((code, "missing", missing(kind, code)))
        # Accidents: c1 0 and c3 blank in the first phase, c2 1 in the last, nothing else. A
        # weighted result takes its vetoes from the last phase alone.
        undecided = code == "c3" or (code == "c1" and kind == "weighted")
        rows.append((code, "undecided", "V" if undecided else ""))
        # Units are left out in c1 and c2.
        rows.append((code, "flags", "provisional;grade-taken" if code == "c2" else "provisional"))
    weight = HOUSEHOLDS if kind == "weighted" else {c: 1 for c in CODES}
    def group(name, codes):
        rows.append((name, "mean", text(rounded(weighted([(totals[c], weight[c]) for c in codes])))))
    group("street s1", ["c1", "c2"])
    group("street s2", ["c3"])
    group("district d1", ["c1", "c2"])
    group("district d2", ["c3"])
    group("city", CODES)
    return rows

def differences():
    rows = []
    for code in CODES:
        for item in ITEMS:
            # 3.3 and 3.5 were not marked in the first phase; the grid fills 1.1, and no phase.
            if item in REVIEW[code] and item not in ("1.1", "3.3", "3.5"):
                a, b = points(SELF, code, item), points(REVIEW, code, item)
                sign = "-" if b < a else ""
                rows.append((code, item, text(a), text(b), sign + text(abs(b - a))))
    return rows

if __name__ == "__main__":
    what = sys.argv[1]
    rows = differences() if what == "differences" else expected(what)
    print("code,item,earlier,later,difference" if what == "differences" else "code,field,value")
    for row in rows:
        print(",".join(row))
