-- Until when an upload in one go has its place unless its program says so again; null for one that may be gone on with.
ALTER TABLE uploads ADD COLUMN lease_until text;
