# The service on port 8000 over the workspace in /data. Build: docker build -t govgraph .
FROM python:3.11-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY graph ./graph
COPY ingest ./ingest
COPY queries ./queries
COPY api ./api
RUN python -m venv /opt/govgraph && /opt/govgraph/bin/pip install --no-cache-dir .

FROM python:3.11-slim
COPY --from=build /opt/govgraph /opt/govgraph
RUN useradd --create-home --uid 10001 govgraph && mkdir /data && chown govgraph /data
USER govgraph
ENV PATH=/opt/govgraph/bin:$PATH GOVGRAPH_WORKSPACE=/data PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8000
HEALTHCHECK --start-period=60s CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=5)"]
STOPSIGNAL SIGTERM
CMD ["govgraph", "serve", "--host", "0.0.0.0", "--port", "8000"]
