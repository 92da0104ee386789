##@ Record

.PHONY: verify-events

verify-events: install ## Make the record again from its log, byte for byte: after 50,000 random changes (CHANGES=…), or DATABASE_URL=… of a real one
ifdef DATABASE_URL
	@$(NODE) services/booking/src/verify-events.ts
else
	@VERIFY_EVENTS_CHANGES=$(or $(CHANGES),50000) $(NODE) tools/servers/src/test.ts --only services/booking/test/rebuild.test.ts
endif
