"""Checks `stedi export aws` of both projects by what there is without AWS: CloudFormation's linter, the shapes of the
AWS SDK (through moto, with one call per resource, since moto's own CloudFormation makes no Glue resources), our policy
check, sqlglot, the shell, and an AWS CLI that only records its calls."""
import argparse
import difflib
import filecmp
import json
import os
import pathlib
import re
import runpy
import shutil
import subprocess
import sys
import tempfile
import types
import unittest
import zipfile

import boto3
import botocore.exceptions
import sqlglot
from moto import mock_aws

from athena_ddl import order_faults, without_comments
from cloudformation import ACCOUNT, REGION, Template, policy_faults

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PROJECTS = {"stedi": ROOT / "pipelines/stedi", "stedi-as-published": ROOT / "pipelines/stedi-as-published"}
BUCKET = "people-steps"
arguments = argparse.Namespace(stedi=None, deps=None)


def export(folder, project):
    done = subprocess.run([arguments.stedi, "export", "aws", folder, project], capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"stedi export: status {done.returncode}\n{done.stdout}{done.stderr}")
    return folder


def files_of(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


class Export:
    """An exported project and its two templates, resolved as deploy.sh deploys them."""

    def __init__(self, folder, project):
        self.folder = export(folder, project)
        self.model = json.loads((folder / "pipeline.json").read_text())
        self.feeds = [feed["name"] for feed in self.model["feeds"]]
        self.rejected = [table["name"] for table in self.model["rejected"]]
        self.tables = [table["name"] for table in self.model["tables"]]
        self.foundation = Template((folder / "foundation.yaml").read_text(), BucketName=BUCKET)
        outputs = self.foundation.outputs()
        passed = {name: outputs[name] for name in ("RunRoleArn", "PseudonymKeyArn") if name in outputs}
        self.template_text = (folder / "template.yaml").read_text()
        self.passed = dict(passed, BucketName=BUCKET)
        self.template = Template(self.template_text, **self.passed)

    def job_of(self, name):
        return f"{self.model['name']}-{name}"


class AwsTest(unittest.TestCase):
    """What all tests share: .exports, which are made once and which no test changes, and a .scratch folder."""
    scratch, exports = None, {}

    def each(self):
        return self.exports.values()


class TemplatesTest(AwsTest):
    def test_are_clean_under_cfn_lint(self):
        lint = pathlib.Path(sys.executable).with_name("cfn-lint")
        for exported in self.each():
            for name in ("foundation.yaml", "template.yaml"):
                done = subprocess.run([sys.executable, lint, exported.folder / name], capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stdout), (0, ""), name)
        bad = self.scratch / "bad.yaml"
        bad.write_text(self.exports["stedi"].template_text.replace("WorkerType:", "WorkerTypo:"))
        self.assertNotEqual(subprocess.run([sys.executable, lint, bad], capture_output=True).returncode, 0)

    @mock_aws
    def create_all(self, exported):
        """Makes every resource by its own API call. Returns how many; raises the error of the SDK."""
        make = Maker()
        count = 0
        for template in (exported.foundation, exported.template):
            for name, (kind, properties) in template.resources.items():
                getattr(make, kind.removeprefix("AWS::").replace("::", "_").lower())(name, dict(properties))
                count += 1
        jobs = {job["Name"]: job for job in make.glue.get_jobs()["Jobs"]}
        self.assertEqual(set(jobs), {exported.job_of(n) for n in exported.feeds + exported.tables})
        self.assertEqual({job["GlueVersion"] for job in jobs.values()}, {"5.1"})
        triggers = make.glue.list_triggers()["TriggerNames"]
        self.assertEqual(len(triggers), 1 + len(exported.tables))
        return count

    def test_every_resource_is_accepted_by_its_api(self):
        for exported in self.each():
            expected = len(exported.foundation.resources) + len(exported.template.resources)
            self.assertEqual(self.create_all(exported), expected)

    def test_a_wrong_property_is_not_accepted(self):
        exported = Export(self.scratch / "wrong", PROJECTS["stedi"])
        _, properties = exported.template.resources["JobCustomersTrusted"]
        properties["WorkerTypo"] = properties.pop("WorkerType")
        with self.assertRaises(botocore.exceptions.ParamValidationError):
            self.create_all(exported)

    def test_jobs_run_in_the_order_of_the_graph(self):
        for exported in self.each():
            before = {}
            triggers = exported.template.of_type("AWS::Glue::Trigger").values()
            for trigger in triggers:
                wanted = [c["JobName"] for c in trigger.get("Predicate", {}).get("Conditions", [])]
                self.assertEqual(trigger["Type"], "CONDITIONAL" if wanted else "ON_DEMAND")
                self.assertEqual(trigger.get("StartOnCreation", False), bool(wanted))
                self.assertEqual({c["State"] for c in trigger.get("Predicate", {}).get("Conditions", [])},
                                 {"SUCCEEDED"} if wanted else set())
                for action in trigger["Actions"]:
                    self.assertNotIn(action["JobName"], before, "started by two triggers")
                    before[action["JobName"]] = sorted(wanted)
            expected = {exported.job_of(feed): [] for feed in exported.feeds}
            expected |= {exported.job_of(t["name"]): sorted(map(exported.job_of, t["waits_for"]))
                         for t in exported.model["tables"]}
            self.assertEqual(before, expected)

    def test_data_outlive_the_stacks(self):
        for exported in self.each():
            kinds = {exported.foundation.resources[name][0] for name in exported.foundation.retained()}
            has_key = any(p["secret"] for p in exported.model["parameters"])
            self.assertEqual(kinds, {"AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::Glue::Database"}
                             | ({"AWS::SecretsManager::Secret"} if has_key else set()))
            self.assertNotIn("AWS::S3::Bucket", {kind for kind, _ in exported.template.resources.values()})


