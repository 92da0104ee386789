-- Appointments as calendars show them: a projection of its own, for the feeds of patients and doctors. No word of why
-- somebody comes.
CREATE TABLE calendar_visits (
  appointment_id uuid PRIMARY KEY,
  version int NOT NULL, -- the highest wins
  doctor_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  clinic_id uuid NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
  status text NOT NULL CHECK (status IN ('tentative', 'confirmed', 'cancelled')), -- as calendars name it
  sequence int NOT NULL DEFAULT 0, -- grows when time, place or status change
  changed_at timestamptz NOT NULL
);
CREATE INDEX calendar_visits_doctor ON calendar_visits (doctor_id, starts_at) WHERE status <> 'cancelled';
CREATE INDEX calendar_visits_patient ON calendar_visits (patient_id, starts_at) WHERE status <> 'cancelled';
CREATE INDEX calendar_visits_end ON calendar_visits (ends_at);

-- What a place is called, where a feed may say so.
CREATE TABLE calendar_places (
  clinic_id uuid PRIMARY KEY,
  version bigint NOT NULL,
  name text NOT NULL,
  city text NOT NULL,
  zone text NOT NULL
);

-- A private address of somebody's own calendar. Only a hash of the secret in it is kept.
CREATE TABLE calendar_feeds (
  id uuid PRIMARY KEY,
  owner_id uuid NOT NULL,
  part text NOT NULL CHECK (part IN ('patient', 'doctor')),
  places boolean NOT NULL, -- says where
  token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
  created_at timestamptz NOT NULL,
  rotated_at timestamptz NOT NULL
);
CREATE INDEX calendar_feeds_owner ON calendar_feeds (owner_id, created_at);

-- Somebody else's calendar of a doctor, looked at every few minutes.
CREATE TABLE calendar_subscriptions (
  id uuid PRIMARY KEY,
  doctor_id uuid NOT NULL,
  url text NOT NULL CHECK (length(url) <= 2048), -- often a secret: it is never shown again
  zone text NOT NULL, -- for whole days and times without a zone
  created_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL, -- when it is looked at next; moved on by the replica that takes it
  fetched_at timestamptz, -- when it was last read without trouble
  read_at timestamptz, -- when its busy times were last worked out
  etag text,
  last_modified text,
  content_hash bytea,
  last_error text,
  failures int NOT NULL DEFAULT 0 -- since it was last read
);
CREATE INDEX calendar_subscriptions_due ON calendar_subscriptions (due_at);
CREATE INDEX calendar_subscriptions_doctor ON calendar_subscriptions (doctor_id, created_at);

-- When the doctor is taken by those calendars. Neither titles nor people of them are kept.
CREATE TABLE calendar_busy (
  subscription_id uuid NOT NULL REFERENCES calendar_subscriptions (id) ON DELETE CASCADE,
  doctor_id uuid NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
  PRIMARY KEY (subscription_id, starts_at)
);
CREATE INDEX calendar_busy_doctor ON calendar_busy (doctor_id, starts_at);
