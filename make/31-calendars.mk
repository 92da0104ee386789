.PHONY: test-calendars

##@ Test

test-calendars: install ## Validate every calendar message of the tests with ical4j (needs a JDK and Maven)
	@$(NODE) tools/ical-validator/src/main.ts
