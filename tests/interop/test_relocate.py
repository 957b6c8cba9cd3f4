"""After `stedi relocate`, every snapshot and tag of a lake that was moved or copied reads as it did before, in
PyIceberg and in stedi. The lake has position delete files, tables of other writers, partitions and all spellings of a
path."""
import contextlib
import hashlib
import json
import pathlib
import shutil
import sqlite3
import uuid

import pyarrow
import pyarrow.parquet
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.manifest import (UNASSIGNED_SEQ, DataFile, DataFileContent, FileFormat, ManifestContent, ManifestEntry,
                                ManifestEntryStatus, ManifestFile, ManifestWriterV2, write_manifest_list)
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table.snapshots import Operation, Snapshot, Summary
from pyiceberg.table.update import AddSnapshotUpdate, AssertTableUUID, SetSnapshotRefUpdate
from pyiceberg.transforms import IdentityTransform
from pyiceberg.typedef import Record
from pyiceberg.types import LongType, NestedField, StringType

import lakes

DELETED_PATH, DELETED_POSITION = 2147483546, 2147483545


def open_catalog(lake):
    return SqlCatalog("lake", uri=f"sqlite:///{lake}/catalog.db", warehouse=f"file://{lake}")


class DeleteManifestWriter(ManifestWriterV2):
    """Writes a manifest of delete files, which PyIceberg itself does not."""

    def content(self):
        return ManifestContent.DELETES

    @property
    def _meta(self):
        return {**super()._meta, "content": "deletes"}


def delete_rows(table, positions, codec):
    """Commits a snapshot with a position delete file, which deletes rows of the table's first data file."""
    data_file = table.inspect.data_files().to_pylist()[0]["file_path"]
    folder, snapshot_id = table.location(), uuid.uuid4().int >> 66
    path = f"{folder}/data/{uuid.uuid4()}-theirs-deletes.parquet"
    schema = pyarrow.schema([
        pyarrow.field("file_path", pyarrow.string(), False, {"PARQUET:field_id": str(DELETED_PATH)}),
        pyarrow.field("pos", pyarrow.int64(), False, {"PARQUET:field_id": str(DELETED_POSITION)})])
    rows = pyarrow.table([[data_file] * len(positions), positions], schema=schema)
    pyarrow.parquet.write_table(rows, lakes.local_path(path))
    size = pathlib.Path(lakes.local_path(path)).stat().st_size
    bound = {DELETED_PATH: data_file.encode()}
    file = DataFile.from_args(content=DataFileContent.POSITION_DELETES, file_path=path, file_format=FileFormat.PARQUET,
                              partition=Record(), record_count=len(positions), file_size_in_bytes=size,
                              lower_bounds=bound, upper_bounds=bound)
    output = table.io.new_output(f"{folder}/metadata/{uuid.uuid4()}-m0.avro")
    with DeleteManifestWriter(table.spec(), table.schema(), output, snapshot_id, codec) as writer:
        writer.add_entry(ManifestEntry.from_args(status=ManifestEntryStatus.ADDED, snapshot_id=snapshot_id,
                                                 sequence_number=None, data_file=file))
    current, number = table.current_snapshot(), table.metadata.last_sequence_number + 1
    manifest_list = f"{folder}/metadata/snap-{snapshot_id}-{uuid.uuid4()}.avro"
    with write_manifest_list(2, table.io.new_output(manifest_list), snapshot_id, current.snapshot_id, number,
                             codec) as writer:
        writer.add_manifests([*current.manifests(table.io), output_manifest(output, snapshot_id, len(positions))])
    snapshot = Snapshot(snapshot_id=snapshot_id, parent_snapshot_id=current.snapshot_id, sequence_number=number,
                        timestamp_ms=current.timestamp_ms + 1, manifest_list=manifest_list,
                        summary=Summary(Operation.DELETE), schema_id=table.schema().schema_id)
    with table.transaction() as transaction:
        transaction._apply((AddSnapshotUpdate(snapshot=snapshot),
                            SetSnapshotRefUpdate(snapshot_id=snapshot_id, ref_name="main", type="branch")),
                           (AssertTableUUID(uuid=table.metadata.table_uuid),))


