-- Rules that are evaluated each minute. One whose site is gone belongs to nobody and is never evaluated.
CREATE TABLE alerts (
  id                uuid NOT NULL,
  -- Null: about the pipeline of the whole installation.
  site_id           uuid,
  built_in          boolean NOT NULL DEFAULT false,
  name              text NOT NULL,
  source            jsonb NOT NULL,
  condition         jsonb NOT NULL,
  window_minutes    integer NOT NULL,
  cool_down_minutes integer NOT NULL,
  enabled           boolean NOT NULL,
  webhook_url       text,
  webhook_secret    text,
  -- What the last evaluation found.
  state             text NOT NULL DEFAULT 'ok',
  since             timestamptz(3),
  value             double precision,
  reference         double precision,
  evaluated_at      timestamptz(3),
  error             text,
  -- When somebody was told last.
  notified_at       timestamptz(3),
  delivery_error    text,
  -- Grows with each change, so that an evaluation of what the rule was before writes nothing.
  revision          bigint NOT NULL DEFAULT 0,
  created_by        text NOT NULL,
  created_at        timestamptz(3) NOT NULL DEFAULT now(),
  updated_at        timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT alerts_pkey PRIMARY KEY (id)
);
CREATE INDEX alerts_site_idx ON alerts (site_id);

-- What became of rules: written with the change of state itself, and sent from here. Outlives its rule.
CREATE TABLE alert_events (
  id             bigserial NOT NULL,
  alert_id       uuid NOT NULL,
  site_id        uuid,
  name           text NOT NULL,
  at             timestamptz(3) NOT NULL,
  what           text NOT NULL,
  state          text NOT NULL,
  value          double precision,
  reference      double precision,
  message        text NOT NULL,
  -- False until it is in the log.
  logged         boolean NOT NULL DEFAULT false,
  -- When its webhook is tried next; null where there is none, or nothing is left to do.
  webhook_due_at timestamptz(3),
  attempts       integer NOT NULL DEFAULT 0,
  CONSTRAINT alert_events_pkey PRIMARY KEY (id)
);
CREATE INDEX alert_events_time_idx ON alert_events (at);
CREATE INDEX alert_events_rule_idx ON alert_events (alert_id, id);
CREATE INDEX alert_events_logged_idx ON alert_events (logged);
CREATE INDEX alert_events_due_idx ON alert_events (webhook_due_at);

-- One row: who evaluates.
CREATE TABLE alert_turns (
  id           integer NOT NULL,
  lease        uuid,
  leased_until timestamptz(3),
  CONSTRAINT alert_turns_pkey PRIMARY KEY (id)
);
INSERT INTO alert_turns (id) VALUES (1);

INSERT INTO alerts (id, built_in, name, source, condition, window_minutes, cool_down_minutes, enabled, created_by)
SELECT id::uuid, true, name, jsonb_build_object('kind', 'pipeline', 'figure', figure),
       jsonb_build_object('kind', 'above', 'than', than), 60, 60, true, ''
FROM (VALUES
  ('00000000-0000-7000-8000-00000000a001', 'Many repeated events', 'deduplication_rate', 10),
  ('00000000-0000-7000-8000-00000000a002', 'A shard of the buffer is stuck', 'stuck_shards', 0),
  ('00000000-0000-7000-8000-00000000a003', 'Dead letters', 'dead_letters', 0),
  ('00000000-0000-7000-8000-00000000a004', 'Projections are behind', 'projection_lag_seconds', 60),
  ('00000000-0000-7000-8000-00000000a005', 'The ledger does not balance', 'ledger_difference', 0)
) AS ready (id, name, figure, than);
