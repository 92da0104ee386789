-- An exception may also move the shifts of some dates, by minutes of wall time.
ALTER TABLE rota_exceptions
  DROP CONSTRAINT rota_exceptions_kind_check,
  ADD CONSTRAINT rota_exceptions_kind_check CHECK (kind IN ('closed', 'open', 'shifted')),
  DROP CONSTRAINT open_at_a_clinic,
  ADD CONSTRAINT open_at_a_clinic CHECK (kind <> 'open' OR clinic_id IS NOT NULL),
  ADD COLUMN by_minutes smallint CHECK (by_minutes BETWEEN -720 AND 720 AND by_minutes <> 0),
  ADD CONSTRAINT shifted_by_minutes CHECK ((kind = 'shifted') = (by_minutes IS NOT NULL));
