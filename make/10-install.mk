##@ Install

.PHONY: install clean

install: ## Install the dependencies, when package-lock.json has changed
	@bash make/install.sh

clean: ## Delete the dependencies and everything a run has written, the data too
	@# The local node, whatever cluster KUBECONFIG names.
	@[ ! -e .data/cluster/supervisor.json ] || KUBECONFIG= $(NODE) tools/cluster/src/down.ts
	@rm -rf node_modules .data
