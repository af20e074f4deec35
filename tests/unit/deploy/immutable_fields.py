"""What a cluster refuses to change of a manifest: an upgrade that changed it would stop there.

    python -m tests.unit.deploy.immutable_fields > tests/unit/deploy/released.json

writes down those of production, once a version is released.
"""

import json

from tests.unit.deploy.cluster import Cluster, Manifest, render

# All else of a StatefulSet's specification is refused.
_STATEFUL_SET_MAY_CHANGE = {
    "minReadySeconds",
    "ordinals",
    "persistentVolumeClaimRetentionPolicy",
    "replicas",
    "revisionHistoryLimit",
    "template",
    "updateStrategy",
}
_CLAIM_MAY_CHANGE = {"volumeAttributesClassName"}
_JOB_MAY_CHANGE = {
    "activeDeadlineSeconds",
    "backoffLimit",
    "parallelism",
    "suspend",
    "ttlSecondsAfterFinished",
}
# Nothing of these is refused but their names.
_MAY_CHANGE = {
    "BackendTLSPolicy",
    "Certificate",
    "ConfigMap",
    "CronJob",
    "ExternalSecret",
    "GRPCRoute",
    "Gateway",
    "HorizontalPodAutoscaler",
    "Issuer",
    "Namespace",
    "NetworkPolicy",
    "PodDisruptionBudget",
    "PodMonitor",
    "PrometheusRule",
    "ServiceAccount",
}

Fields = dict[str, Manifest]


def immutable_fields(cluster: Cluster) -> Fields:
    """Returns them by kind and name.

    Raises:
        KeyError: It is not written down yet what of this kind may change.
    """
    return {f"{each['kind']}/{each['metadata']['name']}": _of(each) for each in cluster.manifests}


def _of(manifest: Manifest) -> Manifest:
    kind, spec = manifest["kind"], manifest.get("spec", {})
    if kind in _MAY_CHANGE:
        return {"data": manifest["data"]} if manifest.get("immutable") else {}
    kept: Manifest = {
        "Deployment": lambda: {"selector": spec["selector"]},
        "Job": lambda: _without(spec, _JOB_MAY_CHANGE),
        "PersistentVolumeClaim": lambda: _claim(spec),
        "RoleBinding": lambda: {"roleRef": manifest["roleRef"]},
        # An address, once given, is kept; whether there is one is what manifests say.
        "Service": lambda: {"clusterIP": spec.get("clusterIP", "")},
        "StatefulSet": lambda: _without(spec, _STATEFUL_SET_MAY_CHANGE),
    }[kind]()
    return kept


def _claim(spec: Manifest) -> Manifest:
    """A claim's storage may grow, and never shrink, so it is among what is compared."""
    return _without(spec, _CLAIM_MAY_CHANGE)


def _without(spec: Manifest, left_out: set[str]) -> Manifest:
    return {key: value for key, value in spec.items() if key not in left_out}


if __name__ == "__main__":
    print(json.dumps(immutable_fields(render("production")), indent=2, sort_keys=True))  # noqa: T201
