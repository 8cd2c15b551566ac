-- Each event as it counts: one narrow row with what reports ask for, folded from events, attribution and marks. Everything
-- below is folded from these. `change` numbers the fold that gave the row its values; folds commit one after another, so
-- that whoever reads on from a change skips nothing.
CREATE TABLE event_facts (
  id              uuid NOT NULL,
  change          bigint NOT NULL,
  site_id         uuid NOT NULL,
  occurred_at     timestamptz(3) NOT NULL,
  visitor         bigint,
  session_id      uuid,
  sampling_unit   bigint,
  weight          double precision NOT NULL,
  value           double precision,
  cost            double precision,
  sampling_rate   real NOT NULL,
  is_bot          boolean NOT NULL,
  conversion      boolean NOT NULL,
  event_type      text NOT NULL,
  source          text NOT NULL,
  service         text,
  channel         text,
  referrer_domain text,
  utm_source      text,
  utm_medium      text,
  utm_campaign    text,
  utm_content     text,
  utm_term        text,
  device_type     text,
  browser         text,
  os              text,
  page            text,
  entity_type     text,
  entity_id       text,
  campaign_role   text,
  campaign_id     text,
  influencer_id   text,
  props           jsonb,
  CONSTRAINT event_facts_pkey PRIMARY KEY (id)
) PARTITION BY RANGE (id);

-- "What has changed since?": every read model.
CREATE INDEX event_facts_change_idx ON event_facts (change);
-- "Who did this, and when?": funnels, cohorts, counts with a filter. The page is what paths and pages ask for most.
CREATE INDEX event_facts_type_time_idx ON event_facts (site_id, event_type, occurred_at) INCLUDE (visitor);
-- "What happened in these hours?": the days at both ends of a period, live figures.
CREATE INDEX event_facts_site_time_idx ON event_facts (site_id, occurred_at);
-- "What happened in this session?": paths, sessions that are worked out again.
CREATE INDEX event_facts_session_idx ON event_facts (session_id) WHERE session_id IS NOT NULL;
-- "What did this visitor do before?": touches of conversions, erasure of one person.
CREATE INDEX event_facts_visitor_time_idx ON event_facts (site_id, visitor, occurred_at) WHERE visitor IS NOT NULL;

-- Standard errors: where many were sampled, a sixteenth of them tells the spread of all.
CREATE INDEX event_facts_sixteenth_idx ON event_facts (site_id, occurred_at) WHERE sampling_unit % 16 = 0;

-- For every month that events has. As ever, built aside and attached.
DO $$
DECLARE
  month record;
BEGIN
  FOR month IN
    SELECT replace(child.relname, 'events_', 'event_facts_') AS name, pg_get_expr(child.relpartbound, child.oid) AS bound
    FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
    WHERE inhparent = 'events'::regclass AND NOT inhdetachpending
  LOOP
    EXECUTE format('CREATE TABLE %I (LIKE event_facts INCLUDING ALL)', month.name);
    EXECUTE format('ALTER TABLE event_facts ATTACH PARTITION %I %s', month.name, month.bound);
  END LOOP;
END
$$;

-- What a fact was before a later fold changed it or took it away, until every read model has heard of it.
CREATE TABLE fact_retractions (LIKE event_facts, retracted bigint NOT NULL);
ALTER TABLE fact_retractions ADD CONSTRAINT fact_retractions_pkey PRIMARY KEY (id, retracted);
CREATE INDEX fact_retractions_change_idx ON fact_retractions (change);
CREATE INDEX fact_retractions_retracted_idx ON fact_retractions (retracted);

-- How far facts are folded from the event log. One row.
CREATE TABLE fact_checkpoint (
  id                smallint PRIMARY KEY DEFAULT 1,
  done              text NOT NULL,
  reading           text,
  after_xid         bigint NOT NULL DEFAULT 0,
  after_id          bigint NOT NULL DEFAULT 0,
  after_event       integer NOT NULL DEFAULT 0,
  -- What of the plan facts depend on; another plan has them folded anew.
  plan_digest       text NOT NULL,
  -- While a process that folds by that plan is alive; one with another plan waits until then.
  plan_held_until   timestamptz(3) NOT NULL DEFAULT now(),
  -- A restored database has another one.
  system_identifier text NOT NULL,
  CONSTRAINT fact_checkpoint_one_row CHECK (id = 1)
);

-- Every projection, `facts` first. `change` is the last fold of facts that its read model holds.
CREATE TABLE projections (
  name            text PRIMARY KEY,
  version         integer NOT NULL,
  change          bigint NOT NULL DEFAULT 0,
  -- Changes of facts folded so far.
  folded          bigint NOT NULL DEFAULT 0,
  folded_at       timestamptz(3),
  attempts        integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz(3),
  last_error      text,
  -- Out of attempts: it waits for somebody to resume or rebuild it.
  failed_at       timestamptz(3)
);

