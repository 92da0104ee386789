##@ Test

.PHONY: test test-slots-reference lint format typecheck

test: install ## Lint, type check, and test on real servers (FILES="…" tests only those files)
	@set -f; $(NODE) tools/servers/src/test.ts $(if $(FILES),--only $(FILES))

# The reference is slow on purpose, so it is asked more patiently than ava asks the tests of `make test`.
test-slots-reference: install ## Compare windows and rules with slow references in 10,000 cases each (RUNS=1000)
	@REFERENCE_RUNS="$(or $(RUNS),10000)" ava --timeout 40m --match '*minute for minute*' --match '*asked one by one*' \
	  services/scheduling/test/domain/expand-properties.test.ts services/scheduling/test/domain/rules.test.ts

lint: install ## Find mistakes and wrong formatting
	@eslint . --max-warnings 0
	@prettier --check --log-level warn .

format: install ## Format the code and fix what can be fixed by itself
	@eslint . --fix
	@prettier --write --log-level warn .

typecheck: install ## Check the types
	@tsc --noEmit
