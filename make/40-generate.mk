##@ Generate

.PHONY: generate-errors verify-errors

generate-errors: install ## Write docs/errors.md from the error catalogues
	@$(NODE) packages/service-kit/src/error-docs.ts

verify-errors: install ## Fail when docs/errors.md is out of date
	@$(NODE) packages/service-kit/src/error-docs.ts --check
