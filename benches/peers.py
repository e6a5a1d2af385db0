"""The same work in Dabiao and in what people would use instead, side by side in one run.

Called by `cargo xtask bench peers`, which prepares the interpreter and builds the program. Engines
alternate within each round; a table's cell is the median over the rounds, a ratio is a ratio of
medians. All of them start from the same columns of doubles in memory and end with section points,
total, grade and place of every row.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

arguments = argparse.ArgumentParser()
arguments.add_argument("--program", required=True)
arguments.add_argument("--rows", type=int, nargs="*", default=[620_573, 5_000_000])
arguments.add_argument("--rounds", type=int, default=7)
arguments.add_argument("--threads", type=int, default=2)
arguments.add_argument("--results", required=True)
ARGUMENTS = arguments.parse_args()
os.environ["POLARS_MAX_THREADS"] = str(ARGUMENTS.threads)
os.environ["OMP_NUM_THREADS"] = "1"

import duckdb  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import polars as pl  # noqa: E402
import zen  # noqa: E402

STANDARD = tomllib.loads((Path(__file__).parent / "bench-33.toml").read_text("utf-8"))
SECTIONS = STANDARD["section"]
ITEMS = [(section["id"], item) for section in SECTIONS for item in section["item"]]
MEASURES = list(STANDARD["measures"])
GRADES = [("demonstration", 90, 0.8), ("qualified", 75, 0.6)]
TIES = STANDARD["standard"]["tie_breaks"]


def steps(item):
    """A rule of thresholds as (least value, points), best first, and what is left."""
    if "bands" in item:
        return [(b["at_least"], b["points"]) for b in item["bands"]], item["otherwise"]
    if "yes_no" in item:
        return [(1, item["yes_no"]["yes"])], item["yes_no"]["no"]
    if "checklist" in item and "table" in item["checklist"]:
        table = item["checklist"]["table"]
        return sorted(((int(n), p) for n, p in table.items()), reverse=True), 0
    return None


class Engine:
    """One way of doing the work; `ops` has the five operations that a rule needs."""

    def formula(self, item):
        x, ops, points = self.column(item["value"]), self, item["points"]
        stepped = steps(item)
        if stepped is not None:
            value = ops.constant(stepped[1])
            for mark, earned in reversed(stepped[0]):
                value = ops.where(ops.at_least(x, mark), earned, value)
            return value
        if "checklist" in item:
            return ops.least(ops.times(x, item["checklist"]["each"]), points)
        if "award" in item:
            return x
        if "per_unit" in item:
            rule = item["per_unit"]
            start = points if rule["from"] == "full" else rule["from"]
            if "under" in rule:
                units = ops.floor(ops.most(ops.minus(rule["under"], x), 0))
            else:
                units = ops.most(ops.minus(x, rule["over"]), 0)
            value = ops.plus(ops.times(units, rule["points"]), start)
            return ops.rounded(ops.least(ops.most(value, 0), points))
        knots = item["curve"]
        value = ops.constant(knots[0][1])
        for (x0, y0), (x1, y1) in zip(knots, knots[1:]):
            slope = (y1 - y0) / (x1 - x0)
            line = ops.plus(ops.times(ops.minus(x, x0), slope), y0)
            value = ops.where(ops.at_least(x, x0), line, value)
        value = ops.where(ops.at_least(x, knots[-1][0]), knots[-1][1], value)
        return ops.rounded(value)


class Numpy(Engine):
    name = "NumPy"
    threads = 1

    def __init__(self, columns):
        self.columns = columns

    def column(self, name):
        return self.columns[name]

    def constant(self, value):
        return np.float64(value)

    where = staticmethod(np.where)
    at_least = staticmethod(np.greater_equal)
    least = staticmethod(np.minimum)
    most = staticmethod(np.maximum)
    plus = staticmethod(np.add)
    minus = staticmethod(np.subtract)
    times = staticmethod(np.multiply)
    floor = staticmethod(np.floor)

    @staticmethod
    def rounded(x):
        return np.floor(x * 100 + 0.5) / 100

    def items(self):
        return {item["id"]: self.formula(item) for _, item in ITEMS}

    def run(self):
        sections = {}
        for section in SECTIONS:
            total = 0.0
            for item in section["item"]:
                total = total + self.formula(item)
            sections[section["id"]] = total
        total = sum(sections.values())
        grade = np.full(len(total), 2, dtype=np.uint8)
        for at, (_, mark, share) in reversed(list(enumerate(GRADES))):
            holds = total >= mark
            for section in SECTIONS:
                holds &= sections[section["id"]] >= share * section["points"]
            grade[holds] = at
        key = np.rint(total * 100).astype(np.int64)
        for tie in TIES:
            key = key * 10_000 + np.rint(sections[tie] * 100).astype(np.int64)
        order = np.sort(key)
        rank = len(key) - np.searchsorted(order, key, side="right") + 1
        return sections, total, grade, rank


class Pandas(Numpy):
    name = "pandas"

    def __init__(self, columns):
        self.columns = pd.DataFrame(columns, copy=False)

    @staticmethod
    def where(condition, yes, no):
        if isinstance(no, pd.Series):
            return no.where(~condition, yes)
        return pd.Series(np.where(condition, yes, no))

    @staticmethod
    def rounded(x):
        return ((x * 100 + 0.5) // 1) / 100

    def run(self):
        frame = {}
        for section in SECTIONS:
            total = 0.0
            for item in section["item"]:
                total = total + self.formula(item)
            frame[section["id"]] = total
        total = sum(frame.values())
        grade = pd.Series(np.full(len(total), 2, dtype=np.uint8))
        for at, (_, mark, share) in reversed(list(enumerate(GRADES))):
            holds = total >= mark
            for section in SECTIONS:
                holds &= frame[section["id"]] >= share * section["points"]
            grade[holds] = at
        key = (total * 100).round().astype("int64")
        for tie in TIES:
            key = key * 10_000 + (frame[tie] * 100).round().astype("int64")
        return frame, total, grade, key.rank(method="min", ascending=False)


class Polars(Engine):
    name = "polars expressions"

    def __init__(self, columns):
        self.threads = ARGUMENTS.threads
        self.frame = pl.DataFrame(columns)

    def column(self, name):
        return pl.col(name)

    def constant(self, value):
        return pl.lit(float(value))

    def where(self, condition, yes, no):
        return pl.when(condition).then(yes if isinstance(yes, pl.Expr) else float(yes)).otherwise(no)

    def at_least(self, x, mark):
        return x >= mark

    def least(self, x, most):
        return x.clip(upper_bound=float(most))

    def most(self, x, least):
        return x.clip(lower_bound=float(least))

    def plus(self, a, b):
        return a + b

    def minus(self, a, b):
        return a - b

    def times(self, a, b):
        return a * b

    def floor(self, x):
        return x.floor()

    def rounded(self, x):
        return (x * 100 + 0.5).floor() / 100

    def plan(self):
        sections = [
            pl.sum_horizontal([self.formula(item) for item in section["item"]]).alias(section["id"])
            for section in SECTIONS
        ]
        plan = self.frame.lazy().select(sections)
        plan = plan.with_columns(pl.sum_horizontal([s["id"] for s in SECTIONS]).alias("total"))
        grade = pl.lit(2, dtype=pl.UInt8)
        for at, (_, mark, share) in reversed(list(enumerate(GRADES))):
            holds = [pl.col(s["id"]) >= share * s["points"] for s in SECTIONS]
            holds = pl.all_horizontal([pl.col("total") >= mark, *holds])
            grade = pl.when(holds).then(pl.lit(at, dtype=pl.UInt8)).otherwise(grade)
        key = (pl.col("total") * 100).round().cast(pl.Int64)
        for tie in TIES:
            key = key * 10_000 + (pl.col(tie) * 100).round().cast(pl.Int64)
        return plan.with_columns(grade.alias("grade"), key.rank("min", descending=True).alias("rank"))

    def run(self):
        return self.plan().collect()


class DuckDb(Engine):
    name = "DuckDB SQL"

    def __init__(self, columns):
        self.threads = ARGUMENTS.threads
        self.connection = duckdb.connect(config={"threads": ARGUMENTS.threads})
        frame = pl.DataFrame(columns).to_arrow()  # noqa: F841
        # Its own tables are its best form.
        self.connection.execute("create table t as select * from frame")

    def column(self, name):
        return name

    def constant(self, value):
        return f"{float(value)}::double"

    def where(self, condition, yes, no):
        return f"case when {condition} then {yes} else {no} end"

    def at_least(self, x, mark):
        return f"{x} >= {float(mark)}::double"

    def least(self, x, most):
        return f"least({x}, {float(most)}::double)"

    def most(self, x, least):
        return f"greatest({x}, {float(least)}::double)"

    def plus(self, a, b):
        return f"({a} + {b})"

    def minus(self, a, b):
        return f"({a} - {b})"

    def times(self, a, b):
        return f"({a} * {float(b)!r}::double)"

    def floor(self, x):
        return f"floor({x})"

    def rounded(self, x):
        return f"floor({x} * 100::double + 0.5::double) / 100::double"

    def query(self, ranked=True):
        sections = ", ".join(
            " + ".join(f"({self.formula(item)})" for item in section["item"]) + f" as s{section['id']}"
            for section in SECTIONS
        )
        total = " + ".join(f"s{section['id']}" for section in SECTIONS)
        grade = "2"
        for at, (_, mark, share) in reversed(list(enumerate(GRADES))):
            holds = " and ".join(f"s{s['id']} >= {share * s['points']}::double" for s in SECTIONS)
            grade = f"case when total >= {mark}::double and {holds} then {at} else {grade} end"
        key = "round(total * 100)::bigint"
        for tie in TIES:
            key = f"({key} * 10000 + round(s{tie} * 100)::bigint)"
        rank = f", rank() over (order by {key} desc) as rank" if ranked else ""
        return (
            f"with s as (select {sections} from t), u as (select *, {total} as total from s) "
            f"select *, {grade} as grade{rank} from u"
        )

    def run(self):
        return self.connection.sql(self.query()).to_arrow_table()

    def unranked(self):
        """In the order of the rows, which ranking changes."""
        return self.connection.sql(self.query(ranked=False)).to_arrow_table()


class Zen(Engine):
    """One record at a time: a graph of expressions, compiled once."""

    def column(self, name):
        return name

    def constant(self, value):
        return str(value)

    def where(self, condition, yes, no):
        return f"({condition} ? {yes} : {no})"

    def at_least(self, x, mark):
        return f"{x} >= {mark}"

    def least(self, x, most):
        return f"min([{x}, {most}])"

    def most(self, x, least):
        return f"max([{x}, {least}])"

    def plus(self, a, b):
        return f"({a} + {b})"

    def minus(self, a, b):
        return f"({a} - {b})"

    def times(self, a, b):
        return f"({a} * {b})"

    def floor(self, x):
        return f"floor({x})"

    def rounded(self, x):
        return f"floor({x} * 100 + 0.5) / 100"

    def __init__(self):
        def node(id, expressions):
            listed = [{"id": f"{id}{n}", "key": k, "value": v} for n, (k, v) in enumerate(expressions)]
            content = {"expressions": listed, "passThrough": True}
            return {"id": id, "name": id, "type": "expressionNode", "content": content}

        items = [(f"p{item['id'].replace('.', '_')}", self.formula(item)) for _, item in ITEMS]
        sections = [
            (f"s{s['id']}", " + ".join(f"p{i['id'].replace('.', '_')}" for i in s["item"]))
            for s in SECTIONS
        ]
        total = [("total", " + ".join(f"s{s['id']}" for s in SECTIONS))]
        grade = "2"
        for at, (_, mark, share) in reversed(list(enumerate(GRADES))):
            holds = " and ".join(f"s{s['id']} >= {round(share * s['points'], 6)}" for s in SECTIONS)
            grade = f"(total >= {mark} and {holds} ? {at} : {grade})"
        nodes = [
            {"id": "in", "name": "in", "type": "inputNode"},
            node("items", items),
            node("sections", sections),
            node("total", total),
            node("grade", [("grade", grade)]),
            {"id": "out", "name": "out", "type": "outputNode"},
        ]
        edges = [
            {"id": f"e{n}", "sourceId": a["id"], "targetId": b["id"], "type": "edge"}
            for n, (a, b) in enumerate(zip(nodes, nodes[1:]))
        ]
        self.decision = zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))

    def run(self, record):
        return self.decision.evaluate(record)["result"]


def openfisca(columns):
    """OpenFisca's own way: a variable and a formula an item, over NumPy arrays."""
    from openfisca_core.entities import build_entity
    from openfisca_core.periods import DateUnit
    from openfisca_core.simulations import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    person = build_entity(key="place", plural="places", label="", doc="", is_person=True)

    def system():
        made = TaxBenefitSystem([person])
        base = {"value_type": float, "entity": person, "definition_period": DateUnit.YEAR}
        for name in MEASURES:
            made.add_variable(type(name, (Variable,), dict(base)))

        def add(name, function):
            made.add_variable(type(name, (Variable,), {**base, "formula": function}))

        class Asked(dict):
            def __init__(self, place):
                self.place = place

            def __missing__(self, name):
                return self.place(name, "2020")

        # A formula of three arguments would be asked with parameters.
        def of_item(item):
            return lambda place, period: Numpy(Asked(place)).formula(item) + place.empty_array()

        def of_section(section):
            names = [f"p{item['id'].replace('.', '_')}" for item in section["item"]]
            return lambda place, period: sum(place(name, period) for name in names)

        for _, item in ITEMS:
            add(f"p{item['id'].replace('.', '_')}", of_item(item))
        for section in SECTIONS:
            add(f"s{section['id']}", of_section(section))

        def total(place, period):
            return sum(place(f"s{s['id']}", period) for s in SECTIONS)

        add("total", total)
        return made

    made = system()

    def run():
        simulation = SimulationBuilder().build_default_simulation(made, len(columns[MEASURES[0]]))
        for name in MEASURES:
            simulation.set_input(name, "2020", columns[name])
        return simulation.calculate("total", "2020")

    return run


