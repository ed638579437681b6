CREATE TABLE users (
  id uuid PRIMARY KEY,
  email text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL
);

CREATE TABLE api_keys (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  prefix text NOT NULL,
  hash text NOT NULL UNIQUE,
  name text NOT NULL,
  created_at timestamptz NOT NULL,
  last_used_at timestamptz,
  revoked_at timestamptz
);

CREATE TABLE videos (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  filename text NOT NULL,
  duration_seconds double precision,
  width integer,
  height integer,
  fps double precision,
  codec text,
  total_frames bigint,
  bytes bigint NOT NULL,
  sha256 text NOT NULL,
  status text NOT NULL,
  error text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX idx_videos_user_id ON videos (user_id, id);
CREATE INDEX idx_videos_status ON videos (status, updated_at);

CREATE TABLE processing_jobs (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  video_id uuid REFERENCES videos (id) ON DELETE CASCADE,
  kind text NOT NULL,
  options jsonb NOT NULL,
  status text NOT NULL,
  progress double precision NOT NULL DEFAULT 0,
  steps jsonb NOT NULL,
  attempt integer NOT NULL DEFAULT 0,
  lease_owner text,
  lease_until timestamptz,
  error text,
  created_at timestamptz NOT NULL,
  started_at timestamptz,
  finished_at timestamptz
);
CREATE INDEX idx_jobs_queue ON processing_jobs (status, created_at);

CREATE TABLE detections (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  video_id uuid NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
  frame_number bigint NOT NULL,
  timestamp_seconds double precision NOT NULL,
  detection_data jsonb NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX idx_detections_frame_number ON detections (video_id, frame_number);
CREATE INDEX idx_detections_data ON detections USING gin (detection_data jsonb_path_ops);

CREATE TABLE segmentation_masks (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  video_id uuid NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
  detection_id bigint REFERENCES detections (id) ON DELETE CASCADE,
  frame_number bigint NOT NULL,
  track_id text,
  mask_rle text NOT NULL,
  mask_area_pixels bigint NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX idx_masks_frame ON segmentation_masks (video_id, frame_number);
CREATE INDEX idx_masks_detection ON segmentation_masks (detection_id);

CREATE TABLE tracking_trajectories (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  video_id uuid NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
  track_id text NOT NULL,
  object_class text NOT NULL,
  start_frame bigint NOT NULL,
  end_frame bigint NOT NULL,
  avg_confidence double precision NOT NULL,
  trajectory_data jsonb NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX idx_trajectories_track_id ON tracking_trajectories (video_id, track_id);

CREATE TABLE scene_analysis (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  video_id uuid NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
  scene_number integer NOT NULL,
  start_frame bigint NOT NULL,
  end_frame bigint NOT NULL,
  analysis_data jsonb NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX idx_scenes_frame_range ON scene_analysis (video_id, start_frame, end_frame);
