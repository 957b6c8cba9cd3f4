"""Gathers the licence texts of everything that the program is made of.

usage: licenses.py OUTPUT [--deps FOLDER] [--component NAME VERSION LICENSE FILE]..

Writes OUTPUT/NAME.txt for each component, and OUTPUT/index.tsv with a row of component, version and licence (an SPDX
expression) for each, which `stedi version --licenses` reads. The same input gives the same bytes. Texts are those of
Debian's packages (/usr/share/doc/PACKAGE/copyright) and of DuckDB's own packages, which `tools/setup.sh build licenses`
puts below FOLDER (build/deps). --component adds a component, or takes the place of one of the same name: a build that
takes a library from elsewhere names its version and text so.
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
DOCUMENTS = pathlib.Path("/usr/share/doc")
COMMON_LICENSES = pathlib.Path("/usr/share/common-licenses")
DEBIAN = [  # component, its Debian package, licence, what Debian's text calls that licence
    ("cli11", "libcli11-dev", "BSD-3-Clause", "License: BSD-3-clause"),
    ("fmt", "libfmt-dev", "MIT", "License: Expat with embedded exception"),
    ("nlohmann-json", "nlohmann-json3-dev", "MIT", "License: Expat"),
    ("sqlite", "libsqlite3-dev", "blessing", "License: public-domain"),
    ("xxhash", "libxxhash-dev", "BSD-2-Clause", "License: BSD-2-clause"),
    ("yaml-cpp", "libyaml-cpp-dev", "MIT", "Permission is hereby granted, free of charge"),
    ("zlib", "zlib1g-dev", "Zlib", "License: Zlib"),
    ("zstd", "libzstd-dev", "BSD-3-Clause", "License: BSD-3-clause"),
]
# What DuckDB's extensions contain: its name, licence, the bytes by which it shows, where its text is: a Debian
# package, a file of COMMON_LICENSES, or a folder of third_party in DuckDB's sources.
INSIDE_EXTENSIONS = [
    ("Avro C", "Apache-2.0", b"avro_file_reader", "Apache-2.0"),
    ("AWS SDK for C++", "Apache-2.0", b"aws-sdk-cpp", "Apache-2.0"),
    ("AWS-LC", "Apache-2.0 AND ISC", b"AWS-LC", "Apache-2.0"),
    ("cJSON", "MIT", b"cJSON_Parse", "libcjson1"),
    ("CRoaring", "Apache-2.0", b"roaring_bitmap_add", "Apache-2.0"),
    ("curl", "curl", b"curl_easy_perform", "libcurl3-gnutls"),
    ("Jansson", "MIT", b"json_object_set_new", "libjansson4"),
    ("OpenSSL", "Apache-2.0", b"OPENSSL_init", "Apache-2.0"),
    ("s2n-tls", "Apache-2.0", b"s2n_", "Apache-2.0"),
    ("snappy", "BSD-3-Clause", b"snappy_compress", "third_party/snappy"),
    ("XZ Utils", "LicenseRef-public-domain", b"lzma_code", "liblzma5"),
    ("zlib", "Zlib", b"inflateInit2_", "zlib1g-dev"),
]
FOOTER_BYTES = 512  # of an extension: eight fields, the last one first, and a signature
FIELD_BYTES = 32
SOURCE_SUFFIXES = (".h", ".hpp", ".c", ".cc", ".cpp")
NOTICE_BYTES_MAX = 16384  # a notice begins a file
NOTICE = re.compile(r"/\*.*?\*/|(?:^[ \t]*//[^\n]*\n)+", re.DOTALL | re.MULTILINE)
UPSTREAM_VERSION = re.compile(r"(?:\d+:)?(\d+(?:\.\d+)*)")


class Missing(Exception):
    """A text that is not on this machine."""


def read_text(path, remedy):
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise Missing(f"{path}: {error.strerror}; {remedy}") from error


def debian_text(package):
    return read_text(DOCUMENTS / package / "copyright", f"install {package}: tools/setup.sh build licenses")


def debian_version(package):
    """Returns the version that the library's authors gave it: 1:1.2.13.dfsg-1 is 1.2.13."""
    done = subprocess.run(["dpkg-query", "-W", "-f=${Version}", package], capture_output=True, text=True, check=False)
    version = UPSTREAM_VERSION.match(done.stdout)
    if done.returncode != 0 or not version:
        raise Missing(f"{package} is not installed: tools/setup.sh build licenses")
    return version[1]


def debian_components():
    """Yields (component, version, licence, text) for each library that comes from Debian."""
    for component, package, license_id, evidence in DEBIAN:
        text = debian_text(package)
        if evidence.lower() not in text.lower():
            raise Missing(f"{package}: its copyright no longer says '{evidence}'; see DEBIAN in tools/licenses.py")
        yield component, debian_version(package), license_id, text


