-- What a service asks whoever requests a visit: [{key, label, kind, required, options, maxLength}].
ALTER TABLE service_type ADD COLUMN request_fields jsonb NOT NULL DEFAULT '[]'
  CHECK (jsonb_typeof(request_fields) = 'array' AND jsonb_array_length(request_fields) <= 10);
