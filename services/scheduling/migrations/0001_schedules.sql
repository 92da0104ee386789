CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Projection of the directory: what is needed to expand a rota. The highest version wins; 0 is a guess of the seed.
CREATE TABLE clinics (
  id uuid PRIMARY KEY,
  version bigint NOT NULL,
  active boolean NOT NULL,
  zone text NOT NULL
);
CREATE TABLE doctors (
  id uuid PRIMARY KEY,
  version bigint NOT NULL,
  active boolean NOT NULL,
  clinic_ids uuid[] NOT NULL
);

-- One row a doctor: every change of the doctor's schedule locks it, so that changes and their events have one order.
CREATE TABLE schedules (
  doctor_id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 0, -- of the last published windows
  published_on date, -- day in UTC
  published_to date -- first day after the published windows
);
CREATE INDEX schedules_published_on ON schedules (published_on);

-- A shift that comes back every week. Wall-clock time of the clinic, in minutes since midnight; 1440 ends the day.
CREATE TABLE rotas (
  id uuid PRIMARY KEY,
  doctor_id uuid NOT NULL,
  clinic_id uuid NOT NULL,
  weekday smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
  minutes int4range NOT NULL CHECK (minutes <@ int4range(0, 1440) AND NOT isempty(minutes)),
  effective daterange NOT NULL CHECK (NOT isempty(effective) AND NOT lower_inf(effective)),
  position bigint GENERATED ALWAYS AS IDENTITY, -- where rows overlap in time after all, the earlier counts
  version int NOT NULL DEFAULT 1,
  -- The last guard. Rows at two clinics are compared in the domain, because their clocks may differ.
  CONSTRAINT rotas_apart EXCLUDE USING gist
    (doctor_id WITH =, clinic_id WITH =, weekday WITH =, minutes WITH &&, effective WITH &&)
);
CREATE INDEX rotas_doctor ON rotas (doctor_id);
CREATE INDEX rotas_clinic ON rotas (clinic_id);

-- One bulk change of many doctors, and what came of it for each.
CREATE TABLE schedule_changes (
  id uuid PRIMARY KEY,
  requested_by uuid NOT NULL,
  request jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  undo_until timestamptz NOT NULL,
  undo_started_at timestamptz
);
CREATE TABLE schedule_change_doctors (
  change_id uuid NOT NULL REFERENCES schedule_changes (id),
  doctor_id uuid NOT NULL,
  place int NOT NULL, -- in the request
  outcome text NOT NULL CHECK (outcome IN ('waiting', 'ok', 'refused', 'undone')),
  result jsonb,
  PRIMARY KEY (change_id, doctor_id)
);

-- Statements about dates, which beat the weekly rule.
CREATE TABLE rota_exceptions (
  id uuid PRIMARY KEY,
  doctor_id uuid NOT NULL,
  clinic_id uuid, -- null: every clinic
  kind text NOT NULL CHECK (kind IN ('closed', 'open')),
  dates daterange NOT NULL CHECK (NOT isempty(dates) AND NOT lower_inf(dates) AND NOT upper_inf(dates)),
  minutes int4range NOT NULL CHECK (minutes <@ int4range(0, 1440) AND NOT isempty(minutes)),
  reason text CHECK (length(reason) BETWEEN 1 AND 200),
  change_id uuid REFERENCES schedule_changes (id), -- the bulk change it came with; null once somebody edits it
  position bigint NOT NULL, -- the later statement counts
  version int NOT NULL DEFAULT 1,
  CONSTRAINT open_at_a_clinic CHECK (kind = 'closed' OR clinic_id IS NOT NULL)
);
CREATE SEQUENCE rota_exception_position OWNED BY rota_exceptions.position;
ALTER TABLE rota_exceptions ALTER COLUMN position SET DEFAULT nextval('rota_exception_position');
CREATE INDEX rota_exceptions_doctor ON rota_exceptions USING gist (doctor_id, dates);
CREATE INDEX rota_exceptions_clinic ON rota_exceptions (clinic_id);
CREATE INDEX rota_exceptions_change ON rota_exceptions (change_id) WHERE change_id IS NOT NULL;

-- Events written in the same transaction as what they tell of; the relay publishes and deletes them.
CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id uuid NOT NULL,
  subject text NOT NULL, -- without the installation's prefix
  event text NOT NULL -- the envelope as JSON
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- Events already taken, so that a second delivery has no second effect.
CREATE TABLE inbox (
  consumer text NOT NULL,
  event_id uuid NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer, event_id)
);
CREATE INDEX inbox_received_at ON inbox (received_at);