def output_manifest(output, snapshot_id, rows):
    return ManifestFile.from_args(
        manifest_path=output.location, manifest_length=len(output), partition_spec_id=0, content=ManifestContent.DELETES,
        sequence_number=UNASSIGNED_SEQ, min_sequence_number=UNASSIGNED_SEQ, added_snapshot_id=snapshot_id,
        added_files_count=1, existing_files_count=0, deleted_files_count=0, added_rows_count=rows, existing_rows_count=0,
        deleted_rows_count=0, partitions=[], key_metadata=None)


def rows_of_all_snapshots(lake):
    """Returns (table, snapshot or tag) -> (number of rows, hash of the sorted rows), by PyIceberg."""
    catalog, found = open_catalog(lake), {}
    for namespace in catalog.list_namespaces():
        for name in catalog.list_tables(namespace):
            table = catalog.load_table(name)
            snapshots = {snapshot.snapshot_id: snapshot.snapshot_id for snapshot in table.snapshots()}
            snapshots |= {f"ref {ref}": value.snapshot_id for ref, value in table.metadata.refs.items()}
            for shown, snapshot_id in snapshots.items():
                rows = sorted(map(repr, table.scan(snapshot_id=snapshot_id).to_arrow().to_pylist()))
                found[(".".join(name), shown)] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
    return found


def files_below(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def make_lake():
    """Makes a lake by two runs; then other programs delete rows, tag a snapshot and make tables of their own."""
    landing, lake = lakes.scratch_folder() / "landing", lakes.scratch_folder() / "lake"
    for seed in (7, 8):
        lakes.run_stedi("sample", landing / str(seed), "--customers", 50, "--readings", 500, "--seed", seed, "--defects")
    both = lakes.scratch_folder() / "landing"
    for seed in (7, 8):
        for file in (landing / str(seed)).rglob("*.json"):
            target = both / file.relative_to(landing / str(seed)).parent / f"{seed}-{file.name}"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)
        lakes.refresh(lake, both)
    catalog = open_catalog(lake)
    for table, codec in (("stedi.accelerometer_landing", "deflate"), ("stedi.customers_landing", "null"),
                         ("stedi.accelerometer_landing", "deflate")):
        loaded = catalog.load_table(table)
        delete_rows(loaded, [0, 1] if codec == "deflate" else [2], codec)
    table = catalog.load_table("stedi.accelerometer_landing")
    table.manage_snapshots().create_tag(table.snapshots()[0].snapshot_id, "first").commit()
    schema = Schema(NestedField(1, "id", LongType(), required=False), NestedField(2, "name", StringType(), required=False))
    spec = PartitionSpec(PartitionField(2, 1000, IdentityTransform(), "name"))
    catalog.create_namespace("others")
    for name, location, options in (("plain", f"file://{lake}/stedi/plain", {}),
                                    ("parts", f"file:{lake}/wh/parts", {"partition_spec": spec})):
        made = catalog.create_table(("others", name), schema, location=location, **options)
        for first in (0, 10):
            made.append(pyarrow.table({"id": [first, first + 1, first + 2], "name": ["a", "b", None]}))
    return both, lake


