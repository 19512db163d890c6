-- What came last, for a backup that follows the log: rows lie in the order of their positions, so that an index over
-- ranges of pages finds the last of them at next to no cost for those that write. A rotation's copy of the table gets its
-- own (LIKE … INCLUDING ALL).
CREATE INDEX event_tag_position_idx ON event_tag USING brin (position) WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX event_tag_next_position_idx ON event_tag_next USING brin (position)
    WITH (pages_per_range = 32, autosummarize = on);
