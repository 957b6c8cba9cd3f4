"""The results of `make bench` as ratios, each with its target value."""

LANDING = "landing"  # a peer with this in its name also writes the landing tables
AGAIN = "all of it again"  # the note of a peer that keeps nothing between runs


def pick(results, **keys):
    """Returns the measured results whose keys have these values."""
    return [row for row in results if all(row.get(key) == value for key, value in keys.items())
            and ("wall" in row or "ratio" in row)]


def best(rows, key="wall"):
    return min((row[key] for row in rows), default=None)


def peers_of(results, layout, work, landing_tables):
    return [row for row in pick(results, layout=layout, work=work)
            if not row["engine"].startswith("stedi") and (LANDING in row["engine"]) == landing_tables]


def scan_ratios(results):
    for layout, threads, wanted in (("ndjson", 2, 3.0), ("line", 2, 5.0), ("ndjson", 1, 2.5), ("line", 1, 2.5)):
        rows = pick(results, work="scan", layout=layout, threads=threads)
        if rows:
            ours = sum(row["mb"] / row["stedi_mb_s"] for row in rows)
            rival = sum(row["ratio"] * row["mb"] / row["stedi_mb_s"] for row in rows)
            yield f"scan of all feeds, {layout}, {threads} threads / read_json", rival / ours, wanted, ">="
        for row in rows:
            yield f"scan of {row['feed']}, {layout}, {threads} threads / read_json", row["ratio"], wanted, ">="


def run_ratios(results):
    for layout, with_landing in (("ndjson", 0.6), ("line", 0.45), ("gz", 0.6)):
        ours = best(pick(results, engine="stedi", layout=layout, work="full"))
        for landing_tables, wanted in ((True, with_landing), (False, 1.0)):
            rival = best(peers_of(results, layout, "full", landing_tables))
            if ours and rival:
                kind = "with landing tables" if landing_tables else "without"
                yield f"full run, {layout} / best peer {kind}", ours / rival, wanted, "<="
    ours = pick(results, engine="stedi", layout="ndjson", work="full")
    for rival in peers_of(results, "ndjson", "full", True) if ours else ():
        if rival["engine"].startswith("duckdb"):
            yield f"full run, peak memory / {rival['engine']}", ours[0]["peak_mb"] / rival["peak_mb"], 0.5, "<="
    floor = best(pick(results, work="floor eight"))
    if ours and floor:
        yield "full run / the floor (no value is wanted)", ours[0]["wall"] / floor, None, ""


def news_ratios(results):
    ours = best(pick(results, engine="stedi", work="news"))
    rivals = [row for row in pick(results, work="news") if not row["engine"].startswith("stedi")]
    again = best([row for row in rivals if row["note"] == AGAIN])
    if ours and again:
        yield "one new file / best peer that runs all of it again", ours / again, 0.05, "<="
    if ours and rivals:
        yield "one new file / best peer", ours / best(rivals), 0.05, "<="
    nothing = best(pick(results, engine="stedi, no news", work="news"))
    if nothing:
        yield "no news, seconds", nothing, 0.1, "<="


def memory_ratios(results):
    one, four = (best(pick(results, engine="stedi", work=f"months {n}"), "peak_mb") for n in (1, 4))
    if one and four:
        yield "peak memory, four months / one", four / one, 1.15, "<="


def show(results):
    """Prints each ratio that can be computed from these results."""
    print(f"\n{'ratio':<64}{'found':>8}{'wanted':>10}")
    for ratios in (scan_ratios, run_ratios, news_ratios, memory_ratios):
        for name, found, wanted, sign in ratios(results):
            kept = wanted is None or (found >= wanted if sign == ">=" else found <= wanted)
            text = f"{sign} {wanted}" if wanted else ""
            print(f"{name:<64}{found:>8.3f}{text:>10}{'  ok' if kept and wanted else '' if kept else '  NOT'}")
