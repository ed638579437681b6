ALTER TABLE videos ADD COLUMN has_audio boolean NOT NULL DEFAULT false;

-- The name that the server gave the file; identical files of a user are one file.
ALTER TABLE videos ADD COLUMN file text;
CREATE INDEX idx_videos_sha256 ON videos (user_id, sha256);
CREATE INDEX idx_videos_file ON videos (file);

-- Uploads that are not whole yet; how much there is says the length of the file.
CREATE TABLE uploads (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  filename text NOT NULL,
  bytes bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX idx_uploads_user_id ON uploads (user_id);
CREATE INDEX idx_uploads_updated_at ON uploads (updated_at);
