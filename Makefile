# Start with `make run` and `make test`; both install what is missing on the machine.
# All outputs are written to build/, ./landing (demo data) and ./lake.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.PHONY: help run test test-spark test-trino test-arm64 test-arm64-programs test-install test-wheel wheel-reader release portable wheel tarball dev bench bench-reader bench-all lint fuzz soak tsan clean

help:
	@echo 'make run      build, write demo landing data, run the pipeline into ./lake'
	@echo 'make test     set everything up and run all tests (unit, golden, interop)'
	@echo 'make test-spark  the tests on Spark 4.1.1 and 3.5.6 alone, with their set-up'
	@echo 'make test-trino  the tests on Trino alone, with its set-up (0.8 GB to fetch)'
	@echo 'make wheel    build/dist/stedi-VERSION-...whl, the program and its Python module    make tarball  the program alone'
	@echo 'make test-install  both in bare Debian 12 and Debian 11, without a compiler (as root)'
	@echo 'make test-arm64  the program for linux-arm64 in an emulator, against that for x86-64'
	@echo 'make release  build/release/stedi        make bench  its speed against other engines'
	@echo 'make lint     format, clang-tidy, tree   make fuzz   60 s the landing scan   make tsan  thread sanitizer'
	@echo 'make soak     100 million numbers, as many rows of ten kinds, a million damaged files, 5,000 random deliveries and consents, crash points, half an hour of fuzzing'
	@echo 'make wheel-reader  build/wheels/stedi_reader-*.whl, for x86-64 and aarch64   make test-wheel  their tests'
	@echo 'make clean    remove build folders, keep what was downloaded'

stedi := build/release/stedi

run: release
	@[ -d landing ] || $(stedi) sample landing --customers 1000 --readings 200000 --seed 1 --defects
	@$(stedi) run pipelines/stedi --landing landing --lake lake
	@printf '%s\n' '' 'Try next:' \
	  '  $(stedi) show machine_learning_curated' \
	  '  $(stedi) query "SELECT split, count(*) FROM machine_learning_curated GROUP BY split"' \
	  '  $(stedi) files        where every byte of landing went' \
	  '  $(stedi) quarantine   what was rejected, and why' \
	  '  $(stedi) help'

# `make release ARCH=arm64` builds build/release-arm64/stedi for linux-arm64 with a cross compiler.
ARCH :=
ifneq ($(filter-out arm64,$(ARCH)),)
  $(error ARCH is '$(ARCH)', it can only be arm64; without ARCH the build is for x86-64)
endif
release_preset := release$(ARCH:%=-%)

release: build/$(release_preset)/build.ninja
	@tools/setup.sh build licenses $(ARCH)
	@cmake --build --preset $(release_preset) --target stedi

# The same program for any Linux on x86-64 with glibc 2.28 or newer; wheel and tarball hold it.
portable: release
	@tools/setup.sh build portable wheel
	@python3 tools/portable_program.py --build build/release --deps build/deps --output build/portable

wheel tarball: portable
	@tools/setup.sh licenses
	@python3 tools/package.py $@ --program build/portable --deps build/deps --output build/dist

# Makes roots of 0.4 GB each below build/roots, once; not part of `make test`.
test-install: wheel tarball
	@python3 tests/install/install_test.py --dist build/dist --roots build/roots || [ $$? = 77 ]

dev: build/dev/build.ninja
	@tools/setup.sh build licenses test
	@cmake --build --preset dev

# When an optional download cannot be fetched (exit status 3), its tests are skipped with a message and all other
# tests run.
test: dev
	@tools/setup.sh pyiceberg python
	@tools/setup.sh aws || { [ $$? = 3 ] && echo 'SKIPPED: the tests of the AWS export, its checkers could not be fetched'; }
	@tools/setup.sh s3 || { [ $$? = 3 ] && echo 'SKIPPED: the tests on S3, its server could not be fetched'; }
	@tools/setup.sh spark || { [ $$? = 3 ] && echo 'SKIPPED: the tests on Spark, it could not be fetched'; }
	@tools/setup.sh spark35 || { [ $$? = 3 ] && echo 'SKIPPED: the tests on Spark 3.5, it could not be fetched'; }
	@ctest --preset dev -LE trino

# When only one of the two Spark versions can be fetched, the tests of the other are skipped with a message.
test-spark: dev
	@tools/setup.sh pyiceberg
	@for group in spark spark35; do tools/setup.sh $$group || { [ $$? = 3 ] && \
	  echo "SKIPPED: the tests on $$group, it could not be fetched"; }; done
	@ctest --preset dev -L spark

# Not part of `make test`, because its downloads are large.
test-trino: dev
	@if tools/setup.sh pyiceberg s3 trino; then ctest --preset dev -L trino; \
	elif [ $$? = 3 ]; then echo 'SKIPPED: the tests on Trino, it could not be fetched'; else exit 1; fi

# Not part of `make test`, because it builds both programs, and its emulator is slow. What is missing is said, and then
# nothing else is tested.
test-arm64:
	@if tools/setup.sh build arm64 qemu; then $(MAKE) --no-print-directory test-arm64-programs; \
	elif [ $$? = 3 ]; then echo 'SKIPPED: the tests of linux-arm64, what they need could not be fetched'; else exit 1; fi

test-arm64-programs: build/release/build.ninja build/release-arm64/build.ninja
	@cmake --build --preset release --target stedi damage_soak
	@cmake --build --preset release-arm64 --target stedi damage_soak reader_tests
	@python3 tests/arm64/arm64_test.py build/release build/release-arm64 || [ $$? = 77 ]

