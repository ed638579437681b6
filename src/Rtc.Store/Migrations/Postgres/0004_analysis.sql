-- What was too faint to be reported and still helps to follow an object; gone once the tracks are found.
ALTER TABLE detections ADD COLUMN faint jsonb;
-- Which of the frame's detections a mask is of.
ALTER TABLE segmentation_masks ADD COLUMN detection_index integer NOT NULL DEFAULT 0;

-- Who is told when a job is over, when the next try is due (null: none), and how many there were.
ALTER TABLE processing_jobs ADD COLUMN webhook text;
ALTER TABLE processing_jobs ADD COLUMN webhook_at timestamptz;
ALTER TABLE processing_jobs ADD COLUMN webhook_tries integer NOT NULL DEFAULT 0;
CREATE INDEX idx_jobs_webhook ON processing_jobs (webhook_at) WHERE webhook_at IS NOT NULL;
