# The whole of it: make run, make test. Needs Python 3.11 or newer, nothing else.
#   PORT=8010 HEART_DATA=/some/folder make run    a second centre beside the first
#   PYTHON=/path/to/python make run               when the right one is not on the PATH

VENV := .venv
LOCK := requirements.lock
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check --no-input
PYTHON ?=

.PHONY: run test bench format lock install chromium

run: install
	@exec $(VENV)/bin/python -m heart.run

test: install chromium
	@exec $(VENV)/bin/python -m pytest -n auto --maxprocesses 4 $(PYTEST)

bench: install
	@exec $(VENV)/bin/python -m tests.bench $(BENCH)

format: install
	@$(VENV)/bin/ruff check --fix --select I,UP,RUF100 .
	@$(VENV)/bin/ruff format .

# Needs uv. No registry is named in the file: pip's own settings say where to look.
lock:
	uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
	  --generate-hashes --only-binary :all: --no-header --no-annotate --upgrade \
	  --no-emit-index-url --output-file $(LOCK) --quiet

# Installed again only when the lock file changed or the environment is broken.
install:
	@cmp -s $(LOCK) $(VENV)/installed.lock && $(VENV)/bin/python -c '' 2>/dev/null \
	  || $(MAKE) --no-print-directory $(VENV)/installed.lock

.PHONY: $(VENV)/installed.lock
$(VENV)/installed.lock:
	@old=; \
	for each in $(PYTHON) $(if $(PYTHON),,python3.13 python3.12 python3.11 python3 python); do \
	  $$each -c 'import sys' 2>/dev/null || continue; \
	  $$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { old=$$each; continue; }; \
	  $$each -c 'import ensurepip, venv' 2>/dev/null || { bare=$$each; continue; }; \
	  found=$$each; break; \
	done; \
	if [ -z "$$found" ] && [ -n "$$bare" ]; then \
	  echo "$$bare cannot make virtual environments: apt-get install python3-venv (or your system's like), or say PYTHON=/path/to/another make ..."; exit 1; \
	elif [ -z "$$found" ]; then \
	  echo "Python 3.11 or newer is needed$${old:+ ($$old is older)}: install it, or say PYTHON=/path/to/python make ..."; exit 1; \
	fi; \
	echo "Installing into $(VENV) with $$($$found -V) (once, about a minute) ..."; \
	rm -f $@; $$found -m venv --clear $(VENV)
	@$(PIP) install -qq --only-binary :all: --require-hashes -r $(LOCK)
	@cp $(LOCK) $@

# A browser for the tests: one that is here, else Debian's, else Playwright's own.
chromium: install
	@$(VENV)/bin/python -m tests.chromium
