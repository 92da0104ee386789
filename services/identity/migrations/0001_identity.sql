-- People who may log in. The id is also the patient's or doctor's record id in the directory.
CREATE TABLE app_user (
  id uuid PRIMARY KEY,
  email text NOT NULL, -- as typed, for letters and pages
  email_folded text NOT NULL UNIQUE, -- what uniqueness and log-in look at
  display_name text NOT NULL,
  roles text[] NOT NULL CHECK (roles <@ ARRAY['patient', 'doctor', 'admin', 'stakeholder']),
  active boolean NOT NULL DEFAULT true,
  version int NOT NULL DEFAULT 1, -- grows with each change; it is the ETag
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX app_user_admins ON app_user (id) WHERE active AND 'admin' = ANY (roles);

-- Apart from the person, so that no query about people can return a hash by accident.
CREATE TABLE credential (
  user_id uuid PRIMARY KEY REFERENCES app_user (id) ON DELETE CASCADE,
  password_hash text NOT NULL, -- argon2id in PHC form
  changed_at timestamptz NOT NULL DEFAULT now()
);

-- Log-in attempts not yet answered by a success. The key is an HMAC, so neither address nor e-mail is stored.
CREATE TABLE login_attempt (
  key bytea PRIMARY KEY,
  failures int NOT NULL,
  last_at timestamptz NOT NULL
);
CREATE INDEX login_attempt_last_at ON login_attempt (last_at);

-- Keys that sign tokens. Which one signs follows from the times alone: see domain/key-schedule.ts.
CREATE TABLE signing_key (
  kid text PRIMARY KEY,
  public_jwk jsonb NOT NULL,
  sealed_private_jwk bytea NOT NULL, -- AES-256-GCM under KEY_ENCRYPTION_KEY, bound to the kid
  created_at timestamptz NOT NULL DEFAULT now(),
  activates_at timestamptz NOT NULL
);

-- Everything the OIDC provider must remember: grants, codes, refresh tokens, sessions, interactions.
-- Ids are secrets (a refresh token is its id), so only their SHA-256 is kept.
CREATE TABLE oidc_payload (
  model text NOT NULL,
  id_hash bytea NOT NULL,
  payload jsonb NOT NULL,
  grant_id text, -- set on what falls with a grant
  account_id text,
  uid text, -- sessions only; not the session's cookie
  expires_at timestamptz NOT NULL,
  consumed_at timestamptz,
  PRIMARY KEY (model, id_hash)
);
CREATE INDEX oidc_payload_grant ON oidc_payload (grant_id) WHERE grant_id IS NOT NULL;
CREATE INDEX oidc_payload_account ON oidc_payload (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX oidc_payload_uid ON oidc_payload (uid) WHERE uid IS NOT NULL;
CREATE INDEX oidc_payload_expiry ON oidc_payload (expires_at);

-- Events written in the same transaction as what they tell of; the relay publishes and deletes them.
CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id uuid NOT NULL,
  subject text NOT NULL, -- without the installation's prefix
  event text NOT NULL -- the envelope as JSON
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
