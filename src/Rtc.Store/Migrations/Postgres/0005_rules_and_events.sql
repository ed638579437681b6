-- What is to happen in a room before somebody is told. The rule itself is JSON, as the API has it.
CREATE TABLE rules (
  room text NOT NULL,
  id text NOT NULL,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  definition jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (room, id)
);

-- What happened. A number that only grows, so that who reads on knows where.
CREATE TABLE events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  room text NOT NULL,
  rule_id text NOT NULL,
  rule_name text NOT NULL,
  kind text NOT NULL,
  class text,
  happened_at timestamptz NOT NULL,
  event_data jsonb NOT NULL,
  thumbnail bytea,
  video_id uuid,
  mqtt boolean NOT NULL DEFAULT false,
  webhook text,
  webhook_at timestamptz,
  webhook_tries integer NOT NULL DEFAULT 0
);
CREATE INDEX idx_events_room ON events (room, id);
CREATE INDEX idx_events_class ON events (class, id);
CREATE INDEX idx_events_time ON events (happened_at);
CREATE INDEX idx_events_webhook ON events (webhook_at) WHERE webhook_at IS NOT NULL;

-- How far somebody outside has been told of events.
CREATE TABLE event_readers (
  name text PRIMARY KEY,
  position bigint NOT NULL
);
