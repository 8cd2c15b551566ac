-- One process at a time delivers for a subscription. It holds a lease and renews it; who is killed loses it. Host code
-- may take minutes, so no transaction and no lock stands around it.
ALTER TABLE event_subscriptions
  ADD COLUMN lease        uuid,
  ADD COLUMN leased_until timestamptz(3),
  -- Events of the log row (after_xid, after_id) that are behind the reader: a row may hold more than one batch.
  ADD COLUMN after_event  integer NOT NULL DEFAULT 0,
  -- Events, of whatever type, that left the log before this subscription had read them.
  ADD COLUMN missed       bigint NOT NULL DEFAULT 0;

-- A wish rather than a deed: the process that holds the lease, and has the handler, sees to it.
ALTER TABLE subscription_dead_letters ADD COLUMN replay_requested_at timestamptz(3);
CREATE INDEX subscription_dead_letters_replay_requested_idx ON subscription_dead_letters (subscription)
  WHERE replay_requested_at IS NOT NULL;

-- The current snapshot as a reader of the event log keeps it: what this transaction itself writes is not in it. Postgres
-- says of one's own transaction that it is visible, so a checkpoint kept in a transaction that goes on to write events
-- would have them behind it unread.
CREATE FUNCTION tallymark_log_snapshot() RETURNS pg_snapshot LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN own IS NULL OR own >= pg_snapshot_xmax(snapshot) THEN snapshot
    ELSE concat_ws(':', pg_snapshot_xmin(snapshot), pg_snapshot_xmax(snapshot),
      (SELECT string_agg(xid::text, ',' ORDER BY xid)
       FROM (SELECT pg_snapshot_xip(snapshot) AS xid UNION SELECT own) AS running))::pg_snapshot
  END
  FROM (SELECT pg_current_snapshot() AS snapshot, pg_current_xact_id_if_assigned() AS own) AS here
$$;
