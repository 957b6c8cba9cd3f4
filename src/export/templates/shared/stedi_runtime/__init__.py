"""The runtime of an exported stedi project on Spark: reads landing files, builds, audits and publishes tables.

It is pure Python for Spark 3.5 and 4.1 and needs only pyspark, pyarrow and the standard library. Its rules are those
of `stedi run`; in stedi's source, docs/pipelines.md and docs/decisions/0002-damage-in-landing-files.md explain them.
"""
