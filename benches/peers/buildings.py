"""Buildings rolled up to communities and districts: a mean weighted by households, by whole keys.

Each engine gives both levels' means; a district's is over all of its buildings.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, ClassVar

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

if TYPE_CHECKING:
    from pathlib import Path

NO_MEAN = np.iinfo(np.int64).min
#: In millionths: floats that add 10,000,000 products up are not exact.
WITHIN = 1


class Engine:
    """The columns, sorted where the folder says so, and the comparison with the exact means."""

    name: str
    variants: ClassVar[list[str]]

    def __init__(self, folder: Path, threads: int) -> None:
        # A folder's name ends in what is asked for: sorted or shuffled.
        self.sorted = folder.name == "sorted"
        self.folder, self.threads = folder.parent, threads
        prefix = "sorted-" if self.sorted else ""
        self.community = np.fromfile(self.folder / f"{prefix}community.u32", dtype="<u4")
        self.value = np.fromfile(self.folder / f"{prefix}value.f64", dtype="<f8")
        self.weight = np.fromfile(self.folder / f"{prefix}weight.f64", dtype="<f8")
        self.district = np.fromfile(self.folder / "district.u32", dtype="<u4")
        self.districts = int(self.district.max()) + 1
        self.variant = self.variants[0]
        self.prepare()

    def prepare(self) -> None:
        """Take the columns in."""

    def choose(self, variant: str) -> None:
        """Take a variant."""
        self.variant = variant

    def run(self) -> Any:  # noqa: ANN401 - each engine's own
        """Roll up."""
        raise NotImplementedError

    def means(self) -> tuple[Any, Any]:
        """Give the means of communities and districts, in order."""
        raise NotImplementedError

    def difference(self, _: Path) -> dict[str, float]:
        """Compare with the exact means; none may be further off than a millionth."""
        worst, differing = 0.0, 0
        for found, name in zip(self.means(), ("community", "district"), strict=True):
            exact = np.fromfile(self.folder / f"{name}_mean.i64", dtype="<i8")
            without = exact == NO_MEAN
            if (np.isfinite(found) == without).any():
                sys.exit(f"{self.name}: a {name} has a mean in one and none in the other")
            millionths = np.where(without, 0, np.rint(np.where(without, 0, found) * 1e6))
            off = np.abs(millionths - np.where(without, 0, exact))
            worst, differing = max(worst, float(off.max())), differing + int((off > 0).sum())
        if worst > WITHIN:
            sys.exit(f"{self.name}: a mean differs by {worst} millionths")
        return {"worst": worst, "means": differing}


class Numpy(Engine):
    """By ``bincount``; one thread."""

    name = "NumPy bincount"
    variants: ClassVar[list[str]] = ["bincount"]

    def run(self) -> tuple[Any, Any]:
        """Roll up."""
        size = len(self.district)
        products = np.bincount(self.community, self.value * self.weight, size)
        weights = np.bincount(self.community, self.weight, size)
        above = np.bincount(self.district, products, self.districts)
        heavy = np.bincount(self.district, weights, self.districts)
        with np.errstate(divide="ignore", invalid="ignore"):
            return products / weights, above / heavy

    def means(self) -> tuple[Any, Any]:
        """Give the means of communities and districts, in order."""
        return self.run()


class Polars(Engine):
    """By ``group_by``."""

    name = "polars group-by"
    variants: ClassVar[list[str]] = ["lazy", "streaming", "eager"]

    def prepare(self) -> None:
        """Take the columns in; sorted ones are marked so."""
        columns = {"community": self.community, "value": self.value, "weight": self.weight}
        self.frame = pl.DataFrame(columns)
        if self.sorted:
            self.frame = self.frame.with_columns(pl.col("community").set_sorted())
        self.of = pl.Series("district", self.district)

    def run(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Roll up."""
        value, weight = pl.col("value"), pl.col("weight")
        sums = [(value * weight).sum().alias("products"), weight.sum()]
        if self.variant == "eager":
            communities = self.frame.group_by("community").agg(sums)
        else:
            engine: Any = "streaming" if self.variant == "streaming" else "in-memory"
            plan = self.frame.lazy().group_by("community").agg(sums)
            communities = plan.collect(engine=engine)
        keys = self.of.gather(communities["community"])
        districts = (
            communities.with_columns(keys)
            .group_by("district")
            .agg(pl.col("products").sum(), weight.sum())
        )
        mean = (pl.col("products") / weight).alias("mean")
        return communities.with_columns(mean), districts.with_columns(mean)

    def means(self) -> tuple[Any, Any]:
        """Give the means of communities and districts, in order."""
        communities, districts = self.run()
        made = []
        for frame, key, size in (
            (communities, "community", len(self.district)),
            (districts, "district", self.districts),
        ):
            means = np.full(size, np.nan)
            means[frame[key].to_numpy()] = frame["mean"].to_numpy()
            made.append(means)
        return made[0], made[1]


class DuckDb(Engine):
    """By ``group by``."""

    name = "DuckDB SQL"
    variants: ClassVar[list[str]] = ["two queries"]

    def prepare(self) -> None:
        """Take the columns in."""
        self.connection = duckdb.connect(config={"threads": self.threads})
        columns = {"community": self.community, "value": self.value, "weight": self.weight}
        communities = np.arange(len(self.district), dtype="u4")
        place = {"community": communities, "district": self.district}
        for name, held in (("buildings", columns), ("places", place)):
            self.connection.register("frame", pa.table(held))
            self.connection.execute(f"create table {name} as select * from frame")
            self.connection.unregister("frame")

    def run(self) -> tuple[Any, Any]:
        """Roll up."""
        self.connection.execute(
            "create or replace temp table sums as select community, "
            "sum(value * weight) as products, sum(weight) as weights from buildings group by all"
        )
        communities = "select community, products / weights as mean from sums"
        districts = (
            "select district, sum(products) / sum(weights) as mean "
            "from sums join places using (community) group by all"
        )
        return (
            self.connection.sql(communities).to_arrow_table(),
            self.connection.sql(districts).to_arrow_table(),
        )

    def means(self) -> tuple[Any, Any]:
        """Give the means of communities and districts, in order."""
        made = []
        for table, size in zip(self.run(), (len(self.district), self.districts), strict=True):
            means = np.full(size, np.nan)
            means[table.column(0).to_numpy()] = table.column(1).to_numpy()
            made.append(means)
        return made[0], made[1]
