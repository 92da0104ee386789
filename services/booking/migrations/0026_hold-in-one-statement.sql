-- What limits a patient's holds: the slots held, and the open appointments of a service that limits them; both but for
-- the very slot asked for, whose hold is the same hold again.
--
-- A limit on a count is nothing that a constraint can say, so one transaction at a time counts for a patient, until it ends.
-- A statement sees nothing that was committed after it began, and so not what it has waited for; a volatile function sees it
-- in each of its own statements. So a hold needs no transaction of several steps. Keys of the locks: as in
-- store/lock-patient-service.ts.
CREATE FUNCTION count_for_hold(patient uuid, doctor uuid, service uuid, start timestamptz, limited boolean,
  OUT held int, OUT open int) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(patient || ':holds', 0));
  IF limited THEN
    PERFORM pg_advisory_xact_lock(hashtextextended(patient || ':' || service, 0));
  END IF;
  SELECT count(*) FILTER (WHERE o.status = 'held' AND o.expires_at > now()),
    count(*) FILTER (WHERE o.service_id = service AND lower(o.visit) > now())
  INTO held, open
  FROM appointment o
  WHERE o.patient_id = patient AND o.status IN ('held', 'pending', 'booked')
    AND NOT (o.status = 'held' AND o.doctor_id = doctor AND o.service_id = service AND lower(o.visit) = start);
END $$;
