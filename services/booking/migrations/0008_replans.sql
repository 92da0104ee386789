-- ── A doctor's day planned anew ────────────────────────────────────────────────────────────────────────────────────
CREATE TABLE replan (
  id uuid PRIMARY KEY, -- derived from the principal and the Idempotency-Key
  fingerprint uuid NOT NULL,
  principal_id uuid NOT NULL,
  doctor_id uuid NOT NULL,
  day date NOT NULL,
  reason text NOT NULL CHECK (length(reason) <= 200), -- for the care side only
  created_at timestamptz NOT NULL DEFAULT now()
);

-- Where each visit was, and where it might go. What has become of it is in `appointment`.
CREATE TABLE replan_visit (
  replan_id uuid NOT NULL REFERENCES replan,
  appointment_id uuid NOT NULL,
  starts_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('proposed', 'declined', 'none', 'over')),
  to_doctor uuid,
  to_visit tstzrange,
  to_blocked tstzrange CHECK (state <> 'proposed' OR (to_doctor IS NOT NULL AND to_blocked @> to_visit)),
  PRIMARY KEY (replan_id, appointment_id),
  -- Nobody is proposed what somebody else is proposed.
  CONSTRAINT replan_visit_apart EXCLUDE USING gist (to_doctor WITH =, to_blocked WITH &&) WHERE (state = 'proposed')
);
