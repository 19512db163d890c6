-- It locks the row that every append locks before it waits for readers of the tags: that may not be for long.
ALTER FUNCTION end_tag_rotation(uuid) SET lock_timeout = '300ms';
