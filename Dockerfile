# syntax=docker/dockerfile:1
# Stage 1 builds the wheel and installs it; stage 2 has only what runs.

FROM python:3.13-slim AS build
WORKDIR /build
RUN python -m venv /opt/syndicate
COPY requirements.lock pyproject.toml README.md LICENSE ./
COPY docs ./docs
COPY packaging ./packaging
COPY syndicate ./syndicate
RUN /opt/syndicate/bin/pip install --no-cache-dir --disable-pip-version-check -c requirements.lock '.[postgres]'

FROM python:3.13-slim
LABEL org.opencontainers.image.title="syndicate" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --create-home --uid 10001 syndicate \
    && install -d -o syndicate -g syndicate /data
COPY --from=build /opt/syndicate /opt/syndicate
ENV PATH=/opt/syndicate/bin:$PATH \
    PYTHONUNBUFFERED=1
USER syndicate
# config.yaml, templates/, var/ and public/ live here.
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
ENTRYPOINT ["syndicate"]
CMD ["run", "--host", "0.0.0.0", "--port", "8080"]
