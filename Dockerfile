# One image for every component. The same lock as on one machine, installed by the same program.
FROM python:3.12-slim-bookworm

# The container runs as whoever started it (docker-compose.yaml): somebody without a name or a home in the image.
ENV AIRFLOW_HOME=/opt/airflow \
    HOME=/opt/airflow \
    USER=airflow \
    PATH=/opt/visma-sync/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    UV_NO_CACHE=1

RUN mkdir -p -m 777 /opt/airflow /opt/airflow/logs
WORKDIR /opt/visma-sync

# Dependencies first: they change less often than the project, and stay in the image's cache.
COPY requirements.txt requirements-installer.txt pyproject.toml ./
COPY local/__init__.py local/install.py local/
COPY plugins/visma_sync/__init__.py plugins/visma_sync/
RUN python -m local.install runtime

COPY plugins plugins
COPY dags dags
COPY include include
COPY --chmod=755 docker-entrypoint.sh /usr/local/bin/docker-entrypoint.sh
RUN python -m compileall -q plugins

ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["airflow", "version"]
