CREATE TABLE users (
  id text PRIMARY KEY,
  email text NOT NULL UNIQUE,
  created_at text NOT NULL
);

CREATE TABLE api_keys (
  id text PRIMARY KEY,
  user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  prefix text NOT NULL,
  hash text NOT NULL UNIQUE,
  name text NOT NULL,
  created_at text NOT NULL,
  last_used_at text,
  revoked_at text
);

CREATE TABLE videos (
  id text PRIMARY KEY,
  user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  filename text NOT NULL,
  duration_seconds real,
  width integer,
  height integer,
  fps real,
  codec text,
  total_frames integer,
  bytes integer NOT NULL,
  sha256 text NOT NULL,
  status text NOT NULL,
  error text,
  created_at text NOT NULL,
  updated_at text NOT NULL
);
CREATE INDEX idx_videos_user_id ON videos (user_id, id);
CREATE INDEX idx_videos_status ON videos (status, updated_at);

CREATE TABLE processing_jobs (
  id text PRIMARY KEY,
  user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  video_id text REFERENCES videos (id) ON DELETE CASCADE,
  kind text NOT NULL,
  options text NOT NULL,
  status text NOT NULL,
  progress real NOT NULL DEFAULT 0,
  steps text NOT NULL,
  attempt integer NOT NULL DEFAULT 0,
  lease_owner text,
  lease_until text,
  error text,
  created_at text NOT NULL,
  started_at text,
  finished_at text
);
CREATE INDEX idx_jobs_queue ON processing_jobs (status, created_at);

CREATE TABLE detections (
  id integer PRIMARY KEY AUTOINCREMENT,
  video_id text NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
  frame_number integer NOT NULL,
  timestamp_seconds real NOT NULL,
  detection_data text NOT NULL,
  created_at text NOT NULL
);
CREATE INDEX idx_detections_frame_number ON detections (video_id, frame_number);
-- There is no index into a list here: frames on which nothing was found are left out.
CREATE INDEX idx_detections_data ON detections (video_id, frame_number) WHERE detection_data <> '[]';

CREATE TABLE segmentation_masks (
  id integer PRIMARY KEY AUTOINCREMENT,
  video_id text NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
  detection_id integer REFERENCES detections (id) ON DELETE CASCADE,
  frame_number integer NOT NULL,
  track_id text,
  mask_rle text NOT NULL,
  mask_area_pixels integer NOT NULL,
  created_at text NOT NULL
);
CREATE INDEX idx_masks_frame ON segmentation_masks (video_id, frame_number);
CREATE INDEX idx_masks_detection ON segmentation_masks (detection_id);

CREATE TABLE tracking_trajectories (
  id integer PRIMARY KEY AUTOINCREMENT,
  video_id text NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
  track_id text NOT NULL,
  object_class text NOT NULL,
  start_frame integer NOT NULL,
  end_frame integer NOT NULL,
  avg_confidence real NOT NULL,
  trajectory_data text NOT NULL,
  created_at text NOT NULL
);
CREATE INDEX idx_trajectories_track_id ON tracking_trajectories (video_id, track_id);

CREATE TABLE scene_analysis (
  id integer PRIMARY KEY AUTOINCREMENT,
  video_id text NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
  scene_number integer NOT NULL,
  start_frame integer NOT NULL,
  end_frame integer NOT NULL,
  analysis_data text NOT NULL,
  created_at text NOT NULL
);
CREATE INDEX idx_scenes_frame_range ON scene_analysis (video_id, start_frame, end_frame);
