-- Visits that were asked for together. What became of each is in `appointment`, by `series_id`.
CREATE TABLE visit_series (
  id uuid PRIMARY KEY, -- derived from the principal and the Idempotency-Key
  fingerprint uuid NOT NULL, -- of what was asked, to tell a replay from another request under the same key
  principal_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  doctor_id uuid NOT NULL,
  service_id uuid NOT NULL,
  mode text NOT NULL CHECK (mode IN ('all', 'each')),
  visits smallint NOT NULL CHECK (visits BETWEEN 1 AND 52),
  created_at timestamptz NOT NULL DEFAULT now()
);
