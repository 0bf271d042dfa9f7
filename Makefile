# Every target sets itself up first: nothing but Python 3.11 or newer is needed beforehand.
# Windows without make: the same tasks as `python tools/setup.py lab` and so on (see README).
PYTHON ?= python3
NB ?=
SETUP = $(PYTHON) tools/setup.py
RUN = $(SETUP) install && .venv/bin/python

.PHONY: lab test check notebooks slides bench mutants

lab:        ## start the course in JupyterLab
	@$(SETUP) lab

test:       ## unit, parity, doctest, notebook and browser tests
	@$(SETUP) test

check:      ## style, types and fast tests: before every commit
	@$(SETUP) check

notebooks:  ## text form -> executed notebook; one with NB=02, else all
	@$(RUN) -m tools.notebooks $(NB)

slides:     ## one offline HTML deck a notebook, into out/slides; one with NB=02, else all
	@$(RUN) -m course_lib slides $(NB)

bench:      ## how fast the reference is beside PyTorch
	@$(RUN) -m course_lib bench

mutants:    ## plant known mistakes one by one; the tests must see each
	@$(SETUP) install && cd tests && ../.venv/bin/python -m mutants
