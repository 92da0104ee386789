-- What a service asks whoever requests a visit, from the directory; and the answers, for the care side, with the
-- questions as they were asked: [{key, label, value}], null when nothing was answered.
ALTER TABLE service_type ADD COLUMN request_fields jsonb NOT NULL DEFAULT '[]';
ALTER TABLE appointment ADD COLUMN answers jsonb
  CHECK (jsonb_typeof(answers) = 'array' AND length(answers::text) <= 50000);
