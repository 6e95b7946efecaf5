# One image for the command line and the service; docs/ci.md and docs/service.md say how to use it.
# The same SOURCE_DATE_EPOCH gives the same files.

FROM python:3.13.9-slim-trixie AS build
ARG SOURCE_DATE_EPOCH=315532800
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_COMPILE=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /source
RUN python -m venv /opt/4site
# The lock alone first: its layer stays while only our own files change.
COPY requirements-server.lock ./
RUN /opt/4site/bin/python -m pip install --require-hashes --only-binary :all: --requirement requirements-server.lock
COPY pyproject.toml README.md LICENSE cli.py ./
COPY generator generator
COPY backend backend
COPY templates templates
COPY themes themes
COPY widget/dist widget/dist
# Byte code that names no time, so that it is the same in every build. Nothing is installed later, so
# the build backend and pip stay behind.
RUN /opt/4site/bin/python -m pip install --no-deps --no-build-isolation . \
    && /opt/4site/bin/python -m pip check \
    && /opt/4site/bin/python -m pip uninstall --yes hatchling trove-classifiers pip \
    && /opt/4site/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/4site/lib

FROM python:3.13.9-slim-trixie
# Debian serves only the newest version of a package, so none is named.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git openssh-client rsync \
    && rm -rf /var/lib/apt/lists/* /var/cache/ldconfig/aux-cache /var/log/apt /var/log/dpkg.log \
    && useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin foursite \
    && install --directory --owner=foursite --group=foursite --mode=0700 /data
COPY --from=build /opt/4site /opt/4site
ENV PATH=/opt/4site/bin:$PATH FOURSITE_DATA_DIR=/data FOURSITE_HOST=0.0.0.0
USER 10001:10001
VOLUME /data
WORKDIR /site
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as web; web.urlopen(f\"http://127.0.0.1:{os.environ.get('FOURSITE_PORT', 8000)}/healthz\", timeout=4)"]
ENTRYPOINT ["4site"]
CMD ["--help"]
