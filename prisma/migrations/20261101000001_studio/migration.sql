-- The demo host's own tables. A product that adopts Tallymark has its own in their place and leaves this folder out.
CREATE TABLE users (
  id             uuid PRIMARY KEY,
  name           text NOT NULL,
  email          text NOT NULL,
  email_verified boolean NOT NULL DEFAULT false,
  image          text,
  role           text NOT NULL DEFAULT 'member',
  created_at     timestamptz(3) NOT NULL DEFAULT now(),
  updated_at     timestamptz(3) NOT NULL
);
CREATE UNIQUE INDEX users_email_key ON users (email);

CREATE TABLE user_sessions (
  id         uuid PRIMARY KEY,
  token      text NOT NULL,
  user_id    uuid NOT NULL
             CONSTRAINT user_sessions_user_id_fkey REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE,
  expires_at timestamptz(3) NOT NULL,
  ip_address text,
  user_agent text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL
);
CREATE UNIQUE INDEX user_sessions_token_key ON user_sessions (token);
CREATE INDEX user_sessions_user_id_idx ON user_sessions (user_id);

CREATE TABLE user_accounts (
  id                       uuid PRIMARY KEY,
  account_id               text NOT NULL,
  provider_id              text NOT NULL,
  user_id                  uuid NOT NULL
                           CONSTRAINT user_accounts_user_id_fkey REFERENCES users (id)
                           ON DELETE CASCADE ON UPDATE CASCADE,
  password                 text,
  access_token             text,
  refresh_token            text,
  id_token                 text,
  access_token_expires_at  timestamptz(3),
  refresh_token_expires_at timestamptz(3),
  scope                    text,
  created_at               timestamptz(3) NOT NULL DEFAULT now(),
  updated_at               timestamptz(3) NOT NULL
);
CREATE INDEX user_accounts_user_id_idx ON user_accounts (user_id);

CREATE TABLE user_verifications (
  id         uuid PRIMARY KEY,
  identifier text NOT NULL,
  value      text NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL
);
CREATE INDEX user_verifications_identifier_idx ON user_verifications (identifier);

CREATE TABLE projects (
  id           uuid PRIMARY KEY,
  name         text NOT NULL,
  owner_id     uuid NOT NULL
               CONSTRAINT projects_owner_id_fkey REFERENCES users (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  created_at   timestamptz(3) NOT NULL DEFAULT now(),
  completed_at timestamptz(3)
);
CREATE INDEX projects_owner_id_idx ON projects (owner_id);

CREATE TABLE ip_assets (
  id          uuid PRIMARY KEY,
  title       text NOT NULL,
  description text NOT NULL DEFAULT '',
  asset_type  text NOT NULL,
  status      text NOT NULL DEFAULT 'draft',
  mime_type   text NOT NULL,
  file_size   integer NOT NULL,
  price_cents integer NOT NULL,
  owner_id    uuid NOT NULL
              CONSTRAINT ip_assets_owner_id_fkey REFERENCES users (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  project_id  uuid
              CONSTRAINT ip_assets_project_id_fkey REFERENCES projects (id) ON DELETE SET NULL ON UPDATE CASCADE,
  created_at  timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX ip_assets_owner_id_idx ON ip_assets (owner_id);
CREATE INDEX ip_assets_project_id_idx ON ip_assets (project_id);

CREATE TABLE licenses (
  id         uuid PRIMARY KEY,
  asset_id   uuid NOT NULL
             CONSTRAINT licenses_asset_id_fkey REFERENCES ip_assets (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  licensee   text NOT NULL,
  terms      text NOT NULL,
  territory  text NOT NULL,
  fee_cents  integer NOT NULL,
  starts_at  timestamptz(3) NOT NULL,
  ends_at    timestamptz(3),
  signed_at  timestamptz(3),
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX licenses_asset_id_idx ON licenses (asset_id);

CREATE TABLE payouts (
  id             uuid PRIMARY KEY,
  recipient_id   uuid NOT NULL
                 CONSTRAINT payouts_recipient_id_fkey REFERENCES users (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  amount_cents   integer NOT NULL,
  payment_method text NOT NULL,
  status         text NOT NULL,
  created_at     timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX payouts_recipient_id_idx ON payouts (recipient_id);
