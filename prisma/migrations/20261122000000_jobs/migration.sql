-- What has happened to events, in the order it can be read without skipping anything: a reader keeps a snapshot and asks
-- for what has become visible since. One row stands for up to 1,000 events of one statement.
CREATE TABLE event_log (
  id        bigserial NOT NULL,
  xid       bigint NOT NULL DEFAULT ((pg_current_xact_id())::text)::bigint,
  kind      text NOT NULL,
  event_ids uuid[] NOT NULL,
  logged_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT event_log_pkey PRIMARY KEY (xid, id),
  CONSTRAINT event_log_kind CHECK (kind IN ('stored', 'enriched', 'revised', 'marked', 'unmarked', 'erased'))
);

-- Stored and not enriched yet. A row leaves in the transaction that writes its attribution, so a lost job loses nothing.
CREATE TABLE enrichment_backlog (
  event_id      uuid PRIMARY KEY,
  stored_at     timestamptz(3) NOT NULL DEFAULT now(),
  queued_at     timestamptz(3),
  attempts      smallint NOT NULL DEFAULT 0,
  failed_at     timestamptz(3),
  last_error    text,
  snapshot_json jsonb
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);

-- By a trigger, so that events are logged and enriched however they are written: by a flush, in a host's transaction,
-- by a bulk load. Writing into a partition by its own name, as the restore of an archive does, goes past it.
CREATE FUNCTION tallymark_log_stored() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO event_log (kind, event_ids)
  SELECT 'stored', array_agg(id)
  FROM (SELECT id, (row_number() OVER () - 1) / 1000 AS part FROM stored_rows) AS numbered
  GROUP BY part ORDER BY part;
  INSERT INTO enrichment_backlog (event_id) SELECT id FROM stored_rows ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;
CREATE TRIGGER events_log_stored AFTER INSERT ON events
  REFERENCING NEW TABLE AS stored_rows FOR EACH STATEMENT EXECUTE FUNCTION tallymark_log_stored();

INSERT INTO enrichment_backlog (event_id) SELECT id FROM events WHERE id NOT IN (SELECT event_id FROM attribution);

-- The backlog takes its place: an update would write each event, and all its index entries, a second time.
ALTER TABLE events DROP COLUMN enriched_at;
ALTER TABLE events ADD COLUMN client_version text;

-- Hosts of the site, whose referrers are internal.
ALTER TABLE sites ADD COLUMN hosts text[] NOT NULL DEFAULT '{}';

-- One row: raised whenever Redis may hold sessions that are not the latest, which are then ignored.
CREATE TABLE session_cache_generation (
  id         smallint PRIMARY KEY DEFAULT 1,
  generation bigint NOT NULL DEFAULT 1,
  CONSTRAINT session_cache_generation_one_row CHECK (id = 1)
);
INSERT INTO session_cache_generation DEFAULT VALUES;

-- The recorded change behind `props_json._duplicate`. A reverted mark stays, so that no later run marks the event again.
CREATE TABLE duplicate_marks (
  event_id     uuid PRIMARY KEY,
  duplicate_of uuid NOT NULL,
  run_id       uuid NOT NULL,
  marked_at    timestamptz(3) NOT NULL DEFAULT now(),
  reverted_at  timestamptz(3)
);
CREATE INDEX duplicate_marks_run_id_idx ON duplicate_marks (run_id);

CREATE TABLE deduplication_runs (
  id          uuid PRIMARY KEY,
  window_from timestamptz(3) NOT NULL,
  window_to   timestamptz(3) NOT NULL,
  -- How far the run has come; a run that was killed shows where.
  done_to     timestamptz(3),
  scanned     bigint NOT NULL DEFAULT 0,
  marked      bigint NOT NULL DEFAULT 0,
  unmarked    bigint NOT NULL DEFAULT 0,
  started_at  timestamptz(3) NOT NULL DEFAULT now(),
  finished_at timestamptz(3),
  error       text
);
CREATE INDEX deduplication_runs_started_at_idx ON deduplication_runs (started_at);

