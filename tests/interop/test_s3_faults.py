"""Runs on an S3 server that fails now and then. Each run gives the right tables, or fails with one line and publishes
nothing."""
import collections
import json
from concurrent.futures import ThreadPoolExecutor

import fault_proxy
import lakes
import s3_server
from s3_server import checksums, project_words, run

SEEDS = range(20)
SHARE = 0.1
FIXED = {"AWS_EC2_METADATA_DISABLED": "true"}


class S3FaultsTest(lakes.LakeTest):
    @classmethod
    def setUpClass(cls):
        s3_server.skip_without_server()
        cls.server = s3_server.S3Server().__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        cls.landing = lakes.scratch_folder() / "landing"
        lakes.run_stedi("sample", cls.landing, "--customers", 8, "--readings", 120, "--seed", 2, "--defects")
        cls.server.upload(cls.landing, "faults/landing")
        local = lakes.scratch_folder() / "lake"
        lakes.refresh(local, cls.landing)
        cls.expected = checksums(cls.server, local)

    def words(self, name, catalog):
        return project_words("s3://faults/landing", f"s3://faults/{name}", catalog)

    def assert_right(self, catalog):
        self.assertEqual(checksums(self.server, catalog.parent, catalog.name), self.expected)

    def assert_failed_whole(self, status, errors, catalog):
        """Checks for one clear line, or one for each bad landing file and one with their number; and for a catalog
        without tables."""
        self.assertEqual(status, 2, errors)
        self.assertRegex(errors[0], "^stedi: .*(s3://|S3 )")
        if len(errors) > 1:
            self.assertTrue(all(" s3://faults/landing/" in line for line in errors[:-1]), errors)
            self.assertRegex(errors[-1], f"^stedi: {len(errors) - 1} landing files cannot be read")
        self.assertEqual(lakes.catalog_rows(catalog.parent, catalog.name) if catalog.exists() else {}, {})

    def spoiled_run(self, name, proxy):
        """Runs through the proxy. Returns whether that run succeeded; if it failed, the next run, without faults, must
        succeed. Either must give the right tables."""
        catalog = lakes.scratch_folder() / "c.db"
        status, out, errors = run(self.server.environment(proxy.port, **FIXED), *self.words(name, catalog))
        if status == 0:
            self.assertEqual(json.loads(out)["status"], "ok")
            self.assert_right(catalog)
            return True
        self.assert_failed_whole(status, errors, catalog)
        status, _, errors = run(self.server.environment(), *self.words(name, catalog))
        self.assertEqual((status, errors), (0, []))
        self.assert_right(catalog)
        return False

    def spoiled_runs(self, cases):
        """Takes (name, proxy) pairs. Returns name -> (whether the run succeeded, the proxy's counts). Several run at a
        time, since such a run mostly waits."""
        def one(case):
            name, proxy = case
            with proxy:
                return name, (self.spoiled_run(name, proxy), proxy.counts)
        with ThreadPoolExecutor(4) as pool:
            return dict(pool.map(one, cases))

    def test_seeds(self):
        found = self.spoiled_runs([(f"seed{seed}", fault_proxy.FaultProxy(self.server.port, seed, SHARE))
                                   for seed in SEEDS])
        counts = collections.Counter()
        for _, part in found.values():
            counts.update(part)
        print(f"{sum(right for right, _ in found.values())} of {len(SEEDS)} runs ended right at once; {dict(counts)}")
        self.assertEqual(set(fault_proxy.FAULTS) - set(counts), set(), "a fault that was never made")
        self.assertGreater(counts.total() - counts["requests"], SHARE / 2 * counts["requests"])

    def test_always(self):
        """When every request of a kind fails, the run ends with one line after a bounded number of attempts. A store
        that accepts uploads and keeps nothing is found out before a table is published."""
        lost = fault_proxy.LOST
        cases = {"busy": lambda method, path: method == "PUT" and "/data/" in path,
                 "reset": lambda method, path: method == "PUT" and ".avro" in path,
                 "short": lambda method, path: method == "PUT" and "metadata.json" in path,
                 "cut": lambda method, path: method == "GET" and "/landing/" in path and ".json" in path}
        proxies = [(fault, fault_proxy.FaultProxy(self.server.port, 1, 1, (fault,), only))
                   for fault, only in cases.items()]
        for number, part in enumerate(("/data/", "-m0.avro", "/snap-", "metadata.json", "stedi-lake-id")):
            only = lambda method, path, part=part: method == "PUT" and part in path
            proxies.append((f"{lost}{number}", fault_proxy.FaultProxy(self.server.port, 1, 1, (lost,), only)))
        for name, (right, counts) in self.spoiled_runs(proxies).items():
            with self.subTest(name):
                made = counts.get(name.rstrip("0123456789"), 0)
                # Every landing file is requested, so that all bad ones are named at once.
                files = len(list(self.landing.rglob("*.json"))) if name == "cut" else 1
                self.assertFalse(right)
                self.assertTrue(0 < made < 60 * files, made)


if __name__ == "__main__":
    lakes.main()
