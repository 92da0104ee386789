.PHONY: generate-charts verify-charts

generate: generate-charts

verify: verify-charts

# The operator's chart carries the definitions, so these are written first.
generate-charts: generate-crds ## Write the charts' schemas, READMEs, paths and definitions
	@$(NODE) tools/charts/src/main.ts

verify-charts: install ## Fail when one of those is out of date
	@$(NODE) tools/charts/src/main.ts --check

.PHONY: generate-dashboards verify-dashboards

generate: generate-dashboards

verify: verify-dashboards

generate-dashboards: install ## Write Grafana dashboards and alert rules into the charts
	@$(NODE) dashboards/src/main.ts

verify-dashboards: install ## Fail when one of those is out of date
	@$(NODE) dashboards/src/main.ts --check

##@ Test

.PHONY: charts-test

charts-test: install ## Lint, unit test and check the charts: schemas, hygiene, Pod Security, network, values
	@$(NODE) tools/charts/src/check/main.ts

.PHONY: dashboards-test

dashboards-test: install ## Try every dashboard and alert on a real Prometheus (KUBECONFIG and INGRESS_URL: on that cluster)
	@$(NODE) dashboards/src/live/main.ts
