# The commands of this project. Everything that compiles first sees that libtorch is there (see Scripts/set-up).

PREFIX ?= /usr/local
DESTDIR ?=

# One configuration for the program and its tests, so that nothing is compiled twice. libtorch is optimised in any case;
# what is slow in debug is our own reading of large files. @testable imports need -enable-testing.
FLAGS = -c release -Xswiftc -enable-testing
PROGRAM = .build/release/alphaedit

# An installed program brings its Swift runtime with it; on macOS the system has it.
INSTALL_BUILD = .build/install
INSTALL_FLAGS = -c release --scratch-path $(INSTALL_BUILD) --product alphaedit
ifneq ($(shell uname -s),Darwin)
INSTALL_FLAGS += --static-swift-stdlib
endif
INSTALL_FOLDER = $(DESTDIR)$(PREFIX)/lib/alphaedit

export PKG_CONFIG_PATH := $(CURDIR)/.libtorch/pkgconfig$(if $(PKG_CONFIG_PATH),:$(PKG_CONFIG_PATH))

.PHONY: help setup build demo test bench lint format install uninstall clean

help:
	@echo 'make demo      edit the bundled model before your eyes (sets up and builds first)'
	@echo 'make test      run all tests (sets up and builds first)'
	@echo 'make bench     measure this machine against a straightforward formulation'
	@echo 'make build     build the program: $(PROGRAM)'
	@echo 'make install   put the program into $$PREFIX/bin (now $(PREFIX)), its libraries into $$PREFIX/lib/alphaedit'
	@echo 'make setup     bring libtorch into .libtorch; SETUP=--cuda brings the CUDA libraries as well'
	@echo 'make lint      check formatting;   make format   apply it'
	@echo 'make clean     remove what was built; libtorch stays (rm -r .libtorch removes it)'

setup:
	@Scripts/set-up $(SETUP)

build: setup
	swift build $(FLAGS) --product alphaedit

demo: build
	$(PROGRAM) demo

bench: build
	$(PROGRAM) bench

test: setup
	Scripts/tests/set-up-tests
	swift build $(FLAGS) --build-tests
	swift test --skip-build -c release

lint:
	swift format lint --strict --recursive Sources Tests Package.swift
	@if command -v shellcheck >/dev/null; then shellcheck -x Scripts/set-up Scripts/machine.sh Scripts/fuzz Scripts/fault-injection Scripts/sanitize Scripts/tests/* .ci/run Benchmarks/compare-methods; \
	else echo 'shellcheck is not installed: the shell scripts were not checked'; fi

format:
	swift format --in-place --recursive Sources Tests Package.swift

# The program lies beside its resources and libraries, where it looks for them; bin has a one-line script.
install: setup
	swift build $(INSTALL_FLAGS)
	mkdir -p '$(INSTALL_FOLDER)' '$(DESTDIR)$(PREFIX)/bin'
	rm -rf '$(INSTALL_FOLDER)'/*
	cp $(INSTALL_BUILD)/release/alphaedit '$(INSTALL_FOLDER)'
	for bundle in $(INSTALL_BUILD)/release/*.resources $(INSTALL_BUILD)/release/*.bundle; do \
	  if [ -d "$$bundle" ]; then cp -R "$$bundle" '$(INSTALL_FOLDER)' || exit 1; fi; done
	for library in .libtorch/lib/*.so* .libtorch/lib/*.dylib; do \
	  if [ -f "$$library" ]; then cp -L "$$library" '$(INSTALL_FOLDER)' || exit 1; fi; done
	if [ -d .libtorch/licenses ]; then cp -R .libtorch/licenses '$(INSTALL_FOLDER)'; fi
	printf '#!/bin/sh\nexec "%s/lib/alphaedit/alphaedit" "$$@"\n' '$(PREFIX)' > '$(DESTDIR)$(PREFIX)/bin/alphaedit'
	chmod 755 '$(DESTDIR)$(PREFIX)/bin/alphaedit'
	'$(INSTALL_FOLDER)/alphaedit' --help > /dev/null

uninstall:
	rm -rf '$(INSTALL_FOLDER)' '$(DESTDIR)$(PREFIX)/bin/alphaedit'

clean:
	rm -rf .build
