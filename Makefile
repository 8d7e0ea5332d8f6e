# Every task of the project. `make` alone lists them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo test verify fuzz bench lint docs wheel sbom audit notes clean lock

help:  ## list the tasks
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(VENV)/run.stamp: requirements/run.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -qq --require-hashes -r requirements/build.txt
	$(BIN)/python -m pip install -qq --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install -qq --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp requirements/test.txt
	$(BIN)/python -m pip install -qq --require-hashes -r requirements/test.txt
	@touch $@

$(VENV)/fuzz.stamp: $(VENV)/test.stamp requirements/fuzz.txt
	$(BIN)/python -m pip install -qq --require-hashes -r requirements/fuzz.txt
	@touch $@

$(VENV)/docs.stamp: $(VENV)/run.stamp requirements/docs.txt
	$(BIN)/python -m pip install -qq --require-hashes -r requirements/docs.txt
	@touch $@

demo: $(VENV)/run.stamp  ## published records to verdicts; says where the report is
	$(BIN)/probity check
	$(BIN)/probity publish report --out out/report.html

test: lint  ## lint, types, import rules and every fast test
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder -m "not verify"

lint: $(VENV)/test.stamp  ## style, types, import direction
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

PROOFS := out/verify/results.jsonl
verify: $(VENV)/test.stamp  ## slow proofs, overnight; writes docs/background/verification.md
	@mkdir -p $(dir $(PROOFS)) && rm -f $(PROOFS)
	@PROBITY_PROOFS=$(PROOFS) $(BIN)/python -m pytest -n auto -m "verify or control"; failed=$$?; \
	  $(BIN)/python docs/write_verification.py $(PROOFS) out/fuzz/results.jsonl && exit $$failed

fuzz: $(VENV)/fuzz.stamp  ## a million inputs against every reader; NAME=target, SHARE=0.1
	$(BIN)/python tests/fuzz/campaign.py --share $(or $(SHARE),1) $(NAME)

BENCHMARKS := start_up read_pdf verification engine_all_pairs engine_top_k \
  side_by_side_verification subject_bootstrap interval_coverage site_build \
  app app_readers what_if_live translog
bench: $(VENV)/test.stamp  ## measured figures; fails at the end if a target is missed
	@missed=0; for name in $(BENCHMARKS); do \
	  printf '\n== benchmarks/%s.py\n' $$name; \
	  env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE $(BIN)/python benchmarks/$$name.py || missed=1; \
	done; exit $$missed

docs: $(VENV)/docs.stamp  ## the manual as HTML, in docs/_build
	$(BIN)/sphinx-build -W -q -b html docs docs/_build
	@echo "docs/_build/index.html"

$(VENV)/release.stamp: $(VENV)/run.stamp requirements/release.txt
	$(BIN)/python -m pip install -qq --require-hashes -r requirements/release.txt
	@touch $@

wheel: $(VENV)/run.stamp  ## the wheel, in dist
	$(BIN)/python -m pip wheel -q --no-deps --no-build-isolation --wheel-dir dist .
	@ls dist/*.whl

sbom: $(VENV)/release.stamp  ## what is in it, as CycloneDX: dist/sbom.json
	@mkdir -p dist
	$(BIN)/cyclonedx-py requirements requirements/run.txt --pyproject pyproject.toml \
	  --output-reproducible --of JSON --output-file dist/sbom.json

audit: $(VENV)/release.stamp  ## known vulnerabilities of what is pinned; asks the network
	$(BIN)/pip-audit --requirement requirements/run.txt --require-hashes --disable-pip

notes: $(VENV)/run.stamp  ## release notes of the newest version, from the changelog
	@$(BIN)/python docs/release_notes.py

LOCK := uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-annotate --no-header
lock:  ## pin the requirements again (needs uv)
	$(LOCK) --group build --output-file requirements/build.txt
	$(LOCK) pyproject.toml --output-file requirements/run.txt
	$(LOCK) pyproject.toml --group test --constraint requirements/run.txt --output-file requirements/test.txt
	$(LOCK) pyproject.toml --group docs --constraint requirements/run.txt --output-file requirements/docs.txt
	$(LOCK) pyproject.toml --group release --constraint requirements/run.txt --output-file requirements/release.txt
	$(LOCK) --group fuzz --output-file requirements/fuzz.txt

clean:  ## remove everything that was built
	rm -rf $(VENV) out docs/_build build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