CREATE TABLE projection_rebuilds (
  id           uuid PRIMARY KEY,
  projection   text NOT NULL,
  -- Of the fold that makes it: processes with another one leave it alone.
  version      integer NOT NULL,
  -- `facts`: comparing facts with events; `fold`: into the tables aside; `compare`; `done`; `failed`; `cancelled`.
  phase        text NOT NULL,
  -- Where the phase goes on: an event id, or the number of a change.
  cursor       text,
  processed    bigint NOT NULL DEFAULT 0,
  total        bigint NOT NULL DEFAULT 0,
  -- Facts that were not what events say, and rows of the read model that were not what facts say.
  facts_differ bigint NOT NULL DEFAULT 0,
  rows_differ  bigint NOT NULL DEFAULT 0,
  differences  jsonb NOT NULL DEFAULT '[]',
  -- The read model is built anew from here on; what is older was removed by retention, and is kept as it was.
  floor        timestamptz(3),
  started_at   timestamptz(3) NOT NULL DEFAULT now(),
  finished_at  timestamptz(3),
  error        text,
  CONSTRAINT projection_rebuilds_phase CHECK (phase IN ('facts', 'fold', 'compare', 'done', 'failed', 'cancelled'))
);
CREATE UNIQUE INDEX projection_rebuilds_one_at_a_time_idx ON projection_rebuilds (projection) WHERE finished_at IS NULL;

-- Read models. `stored` counts rows of events, `events` what they stand for: each weighs its count over its sampling rate,
-- and so do its value and its cost.
-- A cell that no event is left in goes.
CREATE TABLE site_counts (
  site_id uuid NOT NULL,
  quarter timestamptz(3) NOT NULL,
  is_bot  boolean NOT NULL,
  events  double precision NOT NULL,
  stored  bigint NOT NULL,
  value   double precision NOT NULL,
  CONSTRAINT site_counts_pkey PRIMARY KEY (site_id, quarter, is_bot)
);

CREATE TABLE event_counts (
  site_id    uuid NOT NULL,
  event_type text NOT NULL,
  quarter    timestamptz(3) NOT NULL,
  service    text NOT NULL,
  is_bot     boolean NOT NULL,
  events     double precision NOT NULL,
  stored     bigint NOT NULL,
  value      double precision NOT NULL,
  CONSTRAINT event_counts_pkey PRIMARY KEY (site_id, event_type, quarter, service, is_bot)
);

-- By UTC day and by UTC month: long periods are whole months, whole days and two rests of a day, counted from facts.
CREATE TABLE dimension_days (
  site_id    uuid NOT NULL,
  dimension  text NOT NULL,
  day        date NOT NULL,
  event_type text NOT NULL,
  value      text NOT NULL,
  is_bot     boolean NOT NULL,
  events     double precision NOT NULL,
  stored     bigint NOT NULL,
  amount     double precision NOT NULL,
  CONSTRAINT dimension_days_pkey PRIMARY KEY (site_id, dimension, day, event_type, value, is_bot)
);
CREATE TABLE dimension_months (
  site_id    uuid NOT NULL,
  dimension  text NOT NULL,
  month      date NOT NULL,
  event_type text NOT NULL,
  value      text NOT NULL,
  is_bot     boolean NOT NULL,
  events     double precision NOT NULL,
  stored     bigint NOT NULL,
  amount     double precision NOT NULL,
  CONSTRAINT dimension_months_pkey PRIMARY KEY (site_id, dimension, month, event_type, value, is_bot)
);

CREATE TABLE entity_days (
  site_id     uuid NOT NULL,
  entity_type text NOT NULL,
  day         date NOT NULL,
  entity_id   text NOT NULL,
  event_type  text NOT NULL,
  is_bot      boolean NOT NULL,
  events      double precision NOT NULL,
  stored      bigint NOT NULL,
  value       double precision NOT NULL,
  CONSTRAINT entity_days_pkey PRIMARY KEY (site_id, entity_type, day, entity_id, event_type, is_bot)
);
CREATE INDEX entity_days_entity_idx ON entity_days (site_id, entity_type, entity_id, day);
-- Beside each entity and event type by itself: an entity's events of all types (event_type empty), and those of a type for
-- all entities (entity_id empty), which rankings and totals are read from.
CREATE TABLE entity_months (
  site_id     uuid NOT NULL,
  entity_type text NOT NULL,
  month       date NOT NULL,
  entity_id   text NOT NULL,
  event_type  text NOT NULL,
  is_bot      boolean NOT NULL,
  events      double precision NOT NULL,
  stored      bigint NOT NULL,
  value       double precision NOT NULL,
  CONSTRAINT entity_months_pkey PRIMARY KEY (site_id, entity_type, event_type, month, entity_id, is_bot)
);
CREATE INDEX entity_months_entity_idx ON entity_months (site_id, entity_type, entity_id, month);

