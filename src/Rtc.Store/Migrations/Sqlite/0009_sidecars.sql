-- Whether a file of detections lies beside the video; null for videos from before, where it has to be looked for.
ALTER TABLE videos ADD COLUMN has_sidecar integer;
