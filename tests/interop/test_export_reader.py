"""While the exported runner refreshes a lake three times, a reader in another process (PyIceberg) never sees a table
that is empty or mixed: each state that it sees is one that a refresh published."""
import json
import pathlib
import shutil
import subprocess
import sys

import exports
import lakes

REFRESHES = 3


def setUpModule():
    exports.skip_without("4.1")


def add_news(landing, refresh):
    """Writes files with `refresh` + 1 people with readings and as many whose consent is unclear, over those of the last
    refresh."""
    now = 1655564376361
    people, readings, steps = [], [], []
    for i in range(refresh + 1):
        email, serial = f"new{i}@example.com", f"00000000-0000-4000-8000-00000000000{i}"
        people.append({"customerName": f"New {i}", "email": email, "phone": "8015551212", "birthDay": "1990-05-17",
                       "serialNumber": serial, "registrationDate": 1655564376361, "lastUpdateDate": 1655564376361,
                       "shareWithResearchAsOfDate": 1655564376361})
        people.append({**people[-1], "email": f"unclear{i}@example.com"})
        people.append({**people[-1], "lastUpdateDate": now + 1, "shareWithResearchAsOfDate": "withdrawn"})
        readings.append({"user": email, "timestamp": now + i, "x": 1.0, "y": 0.5, "z": float(refresh)})
        steps.append({"sensorReadingTime": now + i, "serialNumber": serial, "distanceFromObject": refresh})
    for folder, records in (("customer", people), ("accelerometer", readings), ("step_trainer", steps)):
        path = landing / folder / "landing/refreshed.json"
        rejected = '{"refresh":%d\n' % refresh
        path.write_text("".join(json.dumps(record) + "\n" for record in records) + rejected)


class Reader:
    """Reads all tables over and over in a process of its own. After stop(), `seen` is table -> states."""

    def __init__(self, lake):
        self._process = subprocess.Popen([sys.executable, pathlib.Path(__file__).with_name("table_states.py"), lake],
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def stop(self):
        output, _ = self._process.communicate("stop\n", timeout=60)
        self.rounds, self.seen = json.loads(output)


class ExportReaderTest(exports.ExportTest):
    version = "4.1"

    def test_a_reader_sees_only_published_states(self):
        project, landing = exports.PROJECTS[0], lakes.scratch_folder() / "landing"
        shutil.copytree(exports.demo_landing(), landing)
        folder, (catalog, lake) = exports.export("spark", project), self.new_lake()
        add_news(landing, 0)
        self.run_runner(folder, project, landing, catalog, lake)
        published = [self.states(lake)]
        reader = Reader(lake)
        try:
            for refresh in range(1, REFRESHES + 1):
                add_news(landing, refresh)
                self.run_runner(folder, project, landing, catalog, lake)
                published.append(self.states(lake))
        finally:
            reader.stop()
        self.assertGreater(reader.rounds, 2 * REFRESHES, "the reader was too slow to see anything")
        for table, states in reader.seen.items():
            allowed = {found[table] for found in published}
            self.assertGreater(len(allowed), 1, f"{table} never changed")
            self.assertEqual(set(states) - allowed, set(), f"{table}: a reader saw what was never published")
            self.assertGreater(len(states), 1, f"{table}: the reader saw no change")

    @staticmethod
    def states(lake):
        done = subprocess.run([sys.executable, pathlib.Path(__file__).with_name("table_states.py"), lake],
                              input="", capture_output=True, text=True, check=True)
        return {table: states[0] for table, states in json.loads(done.stdout)[1].items()}


if __name__ == "__main__":
    lakes.main()
