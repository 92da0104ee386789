-- A doctor's list wants every status, slot search only the active ones: one index serves both.
CREATE INDEX appointment_doctor_start ON appointment (doctor_id, lower(blocked)) INCLUDE (status);
DROP INDEX appointment_doctor_busy;
