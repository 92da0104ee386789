.PHONY: generate-crds verify-crds

generate: generate-crds

verify: verify-crds

generate-crds: install ## Write crds/ from the schemas of the kinds
	@$(NODE) tools/crds/src/main.ts

verify-crds: install ## Fail when crds/ is out of date or a sample does not fit
	@$(NODE) tools/crds/src/main.ts --check
