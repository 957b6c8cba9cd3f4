"""Writes a wheel (the binary distribution format of Python packages) whose bytes depend on its content alone."""
import base64
import dataclasses
import hashlib
import zipfile

_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP file can tell
_FILE_MODE, _PROGRAM_MODE = 0o100644, 0o100755


@dataclasses.dataclass(frozen=True)
class About:
    """What the metadata of a wheel says. `name` has underscores; `tag` is <python>-<abi>-<platform>."""
    name: str
    version: str
    tag: str
    summary: str
    requires: list


def _record_line(name, data):
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(data)}\n"


def _metadata(about, license_names):
    lines = ["Metadata-Version: 2.4", f"Name: {about.name.replace('_', '-')}", f"Version: {about.version}",
             f"Summary: {about.summary}", "Requires-Python: >=3.10"]
    lines += [f"Requires-Dist: {requirement}" for requirement in about.requires]
    lines += [f"License-File: {name}" for name in license_names]
    return ("\n".join(lines) + "\n").encode()


def write(folder, about, files, licenses, programs=()):
    """Writes a wheel into `folder` and returns its path. `files`: name in the wheel -> bytes; `licenses`: name of a part
    -> text; `programs`: the names of files that can be executed."""
    info = f"{about.name}-{about.version}.dist-info"
    content = dict(files)
    names = {f"{part}.txt": text for part, text in sorted(licenses.items())}
    content |= {f"{info}/licenses/{name}": text for name, text in names.items()}
    content[f"{info}/METADATA"] = _metadata(about, names)
    content[f"{info}/WHEEL"] = (f"Wheel-Version: 1.0\nGenerator: stedi\nRoot-Is-Purelib: false\n"
                                f"Tag: {about.tag}\n").encode()
    record = "".join(_record_line(name, data) for name, data in sorted(content.items()))
    content[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{about.name}-{about.version}-{about.tag}.whl"
    # The metadata comes last, as the format recommends.
    order = sorted(content, key=lambda name: (name.startswith(info), name))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as wheel:
        for name in order:
            entry = zipfile.ZipInfo(name, _DATE)
            entry.create_system = 3  # Unix, whose modes follow
            entry.external_attr = (_PROGRAM_MODE if name in programs else _FILE_MODE) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            wheel.writestr(entry, content[name])
    return path
