-- What FHIR tells of places and fields of work beside their ids. Both come with the next snapshots of the directory.
ALTER TABLE clinic ADD COLUMN state text;

CREATE TABLE specialty (
  id uuid PRIMARY KEY,
  version int NOT NULL,
  active boolean NOT NULL,
  name text NOT NULL
);
