#!/usr/bin/env python3
"""A stand-in for the AWS CLI: it appends each call as a line of JSON to $FAKE_AWS/calls, keeps copied files, and
answers what the scripts of the export ask for."""
import json
import os
import pathlib
import shutil
import sys

folder = pathlib.Path(os.environ["FAKE_AWS"])
words = sys.argv[1:]
with (folder / "calls").open("a") as calls:
    calls.write(json.dumps(words) + "\n")
command = " ".join(words[:2])
query = words[words.index("--query") + 1] if "--query" in words else ""
if os.environ.get("FAKE_AWS_FAILS") == command:
    sys.exit("fake: refused")
if command == "s3 cp":
    shutil.copy(words[2], folder)
answers = {
    "cloudformation describe-stacks": f"arn:aws:x:::{query.split(chr(39))[1]}" if "'" in query else "",
    "athena start-query-execution": "query-1",
    "athena get-query-execution": os.environ.get("FAKE_AWS_QUERY", "SUCCEEDED"),
    "athena get-query-results": "42",
    "glue start-workflow-run": "run-1",
    "glue get-workflow-run": os.environ.get("FAKE_AWS_SUCCEEDED", "0") if "Succeeded" in query else "COMPLETED",
}
if command in answers:
    print(answers[command])
