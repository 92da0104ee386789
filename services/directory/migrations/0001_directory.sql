-- Doctors, patients, clinics, specialties, service types. Every row has a version that grows with each change and is
-- the row's place among its events. Rows are deactivated, never deleted: appointments refer to them for ever.

-- Both extensions are trusted: the owner of the database may create them.
CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;

-- Text without accents and case. unaccent() is only STABLE, because its dictionary could be changed; we never change
-- it, so this wrapper may be IMMUTABLE and used in indexes. The collation makes lower() the same on every machine.
CREATE FUNCTION folded(source text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN lower(public.unaccent('public.unaccent'::regdictionary, normalize(source, NFC)) COLLATE "pg_c_utf8");

CREATE TABLE specialty (
  id uuid PRIMARY KEY,
  version integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  active boolean NOT NULL DEFAULT true,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  sort_name text COLLATE "C" GENERATED ALWAYS AS (left(folded(name), 300)) STORED,
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT specialty_name_key UNIQUE (sort_name)
);

CREATE TABLE service_type (
  id uuid PRIMARY KEY,
  version integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  active boolean NOT NULL DEFAULT true,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  sort_name text COLLATE "C" GENERATED ALWAYS AS (left(folded(name), 300)) STORED,
  duration_minutes integer NOT NULL CHECK (duration_minutes BETWEEN 5 AND 480),
  buffer_after_minutes integer NOT NULL CHECK (buffer_after_minutes BETWEEN 0 AND 240),
  alignment_minutes integer NOT NULL CHECK (alignment_minutes BETWEEN 5 AND 480),
  minimum_notice_minutes integer NOT NULL CHECK (minimum_notice_minutes BETWEEN 0 AND 43200),
  horizon_days integer NOT NULL CHECK (horizon_days BETWEEN 1 AND 730),
  approval text NOT NULL CHECK (approval IN ('automatic', 'manual')),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT service_type_name_key UNIQUE (sort_name)
);

CREATE TABLE clinic (
  id uuid PRIMARY KEY,
  version integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  active boolean NOT NULL DEFAULT true,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  sort_name text COLLATE "C" GENERATED ALWAYS AS (left(folded(name), 300)) STORED,
  city text NOT NULL CHECK (length(city) BETWEEN 1 AND 200),
  state text NOT NULL CHECK (length(state) BETWEEN 1 AND 200),
  zone text NOT NULL CHECK (length(zone) BETWEEN 1 AND 64),
  neighbourhood text CHECK (length(neighbourhood) BETWEEN 1 AND 200),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX clinic_city ON clinic (folded(city), folded(state));
CREATE INDEX clinic_order ON clinic (sort_name, id) WHERE active;

CREATE TABLE doctor (
  id uuid PRIMARY KEY,
  version integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  active boolean NOT NULL DEFAULT true,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  sort_name text COLLATE "C" GENERATED ALWAYS AS (left(folded(name), 300)) STORED,
  specialty_id uuid NOT NULL REFERENCES specialty,
  phone text CHECK (length(phone) BETWEEN 1 AND 40),
  phone_public boolean NOT NULL DEFAULT false,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX doctor_order ON doctor (sort_name, id) WHERE active;
CREATE INDEX doctor_specialty ON doctor (specialty_id, sort_name, id) WHERE active;

CREATE TABLE doctor_clinic (
  doctor_id uuid NOT NULL REFERENCES doctor,
  clinic_id uuid NOT NULL REFERENCES clinic,
  position smallint NOT NULL, -- the main clinic first
  PRIMARY KEY (doctor_id, clinic_id)
);
CREATE INDEX doctor_clinic_clinic ON doctor_clinic (clinic_id, doctor_id);

CREATE TABLE doctor_service (
  doctor_id uuid NOT NULL REFERENCES doctor,
  service_id uuid NOT NULL REFERENCES service_type,
  position smallint NOT NULL,
  PRIMARY KEY (doctor_id, service_id)
);
CREATE INDEX doctor_service_service ON doctor_service (service_id, doctor_id);

-- The words by which a doctor is found: of the name, the specialty, the clinics and where they are; folded.
CREATE TABLE doctor_word (
  word text COLLATE "C" NOT NULL,
  doctor_id uuid NOT NULL REFERENCES doctor,
  PRIMARY KEY (word, doctor_id)
);
CREATE INDEX doctor_word_doctor ON doctor_word (doctor_id);

-- Each word once, so that a mistyped one is looked for among thousands of words instead of in every doctor's text.
CREATE TABLE search_word (word text COLLATE "C" PRIMARY KEY);
CREATE INDEX search_word_trigrams ON search_word USING gin (word gin_trgm_ops);

CREATE TABLE patient (
  id uuid PRIMARY KEY,
  version integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  active boolean NOT NULL DEFAULT true,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  birth_year smallint CHECK (birth_year BETWEEN 1900 AND 2100),
  email text CHECK (length(email) BETWEEN 3 AND 254),
  phone text CHECK (length(phone) BETWEEN 1 AND 40),
  updated_at timestamptz NOT NULL DEFAULT now()
);

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
