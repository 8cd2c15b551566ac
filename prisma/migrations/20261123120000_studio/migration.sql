-- The demo host: who took which file, and how far its made-up past is loaded.
CREATE TABLE downloads (
  id         uuid PRIMARY KEY,
  asset_id   uuid NOT NULL
             CONSTRAINT downloads_asset_id_fkey REFERENCES ip_assets (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  license_id uuid
             CONSTRAINT downloads_license_id_fkey REFERENCES licenses (id) ON DELETE SET NULL ON UPDATE CASCADE,
  format     text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX downloads_asset_id_idx ON downloads (asset_id);
CREATE INDEX downloads_license_id_idx ON downloads (license_id);

CREATE TABLE demo_histories (
  seed         integer PRIMARY KEY,
  until        timestamptz(3) NOT NULL,
  completed_at timestamptz(3)
);
