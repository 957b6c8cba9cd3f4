"""Takes the rows of people who withdrew out of the published tables, even when a run fails.

A table of consent (`consent` names its column of the person) has a row for each person who agrees. The published rows
of people whom this run did not find there leave, and with them, from table to table along the references.* that fail a
run, all rows that refer to one that left. No row is added.
"""


class Withdrawal:
    """`definitions`: those of the tables that the run built, in the order of the graph. `parents`: names of tables that
    it only read. REQUIRES: each of these tables can be read by its plain name."""

    def __init__(self, spark, lake, definitions, parents=()):
        self.spark, self.lake, self._parents = spark, lake, set(parents)
        self._remaining = {}  # name -> (definition, StagedTable, view of the rows that stay, whether some may leave)
        for definition in definitions:
            self._find(definition)

    def _find(self, definition):
        name = definition["name"]
        table = self.lake.open(name)
        if not self.lake.exists(table):
            return
        self.lake.refresh(table)
        gone = []
        if definition.get("consent"):
            key, found = definition["consent"], f"stedi_consent_{name}"
            # Read now, since what the run has staged is dropped before any row leaves.
            keys = self.spark.sql(f"SELECT DISTINCT `{key}` FROM `{name}`").localCheckpoint()
            keys.createOrReplaceTempView(found)
            gone.append(_not_in(key, found, key))
        for expectation in definition.get("expectations", []):
            if expectation.get("kind") != "references" or expectation["action"] != "fail":
                continue
            name_of_parent = expectation["references_table"]
            parent = self._remaining.get(name_of_parent)
            view = parent[2] if parent and parent[3] else name_of_parent if name_of_parent in self._parents else None
            if view:
                gone.append(_not_in(expectation["columns"][0], view, expectation["references_column"]))
        view = f"stedi_remaining_{name}"
        condition = "".join(f" AND NOT ({part})" for part in gone)
        self.spark.sql(f"SELECT child.* FROM {table.published} AS child WHERE true{condition}"
                       ).createOrReplaceTempView(view)
        self._remaining[name] = (definition, table, view, bool(gone))

    def explains_empty(self, name):
        """Whether all rows leave a published table, or it had none."""
        return name in self._remaining and not self.spark.table(self._remaining[name][2]).limit(1).count()

    def explains_broken(self, definition, sql):
        """Whether an expectation of a table fails for the published rows that stay, too."""
        names = [definition["name"], *definition.get("depends_on", ())]
        if definition["name"] not in self._remaining:
            return False
        views = {name: self._remaining[name][2] for name in names if name in self._remaining}
        before = {name: self.spark.table(name) for name in views}
        try:
            for name, view in views.items():
                self.spark.table(view).createOrReplaceTempView(name)
            return self.spark.sql(sql).limit(1).count() > 0
        finally:
            for name, frame in before.items():
                frame.createOrReplaceTempView(name)

    def take_out(self, checksum_of):
        """Publishes each table without the rows that leave it. Yields (name, how many rows left) for each."""
        for name, (definition, table, view, may_leave) in self._remaining.items():
            if not may_leave:
                continue
            frame = self.spark.table(view)
            rows = self.spark.table(table.published).count() - frame.count()
            if not rows:
                continue
            frame = frame.localCheckpoint()
            self.lake.stage(table, definition)
            self.lake.overwrite(table, frame, checksum=checksum_of(frame))
            self.lake.publish(table)
            yield name, rows


def _not_in(column, parent, key):
    return (f"child.`{column}` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `{parent}` AS parent "
            f"WHERE parent.`{key}` = child.`{column}`)")
