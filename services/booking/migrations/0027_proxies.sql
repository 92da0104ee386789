-- Who may act for a patient, from the directory: until a time, unless it is revoked.
CREATE TABLE patient_proxy (
  id uuid PRIMARY KEY,
  version int NOT NULL,
  active boolean NOT NULL, -- false: revoked
  patient_id uuid NOT NULL,
  proxy_id uuid NOT NULL,
  relationship text NOT NULL,
  notes boolean NOT NULL, -- may read what people have written
  expires_at timestamptz NOT NULL
);
CREATE INDEX patient_proxy_pair ON patient_proxy (proxy_id, patient_id) WHERE active;
CREATE INDEX patient_proxy_patient ON patient_proxy (patient_id) WHERE active;

-- A place in line that a proxy took is the patient's: what is held for it is held in the patient's name.
ALTER TABLE waitlist_entry ADD COLUMN by_proxy boolean NOT NULL DEFAULT false;
