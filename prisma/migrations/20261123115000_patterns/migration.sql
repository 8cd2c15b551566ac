-- What the nightly look at visitors found: one run for one site. The last thirty of a site are kept.
CREATE TABLE "pattern_runs" (
    "id" BIGSERIAL NOT NULL,
    "site_id" UUID NOT NULL,
    "finished_at" TIMESTAMPTZ(3) NOT NULL,
    "result" JSONB NOT NULL,
    CONSTRAINT "pattern_runs_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "pattern_runs_site_idx" ON "pattern_runs"("site_id", "id");
