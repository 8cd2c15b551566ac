-- Public keys that browsers send with. A key whose site is gone is unknown, so that no constraint has to say it.
CREATE TABLE site_keys (
  key          text NOT NULL,
  site_id      uuid NOT NULL,
  name         text NOT NULL,
  -- None: any origin.
  origins      text[] NOT NULL DEFAULT ARRAY[]::text[],
  created_at   timestamptz(3) NOT NULL DEFAULT now(),
  last_seen_at timestamptz(3),
  revoked_at   timestamptz(3),
  CONSTRAINT site_keys_pkey PRIMARY KEY (key)
);
CREATE INDEX site_keys_site_idx ON site_keys (site_id);

-- What admins did. Users are the host's.
CREATE TABLE audit_log (
  id             bigserial NOT NULL,
  at             timestamptz(3) NOT NULL DEFAULT now(),
  user_id        text NOT NULL,
  procedure      text NOT NULL,
  target         text,
  change         jsonb NOT NULL,
  address_hash   text,
  correlation_id text,
  CONSTRAINT audit_log_pkey PRIMARY KEY (id)
);
CREATE INDEX audit_log_time_idx ON audit_log (at);
