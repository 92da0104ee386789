.PHONY: compose generate-compose verify-compose

##@ Run

compose: install ## The platform in Docker: images, .env, `docker compose up`, a visit booked (MEDQUEUE_PORT BOOKING_WORKERS)
	@$(NODE) tools/compose/src/up.ts

##@ Generate and verify

generate: generate-compose

verify: verify-compose

generate-compose: install ## Write compose.yaml and .env.example from the definition of the platform
	@$(NODE) tools/compose/src/generate.ts

verify-compose: install ## Fail when one of them is out of date
	@$(NODE) tools/compose/src/generate.ts --check
