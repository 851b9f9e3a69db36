# Giọt Hồng as one container: docker build -t giothong . && docker run -v giothong:/data -p 8080:8080 \
#   -e GIOTHONG_TELEGRAM__TOKEN=... --read-only --tmpfs /tmp giothong
FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/giothong
COPY requirements.lock /src/
RUN /opt/giothong/bin/pip install --require-hashes -r /src/requirements.lock
COPY . /src
RUN /opt/giothong/bin/pip install --no-deps --no-build-isolation /src \
 && /opt/giothong/bin/pip uninstall --yes pip

FROM python:3.12-slim
LABEL org.opencontainers.image.title="Giọt Hồng" org.opencontainers.image.licenses="MIT"
# The number is fixed, so that the owner of a mounted /data can be set before the first start.
RUN useradd --uid 10001 --home-dir /data --no-create-home giothong \
 && install -d -o giothong -g giothong -m 0700 /data
COPY --from=build /opt/giothong /opt/giothong
# The bytecode is in the image: the root file system may be mounted read-only.
ENV PATH=/opt/giothong/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    GIOTHONG_STORAGE__URL=sqlite:////data/giothong.db GIOTHONG_WEB__HOST=0.0.0.0 GIOTHONG_WEB__PORT=8080
USER giothong
WORKDIR /data
VOLUME /data
EXPOSE 8080
# The start may migrate a large database first; after that, silence for 90 s is a fault.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/health', timeout=4)"]
# Answers in hand are finished on SIGTERM: docker stop --time 30
STOPSIGNAL SIGTERM
ENTRYPOINT ["giothong"]
CMD ["run"]
