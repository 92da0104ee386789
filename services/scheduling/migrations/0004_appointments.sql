-- Projection of appointments: what is needed to find those that a change of schedules hits. Nothing of the patient.
CREATE TABLE appointments (
  id uuid PRIMARY KEY,
  version int NOT NULL, -- the highest wins
  doctor_id uuid NOT NULL,
  clinic_id uuid NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
  active boolean NOT NULL -- takes the doctor's time
);
CREATE INDEX appointments_doctor ON appointments (doctor_id, starts_at) WHERE active;
CREATE INDEX appointments_clinic ON appointments (clinic_id, starts_at) WHERE active;
CREATE INDEX appointments_end ON appointments (ends_at);
