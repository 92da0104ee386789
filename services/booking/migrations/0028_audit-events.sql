-- Who has asked after which patient by FHIR: IHE's audit of $find, $hold, $book and of searches. References only: what a
-- visit is for is not in here.
CREATE TABLE audit_event (
  id uuid PRIMARY KEY DEFAULT uuidv7(), -- in the order of time
  recorded_at timestamptz NOT NULL DEFAULT now(),
  transaction text NOT NULL CHECK (transaction IN ('ITI-115', 'ITI-116', 'ITI-117', 'ITI-118')),
  patient_id uuid NOT NULL,
  appointment_id text CHECK (length(appointment_id) <= 64), -- null: a search
  query text CHECK (length(query) <= 2000), -- what was searched by, without codes of health
  actor_id uuid NOT NULL,
  actor_roles text[] NOT NULL,
  address text NOT NULL CHECK (length(address) <= 64) -- of the client, as the connection says
);
CREATE INDEX audit_event_patient ON audit_event (patient_id, id);
CREATE INDEX audit_event_age ON audit_event (recorded_at);

-- Nothing is changed, and nothing is removed before its time: six years, as HIPAA asks for.
CREATE FUNCTION refuse_young_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% keeps what is younger than six years', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_event_kept BEFORE UPDATE OR TRUNCATE ON audit_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_event_kept_young BEFORE DELETE ON audit_event
  FOR EACH ROW WHEN (OLD.recorded_at > now() - interval '6 years') EXECUTE FUNCTION refuse_young_removal();
