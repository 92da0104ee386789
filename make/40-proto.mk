##@ Generate

.PHONY: generate-proto verify-proto

generate-proto: install ## Make the code of the protobuf files anew
	@npm run --silent generate -w @medqueue/contracts

verify-proto: install ## Fail when that code is out of date
	@$(NODE) node_modules/.bin/ava packages/contracts/test/proto.test.ts
