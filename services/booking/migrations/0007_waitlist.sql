-- ── People who wait for a time to become free ──────────────────────────────────────────────────────────────────────
CREATE SEQUENCE waitlist_place;
CREATE TABLE waitlist_entry (
  id uuid PRIMARY KEY, -- derived from the principal and the Idempotency-Key
  fingerprint uuid NOT NULL,
  principal_id uuid NOT NULL, -- who joined: the patient, or staff for them
  patient_id uuid NOT NULL,
  service_id uuid NOT NULL,
  doctor_id uuid, -- null: any doctor of the specialty, at the clinic
  specialty_id uuid,
  clinic_id uuid,
  starts_after timestamptz NOT NULL,
  starts_before timestamptz NOT NULL CHECK (starts_before > starts_after),
  place bigint NOT NULL DEFAULT nextval('waitlist_place'), -- in line: who has the smaller one is asked first
  status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'offered', 'served', 'left', 'over')),
  passed int NOT NULL DEFAULT 0, -- offers declined or not answered
  offer_id uuid CHECK ((status = 'offered') = (offer_id IS NOT NULL)), -- the appointment held for them
  look_at timestamptz NOT NULL DEFAULT now(), -- when it is worth looking for something free
  joined_at timestamptz NOT NULL DEFAULT now(),
  CHECK (coalesce(doctor_id, specialty_id, clinic_id) IS NOT NULL)
);
CREATE INDEX waitlist_entry_due ON waitlist_entry (place) INCLUDE (look_at) WHERE status = 'waiting';
CREATE INDEX waitlist_entry_offered ON waitlist_entry (offer_id) WHERE status = 'offered';
CREATE INDEX waitlist_entry_patient ON waitlist_entry (patient_id);

-- What each was offered, so that nobody is offered the same twice.
CREATE TABLE waitlist_offer (
  entry_id uuid NOT NULL REFERENCES waitlist_entry,
  doctor_id uuid NOT NULL,
  starts_at timestamptz NOT NULL,
  appointment_id uuid, -- null: it was not for this patient, who is elsewhere then
  offered_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (entry_id, doctor_id, starts_at)
);
