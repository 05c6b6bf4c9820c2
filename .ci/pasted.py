"""Holds the README's lines for AWS against SAM: what `sam deploy` makes of each, and that
its guide asks nobody whether a route without authentication is okay.

Run by .ci/template, with the Python that has the SAM CLI. Nothing is deployed.
"""

import re
import shlex
import sys

from samcli.cli.types import CfnParameterOverridesType
from samcli.commands.deploy.auth_utils import auth_per_resource
from samcli.lib.providers.sam_stack_provider import SamLocalStackProvider
from samcli.yamlhelper import yaml_parse

with open("README.md", encoding="utf-8") as file:
    readme = file.read()
with open("template.yaml", encoding="utf-8") as file:
    parameters = yaml_parse(file.read())["Parameters"]
wrong, checked = [], 0
blocks = re.findall(r"<!-- aws -->\n```sh\n(.*?)```", readme, re.S)

for line in "".join(blocks).replace("\\\n", " ").splitlines():
    words = shlex.split(line)
    if words[:2] != ["sam", "deploy"] or "--parameter-overrides" not in words:
        continue
    given = words[words.index("--parameter-overrides") + 1 :]
    parsed = CfnParameterOverridesType().convert(tuple(given), None, None)
    want = dict(word.split("=", 1) for word in given)
    checked += 1
    if parsed != want:
        wrong.append(f"SAM takes {given} for {parsed}")
    for name in set(want) - set(parameters):
        wrong.append(f"{line}: the template has no parameter {name}")
if checked < 3:
    wrong.append(f"only {checked} lines of the README deploy with parameters")

stacks, _ = SamLocalStackProvider.get_stacks("template.yaml", parameter_overrides={"UserPool": "create"})
routes = auth_per_resource(stacks)
if len(routes) < 30:
    wrong.append(f"only {len(routes)} routes were found")
for function in sorted({name for name, guarded in routes if not guarded}):
    wrong.append(f"the guide of sam deploy asks whether {function} may go without authentication")

for line in wrong:
    print("README.md:", line, file=sys.stderr)
print(f"{checked} lines of the README as SAM takes them, {len(routes)} routes of which none is asked about, {len(wrong)} wrong")
sys.exit(1 if wrong else 0)
