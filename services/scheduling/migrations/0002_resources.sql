-- Rooms and devices that are booked together with doctors. Appointments refer to them for ever: they are switched off,
-- never deleted.
CREATE TABLE resources (
  id uuid PRIMARY KEY,
  version int NOT NULL DEFAULT 1,
  active boolean NOT NULL DEFAULT true,
  kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 40),
  clinic_id uuid NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  position bigint GENERATED ALWAYS AS IDENTITY, -- place in lists
  CONSTRAINT resources_name_key UNIQUE (clinic_id, name)
);
CREATE INDEX resources_kind ON resources (kind, clinic_id);