class Maker:
    """Makes each type of resource by its API call. botocore checks the shape of the call, moto some of its meaning."""

    def __init__(self):
        def client(name):
            return boto3.client(name, region_name=REGION, aws_access_key_id="a", aws_secret_access_key="b")
        self.s3, self.glue, self.iam, self.athena = map(client, ("s3", "glue", "iam", "athena"))
        self.secrets, self.logs = client("secretsmanager"), client("logs")

    def s3_bucket(self, _, p):
        self.s3.create_bucket(Bucket=p["BucketName"], CreateBucketConfiguration={"LocationConstraint": REGION})
        rules = [{"ApplyServerSideEncryptionByDefault": r.pop("ServerSideEncryptionByDefault"), **r}
                 for r in map(dict, p["BucketEncryption"]["ServerSideEncryptionConfiguration"])]
        self.s3.put_bucket_encryption(Bucket=p["BucketName"], ServerSideEncryptionConfiguration={"Rules": rules})
        self.s3.put_bucket_ownership_controls(Bucket=p["BucketName"], OwnershipControls=p["OwnershipControls"])
        self.s3.put_public_access_block(Bucket=p["BucketName"],
                                        PublicAccessBlockConfiguration=p["PublicAccessBlockConfiguration"])
        lifecycle = []
        for rule in map(dict, p["LifecycleConfiguration"]["Rules"]):
            own = {"ID": rule.pop("Id"), "Filter": {"Prefix": rule.pop("Prefix", "")}}
            if "ExpirationInDays" in rule:
                own["Expiration"] = {"Days": rule.pop("ExpirationInDays")}
            lifecycle.append(own | rule)
        self.s3.put_bucket_lifecycle_configuration(Bucket=p["BucketName"], LifecycleConfiguration={"Rules": lifecycle})

    def s3_bucketpolicy(self, _, p):
        self.s3.put_bucket_policy(Bucket=p["Bucket"], Policy=json.dumps(p["PolicyDocument"]))

    def glue_database(self, _, p):
        self.glue.create_database(**p)

    def glue_job(self, _, p):
        self.glue.create_job(**p)

    def glue_trigger(self, _, p):
        self.glue.create_trigger(**p)

    def glue_workflow(self, _, p):
        self.glue.create_workflow(**p)

    def athena_workgroup(self, _, p):
        del p["RecursiveDeleteOption"]  # the API has no such property
        self.athena.create_work_group(Configuration=p.pop("WorkGroupConfiguration"), **p)

    def iam_role(self, name, p):
        policies = p.pop("Policies")
        self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(p.pop("AssumeRolePolicyDocument")), **p)
        for policy in policies:
            self.iam.put_role_policy(RoleName=name, PolicyName=policy["PolicyName"],
                                     PolicyDocument=json.dumps(policy["PolicyDocument"]))

    def secretsmanager_secret(self, name, p):
        password = self.secrets.get_random_password(**p.pop("GenerateSecretString"))["RandomPassword"]
        self.secrets.create_secret(Name=name, SecretString=password, **p)

    def logs_loggroup(self, _, p):
        self.logs.create_log_group(logGroupName=p["LogGroupName"])
        self.logs.put_retention_policy(logGroupName=p["LogGroupName"], retentionInDays=p["RetentionInDays"])


