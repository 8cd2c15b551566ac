-- The language of a visitor and the country it names. A database whose read models were made with these columns has them.
-- Facts of before are without: a rebuild of the facts fills them in.
ALTER TABLE event_facts ADD COLUMN IF NOT EXISTS language text, ADD COLUMN IF NOT EXISTS country text;
ALTER TABLE fact_retractions ADD COLUMN IF NOT EXISTS language text, ADD COLUMN IF NOT EXISTS country text;
ALTER TABLE sessions ADD COLUMN IF NOT EXISTS country text;
