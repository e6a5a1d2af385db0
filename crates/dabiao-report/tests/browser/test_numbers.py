"""Every number on the page is the one that is published in the tables beside it, for everyone."""

import csv
import json
import unittest

from browser import REPORT, Browser

FOLDER = REPORT.parent
GRADES = {"demonstration": "示范社区", "qualified": "达标社区", "developing": "培育社区", "": "无等次"}
OUTCOMES = {"chosen": "入选", "tied": "提请研究", "not-chosen": "未入选"}
SECTIONS = ["1", "2", "3", "4", "5", "6"]


def table(name):
    with open(FOLDER / name, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def by_code(rows):
    return {row["code"]: row for row in rows}


def plain(shown):
    """A count without its commas, a difference with a plain sign."""
    return shown.replace(",", "").replace("−", "-").replace("+", "")


# The cells of a table by the words of its caption, all rows.
CELLS = """
const tables = Array.from(document.querySelectorAll('.view.current table'));
const found = tables.filter(one => one.caption.textContent.startsWith(arguments[0]));
return Array.from(found[0].tBodies[0].rows, row => Array.from(row.cells, cell => cell.textContent));
"""

# Each card in turn, as it is shown.
CARDS = """
const codes = arguments[0], done = arguments[1], all = {};
const text = (place, what) => { const one = place.querySelector(what); return one ? one.textContent : null; };
const next = at => {
  if (at === codes.length) { done(all); return; }
  addEventListener('hashchange', () => {
    const card = document.getElementById('view-card');
    const facts = {};
    card.querySelectorAll('.facts > div').forEach(one => { facts[text(one, 'dt')] = text(one, 'dd'); });
    all[codes[at]] = {
      name: text(card, 'h2'), where: text(card, '.where'), total: text(card, '.big'), facts,
      reason: text(card, '.facts .block'),
      sections: Array.from(card.querySelectorAll('table tbody tr'), row => Array.from(row.cells, one => one.textContent)),
      items: Array.from(card.querySelectorAll('.compact li'), one => Array.from(one.children, part => part.textContent)),
      gaps: Array.from(card.querySelectorAll('.gaps > li'), one => [text(one, 'strong'), text(one, '.lost'), text(one, 'p')]),
      details: Array.from(card.querySelectorAll('.items > li'), one => [text(one, 'strong'), text(one, '.sum')]),
      covered: Array.from(card.querySelectorAll('.panel > p > .note'), one => one.textContent).join('')
    };
    next(at + 1);
  }, { once: true });
  location.hash = '#c/' + encodeURIComponent(codes[at]);
};
next(0);
"""


class Numbers(Browser):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.driver.set_script_timeout(120)
        cls.summary = json.loads((FOLDER / "summary.json").read_text("utf-8"))
        cls.scores = by_code(table("scores.csv"))
        cls.selection = by_code(table("selection.csv"))
        cls.districts = {row["name"]: row for row in table("districts.csv")}

    def cells(self, caption):
        return self.js(CELLS, caption)

    def test_the_ranking(self):
        self.open("ranking")
        self.column(0)
        rows = self.cells("排名")
        self.assertEqual({row[1] for row in rows}, set(self.scores))
        for place, code, name, district, total, bonus, grade, outcome, _, *sections in rows:
            held = self.scores[code]
            self.assertEqual(place, held["rank"] or "–")
            self.assertEqual(name, held["name"] + held["district"])
            self.assertEqual(district, held["district"])
            self.assertEqual(total, held["total"])
            self.assertEqual(bonus or "0.00", held["bonus"])
            self.assertEqual(grade, GRADES[held["grade"]])
            self.assertEqual(sections, [held[section] for section in SECTIONS])
            chosen = self.selection[code]["outcome"]
            self.assertEqual(outcome, "" if chosen == "not-chosen" else OUTCOMES[chosen])

    def test_every_card(self):
        self.open()
        cards = self.driver.execute_async_script(CARDS, list(self.scores))
        gaps, coverage = {}, {}
        for row in table("gaps.csv"):
            if row["kind"] == "item":
                gaps.setdefault(row["code"], []).append(row)
        for row in table("coverage.csv"):
            if row["scope"] == "community":
                coverage.setdefault(row["code"], {})[row["level"]] = row
        means = [self.city(section) for section in SECTIONS]
        items = [part for part in self.scores["371002001901"] if "." in part]
        self.assertEqual(len(items), 33)
        for code, held in self.scores.items():
            card, district = cards[code], self.districts[held["district"]]
            self.assertEqual(card["name"], held["name"])
            self.assertTrue(card["where"].startswith(held["district"]))
            self.assertEqual(card["total"], held["total"])
            place = f"第 {held['rank']} 名，共 325 个社区" if held["rank"] else "不排名"
            self.assertEqual(card["facts"]["名次"], place)
            self.assertTrue(card["facts"]["等次"].startswith(GRADES[held["grade"]]))
            self.assertEqual(card["facts"].get("加分", "0.00"), held["bonus"])
            self.assertEqual(card["reason"], self.selection[code]["reason"])
            shown = [(row[0].split()[0], row[1], row[3], row[4]) for row in card["sections"][:6]]
            wanted = [(part, held[part], district[part], mean) for part, mean in zip(SECTIONS, means)]
            self.assertEqual(shown, wanted)
            points = {name.split()[0]: sum_.split(" / ")[0] for name, sum_ in card["items"]}
            excluded = {part: held[part] or "不计入" for part in items}
            self.assertEqual(points, excluded)
            inner = {name.split()[0]: sum_.split(" / ")[0] for name, sum_ in card["details"]}
            self.assertEqual({part: inner[part] for part in items}, excluded)
            lost = [(name.split()[0], plain(points).lstrip("-")) for name, points, _ in card["gaps"]]
            self.assertEqual(lost, [(gap["subject"], gap["lost"]) for gap in gaps.get(code, [])])
            for (_, _, step), gap in zip(card["gaps"], gaps.get(code, [])):
                if gap["gain"]:
                    self.assertEqual(step, gap["explanation"])
            own = coverage[code]
            self.assertIn(f"四级 {own['chain']['share']}", card["covered"])
            for level, word in [("grid", "网格"), ("building", "楼宇")]:
                counts = f"{word} {own[level]['established']} / {own[level]['units']}"
                self.assertIn(counts, card["covered"])

    def city(self, section):
        if not hasattr(self, "city_means"):
            rows = self.js(
                "return Array.from(document.querySelector('#view-glance .summed').tBodies[0].rows,"
                " row => Array.from(row.cells, cell => cell.textContent))"
            )
            self.city_means = rows[-1][-6:]
        return self.city_means[SECTIONS.index(section)]

    def test_at_a_glance(self):
        self.open()
        result, tier = self.summary["result"], self.summary["selection"][0]
        tiles = self.js(
            "return Array.from(document.querySelectorAll('.tiles > div'),"
            " one => Array.from(one.children, part => part.textContent))"
        )
        counted = result["communities"]
        wanted = {
            "社区": self.summary["registry"]["communities"],
            "平均总分": self.summary["city_mean"],
            "入选": tier["chosen"],
            "提请研究": tier["tied"],
            "一票否决": counted["vetoed"],
            "有缺报": counted["with_missing"],
            "等次待定": result["flags"]["provisional"],
        }
        self.assertEqual(dict(tiles), {name: str(number) for name, number in wanted.items()})
        grades = {row[0]: row[1] for row in self.cells("等次")}
        wanted = {GRADES[row["grade"]]: str(row["communities"]) for row in result["grades"]}
        self.assertEqual(grades, {**wanted, "无等次": str(counted["without_grade"])})
        for row in self.cells("区县")[:-1]:
            held = self.districts[row[1]]
            names = ["rank", "name", "communities", "mean", "demonstration", "qualified"]
            names += ["developing", "ungraded", *SECTIONS]
            self.assertEqual(row, [held[name] for name in names])
        counts = {}
        for row in self.cells("总分分布"):
            for at, count in enumerate(row[1:]):
                counts[at] = counts.get(at, 0) + int(count)
        self.assertEqual([str(count) for count in counts.values()], list(grades.values()))
        lost = [row for row in table("city-gaps.csv") if row["scope"] == "city" and row["kind"] == "item"]
        names = ["points", "mean_lost", "lost_share"]
        wanted = [
            [row["part"], *(row[name] for name in names), f"{row['at_full']} / {row['communities']}"]
            for row in lost
        ]
        shown = [[row[0].split()[0], *row[1:]] for row in self.cells("全部小项")]
        self.assertEqual(shown, wanted[: len(shown)])
        self.assertEqual({row["mean_lost"] for row in lost[len(shown) :]} - {"0.00"}, set())

    def test_the_chosen(self):
        self.open("selection")
        tier = self.summary["selection"][0]
        names = ["places", "qualified", "chosen", "tied", "open", "unfilled"]
        self.assertEqual(self.cells("档次")[0][1:], [str(tier[name]) for name in names])
        self.js(
            "const box = document.getElementById('filter-outcome'); box.value = 'all';"
            " box.dispatchEvent(new Event('change'))"
        )
        rows = self.cells("评选")
        self.assertEqual(len(rows), len(self.selection))
        for place, name, code, district, total, outcome, reason in rows:
            held = self.selection[code]
            wanted = [held[part] for part in ["rank", "name", "district", "total", "reason"]]
            self.assertEqual([place.replace("–", ""), name, district, total, reason], wanted)
            self.assertEqual(outcome, OUTCOMES[held["outcome"]])

    def test_coverage(self):
        self.open("coverage")
        rows = [row for row in table("coverage.csv") if row["scope"] == "all"]
        shown = [[plain(cell) for cell in row[2:]] for row in self.cells("四级组织覆盖")]
        wanted = [[row["units"], row["established"], row["share"]] for row in rows[:4]]
        self.assertEqual(shown, wanted)
        said = self.one(".view.current > p").text
        for name in ["compounds_without_grid", "households_without_grid"]:
            self.assertIn(f" {rows[4][name]} ", said)

    def test_phases(self):
        self.open("phases")
        names = ["communities", "units_left_out"]
        wanted = [[str(phase[name]) for name in names] for phase in self.summary["phases"]]
        self.assertEqual([row[1:] for row in self.cells("阶段")], wanted)
        moved = {}
        for row in table("phases.csv"):
            moved.setdefault((row["from"], row["to"], row["item"]), []).append(row)
        pairs = [("self", "verification"), ("self", "review"), ("review", "verification")]
        for at, pair in enumerate(pairs):
            self.js(
                "const box = document.getElementById('filter-pair'); box.selectedIndex = arguments[0];"
                " box.dispatchEvent(new Event('change'))",
                at,
            )
            tables = self.js(
                "return Array.from(document.querySelectorAll('.view.current table'), one =>"
                " Array.from(one.tBodies[0].rows, row => Array.from(row.cells, cell => cell.textContent)))"
            )
            _, items, largest = tables
            for item, compared, _, lower, same, higher in items:
                held = moved.get((*pair, item.split()[0]), [])
                falls = sum(row["difference"].startswith("-") for row in held)
                if pair == ("self", "verification"):
                    continue  # Not a step: the table has each phase and the next.
                self.assertEqual([int(lower), int(higher)], [falls, len(held) - falls])
                self.assertEqual(int(lower) + int(same) + int(higher), int(compared))
            found = {(row["name"], row["item"]): row for part in moved for row in moved[part] if part[:2] == pair}
            for name, _, item, earlier, later, difference in largest if found else []:
                held = found[(name, item.split()[0])]
                wanted = [held["earlier"], held["later"], held["difference"]]
                self.assertEqual([earlier, later, plain(difference)], wanted)


if __name__ == "__main__":
    unittest.main()
