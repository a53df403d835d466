# The console's one image: web, live, worker, clock and migrate are commands of it.
FROM python:3.13-slim AS build
WORKDIR /build
COPY pyproject.toml requirements.lock ./
# The lock's hashes are checked at the download; only what runs is installed from it.
RUN pip download -q --only-binary :all: --require-hashes -r requirements.lock -d wheels
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" > wanted.txt \
 && python -m venv /venv \
 && /venv/bin/pip install -q --no-index --find-links wheels -r wanted.txt

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin heart \
 && install -d -o heart -g heart /srv/static
COPY --from=build /venv /venv
WORKDIR /srv/heart
COPY manage.py ./
COPY heart heart
COPY dispatch dispatch
COPY routing routing
COPY templates templates
COPY static static
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    HEART_PRODUCTION=yes STATIC_ROOT=/srv/static
RUN python -m compileall -q heart dispatch routing
USER heart
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "heart.wsgi:application"]
