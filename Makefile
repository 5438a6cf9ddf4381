# Commands are found even without an environment, as under `env -i`.
export PATH := $(or $(PATH),/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)

.PHONY: setup test-setup demo gallery test soak bench fuzz motifs-sheet builtin-network

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

# The pictures of docs/gallery.md, by the commands that it shows; `make gallery ONLY="4c 5a"` renders some.
gallery: bin/dreamfarm
	@scripts/gallery.sh $(ONLY)

# All tests; `make test ONLY="Imaging Engine"` runs some.
test:
	@scripts/test.sh $(ONLY)

# Half an hour and more of everything that can go wrong: processes killed and stopped, connections cut, bits flipped, a full disk.
soak:
	@scripts/soak.sh

# The benchmarks' tables.
bench: bin/dreamfarm
	@scripts/bench.sh

# Random bytes for everything that parses bytes from outside: `make fuzz INPUTS=1000000 SEED=1`, and TARGET=pth for one alone.
fuzz:
	@dotnet run --project fuzz/DreamFarm.Fuzz -c Release -- $(or $(INPUTS),1000000) $(or $(SEED),1) $(TARGET)

# What the built-in network learns from: twelve painted pictures of every class, in out/motifs.png.
motifs-sheet:
	@mkdir -p out
	@dotnet run --project training/DreamFarm.Motifs -c Release -- sheet -o out/motifs.png

# Trains the built-in network from nothing; begun again after an interruption, it goes on. SEED=2 and EPOCHS=3 change the recipe.
builtin-network:
	@SEED="$(SEED)" EPOCHS="$(EPOCHS)" scripts/builtin-network.sh

bin/dreamfarm:
	@scripts/setup.sh
