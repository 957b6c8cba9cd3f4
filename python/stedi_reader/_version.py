"""The version of the package: the file that the build writes beside the library, from the version of the project."""
import pathlib

FOLDER = pathlib.Path(__file__).resolve().parent
__version__ = (FOLDER / "VERSION").read_text().strip()
