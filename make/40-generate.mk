##@ Generate and verify

.PHONY: generate verify generate-errors verify-errors generate-openapi verify-openapi

generate: generate-errors generate-openapi ## Write everything that is generated

verify: verify-errors verify-openapi ## Fail when something generated is out of date

generate-errors: install ## Write docs/errors.md from the services' coded errors
	@$(NODE) packages/service-kit/src/error-docs.ts

verify-errors: install ## Fail when docs/errors.md is out of date
	@$(NODE) packages/service-kit/src/error-docs.ts --check

generate-openapi: install ## Write docs/openapi/ from the services' routes
	@$(NODE) tools/embedded/src/openapi/main.ts

verify-openapi: install ## Fail when docs/openapi/ is out of date
	@$(NODE) tools/embedded/src/openapi/main.ts --check