# Configures a build folder once; afterwards ninja reconfigures it when necessary.
build/%/build.ninja:
	@tools/setup.sh build licenses $(if $(filter dev,$*),clang) $(if $(filter %-arm64,$*),arm64)
	@cmake --preset $* >build/$*.log || { cat build/$*.log; exit 1; }

# Takes about 15 minutes; about one with bench_args='--only full --layouts ndjson --rounds 3'.
bench: release
	@tools/setup.sh pyiceberg peers
	@cmake --build --preset release --target landing_scan_bench
	@python3 bench/run.py --build build/release $(bench_args)

bench-all: bench_args = --only scan,full,news,floor,memory
bench-all: bench

# The wheels of the reader for glibc 2.28 and newer. The first time, the compiler also builds its C++ library, which takes
# minutes.
wheel-reader:
	@tools/setup.sh wheel
	@python3 tools/wheel/build_reader.py

# Not part of `make test`, which tests the same package over the library of its own build.
test-wheel: wheel-reader release
	@tools/setup.sh pyiceberg qemu
	@cmake --build --preset release --target damage_soak
	@rm -rf build/wheel/installed
	@build/deps/venv-pyiceberg/bin/python -m pip install -q --no-index --no-deps --target build/wheel/installed \
	  build/wheels/stedi_reader-*_x86_64.whl
	@for name in promises wheel; do PYTHONPATH=build/wheel/installed build/deps/venv-pyiceberg/bin/python \
	  tests/reader/test_$$name.py --stedi $(stedi) --deps build/deps; done
	@PYTHONPATH=build/wheel/installed build/deps/venv-pyiceberg/bin/python tests/reader/damage.py \
	  build/release/tests/damage_soak --cases 20000
	@python3 tests/reader/test_arm64.py build/release/tests/damage_soak || [ $$? = 77 ]

# Takes a few minutes.
bench-reader: wheel-reader release
	@tools/setup.sh pyiceberg peers
	@build/deps/venv-peers/bin/python bench/make_set.py build/bench-data/set-1 --months 1 --layouts ndjson
	@python3 bench/reader.py

lint: build/lint/build.ninja
	@tools/setup.sh lint
	@cmake --preset lint >build/lint.log || { cat build/lint.log; exit 1; }
	@python3 tools/lint.py build/lint

tsan:
	@tools/setup.sh build
	@cmake --preset tsan >/dev/null
	@cmake --build --preset tsan
	@ctest --preset tsan

fuzz_seconds ?= 60
fuzz:
	@tools/setup.sh build clang
	@cmake --preset fuzz >/dev/null
	@cmake --build --preset fuzz --target fuzz_targets
	@fuzz_one() { name=$$(basename "$$1"); mkdir -p build/fuzz/corpus/$$name; \
	  seconds=$(fuzz_seconds); [ $$name = fuzz_landing ] || seconds=$$((seconds / 2)); echo "== $$name, $$seconds s"; \
	  "$$1" -max_total_time=$$seconds -print_final_stats=1 -artifact_prefix=build/fuzz/ build/fuzz/corpus/$$name \
	    >build/fuzz/$$name.log 2>&1 || { cat build/fuzz/$$name.log; return 255; }; tail -n 4 build/fuzz/$$name.log; }; \
	export -f fuzz_one; find build/fuzz/fuzz -maxdepth 1 -name 'fuzz_*' -executable -type f | sort \
	  | xargs -P 2 -I TARGET bash -c 'fuzz_one TARGET'

soak_steps ?= 5000
soak_seconds ?= 1800
soak_numbers ?= 100000000
soak_rows ?= 100000000
soak_mutations ?= 1000000
soak_points ?= 600
soak_bits ?= 500
# Long tests that CI does not run: parsed numbers against strtod, hashes of nearly equal rows, damaged landing files,
# random deliveries to one lake, concurrent readers, crash points, flipped bits, and the fuzzing of the landing scan.
soak: release
	@tools/setup.sh build clang
	@cmake --build --preset release --target number_soak row_hash_soak damage_soak
	@build/release/tests/number_soak $(soak_numbers) $$(date +%s)
	@build/release/tests/row_hash_soak $(soak_rows) $$(date +%s)
	@python3 tests/property/damage.py build/release/tests/damage_soak --cases $(soak_mutations) --seed $$(date +%s) --print 100
	@for project in pipelines/stedi tests/property/shapes; do \
	  python3 tests/property/runs.py build/release/stedi --project $$project --steps $(soak_steps) --seed $$(date +%s); done
	@python3 tests/property/consent.py build/release/stedi --steps $(soak_steps) --seed $$(date +%s)
	@python3 tests/property/readers_beside_runs.py build/release/stedi --runs 200
	@python3 tests/crash/crash_points.py build/release/stedi --runs $(soak_points) --seed $$(date +%s) || [ $$? = 77 ]
	@python3 tests/crash/flipped_bits.py build/release/stedi --bits $(soak_bits) --seed $$(date +%s)
	@python3 tests/property/deliveries.py build/release/stedi --steps $(soak_steps) --seed $$(date +%s)
	@cmake --preset fuzz >/dev/null
	@cmake --build --preset fuzz --target fuzz_targets
	@mkdir -p build/fuzz/corpus/fuzz_landing
	@build/fuzz/fuzz/fuzz_landing -max_total_time=$(soak_seconds) -print_final_stats=1 \
	  -artifact_prefix=build/fuzz/ build/fuzz/corpus/fuzz_landing

clean:
	@rm -rf build/dev build/release build/release-arm64 build/portable build/dist build/tsan build/fuzz build/lint
