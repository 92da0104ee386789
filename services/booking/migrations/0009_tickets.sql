-- ── Who waits at a clinic today ────────────────────────────────────────────────────────────────────────────────────
-- The last number of a day: no two tickets of a clinic's day have the same.
CREATE TABLE ticket_counter (
  clinic_id uuid NOT NULL,
  day date NOT NULL,
  last int NOT NULL,
  PRIMARY KEY (clinic_id, day)
);

CREATE TABLE ticket (
  id uuid PRIMARY KEY,
  clinic_id uuid NOT NULL,
  day date NOT NULL, -- on the clinic's calendar
  label text NOT NULL, -- all that the wall board shows of a person
  patient_id uuid, -- null: a walk-in whom the records do not know
  appointment_id uuid UNIQUE, -- null: a walk-in
  doctor_id uuid, -- null: whoever is free first
  service_id uuid,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'called', 'serving', 'done', 'missed', 'left')),
  turn_at timestamptz NOT NULL, -- the order of the line: arrival, or for those with an appointment its start if that is later
  place text CHECK (length(place) <= 40), -- where to go when called
  created_at timestamptz NOT NULL DEFAULT now(),
  called_at timestamptz,
  served_at timestamptz,
  ended_at timestamptz,
  version int NOT NULL DEFAULT 1,
  UNIQUE (clinic_id, day, label)
);
CREATE INDEX ticket_line ON ticket (clinic_id, day, turn_at, id);
