"""Where the files of a feed are."""


def feed_folder(landing, folder):
    """`folder` below the landing root; an absolute path or a URI as it is."""
    if folder.startswith("/") or "://" in folder or folder.startswith("file:"):
        return folder
    return f"{landing.rstrip('/')}/{folder}"
