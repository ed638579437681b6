-- The newest jobs of a video: by the user's index each job of that user would be looked at.
DROP INDEX idx_jobs_video_id;
CREATE INDEX idx_jobs_video_id ON processing_jobs (video_id, id);
