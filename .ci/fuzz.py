"""Writes the settings of schemathesis for a stack with the sample in it: which names and
ids its requests have in their paths. Half of them are of things that are there: without
those, hardly any request would get further than a 404."""

import json
import re
import sys
import urllib.request

folder = sys.argv[1]
token = open(f"{folder}/data/token").read().strip()
base = re.search(r"^API\s+(\S+)", open(f"{folder}/out").read(), re.M).group(1)


def get(path):
    request = urllib.request.Request(base + "/acme/shop" + path, headers={"Authorization": "Bearer " + token})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


sources = get("/import-sources")
asked = {}  # by source: a scan, a proposal
for source in sources:
    below = f"/import-sources/{source['id']}"
    asked[source["id"]] = (get(below + "/scans")["scans"], get(below + "/drift-proposals")["proposals"])
drifted = next(s for s in sources if asked[s["id"]][1])
scans, proposals = asked[drifted["id"]]
estate = next(s for s in sources if s["sourceKind"] == "atmos-manifests")
entities = get(f"/envs/{drifted['envName']}/entities")["entities"]

always = {"o": "acme", "p": "shop", "env": drifted["envName"], "id": drifted["id"],
          "scanId": scans[0]["id"], "proposalId": proposals[0]["id"], "name": entities[0]["entityType"]}
own = {
    "get-entity": {"id": entities[0]["entityId"]},
    "delete-entity": {"id": entities[0]["entityId"]},
    "describe-stacks": {"id": estate["id"]},
    "get-deployment-drift": {"env": estate["envName"]},
    # What is deleted is gone for all the others.
    "delete-import-source": {"id": sources[-1]["id"]},
    "delete-environment": {"env": "default"},
}
print("[parameters]")
for name, value in always.items():
    print(f'"path.{name}" = {json.dumps(value)}')
for operation, values in own.items():
    print(f'\n[[operations]]\ninclude-operation-id = "{operation}"\n[operations.parameters]')
    for name, value in (always | values).items():
        print(f'"path.{name}" = {json.dumps(value)}')