def notices(archive):
    """Returns folder of third_party in DuckDB's sources -> the notices about licences in it, each once."""
    found = {}
    with tarfile.open(archive, "r|gz") as sources:  # reads it once, in its own order
        for member in sources:
            parts = pathlib.PurePosixPath(member.name).parts
            if "third_party" not in parts or not member.isfile() or not member.name.endswith(SOURCE_SUFFIXES):
                continue
            texts = found.setdefault(parts[parts.index("third_party") + 1], {})
            head = sources.extractfile(member).read(NOTICE_BYTES_MAX).decode(errors="replace")
            for match in NOTICE.finditer(head):
                if re.search("copyright|licen[cs]e", match[0], re.IGNORECASE):
                    texts.setdefault(" ".join(match[0].split()), match[0].strip())
    return {folder: "\n\n".join(texts.values()) for folder, texts in found.items()}


def titled(title, text):
    return f"{'=' * 80}\n{title}\n{'=' * 80}\n\n{text.strip()}\n\n"


def duckdb_component(license_text, third_party, version):
    text = license_text.strip() + "\n\n"
    for folder, notice in sorted(third_party.items()):
        text += titled(f"{folder}, in DuckDB's sources", notice or "Its files there carry no notice of their own.")
    return "duckdb", version, "MIT", text


def extension_footer(data):
    """Returns (DuckDB's version, the extension's version), as the extension's file has them."""
    footer = data[-FOOTER_BYTES:]
    fields = [footer[at:at + FIELD_BYTES].rstrip(b"\0").decode() for at in range(0, FOOTER_BYTES // 2, FIELD_BYTES)]
    _, _, duckdb_version, version, *_ = reversed(fields)
    return duckdb_version, version


def extension_component(path, license_text, third_party):
    """Returns the row of one extension. Its package says that it is under the MIT licence and has no text of it; its
    authors are DuckDB's, so DuckDB's text stands for it, followed by those of the libraries that it contains."""
    data = path.read_bytes()
    inside = [row for row in INSIDE_EXTENSIONS if row[2] in data]
    text = license_text.strip() + "\n\nIt contains DuckDB (see duckdb.txt) and:\n"
    text += "".join(f"  {name}: {license_id}\n" for name, license_id, _, _ in inside) + "\n"
    for source in sorted({row[3] for row in inside}):
        names = ", ".join(row[0] for row in inside if row[3] == source)
        if source.startswith("third_party/"):
            text += titled(names, third_party[source.removeprefix("third_party/")])
        elif (COMMON_LICENSES / source).exists():
            text += titled(names, read_text(COMMON_LICENSES / source, "install base-files"))
        else:
            text += titled(names, debian_text(source))
    license_id = " AND ".join(sorted({"MIT", *(part for row in inside for part in row[1].split(" AND "))}))
    return f"duckdb-{path.name.partition('.')[0]}", extension_footer(data)[1], license_id, text


def duckdb_components(deps):
    license_text = read_text(deps / "licenses/duckdb.txt", "get it with tools/setup.sh licenses")
    archive = deps / "licenses/duckdb_sources.tar.gz"
    if not archive.exists():
        raise Missing(f"{archive} is not there: tools/setup.sh licenses")
    third_party = notices(archive)
    extensions = sorted((deps / "extensions").glob("*.duckdb_extension"))
    if not extensions:
        raise Missing(f"{deps / 'extensions'} has no extensions: tools/setup.sh build")
    version = extension_footer(extensions[0].read_bytes())[0].removeprefix("v")
    yield duckdb_component(license_text, third_party, version)
    for path in extensions:
        yield extension_component(path, license_text, third_party)


def write(folder, components):
    """Writes the folder anew. The index comes last: a folder that has it is whole."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    index = ""
    for component, (version, license_id, text) in sorted(components.items()):
        (folder / f"{component}.txt").write_text(text.rstrip() + "\n", encoding="utf-8")
        index += f"{component}\t{version}\t{license_id}\n"
    (folder / "index.tsv").write_text(index, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--deps", type=pathlib.Path, default=ROOT / "build/deps")
    parser.add_argument("--component", nargs=4, action="append", default=[],
                        metavar=("NAME", "VERSION", "LICENSE", "FILE"))
    options = parser.parse_args()
    try:
        rows = [*debian_components(), *duckdb_components(options.deps)]
        rows += [(name, version, license_id, read_text(pathlib.Path(file), "name another file"))
                 for name, version, license_id, file in options.component]
    except Missing as missing:
        sys.exit(f"licenses: {missing}")
    write(options.output, {name: tuple(rest) for name, *rest in rows})


if __name__ == "__main__":
    main()
