-- +goose Up
-- LIST-10, §5: a member's row is in sixteen indexes. Where its page has room for the
-- new version beside the old, a change of what none of them holds touches none of
-- them; an act on everybody changes all rows of a page at once, so half of it is left
-- free. Rows that stand move as they are changed.
ALTER TABLE member SET (fillfactor = 50);