class RelocateTest(lakes.LakeTest):
    @classmethod
    def setUpClass(cls):
        cls.landing, cls.lake = make_lake()
        cls.before = rows_of_all_snapshots(cls.lake)

    def relocate(self, *words):
        return json.loads(lakes.run_stedi("relocate", *words, "--json"))

    def count(self, lake, table):
        return int(json.loads(lakes.run_stedi("query", f"SELECT count(*) AS n FROM {table}", "--lake", lake, "--json"))[0]["n"])

    def check_places(self, lake, old):
        """Checks that no metadata of the lake names a path below `old`, and that every file that it names exists below
        `lake`."""
        files = {name: data for name, data in files_below(lake).items() if not name.startswith(("lock", "catalog.db"))}
        for name, data in files.items():
            if name.endswith(".json"):
                self.assertNotIn(str(old).encode(), data, name)
        catalog, named = open_catalog(lake), set()
        for namespace in catalog.list_namespaces():
            for name in catalog.list_tables(namespace):
                table = catalog.load_table(name)
                named.add(table.metadata_location)
                for snapshot in table.snapshots():
                    named.add(snapshot.manifest_list)
                    for manifest in snapshot.manifests(table.io):
                        named.add(manifest.manifest_path)
                        self.assertEqual(len(table.io.new_input(manifest.manifest_path)), manifest.manifest_length)
                        for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=False):
                            file = entry.data_file
                            named.add(file.file_path)
                            self.assertNotIn(str(old), file.file_path)
                            if entry.status != ManifestEntryStatus.DELETED:
                                self.assertEqual(len(table.io.new_input(file.file_path)), file.file_size_in_bytes)
                            if file.content == DataFileContent.POSITION_DELETES:
                                rows = pyarrow.parquet.read_table(lakes.local_path(file.file_path)).to_pylist()
                                self.assertEqual([row for row in rows if str(old) in row["file_path"]], [])
                                bounds = {*file.lower_bounds.values(), *file.upper_bounds.values()}
                                self.assertEqual(bounds, {row["file_path"].encode() for row in rows})
        named = {str(pathlib.Path(lakes.local_path(place)).relative_to(lake)) for place in named}
        self.assertEqual(named - set(files), set())

    def test_moved(self):
        for name in ("a-much-longer-name/of/the/lake", "s"):
            with self.subTest(name):
                old = lakes.scratch_folder() / "lake"
                shutil.copytree(self.lake, old)
                self.relocate(old, "--copy")
                before = rows_of_all_snapshots(old)
                self.assertEqual(before, self.before)
                new = lakes.scratch_folder() / name
                new.parent.mkdir(parents=True, exist_ok=True)
                old.rename(new)
                report = self.relocate(new)
                self.assertEqual((report["status"], report["made_at"]), ("relocated", [str(old)]))
                self.assertEqual(rows_of_all_snapshots(new), self.before)
                self.check_places(new, old)

    def test_a_link_out_of_the_copy(self):
        copy = lakes.scratch_folder() / "copy"
        shutil.copytree(self.lake, copy)
        shutil.rmtree(copy / "stedi")
        (copy / "stedi").symlink_to(self.lake / "stedi")
        original = files_below(self.lake)
        with self.assertRaisesRegex(AssertionError, "status 2[^$]*by a symbolic link, outside the copy"):
            lakes.run_stedi("relocate", copy, "--copy")
        self.assertEqual(files_below(self.lake), original)

    def test_pointers_changed_by_hand(self):
        lake = lakes.scratch_folder() / "lake"
        shutil.copytree(self.lake, lake)
        with contextlib.closing(sqlite3.connect(lake / "catalog.db")) as catalog, catalog:
            catalog.execute("UPDATE iceberg_tables SET metadata_location = replace(metadata_location, ?, ?)",
                            (str(self.lake), str(lake)))
        for words in (("query", "SELECT count(*) FROM customers_landing"), ("tables",), ("show", "customers_landing")):
            with self.assertRaisesRegex(AssertionError, "status 2[^$]*outside the lake at"):
                lakes.run_stedi(*words, "--lake", lake)
        self.relocate(lake)
        self.assertEqual(rows_of_all_snapshots(lake), self.before)
        self.check_places(lake, self.lake)

    def test_copied(self):
        copy = lakes.scratch_folder() / "copy"
        shutil.copytree(self.lake, copy)
        original = files_below(self.lake)
        self.relocate(copy, "--copy")
        hidden = self.lake.with_name("hidden")
        self.lake.rename(hidden)  # whoever still reads the original fails
        try:
            self.assertEqual(rows_of_all_snapshots(copy), self.before)
            self.check_places(copy, self.lake)
            for table in ("accelerometer_landing", "customers_landing", "machine_learning_curated"):
                rows = open_catalog(copy).load_table(f"stedi.{table}").scan().to_arrow().num_rows
                self.assertEqual(self.count(copy, table), rows, table)
        finally:
            hidden.rename(self.lake)
        uuids = [{table: str(open_catalog(lake).load_table(f"stedi.{table}").metadata.table_uuid)
                  for table in lakes.catalog_rows(lake)} for lake in (self.lake, copy)]
        self.assertEqual(set(uuids[0].values()) & set(uuids[1].values()), set())
        actions = {table["table"]: table["action"] for table in lakes.refresh(copy, self.landing)["tables"]}
        again = {table["action"] for table in lakes.refresh(copy, self.landing)["tables"]}
        self.assertEqual(again, {"unchanged"}, actions)
        self.assertEqual(files_below(self.lake), original)


if __name__ == "__main__":
    lakes.main()
