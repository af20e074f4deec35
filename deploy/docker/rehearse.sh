#!/usr/bin/env bash
# Builds images where no registry of images can be reached, and runs each until its probes answer:
#   deploy/docker/rehearse.sh orchestrator proofreader
# The base image is a stand-in: Debian 12 with this machine's Python 3.11 in /usr/local. It needs root, and Debian's
# buildah, debootstrap and bubblewrap. FIND_LINKS=folder takes torch from there, as PyTorch's index may be out of reach.
set -euo pipefail
cd "$(dirname "$0")/../.."
export BUILDAH_ISOLATION=chroot STORAGE_DRIVER="${STORAGE_DRIVER:-vfs}"
python="${PYTHON:-python3.11}"
base=docker.io/library/python:3.11-slim-bookworm
work="$(mktemp --directory)"
trap 'rm -rf "$work"' EXIT

make_base() {
  local root="$work/root" prefix
  prefix="$("$python" -c 'import sys; print(sys.base_prefix)')"
  debootstrap --variant=minbase \
    --include=ca-certificates,libssl3,libffi8,libsqlite3-0,zlib1g,libbz2-1.0,liblzma5 bookworm "$root" >"$work/log"
  tar --create --directory "$prefix" --exclude=site-packages --exclude=test --exclude=__pycache__ \
    bin/python3.11 lib/python3.11 $(cd "$prefix" && ls -d lib/libpython3* 2>/dev/null) |
    tar --extract --directory "$root/usr/local"
  ln --symbolic python3.11 "$root/usr/local/bin/python"
  # What this machine trusts, the build must trust, too.
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
  cp --dereference /etc/resolv.conf "$root/etc/"
  chroot "$root" ldconfig
  chroot "$root" /usr/local/bin/python -m ensurepip >>"$work/log"
  printf '#!/bin/sh\nexec python -m pip "$@"\n' >"$root/usr/local/bin/pip"
  chmod +x "$root/usr/local/bin/pip"
  local made
  made="$(buildah from scratch)"
  buildah add --quiet "$made" "$root" /
  buildah config --env PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    --env SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt --env PIP_CERT=/etc/ssl/certs/ca-certificates.crt "$made"
  buildah commit --quiet --rm "$made" "$base"
}

build() {
  local file="deploy/docker/$1.Dockerfile" links=()
  if [ -n "${FIND_LINKS:-}" ]; then
    sed "s#--torch-backend cpu#--find-links /links#" "$file" >"$work/$1.Dockerfile"
    file="$work/$1.Dockerfile" links=(--volume "$FIND_LINKS:/links:ro")
  fi
  buildah build --quiet --pull=never --network host "${links[@]}" --file "$file" --tag "chorus/$1" .
}

probe='
import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
with grpc.insecure_channel("127.0.0.1:9091") as channel:
    asked = health_pb2.HealthCheckRequest(service="liveness")
    answer = health_pb2_grpc.HealthStub(channel).Check(asked, timeout=120, wait_for_ready=True)
assert answer.status == health_pb2.HealthCheckResponse.SERVING
'

# As in the pod: nobody in particular, nothing to write to but /tmp and the state.
try() {
  local made root module prefix
  made="$(buildah from --pull=never "localhost/chorus/$1")"
  root="$(buildah mount "$made")"
  mkdir -p "$root/state"
  module="$(sed -n 's/^ENTRYPOINT .*"\(.*\)"\]$/\1/p' "deploy/docker/$1.Dockerfile")"
  prefix="$(basename "${module/./\/}" | tr '[:lower:]' '[:upper:]')"
  bwrap --unshare-all --uid 10001 --gid 10001 --ro-bind "$root" / --proc /proc --dev /dev --tmpfs /tmp \
    --tmpfs /state --chdir /app --clearenv \
    --setenv PATH /venv/bin:/usr/local/bin:/usr/bin:/bin --setenv HOME /tmp --setenv PYTHONDONTWRITEBYTECODE 1 \
    --setenv CHORUS_STATE_DIR /state --setenv "${prefix}_PORT" 50051 --setenv "${prefix}_HEALTH_PORT" 9091 \
    sh -euc "! touch /app/written 2>/dev/null; ! python -m pip --version 2>/dev/null
      python -m $module & python -c '$probe'; kill -TERM \$!; wait \$!"
  buildah rm "$made" >/dev/null
  echo "$1: built, alive, drained"
}

buildah inspect --type image "$base" >/dev/null 2>&1 || make_base
for each in "$@"; do
  build "$each"
  try "$each"
done
