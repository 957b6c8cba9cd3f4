"""Checks the order of clauses in Athena's CREATE TABLE, which neither sqlglot nor Spark's parser checks."""
import re

_CLAUSES = ["COMMENT", "PARTITIONED BY", "CLUSTERED BY", "ROW FORMAT SERDE", "ROW FORMAT DELIMITED",
            "WITH SERDEPROPERTIES", "STORED AS INPUTFORMAT", "OUTPUTFORMAT", "STORED AS", "LOCATION", "TBLPROPERTIES"]
_EXTERNAL_ORDER = [["COMMENT"], ["PARTITIONED BY"], ["CLUSTERED BY"], ["ROW FORMAT SERDE", "ROW FORMAT DELIMITED"],
                   ["WITH SERDEPROPERTIES"], ["STORED AS INPUTFORMAT", "STORED AS"], ["OUTPUTFORMAT"], ["LOCATION"],
                   ["TBLPROPERTIES"]]
_ICEBERG_ORDER = [["PARTITIONED BY"], ["LOCATION"], ["TBLPROPERTIES"]]


def without_comments(statement):
    """Returns a statement as deploy.sh sends it."""
    return "\n".join(line for line in statement.splitlines() if not line.startswith("--"))


def clauses(statement):
    """Returns the clauses behind the column list, in their order."""
    bare = re.sub(r"'(?:[^'\\]|\\.|'')*'|`[^`]*`", "''", without_comments(statement))
    outside, depth = "", 0
    for character in bare:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            raise ValueError("a bracket too many")
        outside += character if depth == 0 else ""
    if depth:
        raise ValueError("an open bracket")
    behind = outside.partition(")")[2]
    pattern = "|".join(re.escape(c).replace(r"\ ", r"\s+") for c in _CLAUSES)
    return [re.sub(r"\s+", " ", found).upper() for found in re.findall(rf"\b({pattern})\b", behind, re.IGNORECASE)]


def order_faults(statement):
    """Returns what is wrong with the clauses of a CREATE statement, one line for each fault."""
    found = clauses(statement)
    is_iceberg = re.search(r"'table_type'\s*=\s*'ICEBERG'", statement, re.IGNORECASE) is not None
    is_external = re.search(r"CREATE\s+EXTERNAL\s+TABLE", statement, re.IGNORECASE) is not None
    order = _ICEBERG_ORDER if is_iceberg else _EXTERNAL_ORDER
    faults = ["an Iceberg table is not EXTERNAL"] if is_iceberg and is_external else []
    if not is_iceberg and not is_external:
        faults.append("only Iceberg tables are not EXTERNAL")
    places = []
    for clause in found:
        place = next((i for i, names in enumerate(order) if clause in names), None)
        if place is None:
            faults.append(f"{clause} does not belong here")
        else:
            places.append(place)
    if places != sorted(set(places)):
        faults.append(f"order: {', '.join(found)}")
    return faults + [f"no {clause}" for clause in ("LOCATION", "TBLPROPERTIES") if clause not in found]
