# The same steps as `make build` and `make run`, in an image: see README.md.

FROM python:3.13-slim AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends make gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
# The locked dependencies change seldom: a layer of their own.
COPY *.lock setup.cfg pyproject.toml README.md LICENSE Makefile ./
COPY scripts scripts
RUN make build
COPY greenlane greenlane
COPY engine engine
COPY api api
COPY rules rules
RUN make build && .venv/bin/greenlane check rules

FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home greenlane
WORKDIR /app
COPY --from=build /app /app
RUN mkdir var && chown greenlane var
USER greenlane
ENV GREENLANE_HOST=0.0.0.0 \
    GREENLANE_PORT=8000 \
    PYTHONDONTWRITEBYTECODE=1
VOLUME /app/var
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD [".venv/bin/python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD [".venv/bin/greenlane", "serve"]
