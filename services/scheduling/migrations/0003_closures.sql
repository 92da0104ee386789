-- A clinic, or the whole organisation, is closed: nobody may be booked, whatever rotas and exceptions say.
CREATE TABLE closures (
  id uuid PRIMARY KEY,
  version int NOT NULL DEFAULT 1,
  clinic_id uuid, -- null: every clinic
  dates daterange NOT NULL CHECK (NOT isempty(dates) AND NOT lower_inf(dates) AND NOT upper_inf(dates)),
  minutes int4range NOT NULL CHECK (minutes <@ int4range(0, 1440) AND NOT isempty(minutes)),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 200) -- for everybody to read
);
CREATE INDEX closures_dates ON closures USING gist (dates);

-- Whose public holidays a clinic keeps. The days themselves are computed.
CREATE TABLE holiday_calendars (
  clinic_id uuid PRIMARY KEY,
  version int NOT NULL DEFAULT 1,
  country text NOT NULL, -- ISO 3166-1 alpha-2
  region text, -- of the country, as date-holidays names it
  language text, -- of the holidays' names; null: the country's own
  worked date[] NOT NULL DEFAULT '{}' CHECK (cardinality(worked) <= 100) -- holidays on which the clinic is open
);
