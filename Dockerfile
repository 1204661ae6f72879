# marsad and everything it needs, from the hash-pinned locks; docker-compose.yml says what runs in it.
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore UV_NO_CACHE=1 UV_COMPILE_BYTECODE=1

# A home that can be written: camel-tools makes a folder there when it is imported.
RUN useradd --create-home --uid 10001 marsad
WORKDIR /srv/marsad

# The locks before the code, so that a change of code does not install everything again.
COPY config/requirements-uv.lock config/requirements.lock config/
RUN pip install --no-deps --require-hashes -r config/requirements-uv.lock \
 && uv pip install --system --no-deps --require-hashes -r config/requirements.lock

COPY pyproject.toml README.md ./
COPY workers workers
COPY config config
COPY seeds seeds
RUN uv pip install --system --no-deps --no-build-isolation -e . \
 && install -d -o marsad -g marsad var

USER marsad
CMD ["marsad", "--help"]
