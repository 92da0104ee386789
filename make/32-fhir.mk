.PHONY: test-fhir

##@ Test

test-fhir: install ## Validate every response of the FHIR API with HAPI and the profiles of IHE (needs a JDK and Maven)
	@$(NODE) tools/fhir-validator/src/main.ts
