#!/usr/bin/env bash
# Writes what `make` and each image install, with the hashes of its files: deploy/locks/NAME.txt, anew after each
# change of a pyproject.toml or constraints.txt. It needs uv (`pip install uv==0.13.9`) and PyPI.
set -euo pipefail
cd "$(dirname "$0")/../.."

# lock NAME [EXTRA...] [--OPTION...]
lock() {
  local name="$1" extras=()
  shift
  while [ "${1:-}" ] && [[ "$1" != --* ]]; do
    extras+=(--extra "$1")
    shift
  done
  uv pip compile "${sources[@]}" --quiet --constraints constraints.txt --generate-hashes --no-annotate --no-header \
    "${extras[@]}" "$@" --output-file "deploy/locks/$name.txt"
}

# Names the packages of locks, for a lock that leaves them out.
without() {
  sed -n 's/^\([a-z0-9-]*\)\(\[.*\]\)\{0,1\}==.*/--no-emit-package \1/p' "${@/#/deploy/locks/}"
}

echo "uv==0.13.9" | uv pip compile - --quiet --generate-hashes --no-annotate --no-header --output-file deploy/locks/uv.txt

# What builds the editable packages, and Kiwi's model, which comes as source alone. Whoever builds fetches it without
# looking at a hash, unless it is there or its hashes are given.
everywhere=(--universal --python-version 3.11)
builder=$(mktemp)
trap 'rm -f "$builder"' EXIT
{ grep -o '"hatchling==[0-9.]*"' pyproject.toml | head -n 1 | tr -d '"'; echo setuptools; } > "$builder"
sources=("$builder")
lock build "${everywhere[@]}"

sources=(pyproject.toml)
image=(--python-version 3.11.3 --python-platform x86_64-manylinux_2_28)
lock orchestrator orchestrator tracing "${image[@]}"
lock cloud_proxy cloud-proxy tracing "${image[@]}"
lock proofreader proofreader "${image[@]}"
lock gemma-cuda gemma "${image[@]}"
sources=(pyproject.toml clients/python/pyproject.toml)
lock web web web-postgresql files comments "${image[@]}"
sources=(pyproject.toml)
# torch for a CPU comes from PyTorch's own index, with files and hashes of its own, and brings no CUDA along. Who
# installs it names it by its version.
no_cuda=$(without gemma-cuda.txt | grep -E ' (nvidia-|cuda-|triton$|torch$)')
lock gemma-cpu gemma $no_cuda "${image[@]}"

# What `make` installs, on every system and Python: gemma.txt is what it adds to run.txt, and test.txt to both.
sources=(pyproject.toml clients/python/pyproject.toml)
run=(orchestrator cloud-proxy proofreader web cli files comments)
lock run "${run[@]}" $(without build.txt) "${everywhere[@]}"
lock gemma "${run[@]}" gemma $no_cuda $(without build.txt run.txt) "${everywhere[@]}"
lock test "${run[@]}" gemma bedrock tracing evaluate dev $no_cuda $(without build.txt run.txt gemma.txt) "${everywhere[@]}"
# What the check of Gemma's quality adds: the real weights, and what reads them.
lock gemma-weights "${run[@]}" gemma bedrock tracing evaluate dev bench-gemma-weights $no_cuda \
  $(without build.txt run.txt gemma.txt test.txt) "${everywhere[@]}"
