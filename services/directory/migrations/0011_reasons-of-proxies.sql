-- What was seen that lets the front desk say so for a patient, such as one without an account: of the last change.
ALTER TABLE patient_proxy ADD COLUMN reason text CHECK (length(reason) BETWEEN 1 AND 200);
ALTER TABLE patient_proxy_log ADD COLUMN reason text;

CREATE OR REPLACE FUNCTION log_proxies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO patient_proxy_log
    (proxy, version, active, relationship, notes, expires_at, changed_by, changed_at, reason)
  VALUES (NEW.id, NEW.version, NEW.active, NEW.relationship, NEW.notes, NEW.expires_at, NEW.changed_by, NEW.changed_at,
    NEW.reason);
  RETURN NULL;
END $$;
