CREATE TABLE IF NOT EXISTS cluster_versions (
    cluster_id text PRIMARY KEY,
    version integer NOT NULL
);

CREATE TABLE IF NOT EXISTS cluster_silos (
    cluster_id text NOT NULL,
    silo text NOT NULL,
    silo_name text NOT NULL,
    host_name text NOT NULL,
    status integer NOT NULL,
    proxy_port integer NOT NULL,
    suspects text NOT NULL,
    started_at timestamptz NOT NULL,
    alive_at timestamptz NOT NULL,
    etag integer NOT NULL,
    PRIMARY KEY (cluster_id, silo)
);

-- The epoch counts owners: it only grows, also over the deletion of a row, since it begins with the time in milliseconds.
CREATE TABLE IF NOT EXISTS cluster_rooms (
    cluster_id text NOT NULL,
    room text NOT NULL,
    owner text,
    incarnation text,
    epoch bigint NOT NULL,
    snapshot text,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (cluster_id, room)
);

-- Every node asks once a second for the rooms that are its own.
CREATE INDEX IF NOT EXISTS cluster_rooms_owner ON cluster_rooms (cluster_id, owner);

CREATE TABLE IF NOT EXISTS cluster_keys (
    cluster_id text PRIMARY KEY,
    key bytea NOT NULL
);

CREATE TABLE IF NOT EXISTS cluster_certificates (
    cluster_id text PRIMARY KEY,
    certificate bytea NOT NULL
);
