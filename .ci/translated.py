"""Asserts of template.yaml, as SAM translates it, what linters do not judge.

Run by .ci/template, with the Python that has aws-sam-translator.
"""

import sys

import samtranslator
from samcli.yamlhelper import yaml_parse
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

with open("template.yaml", encoding="utf-8") as file:
    source = yaml_parse(file.read())
ours = set(source["Resources"])
for resource in source["Resources"].values():
    if resource["Type"] == "AWS::Serverless::Function":
        resource["Properties"]["CodeUri"] = "s3://bucket/key"
source["Globals"]["Function"].pop("CodeUri")
parameters = {
    name: parameter.get("Default", "given") for name, parameter in source["Parameters"].items()
}
translated = Translator({}, Parser()).translate(source, parameters)
resources = translated["Resources"]
wrong = []


def of(kind):
    return {name: r.get("Properties", {}) for name, r in resources.items() if r["Type"] == kind}


for name in set(of("AWS::IAM::Role")) - ours:
    wrong.append(f"SAM added the role {name}, whose policies allow more than ours")
if len(of("AWS::ApiGateway::Stage")) != 1:
    wrong.append(f"stages: {sorted(of('AWS::ApiGateway::Stage'))}, want one")
for name, function in of("AWS::Lambda::Function").items():
    if function.get("TracingConfig") != {"Mode": "Active"}:
        wrong.append(f"{name} is not traced")
    if "LogGroup" not in function.get("LoggingConfig", {}):
        wrong.append(f"{name} logs to a group that is kept for ever")
    if function["Runtime"] != "provided.al2023" or function["Handler"] != "bootstrap":
        wrong.append(f"{name} runs {function['Handler']} on {function['Runtime']}")
for name, permission in of("AWS::Lambda::Permission").items():
    if "SourceArn" not in permission:
        wrong.append(f"{name} lets any {permission['Principal']} call")
for name, stage in of("AWS::ApiGateway::Stage").items():
    if not stage.get("TracingEnabled") or "AccessLogSetting" not in stage:
        wrong.append(f"stage {name} has no tracing or no access log")

for line in wrong:
    print("template.yaml:", line, file=sys.stderr)
print(f"{len(resources)} resources after SAM {samtranslator.__version__}, {len(wrong)} wrong")
sys.exit(1 if wrong else 0)
