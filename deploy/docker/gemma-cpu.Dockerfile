# From the root of the repository: docker build --file deploy/docker/gemma-cpu.Dockerfile --tag chorus/gemma-cpu .
ARG PYTHON=docker.io/library/python:3.11-slim-bookworm

FROM ${PYTHON} AS build
# What the code needs comes before the code: a change of ours leaves the big layer as it is.
COPY deploy/locks/uv.txt deploy/locks/build.txt deploy/locks/gemma-cpu.txt /locks/
RUN pip install --no-cache-dir --require-hashes --requirement /locks/uv.txt && python -m venv --without-pip /venv
WORKDIR /app
# PyTorch's own index has other files of torch, and no hash of them is kept here.
RUN uv pip install --python /venv/bin/python --no-cache --compile-bytecode --no-deps --require-hashes \
    --build-constraints /locks/build.txt --requirements /locks/gemma-cpu.txt \
    && uv pip install --python /venv/bin/python --no-cache --compile-bytecode --no-deps \
    torch==2.13.0 --torch-backend cpu
COPY protos/gen/python/ ./
COPY rpckit/ rpckit/
COPY modelkit/ modelkit/
COPY services/gemma/ services/gemma/
# hadolint ignore=DL3008 # any C compiler will do; it stays in this stage
RUN apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev \
    && sh services/gemma/low_bit/build_prompt_kernel.sh \
    && rm -rf /var/lib/apt/lists/*
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
ENTRYPOINT ["python", "-m", "services.gemma"]
