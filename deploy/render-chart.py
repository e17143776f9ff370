#!/usr/bin/env python3
"""Renders the chart for each set of values in chart/ci, without a cluster and without a network.

Lints it, validates what is of Kubernetes strictly, and prints as JSON for each set the manifests. With an argument, values
as JSON, it does so for them alone. What is wrong ends it with a line on standard error and exit code 1.
"""

import json
import pathlib
import sys

import helm_python as helm
import kubernetes_validate
import yaml

KUBERNETES = "1.37"
CHART = pathlib.Path(__file__).parent / "chart"
# What operators of others define; Kubernetes knows no schema of it.
OF_OTHERS = {"monitoring.coreos.com/v1", "keda.sh/v1alpha1"}


def rendered(values):
    """Gives the manifests for values."""
    with helm.Chart.load(str(CHART)) as chart:
        chart.validate_schema(values)
        files = chart.render(values, name="it", namespace="identity")
    texts = [text for path, text in sorted(files.items()) if path.endswith(".yaml")]
    return [manifest for text in texts for manifest in yaml.safe_load_all(text) if manifest]


def checked(values):
    """Gives the manifests for values, after all that can be checked without a cluster."""
    report = helm.lint(str(CHART), values, strict=True)
    findings = [message["error"] for message in report["messages"] if message["severity"] >= 2] + report["errors"]
    if findings:
        sys.exit("; ".join(findings))
    manifests = rendered(values)
    for manifest in manifests:
        if manifest["apiVersion"] not in OF_OTHERS:
            kubernetes_validate.validate(manifest, KUBERNETES, strict=True)
    return manifests


def main():
    if sys.argv[1:]:
        result = checked(json.loads(sys.argv[1]))
    else:
        files = sorted((CHART / "ci").glob("*.yaml"))
        result = {file.stem: checked(yaml.safe_load(file.read_text())) for file in files}
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
