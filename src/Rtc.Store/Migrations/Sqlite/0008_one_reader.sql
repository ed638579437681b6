-- Of several servers one tells a reader, and another once its lease has ended.
ALTER TABLE event_readers ADD COLUMN lease_owner text;
ALTER TABLE event_readers ADD COLUMN lease_until text;
