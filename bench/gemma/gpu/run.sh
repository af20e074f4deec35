#!/bin/sh
# Runs the measurements with a python3 that has torch, transformers and pytest; what it lacks comes from the
# folder of wheels that WHEELS names. Nothing is written to that Python, and no network is asked.
set -eu
cd "$(dirname "$0")/../../.."
PYTHON=${PYTHON:-python3}
SITE=${SITE:-${TMPDIR:-/tmp}/chorus-bench-wheels}
if [ -n "${WHEELS:-}" ]; then
    rm -rf "$SITE"
    mkdir -p "$SITE"
    "$PYTHON" -m pip install --quiet --no-index --no-deps --no-compile --no-cache-dir --target "$SITE" "$WHEELS"/*.whl ||
        for wheel in "$WHEELS"/*.whl; do "$PYTHON" -m zipfile -e "$wheel" "$SITE"; done
    PYTHONPATH="$SITE:${PYTHONPATH:-}"
fi
export PYTHONPATH="${PYTHONPATH:-}:$PWD:$PWD/protos/gen/python:$PWD/clients/python"
export PYTHONUNBUFFERED=1
exec "$PYTHON" -m bench.gemma.gpu "$@"
