# Commands are found even without an environment, as under `env -i`.
export PATH := $(or $(PATH),/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)

.PHONY: setup test-setup demo test bench

# Installs what is missing, builds, and leaves bin/dreamfarm.
setup:
	@scripts/setup.sh

# Installs what only the tests need.
test-setup:
	@scripts/test-setup.sh

# A dream of clouds.
demo: bin/dreamfarm
	@mkdir -p out
	bin/dreamfarm render assets/clouds.jpg -o out/clouds.png

# All tests; `make test ONLY="Imaging Engine"` runs some.
test:
	@scripts/test.sh $(ONLY)

# The benchmarks' tables.
bench: bin/dreamfarm
	@scripts/bench.sh

bin/dreamfarm:
	@scripts/setup.sh
