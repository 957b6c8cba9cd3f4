"""What an exported stedi project needs on Spark: landing files read, tables built, audited, published.

Pure Python for Spark 3.5 and 4.1: nothing but pyspark, pyarrow and the standard library. The rules are those
of `stedi run`: docs/pipelines.md and docs/decisions/0002-damage-in-landing-files.md of stedi's source.
"""
