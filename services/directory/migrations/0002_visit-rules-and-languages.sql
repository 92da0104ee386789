-- What a visit needs beside the doctor, and the rules of its life. The defaults are what every service did before.
ALTER TABLE service_type
  ADD COLUMN buffer_before_minutes integer NOT NULL DEFAULT 0 CHECK (buffer_before_minutes BETWEEN 0 AND 240),
  ADD COLUMN capacity integer NOT NULL DEFAULT 1 CHECK (capacity BETWEEN 1 AND 200),
  ADD COLUMN room_kind text CHECK (length(room_kind) BETWEEN 1 AND 40),
  ADD COLUMN device_kind text CHECK (length(device_kind) BETWEEN 1 AND 40),
  ADD COLUMN cancel_notice_minutes integer NOT NULL DEFAULT 0 CHECK (cancel_notice_minutes BETWEEN 0 AND 43200),
  ADD COLUMN approval_timeout_minutes integer NOT NULL DEFAULT 1440
    CHECK (approval_timeout_minutes BETWEEN 5 AND 43200),
  ADD COLUMN max_open integer CHECK (max_open BETWEEN 1 AND 100);

-- BCP 47 tags in their canonical form.
ALTER TABLE doctor ADD COLUMN languages text[] NOT NULL DEFAULT '{}' CHECK (cardinality(languages) <= 20);
