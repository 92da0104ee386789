-- A row comes back every week on its weekday, or on the dates that a rule of RFC 5545 names.
ALTER TABLE rotas
  ALTER COLUMN weekday DROP NOT NULL,
  ADD COLUMN rrule text CHECK (length(rrule) BETWEEN 1 AND 500),
  ADD COLUMN exdates date[] NOT NULL DEFAULT '{}' CHECK (cardinality(exdates) <= 366), -- on which it does not come
  ADD CONSTRAINT weekday_or_rule CHECK ((weekday IS NULL) <> (rrule IS NULL));
