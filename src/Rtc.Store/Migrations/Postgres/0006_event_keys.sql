-- Chosen before an event is written, so that a write whose answer was lost can be tried again and is still one event.
ALTER TABLE events ADD COLUMN write_key uuid;
CREATE UNIQUE INDEX idx_events_write_key ON events (write_key);