class Dabiao:
    """The program, asked for one measurement after another."""

    def __init__(self, rows, folder):
        command = [ARGUMENTS.program, str(rows), str(folder)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.line()

    def line(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit("the program ended")
        return line

    def seconds(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        return float(self.line())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def timed(work):
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def median(times):
    return statistics.median(times)


def shown(seconds):
    if seconds < 1e-3:
        return f"{seconds * 1e6:.3g} µs"
    return f"{seconds * 1e3:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"


def agree(exact, engine):
    """Peers must agree within 0.01 an item; their rows and grades that differ are counted."""
    items = Numpy(engine).items()
    worst = 0.0
    for (_, item), points in zip(ITEMS, exact["items"]):
        worst = max(worst, float(np.abs(items[item["id"]] - points / 100).max()))
    if worst > 0.010000001:
        sys.exit(f"a peer's item differs by {worst}")
    _, total, grade, _ = Numpy(engine).run()
    cents = np.rint(total * 100).astype(np.int64)
    rows = np.zeros(len(cents), dtype=bool)
    for (_, item), points in zip(ITEMS, exact["items"]):
        rows |= np.rint(items[item["id"]] * 100).astype(np.int64) != points
    return {
        "worst": worst,
        "rows": int(rows.sum()),
        "totals": int((cents != exact["total"]).sum()),
        "grades": int((grade != exact["grade"]).sum()),
    }


def table(rows, report):
    folder = Path(tempfile.mkdtemp(prefix="dabiao-bench-"))
    dabiao = Dabiao(rows, folder)
    try:
        dabiao.seconds("dump", "1")
        read = lambda name, kind: np.fromfile(folder / name, dtype=kind)  # noqa: E731
        columns = {name: read(f"{n}.f64", "<f8") for n, name in enumerate(MEASURES)}
        exact = {
            "items": [read(f"item-{n}.i64", "<i8") for n in range(len(ITEMS))],
            "total": read("total.i64", "<i8"),
            "grade": read("grade.i64", "<i8"),
        }
        differing = agree(exact, columns)
        peers = [Polars(columns), DuckDb(columns), Numpy(columns), Pandas(columns)]
        fisca = openfisca(columns)
        others = {}
        for peer in peers[:2]:
            result = peer.unranked() if isinstance(peer, DuckDb) else peer.run()
            total = np.asarray(result["total"].to_numpy())
            grade = np.asarray(result["grade"].to_numpy())
            others[peer.name] = (
                int((np.rint(total * 100).astype(np.int64) != exact["total"]).sum()),
                int((grade != exact["grade"]).sum()),
            )
        work = {
            f"{peer.name}, {peer.threads} thread{'s' * (peer.threads > 1)}": peer.run for peer in peers
        }
        work["OpenFisca, totals only, 1 thread"] = fisca
        own = {}
        for threads in sorted({1, ARGUMENTS.threads}):
            plural = "s" * (threads > 1)
            own[f"Dabiao, {threads} thread{plural}"] = ("score", threads)
            own[f"Dabiao from Arrow, checked, {threads} thread{plural}"] = ("table", threads)
            own[f"reading the columns, {threads} thread{plural}"] = ("read", threads)
        times = {name: [] for name in [*own, *work]}
        for _ in range(ARGUMENTS.rounds):
            for name, words in own.items():
                times[name].append(dabiao.seconds(*words))
            for name, run in work.items():
                times[name].append(timed(run)[0])
    finally:
        dabiao.close()
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
    medians = {name: median(each) for name, each in times.items()}
    many = f"Dabiao, {ARGUMENTS.threads} threads"
    one = "Dabiao, 1 thread"
    report.append(f"\n## bench-33, {rows:,} rows\n")
    report.append("| | median | least | against Dabiao on as many threads |")
    report.append("| --- | ---: | ---: | ---: |")
    for name, each in sorted(medians.items(), key=lambda pair: pair[1]):
        base = medians[one] if "1 thread" in name else medians[many]
        report.append(f"| {name} | {shown(each)} | {shown(min(times[name]))} | {each / base:.2f} × |")
    share = medians[f"reading the columns, {ARGUMENTS.threads} threads"] / medians[many]
    size = rows * len(MEASURES) * 8
    bandwidth = size / medians[f"reading the columns, {ARGUMENTS.threads} threads"] / 1e9
    report.append(
        f"\nOf the read bandwidth of its columns ({bandwidth:.1f} GB/s): {share:.0%}. "
        f"{ARGUMENTS.threads} threads against one: {medians[one] / medians[many]:.2f} ×."
    )
    report.append(
        f"\nIn NumPy's floats an item differs from the exact answer in {differing['rows']:,} rows, "
        f"the total in {differing['totals']:,}, the grade in {differing['grades']:,}; no item by "
        "more than 0.01. "
        + "; ".join(
            f"{name}: the total in {totals:,} rows, the grade in {grades:,}"
            for name, (totals, grades) in others.items()
        )
        + "."
    )


def one_record(report):
    folder = Path(tempfile.mkdtemp(prefix="dabiao-bench-"))
    dabiao, engine = Dabiao(1000, folder), Zen()
    dabiao.seconds("dump", "1")
    columns = [np.fromfile(folder / f"{n}.f64", dtype="<f8") for n in range(len(MEASURES))]
    totals = np.fromfile(folder / "total.i64", dtype="<i8")
    records = [
        dict(zip(MEASURES, map(float, (column[row] for column in columns)))) for row in range(1000)
    ]
    differing = sum(
        round(float(engine.run(record)["total"]) * 100) != total
        for record, total in zip(records[:200], totals)
    )
    own, zens = [], []
    for _ in range(ARGUMENTS.rounds):
        own.append(dabiao.seconds("cards", 100_000) / 100_000)
        zens.append(timed(lambda: [engine.run(record) for record in records])[0] / len(records))
    dabiao.close()
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    report.append("\n## One record of bench-33\n")
    report.append("| | median | against Dabiao |\n| --- | ---: | ---: |")
    report.append(f"| Dabiao, from a prepared array of doubles, from Rust | {shown(median(own))} | 1 × |")
    ratio = median(zens) / median(own)
    report.append(f"| Zen, from a Python dict | {shown(median(zens))} | {ratio:.0f} × |")
    report.append(f"\nOf 200 records Zen's total, rounded to cents, differs in {differing}.")


def machine():
    model = next(
        (line.split(":")[1].strip() for line in open("/proc/cpuinfo") if "model name" in line), "?"
    )
    flags = open("/proc/cpuinfo").read()
    vectors = "AVX-512" if "avx512f" in flags else "AVX2" if "avx2" in flags else "neither AVX2 nor AVX-512"
    versions = {
        "polars": pl.__version__,
        "DuckDB": duckdb.__version__,
        "NumPy": np.__version__,
        "pandas": pd.__version__,
    }
    from importlib.metadata import version

    versions["zen-engine"], versions["openfisca-core"] = version("zen-engine"), version("openfisca-core")
    load = os.getloadavg()[0]
    return [
        "# Benchmarks against peers\n",
        "Written by `cargo xtask bench peers`; every number is of one run on one machine, engines "
        "alternating, and only the ratios mean something elsewhere.\n",
        f"- machine: {model}, {os.cpu_count()} cores, {vectors}; load {load:.1f} when it began",
        f"- Python {platform.python_version()}; "
        + ", ".join(f"{name} {number}" for name, number in versions.items()),
        f"- {ARGUMENTS.rounds} rounds, medians; {ARGUMENTS.threads} threads where an engine has threads",
    ]


report = machine()
for rows in ARGUMENTS.rows:
    table(rows, report)
one_record(report)
text = "\n".join(report) + "\n"
Path(ARGUMENTS.results).write_text(text, "utf-8")
print(text)
