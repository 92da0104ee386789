.PHONY: generate-proto verify-proto

generate: generate-proto

verify: verify-proto

generate-proto: install ## Write the code of the protobuf files
	@npm run --silent generate -w @medqueue/contracts

verify-proto: install ## Fail when that code is out of date
	@$(NODE) node_modules/.bin/ava packages/contracts/test/proto.test.ts
