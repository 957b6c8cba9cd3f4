"""Where the files of a feed are."""
import os
import urllib.parse


def feed_folder(landing, folder):
    """`folder` below the landing root; an absolute path or a URI as it is."""
    if folder.startswith("/") or "://" in folder or folder.startswith("file:"):
        return folder
    return f"{landing.rstrip('/')}/{folder}"


def are_inside_one_another(a, b):
    """Whether one of two folders, paths or URIs, is the other or below it."""
    a, b = _parts(a), _parts(b)
    return a == b[:len(a)] or b == a[:len(b)]


def _parts(folder):
    if folder.startswith("file:") or "://" not in folder:
        path = urllib.parse.unquote(urllib.parse.urlsplit(folder).path) if folder.startswith("file:") else folder
        return ["", *os.path.realpath(path).strip("/").split("/")]
    scheme, _, rest = folder.partition("://")
    return ["s3" if scheme.startswith("s3") else scheme, *(part for part in rest.split("/") if part)]