-- Accepted events and repeats by hour, for the duplicate rate; an empty client version is an unknown one.
CREATE TABLE deduplication_rates (
  hour           timestamptz(3) NOT NULL,
  site_id        uuid NOT NULL,
  event_type     text NOT NULL,
  client_version text NOT NULL DEFAULT '',
  accepted       bigint NOT NULL DEFAULT 0,
  duplicates     bigint NOT NULL DEFAULT 0,
  CONSTRAINT deduplication_rates_pkey PRIMARY KEY (hour, site_id, event_type, client_version)
);

-- How long events are kept where that differs from the default; '*' is every site or every type, NULL days is for ever.
CREATE TABLE retention_rules (
  site_id    text NOT NULL DEFAULT '*',
  event_type text NOT NULL DEFAULT '*',
  keep_days  integer,
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT retention_rules_pkey PRIMARY KEY (site_id, event_type),
  CONSTRAINT retention_rules_keep_days_positive CHECK (keep_days > 0)
);

CREATE TABLE retention_runs (
  id          uuid PRIMARY KEY,
  -- The newest cutoff by which the run removes anything.
  removed_to  timestamptz(3) NOT NULL,
  removed     bigint NOT NULL DEFAULT 0,
  partitions  text[] NOT NULL DEFAULT '{}',
  started_at  timestamptz(3) NOT NULL DEFAULT now(),
  finished_at timestamptz(3),
  error       text
);
CREATE INDEX retention_runs_started_at_idx ON retention_runs (started_at);

-- Months that retention took away after writing them to files.
CREATE TABLE event_archives (
  month         text PRIMARY KEY,
  path          text NOT NULL,
  events        bigint NOT NULL,
  table_bytes   bigint NOT NULL,
  archive_bytes bigint NOT NULL,
  sha256        text NOT NULL,
  archived_at   timestamptz(3) NOT NULL DEFAULT now(),
  restored_at   timestamptz(3),
  -- A restored month is left alone by retention until then.
  held_until    timestamptz(3)
);

-- Dead letters can be repaired and replayed; what was accepted stays in `payload` as it was.
ALTER TABLE dead_letters
  ADD COLUMN repaired_json     jsonb,
  ADD COLUMN repaired_at       timestamptz(3),
  ADD COLUMN resolution        text,
  ADD COLUMN resolved_at       timestamptz(3),
  ADD COLUMN resolved_event_id uuid,
  ADD CONSTRAINT dead_letters_resolution CHECK (resolution IN ('stored', 'merged'));
ALTER TABLE ledger_deltas ADD COLUMN merged bigint NOT NULL DEFAULT 0;

-- Who hears of stored events. `done` is a snapshot: everything visible in it was delivered. `reading` and the position
-- behind it stand while what has become visible since is being delivered.
CREATE TABLE event_subscriptions (
  name              text PRIMARY KEY,
  kind              text NOT NULL,
  event_types       text[] NOT NULL,
  url               text,
  secret            text,
  enabled           boolean NOT NULL DEFAULT true,
  done              text NOT NULL DEFAULT (pg_current_snapshot())::text,
  reading           text,
  after_xid         bigint NOT NULL DEFAULT 0,
  after_id          bigint NOT NULL DEFAULT 0,
  attempts          integer NOT NULL DEFAULT 0,
  next_attempt_at   timestamptz(3),
  last_error        text,
  delivered         bigint NOT NULL DEFAULT 0,
  dead_lettered     bigint NOT NULL DEFAULT 0,
  last_delivered_at timestamptz(3),
  created_at        timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT event_subscriptions_kind CHECK (kind IN ('handler', 'webhook'))
);

CREATE TABLE subscription_dead_letters (
  id           uuid PRIMARY KEY,
  subscription text NOT NULL,
  event_ids    uuid[] NOT NULL,
  error        text NOT NULL,
  attempts     integer NOT NULL,
  created_at   timestamptz(3) NOT NULL DEFAULT now(),
  replayed_at  timestamptz(3)
);
CREATE INDEX subscription_dead_letters_subscription_created_at_idx ON subscription_dead_letters (subscription, created_at);
