##@ Cluster

.PHONY: cluster cluster-down e2e images generate-dockerfiles verify-dockerfiles

cluster: install ## A Kubernetes with everything on it: KUBECONFIG's, or kind with Docker, or one node made here
	@$(NODE) tools/cluster/src/up.ts $(if $(filter 1 yes true,$(BARE)),--bare)

cluster-down: install ## End that cluster; take away every process, mount, bridge and rule it made (of KUBECONFIG's: the charts)
	@$(NODE) tools/cluster/src/down.ts

e2e: install ## Try the whole product on that cluster (E2E_SCALE_DOWNS=100 E2E_LEADERS=20: the proof; FILES="cluster/04*")
	@set -f; $(NODE) tools/e2e/src/main.ts $(FILES)

images: install ## Build the images (BASE_IMAGE=node:24-slim, IMAGE_REGISTRY=host/place pushes them)
	@$(NODE) tools/images/src/main.ts

generate: generate-dockerfiles

verify: verify-dockerfiles

generate-dockerfiles: install ## Write the Dockerfile of each service and controller
	@$(NODE) tools/images/src/generate.ts

verify-dockerfiles: install ## Fail when one of them is out of date
	@$(NODE) tools/images/src/generate.ts --check
