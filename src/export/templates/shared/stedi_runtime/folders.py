"""Where the files of a feed are."""
import os
import urllib.parse


def feed_folder(landing, folder):
    """Returns `folder` below the landing root. An absolute path or a URI is returned as it is."""
    if folder.startswith("/") or "://" in folder or folder.startswith("file:"):
        return folder
    return f"{landing.rstrip('/')}/{folder}"


def are_inside_one_another(a, b):
    """Whether two folders, given as paths or URIs, are the same or one is below the other."""
    a, b = _parts(a), _parts(b)
    return a == b[:len(a)] or b == a[:len(b)]


def _parts(folder):
    if folder.startswith("file:") or "://" not in folder:
        path = urllib.parse.unquote(urllib.parse.urlsplit(folder).path) if folder.startswith("file:") else folder
        return ["", *os.path.realpath(path).strip("/").split("/")]
    scheme, _, rest = folder.partition("://")
    return ["s3" if scheme.startswith("s3") else scheme, *(part for part in rest.split("/") if part)]
