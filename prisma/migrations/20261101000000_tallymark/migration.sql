CREATE TABLE tenants (
  id         uuid PRIMARY KEY,
  name       text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE sites (
  id         uuid PRIMARY KEY,
  tenant_id  uuid NOT NULL CONSTRAINT sites_tenant_id_fkey REFERENCES tenants (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  name       text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX sites_tenant_id_idx ON sites (tenant_id);

-- The tenant and site that a product with a single site never has to mention.
INSERT INTO tenants (id, name) VALUES ('00000000-0000-7000-8000-000000000001', 'Default tenant');
INSERT INTO sites (id, tenant_id, name)
VALUES ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', 'Default site');

-- Partitioned by month on the UUIDv7 id, whose time is occurred_at: the primary key stays one column, and a time range
-- is an id range. There is no default partition: attaching a month would have to scan it.
CREATE TABLE events (
  id                uuid NOT NULL,
  tenant_id         uuid NOT NULL DEFAULT '00000000-0000-7000-8000-000000000001',
  site_id           uuid NOT NULL DEFAULT '00000000-0000-7000-8000-000000000002',
  occurred_at       timestamptz(3) NOT NULL DEFAULT now(),
  received_at       timestamptz(3) NOT NULL DEFAULT now(),
  created_at        timestamptz(3) NOT NULL DEFAULT now(),
  enriched_at       timestamptz(3),
  count             integer NOT NULL DEFAULT 1,
  sampling_rate     real NOT NULL DEFAULT 100,
  schema_version    smallint NOT NULL DEFAULT 1,
  retention_exempt  boolean NOT NULL DEFAULT false,
  event_type        text NOT NULL,
  source            text NOT NULL DEFAULT 'server',
  service           text,
  entity_type       text,
  entity_id         text,
  actor_id          text,
  visitor_id        text,
  session_id        text,
  props_json        jsonb NOT NULL DEFAULT '{}',
  sent_json         jsonb,
  touch_json        jsonb,
  user_agent        text,
  client_hints_json jsonb,
  ip_hash           text,
  idempotency_key   text,
  payload_hash      text,
  correlation_id    text,
  CONSTRAINT events_pkey PRIMARY KEY (id),
  CONSTRAINT events_count_positive CHECK (count > 0),
  CONSTRAINT events_sampling_rate_per_cent CHECK (sampling_rate > 0 AND sampling_rate <= 100),
  CONSTRAINT events_service_length CHECK (char_length(service) <= 100)
) PARTITION BY RANGE (id);

-- "What happened on this site in this period?": every list and count without another filter.
CREATE INDEX events_site_time_idx ON events (site_id, occurred_at);
-- "How often did this type happen?": charts by type, funnels step by step.
CREATE INDEX events_type_time_idx ON events (site_id, event_type, occurred_at);
-- "What did this visitor do?": retention, erasure of one person.
CREATE INDEX events_visitor_time_idx ON events (visitor_id, occurred_at) WHERE visitor_id IS NOT NULL;
-- "What happened in this session?": enrichment, the session timeline.
CREATE INDEX events_session_time_idx ON events (session_id, occurred_at) WHERE session_id IS NOT NULL;
-- "What did this service send?": the breakdown by service.
CREATE INDEX events_service_time_idx ON events (site_id, service, occurred_at) WHERE service IS NOT NULL;
-- "What happened to this asset or license?": entity statistics.
CREATE INDEX events_entity_time_idx ON events (entity_type, entity_id, occurred_at) WHERE entity_id IS NOT NULL;

CREATE TABLE attribution (
  event_id        uuid NOT NULL,
  device_type     text,
  device_brand    text,
  device_model    text,
  os              text,
  os_version      text,
  browser         text,
  browser_version text,
  is_bot          boolean NOT NULL DEFAULT false,
  referrer        text,
  referrer_domain text,
  channel         text,
  landing_page    text,
  utm_source      text,
  utm_medium      text,
  utm_campaign    text,
  utm_content     text,
  utm_term        text,
  click_ids_json  jsonb,
  session_json    jsonb,
  snapshot_json   jsonb,
  created_at      timestamptz(3) NOT NULL DEFAULT now(),
  updated_at      timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT attribution_pkey PRIMARY KEY (event_id)
) PARTITION BY RANGE (event_id);

CREATE TABLE ingest_checkpoints (
  shard         integer PRIMARY KEY,
  last_entry_id text NOT NULL DEFAULT '0-0',
  last_nonce    text NOT NULL DEFAULT '',
  received      bigint NOT NULL DEFAULT 0,
  accepted      bigint NOT NULL DEFAULT 0,
  duplicates    bigint NOT NULL DEFAULT 0,
  sampled       bigint NOT NULL DEFAULT 0,
  rejected      jsonb NOT NULL DEFAULT '{}',
  stored        bigint NOT NULL DEFAULT 0,
  aggregated    bigint NOT NULL DEFAULT 0,
  merged        bigint NOT NULL DEFAULT 0,
  dead_lettered bigint NOT NULL DEFAULT 0,
  flush_count   bigint NOT NULL DEFAULT 0,
  last_flush_at timestamptz(3)
) WITH (fillfactor = 50); -- updated by every flush: room for HOT updates keeps it one page

CREATE TABLE ledger_deltas (
  id            bigserial PRIMARY KEY,
  origin        text NOT NULL,
  received      bigint NOT NULL DEFAULT 0,
  accepted      bigint NOT NULL DEFAULT 0,
  duplicates    bigint NOT NULL DEFAULT 0,
  sampled       bigint NOT NULL DEFAULT 0,
  rejected      jsonb NOT NULL DEFAULT '{}',
  stored        bigint NOT NULL DEFAULT 0,
  dead_lettered bigint NOT NULL DEFAULT 0,
  created_at    timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE dead_letters (
  id         uuid PRIMARY KEY,
  event_id   uuid NOT NULL,
  tenant_id  uuid,
  event_type text,
  reason     text NOT NULL,
  sql_state  text,
  message    text NOT NULL,
  payload    bytea NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX dead_letters_created_at_idx ON dead_letters (created_at);

CREATE TABLE throttling_configs (
  event_type    text PRIMARY KEY,
  sampling_rate real NOT NULL,
  always_keep   boolean NOT NULL,
  updated_at    timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT throttling_configs_sampling_rate_per_cent CHECK (sampling_rate >= 0 AND sampling_rate <= 100)
);
