# From the root of the repository: docker build --file deploy/docker/web.Dockerfile --tag chorus/web .
ARG PYTHON=docker.io/library/python:3.11-slim-bookworm
ARG NODE=docker.io/library/node:22-bookworm-slim

FROM ${NODE} AS page
WORKDIR /app/clients/web/page
COPY clients/web/page/package.json clients/web/page/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY protos/ /app/protos/
COPY orchestrator/rubrics/ /app/orchestrator/rubrics/
COPY clients/web/page/ ./
RUN npm run build

FROM ${PYTHON} AS build
# What the code needs comes before the code: a change of ours leaves the big layer as it is.
COPY deploy/locks/uv.txt deploy/locks/build.txt deploy/locks/web.txt /locks/
RUN pip install --no-cache-dir --require-hashes --requirement /locks/uv.txt && python -m venv --without-pip /venv
WORKDIR /app
RUN uv pip install --python /venv/bin/python --no-cache --compile-bytecode --require-hashes \
    --build-constraints /locks/build.txt --requirements /locks/web.txt
COPY protos/gen/python/ ./
COPY rpckit/ rpckit/
COPY clients/python/chorus_client/ chorus_client/
COPY clients/python/chorus_documents/ chorus_documents/
COPY clients/python/chorus_tools/ chorus_tools/
COPY clients/python/chorus_wording/ chorus_wording/
COPY clients/web/server/ clients/web/server/
COPY --from=page /app/clients/web/page/dist/ clients/web/page/dist/
RUN python -m compileall -q .

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
ENTRYPOINT ["python", "-m", "clients.web.server"]
