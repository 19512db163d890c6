-- Which incarnations of a log were declared, kept away from the log: whoever rules over its database cannot begin one by
-- himself. Proposed by one person, confirmed by another, then for good.

CREATE TABLE keyring.log_resumption (
    log          text        NOT NULL CHECK (log ~ '^[!-*,-~]{1,200}$'), -- origin of the first incarnation
    incarnation  integer     NOT NULL CHECK (incarnation > 1),
    statement    text        NOT NULL CHECK (octet_length(statement) <= 16384), -- a signed note; with cosignatures once confirmed
    proposed_by  text        NOT NULL,
    proposed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    confirmed_by text CHECK (confirmed_by <> proposed_by),
    confirmed_at timestamptz,
    PRIMARY KEY (log, incarnation)
);

-- Takes the place of a proposal that nobody confirmed; false where the incarnation is decided.
CREATE FUNCTION keyring.propose_resumption(p_log text, p_incarnation integer, p_statement text, p_by text) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('keyring.log_resumption ' || p_log, 0));
    IF p_incarnation <> coalesce((SELECT max(r.incarnation) FROM keyring.log_resumption r
            WHERE r.log = p_log AND r.confirmed_at IS NOT NULL), 1) + 1 THEN
        RETURN false;
    END IF;
    INSERT INTO keyring.log_resumption AS r (log, incarnation, statement, proposed_by)
        VALUES (p_log, p_incarnation, p_statement, p_by)
        ON CONFLICT (log, incarnation) DO UPDATE
            SET statement = excluded.statement, proposed_by = excluded.proposed_by, proposed_at = clock_timestamp();
    RETURN true;
END
$$;

-- By somebody else than who proposed it; false where it is not what was proposed, or not there.
CREATE FUNCTION keyring.confirm_resumption(
    p_log text, p_incarnation integer, p_proposed text, p_statement text, p_by text) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('keyring.log_resumption ' || p_log, 0));
    UPDATE keyring.log_resumption r
        SET statement = p_statement, confirmed_by = p_by, confirmed_at = clock_timestamp()
        WHERE r.log = p_log AND r.incarnation = p_incarnation AND r.statement = p_proposed
            AND r.confirmed_at IS NULL AND r.proposed_by <> p_by;
    RETURN FOUND;
END
$$;

REVOKE ALL ON FUNCTION keyring.propose_resumption(text, integer, text, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION keyring.confirm_resumption(text, integer, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keyring.propose_resumption(text, integer, text, text) TO kr_registry;
GRANT EXECUTE ON FUNCTION keyring.confirm_resumption(text, integer, text, text, text) TO kr_registry;
GRANT SELECT ON keyring.log_resumption TO kr_registry, kr_query;
