-- Why a doctor has no window: closures and public holidays by their public names, all else by a neutral text.
CREATE TABLE window_note (
  doctor_id uuid NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
  clinic_id uuid, -- null: wherever the doctor works
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 200)
);
CREATE INDEX window_note_doctor ON window_note (doctor_id, starts_at);
