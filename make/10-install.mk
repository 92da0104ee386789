##@ Install

.PHONY: install clean

install: ## Install the dependencies, when package-lock.json has changed
	@bash make/install.sh

clean: ## Delete the dependencies and everything a run has written, the data too
	@[ ! -e .data/cluster/supervisor.json ] || $(NODE) tools/cluster/src/down.ts
	@rm -rf node_modules .data
