"""Where one machine is not enough, on PySpark: the extra ``dabiao[spark]``.

Spark carries the table's parts to the core and back. The statistics of the cohorts are made of
each part, merged by Spark, and handed to every part to score with; the bytes are those that one
machine gives. Only the place among all is worked out by Spark, from a key that sorts as the
places do. The package has to be installed on the workers.

>>> from dabiao.spark import score
>>> score(frame, standard).write.parquet("scores.parquet")  # doctest: +SKIP
"""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

try:
    import pyarrow as pa
    from pyspark.sql import Window
    from pyspark.sql import functions as sql
    from pyspark.sql import types as spark
except ImportError:
    # What is missing is shown above it.
    raise ImportError("this needs PySpark: pip install 'dabiao[spark]'")  # noqa: B904

from ._dabiao import Scores, Standard, Statistics, _raise_parts
from ._errors import DabiaoError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import DataFrame

    from ._dabiao import Fault

__all__ = ["score", "statistics"]

#: How many parts' statistics one task merges.
_TOGETHER = 16

_PARTS = "statistics string, faults binary, more long"
_CHECKED = "code string, faults binary, more long"


def statistics(df: DataFrame, standard: Standard) -> Statistics:
    """Work out the statistics of a table's cohorts, merged by Spark.

    Args:
        df: A table of communities, as ``Standard.read`` describes it.
        standard: The standard.

    Returns:
        The same statistics as ``standard.statistics`` of the whole table.

    Raises:
        TableError: With the faults of all partitions. A part's rows have no numbers in the
            whole; a fault names the community instead.

    Example:
        >>> import dabiao
        >>> from pyspark.sql import SparkSession
        >>> session = SparkSession.builder.master("local[1]").getOrCreate()
        >>> df = session.createDataFrame([("c1", 9), ("c2", 12)], "code string, activities int")
        >>> standard = dabiao.Standard.builtin("weihai-2020")
        >>> whole = statistics(df, standard)
        >>> whole == standard.statistics({"code": ["c1", "c2"], "activities": [9, 12]})
        True
        >>> session.stop()

    """
    return _statistics(df, standard)


