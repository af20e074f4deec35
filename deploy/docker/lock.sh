#!/usr/bin/env bash
# Writes what each image installs, with the hashes of its files: deploy/docker/locks/IMAGE.txt, anew after each
# change of pyproject.toml or constraints.txt. It needs uv (`pip install uv==0.13.9`) and PyPI.
set -euo pipefail
cd "$(dirname "$0")/../.."

lock() {
  local image="$1" extras=()
  shift
  while [ "${1:-}" ] && [[ "$1" != --* ]]; do
    extras+=(--extra "$1")
    shift
  done
  uv pip compile pyproject.toml --quiet --python-version 3.11.3 --python-platform x86_64-manylinux_2_28 \
    --constraints constraints.txt --generate-hashes --no-annotate --no-header "${extras[@]}" "$@" \
    --output-file "deploy/docker/locks/$image.txt"
}

echo "uv==0.13.9" | uv pip compile - --quiet --generate-hashes --no-annotate --no-header \
  --output-file deploy/docker/locks/uv.txt
lock orchestrator tracing
lock cloud_proxy cloud-proxy tracing
lock proofreader proofreader
lock gemma-cuda gemma
# torch for a CPU comes from PyTorch's own index, with files and hashes of its own, and brings no CUDA along. Its
# Dockerfile names it by its version.
no_cuda=()
for each in $(sed -n 's/^\(nvidia-[a-z0-9-]*\|cuda-[a-z0-9-]*\|triton\|torch\)==.*/\1/p' deploy/docker/locks/gemma-cuda.txt); do
  no_cuda+=(--no-emit-package "$each")
done
lock gemma-cpu gemma "${no_cuda[@]}"
