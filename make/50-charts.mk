.PHONY: generate-charts verify-charts

generate: generate-charts

verify: verify-charts

# The operator's chart carries the definitions, so these are written first.
generate-charts: generate-crds ## Write the charts' schemas, READMEs, paths and definitions
	@$(NODE) tools/charts/src/main.ts

verify-charts: install ## Fail when one of those is out of date
	@$(NODE) tools/charts/src/main.ts --check
