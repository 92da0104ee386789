##@ Test

.PHONY: test lint format typecheck

test: install ## Lint, type check, and test on real servers (FILES="…" tests only those files)
	@set -f; $(NODE) tools/servers/src/test.ts $(if $(FILES),--only $(FILES))

lint: install ## Find mistakes and wrong formatting
	@eslint . --max-warnings 0
	@prettier --check --log-level warn .

format: install ## Format the code and fix what can be fixed by itself
	@eslint . --fix
	@prettier --write --log-level warn .

typecheck: install ## Check the types
	@tsc --noEmit
