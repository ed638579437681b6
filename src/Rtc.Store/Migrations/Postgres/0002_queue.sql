-- When a job may be taken: a queued one after its back-off, one at work when its lease ends.
ALTER TABLE processing_jobs ADD COLUMN ready_at timestamptz;
UPDATE processing_jobs SET ready_at = COALESCE(lease_until, created_at);
ALTER TABLE processing_jobs ALTER COLUMN ready_at SET NOT NULL;

-- Attempts in a row that ended without getting further.
ALTER TABLE processing_jobs ADD COLUMN failures integer NOT NULL DEFAULT 0;
ALTER TABLE processing_jobs ADD COLUMN result jsonb;

DROP INDEX idx_jobs_queue;
CREATE INDEX idx_jobs_queue ON processing_jobs (ready_at, id) WHERE status IN ('queued', 'processing');
CREATE INDEX idx_jobs_user_id ON processing_jobs (user_id, id);
CREATE INDEX idx_jobs_video_id ON processing_jobs (video_id);

-- How far each step of a job has come, written with the results up to there.
CREATE TABLE job_progress (
  job_id uuid NOT NULL REFERENCES processing_jobs (id) ON DELETE CASCADE,
  step text NOT NULL,
  position bigint NOT NULL,
  state text,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (job_id, step)
);

-- The job that found a result: what is written again for a frame replaces what was.
ALTER TABLE detections ADD COLUMN job_id uuid REFERENCES processing_jobs (id) ON DELETE CASCADE;
CREATE UNIQUE INDEX idx_detections_job ON detections (job_id, frame_number);
ALTER TABLE segmentation_masks ADD COLUMN job_id uuid REFERENCES processing_jobs (id) ON DELETE CASCADE;
CREATE INDEX idx_masks_job ON segmentation_masks (job_id, frame_number);
ALTER TABLE tracking_trajectories ADD COLUMN job_id uuid REFERENCES processing_jobs (id) ON DELETE CASCADE;
CREATE UNIQUE INDEX idx_trajectories_job ON tracking_trajectories (job_id, track_id);
ALTER TABLE scene_analysis ADD COLUMN job_id uuid REFERENCES processing_jobs (id) ON DELETE CASCADE;
CREATE UNIQUE INDEX idx_scenes_job ON scene_analysis (job_id, scene_number);