def _statistics(df: DataFrame, standard: Standard) -> Statistics:
    parts = df.mapInArrow(_Measure(standard), _PARTS)
    merge = _Merge()
    # As many rounds as it takes until one task holds them all.
    count = df.rdd.getNumPartitions() if _is_classic(df) else _TOGETHER + 1
    while count > _TOGETHER:
        count = -(-count // _TOGETHER)
        parts = parts.repartition(count).mapInArrow(merge, _PARTS)
    rows = parts.repartition(1).mapInArrow(merge, _PARTS).collect()
    faults, more = _faults_of(rows)
    if faults:
        _raise_parts(faults, more, [], scoring=False)
    texts = [row["statistics"] for row in rows if row["statistics"] is not None]
    if not texts:
        return standard.statistics({"code": []})
    return Statistics.from_json(texts[0])


def score(
    df: DataFrame,
    standard: Standard,
    *,
    columns: list[str] | None = None,
    statistics: Statistics | None = None,
) -> DataFrame:
    """Score a table of communities that Spark holds, exactly.

    Every partition is a table in memory for the time that it is scored. The table is read for
    the statistics, if the standard looks at cohorts; for faults; and twice when the result is
    evaluated, for the places and for the scores. Cache it where reading it is dear.

    Args:
        df: A table of communities, as ``Standard.read`` describes it.
        standard: The standard.
        columns: Some of ``Scores.all_columns``; those of the published table if not given.
        statistics: The cohorts' statistics of an earlier run, in place of the table's own.

    Returns:
        A frame with the columns of ``Scores``, points as exact decimals, in no order;
        ``orderBy("code")`` gives that of ``Scores``.

    Raises:
        TableError: With the faults of all partitions, and codes that stand in two of them.
        ScoreError: With all faults that only the computation shows.
        CohortError: If the statistics are those of another standard.
        KeyError: If there is no such column.

    Example:
        >>> import dabiao
        >>> from pyspark.sql import SparkSession
        >>> session = SparkSession.builder.master("local[1]").getOrCreate()
        >>> df = session.createDataFrame([("c1", 9), ("c2", 12)], "code string, activities int")
        >>> standard = dabiao.Standard.builtin("weihai-2020")
        >>> scored = score(df, standard, columns=["code", "5.2"])
        >>> [(row["code"], row["5.2"]) for row in scored.orderBy("code").collect()]
        [('c1', Decimal('2.25')), ('c2', Decimal('3.00'))]
        >>> session.stop()

    """
    if statistics is None:
        # Without a cohort there is nothing to gather, and the check finds every fault.
        nobody = standard.statistics({"code": []})
        statistics = _statistics(df, standard) if standard.looks_at_cohorts else nobody
    _check(df, standard, statistics)
    empty = standard.score(df.limit(0).toArrow(), statistics=statistics)
    wanted = empty.columns if columns is None else list(columns)
    carried = [name for name in wanted if name != "rank"]
    extra = [name for name in ("rank_key",) if name not in carried and "rank" in wanted]
    schema = _schema(empty, carried + extra)
    scored = df.mapInArrow(_Score(standard, statistics, carried + extra), schema)
    if "rank" in wanted:
        scored = _with_rank(scored)
    return scored.select(*(_column(name) for name in wanted))


def _check(df: DataFrame, standard: Standard, statistics: Statistics) -> None:
    """Raise all that scoring would, and codes that stand in two partitions."""
    checked = df.mapInArrow(_Check(standard, statistics), _CHECKED)
    counted = checked.groupBy("code", "faults", "more").count()
    odd = counted.where(sql.col("faults").isNotNull() | (sql.col("count") > 1)).collect()
    faults, more = _faults_of(odd)
    twice = [row["code"] for row in odd if row["faults"] is None]
    if faults or twice:
        _raise_parts(faults, more, twice, scoring=True)


def _with_rank(scored: DataFrame) -> DataFrame:
    """Add the place of each rank key: 1 and the number of rows before it."""
    before = Window.orderBy("rank_key").rowsBetween(Window.unboundedPreceding, -1)
    keys = scored.where(sql.col("rank_key").isNotNull()).groupBy("rank_key").count()
    better = sql.coalesce(sql.sum("count").over(before), sql.lit(0))
    places = keys.select("rank_key", (better + 1).cast("int").alias("rank"))
    return scored.join(places, "rank_key", "left")


def _column(name: str) -> Any:  # noqa: ANN401 - the classes differ between classic and connect
    # Codes have dots in them.
    return sql.col(f"`{name}`")


def _is_classic(df: DataFrame) -> bool:
    return type(df).__module__.startswith("pyspark.sql.classic")


def _schema(empty: Scores, names: list[str]) -> spark.StructType:
    fields = []
    for field in empty.to_arrow(names).schema:
        kind: spark.DataType
        if pa.types.is_decimal(field.type):
            kind = spark.DecimalType(field.type.precision, field.type.scale)
        elif pa.types.is_binary(field.type):
            kind = spark.BinaryType()
        else:
            kind = spark.StringType()
        fields.append(spark.StructField(field.name, kind, field.nullable))
    return spark.StructType(fields)


def _faults_of(rows: list[Any]) -> tuple[list[Fault], int]:
    faults: list[Fault] = []
    more = 0
    for row in rows:
        if row["faults"] is not None:
            # Spark itself carries what its workers return in the same way.
            faults.extend(pickle.loads(row["faults"]))
            more += row["more"]
    return faults, more


def _row(
    names: str, first: str | None, faults: tuple[Fault, ...], more: int
) -> Iterator[pa.RecordBatch]:
    column = names.split(maxsplit=1)[0]
    held = pickle.dumps(faults) if faults else None
    arrays = [pa.array([first], pa.string()), pa.array([held], pa.binary()), pa.array([more])]
    yield pa.RecordBatch.from_arrays(arrays, names=[column, "faults", "more"])


class _Measure:
    """Makes the statistics of one partition, or lists its faults."""

    def __init__(self, standard: Standard) -> None:
        self.standard = standard

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        held = list(batches)
        if not held:
            return
        try:
            made = self.standard.statistics(pa.Table.from_batches(held), threads=1)
        except DabiaoError as error:
            yield from _row(_PARTS, None, error.faults, error.more)
        else:
            yield from _row(_PARTS, made.to_json(), (), 0)


class _Merge:
    """Merges the statistics of some partitions, and passes faults on."""

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        merged: Statistics | None = None
        for batch in batches:
            for row in batch.to_pylist():
                if row["faults"] is not None:
                    yield from _row(_PARTS, None, pickle.loads(row["faults"]), row["more"])
                else:
                    part = Statistics.from_json(row["statistics"])
                    merged = part if merged is None else merged.merge(part)
        if merged is not None:
            yield from _row(_PARTS, merged.to_json(), (), 0)


class _Check:
    """Scores one partition for its faults, and gives its codes."""

    def __init__(self, standard: Standard, statistics: Statistics) -> None:
        self.standard = standard
        self.statistics = statistics

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        held = list(batches)
        if not held:
            return
        table = pa.Table.from_batches(held)
        try:
            scores = self.standard.score(table, statistics=self.statistics, threads=1)
        except DabiaoError as error:
            yield from _row(_CHECKED, None, error.faults, error.more)
            return
        codes = pa.array(scores.codes, pa.string())
        nothing = pa.nulls(len(codes), pa.binary())
        arrays = [codes, nothing, pa.nulls(len(codes), pa.int64())]
        yield pa.RecordBatch.from_arrays(arrays, names=["code", "faults", "more"])


class _Score:
    """Scores one partition with the statistics of the whole."""

    def __init__(self, standard: Standard, statistics: Statistics, columns: list[str]) -> None:
        self.standard = standard
        self.statistics = statistics
        self.columns = columns

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        held = list(batches)
        if not held:
            return
        table = pa.Table.from_batches(held)
        scores = self.standard.score(table, statistics=self.statistics, threads=1)
        yield from scores.to_arrow(self.columns).to_batches()