CREATE TABLE campaign_days (
  site_id       uuid NOT NULL,
  day           date NOT NULL,
  campaign_id   text NOT NULL,
  influencer_id text NOT NULL,
  is_bot        boolean NOT NULL,
  impressions   double precision NOT NULL,
  clicks        double precision NOT NULL,
  conversions   double precision NOT NULL,
  value         double precision NOT NULL,
  cost          double precision NOT NULL,
  stored        bigint NOT NULL,
  CONSTRAINT campaign_days_pkey PRIMARY KEY (site_id, day, campaign_id, influencer_id, is_bot)
);
CREATE TABLE campaign_months (
  site_id       uuid NOT NULL,
  month         date NOT NULL,
  campaign_id   text NOT NULL,
  influencer_id text NOT NULL,
  is_bot        boolean NOT NULL,
  impressions   double precision NOT NULL,
  clicks        double precision NOT NULL,
  conversions   double precision NOT NULL,
  value         double precision NOT NULL,
  cost          double precision NOT NULL,
  stored        bigint NOT NULL,
  CONSTRAINT campaign_months_pkey PRIMARY KEY (site_id, month, campaign_id, influencer_id, is_bot)
);

CREATE TABLE daily_stats (
  site_id     uuid NOT NULL,
  day         date NOT NULL,
  is_bot      boolean NOT NULL,
  events      double precision NOT NULL,
  page_views  double precision NOT NULL,
  conversions double precision NOT NULL,
  value       double precision NOT NULL,
  stored      bigint NOT NULL,
  CONSTRAINT daily_stats_pkey PRIMARY KEY (site_id, day, is_bot)
);

-- Who was there in which quarter of an hour: exact for any period and any time zone.
CREATE TABLE visitor_quarters (
  site_id uuid NOT NULL,
  quarter timestamptz(3) NOT NULL,
  visitor bigint NOT NULL,
  is_bot  boolean NOT NULL,
  stored  bigint NOT NULL,
  CONSTRAINT visitor_quarters_pkey PRIMARY KEY (site_id, quarter, visitor, is_bot)
);

-- HyperLogLog of the visitors of a UTC day or month, for long periods. Made of the rows above once the day is over, and
-- dropped when they change.
CREATE TABLE visitor_sketches (
  site_id   uuid NOT NULL,
  grain     text NOT NULL,
  starts_on date NOT NULL,
  -- Those with and those without bots do not add up: who was taken for one once may not have been another time.
  audience  text NOT NULL,
  visitors  bigint NOT NULL,
  sketch    bytea NOT NULL,
  CONSTRAINT visitor_sketches_pkey PRIMARY KEY (site_id, grain, starts_on, audience),
  CONSTRAINT visitor_sketches_grain CHECK (grain IN ('day', 'month')),
  CONSTRAINT visitor_sketches_audience CHECK (audience IN ('all', 'people', 'bots'))
);
-- Days and months whose sketch is not what the visitors are.
CREATE TABLE visitor_sketches_due (
  site_id   uuid NOT NULL,
  starts_on date NOT NULL,
  CONSTRAINT visitor_sketches_due_pkey PRIMARY KEY (site_id, starts_on)
);

-- Events of sampled types by what was sampled, for the standard error of an estimate.
CREATE TABLE sampled_units (
  site_id       uuid NOT NULL,
  day           date NOT NULL,
  event_type    text NOT NULL,
  unit          bigint NOT NULL,
  sampling_rate real NOT NULL,
  is_bot        boolean NOT NULL,
  counted       double precision NOT NULL,
  stored        bigint NOT NULL,
  CONSTRAINT sampled_units_pkey PRIMARY KEY (site_id, day, event_type, unit, sampling_rate, is_bot)
);
CREATE INDEX sampled_units_type_day_idx ON sampled_units (site_id, event_type, day);
CREATE INDEX sampled_units_sixteenth_idx ON sampled_units (site_id, day)
  INCLUDE (event_type, unit, sampling_rate, is_bot, counted) WHERE unit % 16 = 0;

-- A session as its facts tell it. Text columns say what its first event said; page_views, conversions and value are sums.
CREATE TABLE sessions (
  id              uuid NOT NULL,
  site_id         uuid NOT NULL,
  visitor         bigint,
  is_bot          boolean NOT NULL,
  started_at      timestamptz(3) NOT NULL,
  ended_at        timestamptz(3) NOT NULL,
  events          double precision NOT NULL,
  stored          bigint NOT NULL,
  page_views      bigint NOT NULL,
  conversions     bigint NOT NULL,
  value           double precision NOT NULL,
  entry_page      text,
  exit_page       text,
  channel         text,
  referrer_domain text,
  utm_source      text,
  utm_medium      text,
  utm_campaign    text,
  device_type     text,
  browser         text,
  os              text,
  CONSTRAINT sessions_pkey PRIMARY KEY (id)
);
CREATE INDEX sessions_start_idx ON sessions (site_id, started_at) INCLUDE (ended_at, visitor);
CREATE INDEX sessions_visitor_idx ON sessions (site_id, visitor, started_at) WHERE visitor IS NOT NULL;

