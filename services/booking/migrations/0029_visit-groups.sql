-- Patients who were booked into one group visit together: all of them or none. What became of each is in `appointment`.
CREATE TABLE visit_group (
  id uuid PRIMARY KEY, -- derived from the principal and the Idempotency-Key
  fingerprint uuid NOT NULL, -- of what was asked, to tell a replay from another request under the same key
  appointment_ids uuid[] NOT NULL CHECK (cardinality(appointment_ids) BETWEEN 2 AND 20),
  created_at timestamptz NOT NULL DEFAULT now()
);
