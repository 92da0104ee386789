-- ── What booking knows of others: more of it ───────────────────────────────────────────────────────────────────────
ALTER TABLE doctor ADD COLUMN languages text[] NOT NULL DEFAULT '{}'; -- BCP 47
ALTER TABLE service_type
  ADD COLUMN buffer_before interval NOT NULL DEFAULT '0' CHECK (buffer_before >= interval '0'),
  ADD COLUMN capacity int NOT NULL DEFAULT 1 CHECK (capacity BETWEEN 1 AND 500), -- more than one: a group visit
  ADD COLUMN room_kind text, -- null: it needs no room
  ADD COLUMN device_kind text,
  ADD COLUMN cancel_notice interval NOT NULL DEFAULT '0', -- patients who cancel later than this are marked late
  ADD COLUMN approval_timeout interval NOT NULL DEFAULT '24 h', -- requests nobody answers lapse
  ADD COLUMN max_open int CHECK (max_open > 0); -- most open appointments of this service that a patient may have

-- Rooms and devices, from the scheduling service.
CREATE TABLE bookable_resource (
  id uuid PRIMARY KEY,
  version int NOT NULL,
  active boolean NOT NULL,
  kind text NOT NULL,
  clinic_id uuid NOT NULL,
  name text NOT NULL
);
CREATE INDEX bookable_resource_kind ON bookable_resource (clinic_id, kind);

-- ── The record ─────────────────────────────────────────────────────────────────────────────────────────────────────
ALTER TABLE appointment
  DROP CONSTRAINT appointment_status_check,
  ADD CONSTRAINT appointment_status_check CHECK (status IN ('held', 'pending', 'booked', 'arrived', 'checked-in',
    'in-progress', 'fulfilled', 'noshow', 'cancelled', 'declined', 'expired', 'entered-in-error')),
  -- What takes the time of doctor, patient, room and device.
  ADD COLUMN active boolean NOT NULL GENERATED ALWAYS AS (
    status IN ('held', 'pending', 'booked', 'arrived', 'checked-in', 'in-progress', 'fulfilled')) STORED,
  ADD COLUMN room_id uuid,
  ADD COLUMN device_id uuid,
  ADD COLUMN session_id uuid, -- the group visit it is a seat of; the same for the same doctor, service and start
  ADD COLUMN seat smallint CHECK ((seat IS NULL) = (session_id IS NULL)),
  ADD COLUMN overbooked boolean NOT NULL DEFAULT false, -- staff said so, with a reason: the doctor's time is not asked
  ADD COLUMN overbook_reason text, -- for the care side
  ADD COLUMN requested boolean NOT NULL DEFAULT true, -- false: held, and never asked for so far
  ADD COLUMN expires_at timestamptz, -- when a hold, or a request that nobody answers, lapses
  ADD COLUMN extended boolean NOT NULL DEFAULT false, -- a hold is extended once
  ADD COLUMN series_id uuid,
  ADD COLUMN late boolean NOT NULL DEFAULT false, -- cancelled by the patient later than the service allows
  ADD COLUMN action text NOT NULL DEFAULT 'request', -- the last change: what, by whom, in which part
  ADD COLUMN actor_id uuid,
  ADD COLUMN actor_part text NOT NULL DEFAULT 'patient' CHECK (actor_part IN ('patient', 'doctor', 'staff', 'system'));

-- The constraints are what makes a double booking impossible. Nothing else is trusted. Seats of one session share the
-- doctor's time; everything else excludes everything else.
ALTER TABLE appointment
  DROP CONSTRAINT appointment_doctor_free,
  DROP CONSTRAINT appointment_patient_free,
  ADD CONSTRAINT appointment_doctor_free
    EXCLUDE USING gist (doctor_id WITH =, blocked WITH &&, (COALESCE(session_id, id)) WITH <>)
    WHERE (active AND NOT overbooked),
  ADD CONSTRAINT appointment_patient_free EXCLUDE USING gist (patient_id WITH =, visit WITH &&) WHERE (active),
  ADD CONSTRAINT appointment_room_free
    EXCLUDE USING gist (room_id WITH =, blocked WITH &&, (COALESCE(session_id, id)) WITH <>)
    WHERE (active AND room_id IS NOT NULL),
  ADD CONSTRAINT appointment_device_free
    EXCLUDE USING gist (device_id WITH =, blocked WITH &&, (COALESCE(session_id, id)) WITH <>)
    WHERE (active AND device_id IS NOT NULL);
CREATE UNIQUE INDEX appointment_seat_free ON appointment (session_id, seat) WHERE active AND session_id IS NOT NULL;
-- What has no time of its own, as rows of before, lapses when the visit begins.
CREATE INDEX appointment_lapses ON appointment ((coalesce(expires_at, lower(visit)))) WHERE status IN ('held', 'pending');
CREATE INDEX appointment_series ON appointment (series_id) WHERE series_id IS NOT NULL;
-- Slot search and a doctor's list: one index.
DROP INDEX appointment_doctor_start;
CREATE INDEX appointment_doctor_start ON appointment (doctor_id, lower(blocked)) INCLUDE (active);

-- A request made from a hold became the hold's appointment.
ALTER TABLE booking_request ADD COLUMN appointment_id uuid; -- null: its own id
CREATE INDEX booking_request_appointment ON booking_request (appointment_id) WHERE appointment_id IS NOT NULL;

-- ── The log of every change ────────────────────────────────────────────────────────────────────────────────────────
-- The row after each change, in the transaction of the change: the record can be made again from it, byte for byte.
-- A trigger writes it, so that no statement, not even one made by hand, can change the record and not be in the log.
CREATE TABLE appointment_event (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  appointment_id uuid NOT NULL,
  version int NOT NULL,
  appointment jsonb NOT NULL,
  UNIQUE (appointment_id, version)
);

CREATE FUNCTION log_appointments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO appointment_event (appointment_id, version, appointment)
  SELECT id, version, to_jsonb(changed) FROM changed ORDER BY version, id;
  RETURN NULL;
END $$;
CREATE TRIGGER appointment_made AFTER INSERT ON appointment
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION log_appointments();
CREATE TRIGGER appointment_changed AFTER UPDATE ON appointment
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION log_appointments();

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% keeps what it has: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER appointment_kept BEFORE DELETE OR TRUNCATE ON appointment
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER appointment_event_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON appointment_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was there before the log began.
INSERT INTO appointment_event (appointment_id, version, appointment)
SELECT id, version, to_jsonb(a) FROM appointment a ORDER BY created_at, id;