-- Sessions by the UTC day and month they began on. Dimension and value are empty on the rows for all of them.
CREATE TABLE session_days (
  site_id    uuid NOT NULL,
  dimension  text NOT NULL,
  day        date NOT NULL,
  value      text NOT NULL,
  is_bot     boolean NOT NULL,
  sessions   bigint NOT NULL,
  bounces    bigint NOT NULL,
  converted  bigint NOT NULL,
  page_views bigint NOT NULL,
  seconds    double precision NOT NULL,
  CONSTRAINT session_days_pkey PRIMARY KEY (site_id, dimension, day, value, is_bot)
);
CREATE TABLE session_months (
  site_id    uuid NOT NULL,
  dimension  text NOT NULL,
  month      date NOT NULL,
  value      text NOT NULL,
  is_bot     boolean NOT NULL,
  sessions   bigint NOT NULL,
  bounces    bigint NOT NULL,
  converted  bigint NOT NULL,
  page_views bigint NOT NULL,
  seconds    double precision NOT NULL,
  CONSTRAINT session_months_pkey PRIMARY KEY (site_id, dimension, month, value, is_bot)
);

-- The campaigns that brought whoever converted: the first and the last before the conversion, null where none did.
CREATE TABLE conversion_touches (
  event_id       uuid NOT NULL,
  site_id        uuid NOT NULL,
  visitor        bigint,
  is_bot         boolean NOT NULL,
  occurred_at    timestamptz(3) NOT NULL,
  weight         double precision NOT NULL,
  value          double precision NOT NULL,
  first_campaign text,
  first_source   text,
  last_campaign  text,
  last_source    text,
  CONSTRAINT conversion_touches_pkey PRIMARY KEY (event_id)
);
CREATE INDEX conversion_touches_time_idx ON conversion_touches (site_id, occurred_at);
CREATE INDEX conversion_touches_visitor_idx ON conversion_touches (site_id, visitor) WHERE visitor IS NOT NULL;
-- Conversions by their first and by their last touch; empty where they have none, or it has no source.
CREATE TABLE touch_days (
  site_id     uuid NOT NULL,
  day         date NOT NULL,
  model       text NOT NULL,
  campaign    text NOT NULL,
  source      text NOT NULL,
  is_bot      boolean NOT NULL,
  conversions double precision NOT NULL,
  value       double precision NOT NULL,
  stored      bigint NOT NULL,
  CONSTRAINT touch_days_pkey PRIMARY KEY (site_id, day, model, campaign, source, is_bot),
  CONSTRAINT touch_days_model CHECK (model IN ('first', 'last'))
);
CREATE TABLE touch_months (
  site_id     uuid NOT NULL,
  month       date NOT NULL,
  model       text NOT NULL,
  campaign    text NOT NULL,
  source      text NOT NULL,
  is_bot      boolean NOT NULL,
  conversions double precision NOT NULL,
  value       double precision NOT NULL,
  stored      bigint NOT NULL,
  CONSTRAINT touch_months_pkey PRIMARY KEY (site_id, month, model, campaign, source, is_bot),
  CONSTRAINT touch_months_model CHECK (model IN ('first', 'last'))
);

-- Saved filters of a site.
CREATE TABLE segments (
  id         uuid PRIMARY KEY,
  site_id    uuid NOT NULL CONSTRAINT segments_site_id_fkey REFERENCES sites (id) ON DELETE CASCADE ON UPDATE CASCADE,
  name       text NOT NULL,
  filter     jsonb NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX segments_site_id_name_key ON segments (site_id, name);

-- Who may see the reports of a site without being an admin of everything. Users are the host's.
CREATE TABLE site_members (
  site_id  uuid NOT NULL CONSTRAINT site_members_site_id_fkey REFERENCES sites (id) ON DELETE CASCADE ON UPDATE CASCADE,
  user_id  text NOT NULL,
  role     text NOT NULL,
  added_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT site_members_pkey PRIMARY KEY (site_id, user_id),
  CONSTRAINT site_members_role CHECK (role IN ('viewer', 'editor'))
);

-- What the business page said, minute by minute.
CREATE TABLE business_history (
  site_id  uuid NOT NULL,
  taken_at timestamptz(3) NOT NULL,
  stats    jsonb NOT NULL,
  CONSTRAINT business_history_pkey PRIMARY KEY (site_id, taken_at)
);
