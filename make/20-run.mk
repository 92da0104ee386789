##@ Run

.PHONY: up down token load bench-booking bench-slots bench-live bench-rotas bench-operator bench-scaling test-faults

up: install ## Run the whole platform here until Ctrl-C (RESET=1 starts with fresh data)
	@$(NODE) tools/embedded/src/main.ts $(if $(filter 1 yes true,$(RESET)),--reset)

down: install ## Stop a platform that runs in another terminal
	@$(NODE) tools/embedded/src/down.ts

# make itself has a variable of that name: the assembler.
AS = patient

token: install ## Print an access token of a demo log-in, for curl (AS=patient|doctor|admin|stakeholder)
	@$(if $(filter patient doctor admin stakeholder,$(AS)),,echo 'AS is one of patient, doctor, admin, stakeholder.' >&2; exit 2;) ISSUER="$${ISSUER:-http://127.0.0.1:$$((8080 + $${PORTS_OFFSET:-0}))/oidc}" $(NODE) services/identity/src/login.ts '$(filter patient doctor admin stakeholder,$(AS))@demo.medqueue.dev'

##@ Load and faults

load: install ## Load a platform and audit it (SCENARIO=journey|hot-slots|replay|flash|soak DATA=file.csv TARGET=cluster)
	@SCENARIO="$(SCENARIO)" DATA="$(DATA)" TARGET="$(TARGET)" $(NODE) load-tests/run.ts

bench-booking: install ## Compare this booking path with three others, side by side
	@$(NODE) tools/bench-booking/src/main.ts

bench-slots: install ## Time slot search over 2,000 doctors and 180 days (REPEATS=3)
	@$(NODE) tools/bench-booking/src/slots.ts

bench-live: install ## Time a request to the doctor's lobby, a decision to the patient, a hold to others' pages (SOCKETS=5000 RATE=50)
	@SOCKETS="$(or $(SOCKETS),5000)" RATE="$(or $(RATE),50)" $(NODE) tools/bench-booking/src/live/main.ts

bench-rotas: install ## Time a change of a rota until it is in slot search: 200 doctors, 500 changes
	@$(NODE) tools/bench-booking/src/rota-to-slots.ts

bench-operator: install ## What the controllers take of memory and processor with 200 idle pools (POOLS=1000 SITUATIONS="pools asleep")
	@POOLS="$(POOLS)" SITUATIONS="$(SITUATIONS)" SETTLE="$(SETTLE)" DURATION="$(DURATION)" $(NODE) tools/bench-operator/src/main.ts

bench-scaling: install ## Compare the operator with KEDA on the node of `make cluster` (TRACES=flash,… LANES=medqueue,… PHASES=3 RESUME=last; SCALE_DOWNS=100: prove those)
	@$(NODE) tools/bench-scaling/src/main.ts

test-faults: install ## Kill and pause parts of the platform under load, then audit
	@$(NODE) tools/faults/src/main.ts
