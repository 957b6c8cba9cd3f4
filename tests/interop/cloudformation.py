"""Reads CloudFormation templates with their references resolved, and checks what their policies allow."""
import re

import yaml

ACCOUNT, REGION = "123456789012", "eu-central-1"
_PSEUDO = {"AWS::AccountId": ACCOUNT, "AWS::Region": REGION, "AWS::Partition": "aws"}
_NAME_PROPERTY = {  # type of a resource -> the property that Ref returns for it
    "AWS::S3::Bucket": "BucketName",
    "AWS::Glue::Job": "Name",
    "AWS::Glue::Workflow": "Name",
    "AWS::Athena::WorkGroup": "Name",
    "AWS::Logs::LogGroup": "LogGroupName",
}
_ABSENT = object()


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags as {"Ref": x}, {"Fn::Sub": x} .."""


def _short_tag(loader, suffix, node):
    build = {yaml.ScalarNode: loader.construct_scalar,
             yaml.SequenceNode: lambda n: loader.construct_sequence(n, deep=True),
             yaml.MappingNode: lambda n: loader.construct_mapping(n, deep=True)}[type(node)]
    value = build(node)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_tag)


class Template:
    """A template with values for its parameters; .resources: logical id -> (type, resolved properties)."""

    def __init__(self, text, **parameters):
        self._tree = yaml.load(text, Loader=_Loader)
        declared = self._tree["Parameters"]
        unknown = set(parameters) - set(declared)
        if unknown:
            raise KeyError(f"no parameter {unknown}")
        self._parameters = {name: self._typed(d, parameters.get(name, d.get("Default")))
                            for name, d in declared.items()}
        missing = [name for name, value in self._parameters.items() if value is None]
        if missing:
            raise KeyError(f"no value for {missing}")
        self.resources = {name: (r["Type"], self._resolve(r.get("Properties", {})))
                          for name, r in self._tree["Resources"].items()}

    @staticmethod
    def _typed(declaration, value):
        return int(value) if declaration["Type"] == "Number" and value is not None else value

    def of_type(self, kind):
        """Returns logical id -> resolved properties of all resources of a type."""
        return {name: properties for name, (k, properties) in self.resources.items() if k == kind}

    def retained(self):
        """Returns the logical ids of the resources that stay when the stack is deleted."""
        return {name for name, r in self._tree["Resources"].items() if r.get("DeletionPolicy") == "Retain"}

    def outputs(self):
        return {name: self._resolve(o["Value"]) for name, o in self._tree.get("Outputs", {}).items()}

    def _reference(self, name):
        if name == "AWS::NoValue":
            return _ABSENT
        if name in _PSEUDO:
            return _PSEUDO[name]
        if name in self._parameters:
            return self._parameters[name]
        resource = self._tree["Resources"][name]
        if resource["Type"] == "AWS::SecretsManager::Secret":
            return f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}-AbCdEf"
        return self._resolve(resource["Properties"][_NAME_PROPERTY[resource["Type"]]])

    def _attribute(self, name, attribute):
        kind = self._tree["Resources"][name]["Type"]
        if (kind, attribute) == ("AWS::S3::Bucket", "Arn"):
            return f"arn:aws:s3:::{self._reference(name)}"
        if (kind, attribute) == ("AWS::IAM::Role", "Arn"):
            return f"arn:aws:iam::{ACCOUNT}:role/{name}"
        raise KeyError(f"{kind} {attribute}")

    def _substitute(self, match):
        name, _, attribute = match[1].partition(".")
        return str(self._attribute(name, attribute) if attribute else self._reference(name))

    def _condition(self, value):
        if isinstance(value, str):
            return self._condition(self._tree["Conditions"][value])
        (function, operands), = value.items()
        if function == "Fn::Not":
            return not self._condition(operands[0])
        if function == "Fn::Equals":
            return self._resolve(operands[0]) == self._resolve(operands[1])
        raise KeyError(function)

    def _resolve(self, value):
        if isinstance(value, list):
            return [r for r in map(self._resolve, value) if r is not _ABSENT]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (function, operand), = value.items()
            if function == "Ref":
                return self._reference(operand)
            if function == "Fn::Sub":
                return re.sub(r"\$\{([^}]+)\}", self._substitute, operand)
            if function == "Fn::GetAtt":
                return self._attribute(*operand)
            if function == "Fn::If":
                return self._resolve(operand[1] if self._condition(operand[0]) else operand[2])
        resolved = {key: self._resolve(v) for key, v in value.items()}
        return {key: v for key, v in resolved.items() if v is not _ABSENT}


def as_list(value):
    return value if isinstance(value, list) else [value]


def policy_faults(policy, bucket, own_prefixes):
    """Returns what a policy document allows beyond the project, one line for each fault.

    own_prefixes: beginnings of ARNs that are the project's own, other than those of S3. A `*` may follow one of them,
    and a key prefix of `bucket`. Deny may name anything.
    """
    faults = []
    for statement in as_list(policy["Statement"]):
        if statement["Effect"] != "Allow":
            continue
        sid = statement.get("Sid", "?")
        faults += [f"{sid}: {word}" for word in ("NotAction", "NotResource") if word in statement]
        faults += [f"{sid}: action {a}" for a in as_list(statement.get("Action", [])) if "*" in a]
        for resource in as_list(statement.get("Resource", [])):
            if resource.startswith("arn:aws:s3:::"):
                own, _, key = resource.removeprefix("arn:aws:s3:::").partition("/")
                if own != bucket or key.startswith("*") or "*" in key[:-1]:
                    faults.append(f"{sid}: resource {resource}")
            elif "*" in resource or "?" in resource:
                fixed = resource.rstrip("*")
                if "*" in fixed or "?" in fixed or not any(fixed.startswith(p) for p in own_prefixes):
                    faults.append(f"{sid}: resource {resource}")
        lists_bucket = "s3:ListBucket" in as_list(statement.get("Action", []))
        prefixes = as_list(statement.get("Condition", {}).get("StringLike", {}).get("s3:prefix", []))
        if lists_bucket and (not prefixes or any(p.startswith("*") or "*" in p[:-1] for p in prefixes)):
            faults.append(f"{sid}: lists all of the bucket")
    return faults