class PoliciesTest(AwsTest):
    def own_prefixes(self, exported):
        name, database = exported.model["name"], exported.model["database"]
        glue = f"arn:aws:glue:{REGION}:{ACCOUNT}:"
        logs = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:"
        return [f"{glue}table/{database}/", f"{glue}table/{database}_ops/", f"{glue}job/{name}-",
                f"{glue}trigger/{name}-", f"{logs}/stedi/{name}:", f"{logs}/aws-glue/jobs/error:",
                f"{logs}/aws-glue/jobs/output:"]

    def policies(self, exported):
        for name, role in exported.foundation.of_type("AWS::IAM::Role").items():
            self.assertNotIn("ManagedPolicyArns", role)
            for policy in role["Policies"]:
                yield name, policy["PolicyDocument"]

    def test_no_wildcard_beyond_the_project(self):
        for exported in self.each():
            found = {name: policy_faults(p, BUCKET, self.own_prefixes(exported)) for name, p in self.policies(exported)}
            self.assertEqual(found, {"RunRole": [], "DeployRole": [], "ReadRole": []})
            others = [k for k, _ in exported.template.resources.values() if k.startswith("AWS::IAM")]
            self.assertEqual(others, [])

    def test_the_check_can_fail(self):
        cases = {
            "wild action": {"Action": "s3:*", "Resource": f"arn:aws:s3:::{BUCKET}/x/*"},
            "some wild action": {"Action": ["s3:GetObject", "s3:Put*"], "Resource": f"arn:aws:s3:::{BUCKET}/x/*"},
            "any resource": {"Action": "glue:GetTable", "Resource": "*"},
            "any table": {"Action": "glue:GetTable", "Resource": f"arn:aws:glue:{REGION}:{ACCOUNT}:table/*"},
            "any bucket": {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::*"},
            "another bucket": {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::others/x/*"},
            "all of the bucket": {"Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/*"},
            "a bucket that begins so": {"Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}*"},
            "all but": {"NotAction": "iam:PassRole", "Resource": f"arn:aws:s3:::{BUCKET}/x/*"},
            "lists all": {"Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{BUCKET}"},
        }
        for name, statement in cases.items():
            with self.subTest(name):
                policy = {"Statement": [{"Effect": "Allow", **statement}]}
                self.assertNotEqual(policy_faults(policy, BUCKET, self.own_prefixes(self.exports["stedi"])), [])
        good = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/x/*"}
        self.assertEqual(policy_faults({"Statement": good}, BUCKET, []), [])

    def test_read_role_sees_no_personal_data(self):
        for exported in self.each():
            policy = dict(self.policies(exported))["ReadRole"]
            plain = {t["name"] for t in exported.model["tables"] if not t["pii"]}
            resources = [r for s in policy["Statement"] for r in ([s["Resource"]] if isinstance(s["Resource"], str)
                                                                   else s["Resource"])]
            database = exported.model["database"]
            tables = {r.rpartition("/")[2] for r in resources if ":table/" in r}
            folders = {r.removeprefix(f"arn:aws:s3:::{BUCKET}/") for r in resources if f":{BUCKET}/" in r}
            self.assertEqual(tables, plain)
            self.assertEqual(folders, {f"tables/{database}/{t}/*" for t in plain} | {"athena-results/read/*"})

    def test_only_tls(self):
        for exported in self.each():
            (policy,) = exported.foundation.of_type("AWS::S3::BucketPolicy").values()
            self.assertEqual({s["Effect"] for s in policy["PolicyDocument"]["Statement"]}, {"Deny"})


# Keys of a feed or table in pipeline.json that no job reads, and keys of its columns.
UNUSED_BY_JOBS = {"landing_job": {"path", "all_columns", "feed_path"},
                  "table_job": {"path", "all_columns", "pii", "waits_for"}}
UNUSED_OF_COLUMNS = {"iceberg_type", "athena_type"}
# Keys of an expectation that the job of a feed does not read: every record of a feed stays.
UNUSED_OF_FEED_EXPECTATIONS = {"condition", "columns", "references_table", "references_column"}


def passed_by(function, definition):
    """Returns what the script of a job passes to `function` for a feed or table of pipeline.json."""
    passed = {key: value for key, value in definition.items() if key not in UNUSED_BY_JOBS[function]}
    passed["columns"] = [{k: v for k, v in column.items() if k not in UNUSED_OF_COLUMNS
                          and (k != "empty_is_null" or v)} for column in definition["columns"]]
    if function == "landing_job":
        passed["expectations"] = [{k: v for k, v in e.items() if k not in UNUSED_OF_FEED_EXPECTATIONS}
                                  for e in definition["expectations"]]
    else:
        passed["expectations"] = [{k: v for k, v in e.items() if k != "condition" or v}
                                  for e in definition["expectations"]]
    return passed


class ScriptsTest(AwsTest):
    def defined_by(self, script):
        """Returns the name of the function of stedi_runtime.glue that a job script calls, and what it passes."""
        calls = []
        stub = types.ModuleType("stedi_runtime.glue")
        stub.landing_job = lambda feed: calls.append(("landing_job", feed))
        stub.table_job = lambda table: calls.append(("table_job", table))
        package = types.ModuleType("stedi_runtime")
        saved = dict(sys.modules)
        sys.modules.update({"stedi_runtime": package, "stedi_runtime.glue": stub})
        try:
            runpy.run_path(str(script), run_name="__main__")
        finally:
            for name in ("stedi_runtime", "stedi_runtime.glue"):
                sys.modules.pop(name)
                sys.modules.update({k: v for k, v in saved.items() if k == name})
        (call,) = calls
        return call

    def test_scripts_say_what_the_project_says(self):
        for exported in self.each():
            wanted = [(f"landing_{f['name']}.py", "landing_job", f) for f in exported.model["feeds"]]
            wanted += [(f"{t['name']}.py", "table_job", t) for t in exported.model["tables"]]
            self.assertEqual(sorted(p.name for p in (exported.folder / "glue-5.1").iterdir()),
                             sorted(name for name, _, _ in wanted))
            for name, function, definition in wanted:
                called, given = self.defined_by(exported.folder / "glue-5.1" / name)
                self.assertEqual(called, function)
                self.assertLessEqual(UNUSED_BY_JOBS[function], set(definition), "a key that is no more")
                expected = passed_by(function, definition)
                self.assertEqual(set(given), set(expected), name)
                for key, value in given.items():
                    self.assertEqual(value, expected[key], f"{name}: {key}")

    def test_a_table_keeps_its_note(self):
        _, table = self.defined_by(self.exports["stedi"].folder / "glue-5.1/consent_unclear.py")
        self.assertIn("'consent unclear: '", table["note"])

    def test_jobs_have_their_script_and_arguments(self):
        for exported in self.each():
            day = {"ParameterAsOf": "2026-06-01"}
            template = Template(exported.template_text, **exported.passed, **day)
            for name in exported.feeds + exported.tables:
                (job,) = [j for j in template.of_type("AWS::Glue::Job").values() if j["Name"] == exported.job_of(name)]
                script = job["Command"]["ScriptLocation"].removeprefix(f"s3://{BUCKET}/scripts/")
                _, definition = self.defined_by(exported.folder / script)
                self.assertEqual(definition["name"], name)
                wanted = {"--catalog", "--database"} | ({"--landing"} if name in exported.feeds else set())
                for parameter in exported.model["parameters"]:
                    if parameter["name"] in definition["parameters"] and parameter["name"] != "stedi.landing":
                        wanted.add(f"--{parameter['argument']}" + ("_secret_id" if parameter["secret"] else ""))
                given = job["DefaultArguments"]
                self.assertLessEqual(wanted, set(given), name)
                self.assertEqual([k for k, v in given.items() if v == ""], [], "Glue drops empty arguments")
                self.assertEqual(given["--extra-py-files"], f"s3://{BUCKET}/scripts/stedi_runtime.zip")
            self.assertNotIn("--as_of", [a for j in exported.template.of_type("AWS::Glue::Job").values()
                                         for a in j["DefaultArguments"]], "empty: no argument")

    def test_shell_scripts_are_clean(self):
        for exported in self.each():
            for name in ("deploy.sh", "undo.sh"):
                self.assertTrue(os.access(exported.folder / name, os.X_OK))
                subprocess.run(["bash", "-n", exported.folder / name], check=True)
                if shutil.which("shellcheck") is None:
                    print("SKIPPED: shellcheck is not there; tools/setup.sh aws installs it")
                    continue
                done = subprocess.run(["shellcheck", exported.folder / name], capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stdout), (0, ""))


class DeployTest(AwsTest):
    def setUp(self):
        self.fake = pathlib.Path(tempfile.mkdtemp(dir=self.scratch))
        (self.fake / "bin").mkdir()
        shutil.copy(HERE / "fake_aws.py", self.fake / "bin/aws")
        (self.fake / "bin/aws").chmod(0o755)
        (self.fake / "data").mkdir()

    def run_script(self, exported, script, *words, answer="", **environment):
        (self.fake / "calls").write_text("")
        done = subprocess.run([exported.folder / script, *words], capture_output=True, text=True, cwd=self.fake,
                              input=answer, timeout=60,
                              env=dict(os.environ, PATH=f"{self.fake}/bin:{os.environ['PATH']}",
                                       FAKE_AWS=str(self.fake), **environment))
        calls = [json.loads(line) for line in (self.fake / "calls").read_text().splitlines()]
        return done, calls

    def deploy(self, exported, *words, **environment):
        jobs = str(len(exported.feeds + exported.tables))
        return self.run_script(exported, "deploy.sh", "--bucket", BUCKET, "--landing", "data", *words,
                               **{"FAKE_AWS_SUCCEEDED": jobs, **environment})

    def test_steps_in_their_order(self):
        for exported in self.each():
            done, calls = self.deploy(exported, "NumberOfWorkers=3")
            self.assertEqual(done.returncode, 0, done.stderr)
            name = exported.model["name"]
            short = [" ".join(words[:4]) for words in calls if words[1] not in ("describe-stacks", "get-query-execution",
                                                                                "get-query-results")]
            counts = len(exported.feeds + exported.rejected + exported.tables) + 1
            self.assertEqual(short, [
                f"cloudformation deploy --stack-name {name}-foundation",
                f"s3 sync {self.fake}/data s3://{BUCKET}/landing",
                f"s3 cp {calls[2][2]} s3://{BUCKET}/scripts/stedi_runtime.zip",
                f"s3 sync glue-5.1 s3://{BUCKET}/scripts/glue-5.1",
                f"cloudformation deploy --stack-name {name}",
                *[f"athena start-query-execution --work-group {name}"] * len(exported.feeds),
                f"glue start-workflow-run --name {name}",
                *[f"glue get-workflow-run --name {name}"] * 2,
                *[f"athena start-query-execution --work-group {name}"] * counts,
            ])
            self.assertEqual(done.stdout.count(" 42 rows"), counts)
            self.check_parameters(exported, calls)
            names = set(zipfile.ZipFile(self.fake / "stedi_runtime.zip").namelist())
            self.assertLessEqual({"stedi_runtime/__init__.py", "stedi_runtime/glue.py"}, names)

    def check_parameters(self, exported, calls):
        (foundation, stack) = [words for words in calls if words[:2] == ["cloudformation", "deploy"]]
        for words, file in ((foundation, "foundation.yaml"), (stack, "template.yaml")):
            self.assertEqual(words[words.index("--template-file") + 1], file)
        given = stack[stack.index("--parameter-overrides") + 1:]
        values = dict(word.split("=", 1) for word in given)
        Template(exported.template_text, **values)  # each is declared, none is missing
        self.assertEqual(given[-1], "NumberOfWorkers=3")
        for parameter in exported.model["parameters"]:
            if parameter["setting"]:
                self.assertIn(parameter["value"], values.values())
        self.assertEqual(stack[stack.index("--role-arn") + 1], "arn:aws:x:::DeployRoleArn")

    def test_athena_gets_no_placeholder(self):
        exported = self.exports["stedi"]
        _, calls = self.deploy(exported)
        sent = [words[words.index("--query-string") + 1] for words in calls if words[1] == "start-query-execution"]
        self.assertFalse([s for s in sent if "${" in s or s.startswith("--")])
        self.assertEqual(len([s for s in sent if f"'s3://{BUCKET}/landing/" in s]), len(exported.feeds))

    def test_ends_at_the_first_failure(self):
        exported = self.exports["stedi"]
        cases = [("s3 sync", 2), ("s3 cp", 3)]
        for command, count in cases:
            done, calls = self.deploy(exported, FAKE_AWS_FAILS=command)
            self.assertEqual((done.returncode != 0, len(calls)), (True, count), command)
        done, calls = self.deploy(exported, FAKE_AWS_SUCCEEDED="5")
        self.assertEqual(done.returncode, 1)
        self.assertIn("5 of 9 jobs succeeded", done.stderr)
        done, calls = self.deploy(exported, FAKE_AWS_QUERY="FAILED")
        self.assertEqual(done.returncode, 1)
        self.assertNotIn("start-workflow-run", [words[1] for words in calls])

    def test_says_what_is_missing(self):
        exported = self.exports["stedi"]
        for words in ([], ["--bucket", BUCKET], ["--bucket", BUCKET, "--landing", "nowhere"], ["--what"]):
            done, calls = self.run_script(exported, "deploy.sh", *words)
            self.assertEqual((done.returncode, calls), (1, []), words)
            self.assertIn("deploy: ", done.stderr)

    def test_undo_keeps_the_data(self):
        for exported in self.each():
            done, calls = self.run_script(exported, "undo.sh", "--bucket", BUCKET)
            self.assertEqual(done.returncode, 0, done.stderr)
            stack = exported.model["name"]
            self.assertEqual([words for words in calls if words[1] != "describe-stacks"], [
                ["cloudformation", "delete-stack", "--stack-name", stack, "--role-arn", "arn:aws:x:::DeployRoleArn"],
                ["cloudformation", "wait", "stack-delete-complete", "--stack-name", stack]])

    def test_undo_deletes_data_only_when_asked_twice(self):
        for exported in self.each():
            for answer in ("", "yes\n"):
                done, calls = self.run_script(exported, "undo.sh", "--bucket", BUCKET, "--delete-data", answer=answer)
                self.assertEqual((done.returncode, calls), (1, []))
            done, calls = self.run_script(exported, "undo.sh", "--bucket", BUCKET, "--delete-data", answer=f"{BUCKET}\n")
            self.assertEqual(done.returncode, 0, done.stderr)
            removed = [words[2] for words in calls if words[:2] == ["s3", "rm"]]
            self.assertEqual(removed, [f"s3://{BUCKET}/{p}/" for p in ("landing", "tables", "scripts",
                                                                       "athena-results")])
            database = exported.model["database"]
            self.assertEqual([words[3] for words in calls if words[:2] == ["glue", "delete-database"]],
                             [database, f"{database}_ops", f"{database}_raw"])
            has_key = any(p["secret"] for p in exported.model["parameters"])
            self.assertEqual("delete-secret" in [words[1] for words in calls], has_key)


class StatementsTest(AwsTest):
    def test_ddl(self):
        for exported in self.each():
            names = exported.feeds + exported.rejected + exported.tables + ["quarantine"]
            self.assertEqual(files_of(exported.folder / "athena/landing"), sorted(f"{f}.sql" for f in exported.feeds))
            self.assertEqual(files_of(exported.folder / "athena/tables"), sorted(f"{n}.sql" for n in names))
            model = exported.model
            columns = {t["name"]: [c["name"] for c in t["all_columns"]]
                       for t in model["feeds"] + model["rejected"] + model["tables"] + [model["quarantine"]]}
            contracts = {feed["name"]: [c["name"] for c in feed["columns"]] for feed in model["feeds"]}
            for file in [*exported.folder.glob("athena/landing/*.sql"), *exported.folder.glob("athena/tables/*.sql")]:
                statement = file.read_text()
                tree = sqlglot.parse_one(without_comments(statement), read="athena")
                self.assertIsInstance(tree, sqlglot.exp.Create)
                self.assertEqual(order_faults(statement), [], file.name)
                found = [c.name for c in tree.find_all(sqlglot.exp.ColumnDef)]
                is_landing = file.parent.name == "landing"
                self.assertEqual(found, contracts[file.stem] if is_landing else columns[file.stem])

    def test_a_wrong_order_is_found(self):
        external = "CREATE EXTERNAL TABLE x (`a b)` int COMMENT 'LOCATION (') "
        iceberg = "CREATE TABLE x (a int) "
        properties = "TBLPROPERTIES ('table_type' = 'ICEBERG')"
        serde, stored, place = "ROW FORMAT SERDE 's' ", "STORED AS INPUTFORMAT 'i' OUTPUTFORMAT 'o' ", "LOCATION 's3://b/' "
        good = [external + "COMMENT 'c' " + serde + "WITH SERDEPROPERTIES ('a' = 'b') " + stored + place
                + "TBLPROPERTIES ('a' = 'b')", iceberg + "PARTITIONED BY (day(a)) " + place + properties]
        bad = [external + place + serde + stored + "TBLPROPERTIES ('a' = 'b')",
               external + serde + place + stored + "TBLPROPERTIES ('a' = 'b')",
               external + serde + stored + "TBLPROPERTIES ('a' = 'b') " + place,
               external + serde + stored + place,
               external + place + place + "TBLPROPERTIES ('a' = 'b')",
               iceberg + properties + place, iceberg + properties, iceberg + "COMMENT 'c' " + place + properties,
               iceberg + place + "PARTITIONED BY (a) " + properties, iceberg + "STORED AS PARQUET " + place + properties,
               "CREATE EXTERNAL TABLE x (a int) " + place + properties, "CREATE TABLE x (a int) " + place
               + "TBLPROPERTIES ('a' = 'b')"]
        self.assertEqual([order_faults(s) for s in good], [[], []])
        self.assertEqual([s for s in bad if not order_faults(s)], [])

    def test_queries_show_no_personal_data(self):
        for exported in self.each():
            tables = {t["name"]: t for t in exported.model["feeds"] + exported.model["rejected"]
                      + exported.model["tables"] + [exported.model["quarantine"]]}
            expected = sorted([f"{t}_{kind}.sql" for t in tables for kind in ("count", "preview")]
                              + [f"raw/{f}_{kind}.sql" for f in exported.feeds for kind in ("count", "preview")])
            self.assertEqual(files_of(exported.folder / "athena/queries"), expected)
            for file in exported.folder.glob("athena/queries/**/*_preview.sql"):
                table = tables[file.stem.removesuffix("_preview")]
                columns = table["columns" if file.parent.name == "raw" else "all_columns"]
                tree = sqlglot.parse_one(file.read_text(), read="trino")
                shown = {e.alias_or_name: e for e in tree.expressions}
                self.assertEqual(list(shown), [c["name"] for c in columns])
                for column in columns:
                    plain = isinstance(shown[column["name"]], sqlglot.exp.Column)
                    self.assertEqual(plain, not column["pii"], f"{file.name}: {column['name']}")


class DeterminismTest(AwsTest):
    def test_twice_the_same_bytes(self):
        for name, exported in self.exports.items():
            again = export(self.scratch / f"{name}-again", PROJECTS[name])
            export(again, PROJECTS[name])  # over an earlier export
            files = files_of(exported.folder)
            self.assertEqual(files_of(again), files)
            _, different, errors = filecmp.cmpfiles(exported.folder, again, files, shallow=False)
            self.assertEqual((different, errors), ([], []))

    def test_a_small_change_is_a_small_diff(self):
        project = self.scratch / "changed-project"
        shutil.copytree(PROJECTS["stedi"], project)
        path = project / "transformations/trusted/accelerometer_trusted.sql"
        path.write_text(path.read_text().replace("'acceleration along x'", "'acceleration along x, in g'"))
        changed = export(self.scratch / "changed", project)
        before = self.exports["stedi"].folder
        differing = {}
        for file in files_of(before):
            old, new = (f.joinpath(file).read_text().splitlines() for f in (before, changed))
            lines = [line for line in difflib.unified_diff(old, new, n=0) if re.match(r"[+-](?![+-])", line)]
            if lines:
                differing[file] = len(lines)
        self.assertEqual(differing, {"athena/tables/accelerometer_trusted.sql": 2,
                                     "glue-5.1/accelerometer_trusted.py": 2,
                                     "glue-6.0/transformations/trusted/accelerometer_trusted.sql": 2,
                                     "pipeline.json": 4})


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--stedi", required=True, type=pathlib.Path)
    parser.add_argument("--deps", required=True, type=pathlib.Path)
    _, rest = parser.parse_known_args(namespace=arguments)
    arguments.stedi = arguments.stedi.resolve()
    with tempfile.TemporaryDirectory(prefix="stedi-aws-") as scratch_folder:
        AwsTest.scratch = pathlib.Path(scratch_folder)
        AwsTest.exports.update((name, Export(AwsTest.scratch / name, project)) for name, project in PROJECTS.items())
        unittest.main(argv=[sys.argv[0], *rest])
