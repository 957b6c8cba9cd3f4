"""Tests of tools/setup.sh that need no network: its pins are verified, unpacked and kept.

usage: setup_test.py ROOT
"""
import hashlib
import io
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest
import zipfile

ROOT = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1]


def tar_gz(members):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def wheel(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


ARCHIVES = {  # file -> (bytes, member, target)
    "a.tgz": (tar_gz({"package/lib.so": b"library"}), "package/lib.so", "lib/lib.so"),
    "b.whl": (wheel({"ext/x.bin": b"extension"}), "ext/x.bin", "extensions/x.bin"),
    "c.crate": (tar_gz({"c/in.tar.gz": tar_gz({"src/c.h": b"header"})}), "c/in.tar.gz!src/c.h", "include/c.h"),
    "d.jar": (wheel({"d.class": b"class"}), "-", "jars/d.jar"),
    "e.zip": (wheel({"e-1/whole": b"whole folder"}), "*", "tree"),
}
UNPACKED = {"lib/lib.so": b"library", "extensions/x.bin": b"extension", "include/c.h": b"header",
            "tree/whole": b"whole folder", "jars/d.jar": ARCHIVES["d.jar"][0]}


class SetupTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name) / "checkout"
        self.deps = self.root / "build/deps"
        self.downloads = pathlib.Path(folder.name) / "cache/stedi/downloads"
        (self.root / "tools").mkdir(parents=True)
        self.downloads.mkdir(parents=True)
        shutil.copy(ROOT / "tools/setup.sh", self.root / "tools/setup.sh")
        rows = []
        for file, (content, member, target) in ARCHIVES.items():
            (self.downloads / file).write_bytes(content)
            rows.append("\t".join(["test", "npm", file, "1", file, hashlib.sha256(content).hexdigest(), member, target]))
        (self.root / "tools/pins.tsv").write_text("# comment\n" + "\n".join(rows) + "\n")

    def run_setup(self, *groups):
        environment = dict(os.environ, XDG_CACHE_HOME=str(self.downloads.parents[1]))
        return subprocess.run([self.root / "tools/setup.sh", *groups], env=environment, capture_output=True, text=True)

    def test_unpacks_all_and_is_silent(self):
        done = self.run_setup("test")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        found = {p.relative_to(self.deps).as_posix(): p.read_bytes() for p in self.deps.glob("*/*")}
        self.assertEqual(found, UNPACKED)

    def test_second_time_reads_no_download(self):
        self.run_setup("test")
        for file in ARCHIVES:
            (self.downloads / file).write_bytes(b"gone bad")
        done = self.run_setup("test")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_flipped_bit_is_one_clear_line(self):
        for file, (content, _, _) in ARCHIVES.items():
            with self.subTest(file):
                bad = bytearray(content)
                bad[len(bad) // 2] ^= 1
                (self.downloads / file).write_bytes(bad)
                done = self.run_setup("test")
                self.assertEqual(done.returncode, 1)
                expected, found = hashlib.sha256(content).hexdigest(), hashlib.sha256(bad).hexdigest()
                self.assertEqual(
                    done.stderr,
                    f"setup: {self.downloads / file}: SHA-256 is {found}, tools/pins.tsv expects {expected}: "
                    "it is damaged or not the pinned file; delete it and try again\n")
                (self.downloads / file).write_bytes(content)

    def test_changed_pin_is_seen_after_a_first_run(self):
        self.run_setup("test")
        pins = self.root / "tools/pins.tsv"
        pins.write_text(pins.read_text().replace(hashlib.sha256(ARCHIVES["d.jar"][0]).hexdigest(), "0" * 64))
        done = self.run_setup("test")
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"tools/pins.tsv expects {'0' * 64}", done.stderr)

    def programs(self, **texts):
        """Returns an environment whose first programs are these shell scripts."""
        folder = self.root / "clients"
        folder.mkdir()
        for name, text in texts.items():
            program = folder / name.replace("_", "-")
            program.write_text("#!/bin/sh\n" + text)
            program.chmod(0o755)
        return dict(os.environ, XDG_CACHE_HOME=str(self.downloads.parents[1]), PATH=f"{folder}:{os.environ['PATH']}")

    def test_foreign_packages_are_unpacked_and_their_links_stay_inside(self):
        """dpkg-deb unpacks one library; its link with an absolute target must not name a file of this machine."""
        environment = self.programs(
            dpkg_query="printf ii",
            apt_get='echo "$*" >>"$0.log"; case "$*" in *" download "*) : >one.deb ;; esac\n',
            dpkg_deb='mkdir -p "$3/lib" "$3/usr/lib"; echo z >"$3/lib/libz.so.1"\n'
                     'ln -s /lib/libz.so.1 "$3/usr/lib/libz.so"\n')
        done = subprocess.run([self.root / "tools/setup.sh", "arm64"], env=environment, capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        link = self.deps / "arm64/sysroot/usr/lib/libz.so"
        self.assertEqual((os.readlink(link), link.read_text()), ("../../lib/libz.so.1", "z\n"))
        for words in (self.root / "clients/apt-get.log").read_text().splitlines():
            self.assertIn(f"Dir::State={self.downloads}/.fetch.", words)  # not the state of this machine
        again = subprocess.run([self.root / "tools/setup.sh", "arm64"], env=environment, capture_output=True, text=True)
        self.assertEqual((again.returncode, again.stdout, again.stderr), (0, "", ""))

    def test_debian_packages_that_cannot_be_fetched_are_status_3(self):
        environment = self.programs(dpkg_query="printf ii", apt_get="echo 'no route to host' >&2; exit 100\n")
        done = subprocess.run([self.root / "tools/setup.sh", "arm64"], env=environment, capture_output=True, text=True)
        self.assertEqual(done.returncode, 3)
        self.assertEqual(done.stderr, "no route to host\nsetup: 'apt-get' could not fetch Debian's list of packages for "
                                      "arm64 (the lines above are its own; is there a network?)\n")

    def test_unreachable_registry_is_status_3(self):
        (self.downloads / "a.tgz").unlink()
        environment = self.programs(npm="echo 'no route to host' >&2\nexit 1\n")
        done = subprocess.run([self.root / "tools/setup.sh", "test"], env=environment, capture_output=True, text=True)
        self.assertEqual(done.returncode, 3)
        self.assertEqual(done.stderr, "no route to host\nsetup: 'npm' could not fetch a.tgz 1 "
                                      "(the lines above are its own; is there a network?)\n")

    def test_unknown_group(self):
        done = self.run_setup("tset")
        self.assertEqual(done.returncode, 1)
        self.assertIn("setup: no group 'tset'", done.stderr)

    def test_pins_of_the_repository_are_whole(self):
        for line in (ROOT / "tools/pins.tsv").read_text().splitlines():
            if line.startswith("#"):
                continue
            fields = line.split("\t")
            self.assertEqual(len(fields), 8, line)
            self.assertIn(fields[1], ("npm", "crate", "pypi", "maven"), line)
            self.assertRegex(fields[5], "^[0-9a-f]{64}$", line)


if __name__ == "__main__":
    unittest.main()
