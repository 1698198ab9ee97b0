# One image for every process of csr_bot; the command says which one a container is.

FROM python:3.11-slim-bookworm AS packages
WORKDIR /source
COPY requirements/uv.txt requirements/run.txt requirements/
RUN python -m pip install --no-cache-dir --require-hashes -r requirements/uv.txt \
    && python -m venv --without-pip /opt/csr-bot \
    && uv pip install --no-cache --compile-bytecode --python /opt/csr-bot --require-hashes -r requirements/run.txt
COPY pyproject.toml README.md ./
COPY src src
RUN uv pip install --no-cache --compile-bytecode --python /opt/csr-bot --no-deps --no-build-isolation . \
    && uv pip uninstall --python /opt/csr-bot hatchling editables

FROM python:3.11-slim-bookworm
# Without fonts, printed evidence is full of empty boxes.
RUN apt-get update \
    && apt-get install -y --no-install-recommends chromium fonts-liberation \
    && rm -rf /var/lib/apt/lists/*
# A volume mounted on var takes over its owner from here.
RUN useradd --system --create-home --uid 10001 csr \
    && install -d -o csr -g csr /workspace /workspace/var
COPY --from=packages /opt/csr-bot /opt/csr-bot
ENV PATH=/opt/csr-bot/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    CSR_WORKSPACE=/workspace \
    CSR_SECRETS_DIR=/run/secrets \
    CSR_BROWSER=/usr/bin/chromium
WORKDIR /workspace
USER csr
ENTRYPOINT ["csr-bot"]
CMD ["--help"]
