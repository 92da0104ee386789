-- Who may act for a patient: by the id of their user, until a time, unless it is revoked. Revoked is for good.
CREATE TABLE patient_proxy (
  id uuid PRIMARY KEY,
  version integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  active boolean NOT NULL DEFAULT true, -- false: revoked
  patient_id uuid NOT NULL REFERENCES patient,
  proxy_id uuid NOT NULL CHECK (proxy_id <> patient_id),
  relationship text NOT NULL CHECK (length(relationship) BETWEEN 1 AND 40),
  notes boolean NOT NULL,
  expires_at timestamptz NOT NULL,
  changed_by uuid NOT NULL, -- who granted, changed or revoked it last
  changed_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX patient_proxy_once ON patient_proxy (patient_id, proxy_id) WHERE active;
CREATE INDEX patient_proxy_for ON patient_proxy (proxy_id) WHERE active;

-- Who said so, and when: every state there ever was. A trigger writes it, so that no statement can leave it out.
CREATE TABLE patient_proxy_log (
  proxy uuid NOT NULL REFERENCES patient_proxy,
  version integer NOT NULL,
  active boolean NOT NULL,
  relationship text NOT NULL,
  notes boolean NOT NULL,
  expires_at timestamptz NOT NULL,
  changed_by uuid NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (proxy, version)
);
CREATE FUNCTION log_proxies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO patient_proxy_log (proxy, version, active, relationship, notes, expires_at, changed_by, changed_at)
  VALUES (NEW.id, NEW.version, NEW.active, NEW.relationship, NEW.notes, NEW.expires_at, NEW.changed_by, NEW.changed_at);
  RETURN NULL;
END $$;
CREATE TRIGGER patient_proxy_logged AFTER INSERT OR UPDATE ON patient_proxy
  FOR EACH ROW EXECUTE FUNCTION log_proxies();

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% keeps what it has: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER patient_proxy_kept BEFORE DELETE OR TRUNCATE ON patient_proxy
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER patient_proxy_log_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON patient_proxy_log
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
