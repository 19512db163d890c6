-- The nightly rewrite of the keyring under a new KEK, and the ledger of what was shredded.
-- kr_rekeyer exists before, as the other roles do. Errors: DK002 the KEK is no longer used, DK003 another goes on with
-- this rewrite, DK004 the stream was shredded, DK005 the stream's regime does not allow it.

ALTER TABLE keyring.secret ADD COLUMN made_at timestamptz NOT NULL DEFAULT clock_timestamp();

CREATE TABLE keyring.rewrite (
    id                bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kek_id            uuid        NOT NULL,
    kek_wrapped       jsonb,
    state             text        NOT NULL CHECK (state IN ('COPYING', 'CATCHING_UP', 'DONE')),
    started_at        timestamptz NOT NULL,
    finished_at       timestamptz,
    cursor_id         uuid,
    cursor_generation integer,
    copied            bigint      NOT NULL DEFAULT 0,
    CHECK ((state = 'DONE') = (finished_at IS NOT NULL)),
    CHECK ((state = 'DONE') = (kek_wrapped IS NULL))
);
COMMENT ON TABLE keyring.rewrite IS 'Copies of the keyring under a new KEK; at most one is not at its end';
CREATE UNIQUE INDEX one_unfinished_rewrite ON keyring.rewrite ((true)) WHERE state <> 'DONE';

CREATE TABLE keyring.data_key_change (
    seq        bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         uuid    NOT NULL,
    generation integer NOT NULL
);
COMMENT ON TABLE keyring.data_key_change IS 'Keys made or removed while a rewrite runs, which it has still to look at';

CREATE TABLE keyring.shredding (
    stream        uuid        PRIMARY KEY,
    tombstone     uuid        NOT NULL UNIQUE,
    kind          text        NOT NULL CHECK (kind IN ('ERASURE', 'WRONG_RECORD')),
    reason_code   text        NOT NULL CHECK (reason_code ~ '^[A-Z][A-Z0-9_]{0,39}$'),
    legal_basis   text        NOT NULL CHECK (length(legal_basis) BETWEEN 1 AND 200),
    command_tag   bytea       UNIQUE CHECK (octet_length(command_tag) = 32),
    body_tag      bytea       CHECK (octet_length(body_tag) = 32),
    asked_at      timestamptz NOT NULL,
    shredded_at   timestamptz,
    after_rewrite bigint,
    rewrites      integer     NOT NULL DEFAULT 0 CHECK (rewrites BETWEEN 0 AND 3),
    -- several rewrites of one day stand under the same epoch keys and count once
    counted_on    date,
    done_at       timestamptz,
    CHECK ((done_at IS NOT NULL) = (rewrites = 3)),
    CHECK (shredded_at IS NOT NULL OR rewrites = 0)
);
COMMENT ON TABLE keyring.shredding IS 'What was shredded, why, and how many rewrites of the keyring came after; nothing of a person';

-- As before, and afterwards: the insert waited for a swap under way, and what is read after it is as the swap left it.
CREATE OR REPLACE FUNCTION keyring.create_keys(p_ids uuid[], p_generations integer[], p_regimes text[], p_kek uuid, p_wrapped bytea[])
    RETURNS TABLE (o_id uuid, o_generation integer, o_regime text, o_kek uuid, o_wrapped bytea)
    LANGUAGE plpgsql VOLATILE SECURITY INVOKER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    inserted bigint;
BEGIN
    INSERT INTO keyring.data_key (id, generation, regime, kek_id, wrapped)
        SELECT w.id, w.generation, w.regime, p_kek, w.wrapped
        FROM unnest(p_ids, p_generations, p_regimes, p_wrapped) AS w (id, generation, regime, wrapped)
        ORDER BY w.id, w.generation
        ON CONFLICT (id, generation) DO NOTHING;
    GET DIAGNOSTICS inserted = ROW_COUNT;
    IF inserted > 0 THEN
        IF NOT EXISTS (SELECT 1 FROM keyring.kek k WHERE k.id = p_kek) THEN
            RAISE EXCEPTION 'the key-encryption key is no longer used' USING ERRCODE = 'DK002';
        END IF;
        IF EXISTS (SELECT 1 FROM keyring.shredding s WHERE s.stream = ANY (p_ids)) THEN
            RAISE EXCEPTION 'a stream was shredded' USING ERRCODE = 'DK004';
        END IF;
    END IF;
    IF inserted < cardinality(p_ids) THEN
        RETURN QUERY
            SELECT k.id, k.generation, k.regime, k.kek_id, k.wrapped
            FROM unnest(p_ids, p_generations, p_wrapped) AS w (id, generation, wrapped)
            JOIN keyring.data_key k ON k.id = w.id AND k.generation = w.generation
            WHERE k.wrapped <> w.wrapped;
    END IF;
END
$$;

CREATE FUNCTION keyring.make_secret(p_name text, p_kek uuid, p_wrapped bytea) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY INVOKER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO keyring.secret (name, kek_id, wrapped) VALUES (p_name, p_kek, p_wrapped) ON CONFLICT (name) DO NOTHING;
    IF FOUND AND NOT EXISTS (SELECT 1 FROM keyring.kek k WHERE k.id = p_kek) THEN
        RAISE EXCEPTION 'the key-encryption key is no longer used' USING ERRCODE = 'DK002';
    END IF;
END
$$;

CREATE FUNCTION keyring.note_change() RETURNS trigger
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO keyring.data_key_change (id, generation) SELECT c.id, c.generation FROM changed c;
    RETURN NULL;
END
$$;

-- The triggers wait for whoever writes just now: what is not noted by them is committed, and a reading after this sees it.
CREATE FUNCTION keyring.begin_rewrite(p_kek uuid, p_wrapped jsonb, p_now timestamptz) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '300ms'
AS $$
DECLARE
    begun bigint;
BEGIN
    INSERT INTO keyring.rewrite (kek_id, kek_wrapped, state, started_at) VALUES (p_kek, p_wrapped, 'COPYING', p_now)
        RETURNING id INTO begun;
    CREATE TRIGGER note_insert AFTER INSERT ON keyring.data_key REFERENCING NEW TABLE AS changed
        FOR EACH STATEMENT EXECUTE FUNCTION keyring.note_change();
    CREATE TRIGGER note_delete AFTER DELETE ON keyring.data_key REFERENCING OLD TABLE AS changed
        FOR EACH STATEMENT EXECUTE FUNCTION keyring.note_change();
    TRUNCATE keyring.data_key_change;
    CREATE TABLE keyring.data_key_next (LIKE keyring.data_key INCLUDING ALL);
    GRANT INSERT ON keyring.data_key_next TO kr_rekeyer;
    RETURN begun;
END
$$;

-- In the transaction that copied the rows from one place to the other, so that a kill loses both or neither.
CREATE FUNCTION keyring.advance_rewrite(
    p_rewrite bigint, p_from uuid, p_from_generation integer, p_to uuid, p_to_generation integer, p_copied bigint) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE keyring.rewrite r
        SET cursor_id = p_to, cursor_generation = p_to_generation, copied = r.copied + p_copied
        WHERE r.id = p_rewrite AND r.state = 'COPYING'
          AND r.cursor_id IS NOT DISTINCT FROM p_from AND r.cursor_generation IS NOT DISTINCT FROM p_from_generation;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'another goes on with this rewrite' USING ERRCODE = 'DK003';
    END IF;
END
$$;

CREATE FUNCTION keyring.end_copy(p_rewrite bigint) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE keyring.rewrite r SET state = 'CATCHING_UP' WHERE r.id = p_rewrite AND r.state = 'COPYING';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'another goes on with this rewrite' USING ERRCODE = 'DK003';
    END IF;
    ANALYZE keyring.data_key_next;
END
$$;

-- Takes out of the copy what changed since, and gives what has to be put into it again; regime is null for what is gone.
CREATE FUNCTION keyring.take_changes(p_rewrite bigint, p_limit integer)
    RETURNS TABLE (o_id uuid, o_generation integer, o_regime text, o_kek uuid, o_wrapped bytea)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM 1 FROM keyring.rewrite r WHERE r.id = p_rewrite AND r.state = 'CATCHING_UP' FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'another goes on with this rewrite' USING ERRCODE = 'DK003';
    END IF;
    RETURN QUERY
        WITH taken AS (
            DELETE FROM keyring.data_key_change c
            WHERE c.seq IN (SELECT d.seq FROM keyring.data_key_change d ORDER BY d.seq LIMIT p_limit)
            RETURNING c.id, c.generation
        ), changed AS (
            SELECT DISTINCT t.id, t.generation FROM taken t
        ), removed AS (
            DELETE FROM keyring.data_key_next n USING changed c WHERE n.id = c.id AND n.generation = c.generation
        )
        SELECT c.id, c.generation, k.regime, k.kek_id, k.wrapped
        FROM changed c LEFT JOIN keyring.data_key k ON k.id = c.id AND k.generation = c.generation;
END
$$;

-- When its KEK does not unwrap any more, a rewrite cannot be gone on with; the copy goes, nothing is lost.
CREATE FUNCTION keyring.abandon_rewrite(p_rewrite bigint) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '300ms'
AS $$
BEGIN
    DELETE FROM keyring.rewrite r WHERE r.id = p_rewrite AND r.state <> 'DONE';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'another goes on with this rewrite' USING ERRCODE = 'DK003';
    END IF;
    DROP TRIGGER note_insert ON keyring.data_key;
    DROP TRIGGER note_delete ON keyring.data_key;
    DROP TABLE keyring.data_key_next;
    TRUNCATE keyring.data_key_change;
END
$$;

CREATE FUNCTION keyring.lock_for_swap() RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '300ms'
AS $$
BEGIN
    LOCK TABLE keyring.data_key, keyring.secret IN ACCESS EXCLUSIVE MODE;
END
$$;

-- The copy takes the place of the table, with its rights, its policies and its name; the table goes, never to be read again.
CREATE FUNCTION keyring.take_over(p_name text) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY INVOKER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    old  oid  := ('keyring.' || quote_ident(p_name))::regclass;
    next text := p_name || '_next';
    r    record;
BEGIN
    -- what this does not know how to copy must not be lost without a word
    IF EXISTS (SELECT 1 FROM pg_trigger t
               WHERE t.tgrelid = old AND NOT t.tgisinternal AND t.tgname NOT IN ('note_insert', 'note_delete'))
       OR EXISTS (SELECT 1 FROM pg_constraint c WHERE c.contype = 'f' AND old IN (c.conrelid, c.confrelid)) THEN
        RAISE EXCEPTION 'keyring.% has a trigger or a foreign key that its copy does not have', p_name;
    END IF;
    EXECUTE format('REVOKE ALL ON keyring.%I FROM kr_rekeyer', next);
    FOR r IN
        SELECT a.privilege_type AS privilege, '' AS columns, a.grantee
        FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = old AND a.grantee <> c.relowner
        UNION ALL
        SELECT a.privilege_type, format('(%I)', t.attname), a.grantee
        FROM pg_attribute t, aclexplode(t.attacl) a WHERE t.attrelid = old AND t.attnum > 0 AND NOT t.attisdropped
    LOOP
        EXECUTE format('GRANT %s %s ON keyring.%I TO %s', r.privilege, r.columns, next,
            CASE WHEN r.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r.grantee)) END);
    END LOOP;
    FOR r IN SELECT * FROM pg_policies p WHERE p.schemaname = 'keyring' AND p.tablename = p_name LOOP
        EXECUTE format('CREATE POLICY %I ON keyring.%I AS %s FOR %s TO %s', r.policyname, next, r.permissive, r.cmd,
                (SELECT string_agg(CASE WHEN g = 'public' THEN 'PUBLIC' ELSE quote_ident(g) END, ', ') FROM unnest(r.roles) g))
            || coalesce(' USING (' || r.qual || ')', '') || coalesce(' WITH CHECK (' || r.with_check || ')', '');
    END LOOP;
    FOR r IN SELECT c.relrowsecurity, c.relforcerowsecurity, obj_description(old, 'pg_class') AS description
             FROM pg_class c WHERE c.oid = old LOOP
        IF r.relrowsecurity THEN
            EXECUTE format('ALTER TABLE keyring.%I ENABLE ROW LEVEL SECURITY', next);
        END IF;
        IF r.relforcerowsecurity THEN
            EXECUTE format('ALTER TABLE keyring.%I FORCE ROW LEVEL SECURITY', next);
        END IF;
        EXECUTE format('COMMENT ON TABLE keyring.%I IS %L', next, r.description);
    END LOOP;
    EXECUTE format('DROP TABLE keyring.%I', p_name);
    EXECUTE format('ALTER TABLE keyring.%I RENAME TO %I', next, p_name);
    FOR r IN SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
             WHERE i.indrelid = ('keyring.' || quote_ident(p_name))::regclass AND starts_with(c.relname, next) LOOP
        EXECUTE format('ALTER INDEX keyring.%I RENAME TO %I', r.relname, p_name || substr(r.relname, length(next) + 1));
    END LOOP;
END
$$;

-- Everything at once: the copies take over, the new KEK stands alone, and the ledger counts.
CREATE FUNCTION keyring.swap(p_rewrite bigint, p_names text[], p_wrapped bytea[], p_now timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    rewrite keyring.rewrite;
BEGIN
    SELECT * INTO rewrite FROM keyring.rewrite r WHERE r.id = p_rewrite AND r.state = 'CATCHING_UP' FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'another goes on with this rewrite' USING ERRCODE = 'DK003';
    END IF;
    LOCK TABLE keyring.data_key, keyring.secret IN ACCESS EXCLUSIVE MODE NOWAIT;
    IF EXISTS (SELECT 1 FROM keyring.data_key_change) THEN
        RAISE EXCEPTION 'keys changed that the copy does not have' USING ERRCODE = 'DK003';
    END IF;
    DELETE FROM keyring.data_key_next n USING keyring.shredding s WHERE n.id = s.stream AND s.shredded_at IS NOT NULL;
    CREATE TABLE keyring.secret_next (LIKE keyring.secret INCLUDING ALL);
    INSERT INTO keyring.secret_next (name, kek_id, wrapped, made_at)
        SELECT s.name, rewrite.kek_id, w.wrapped, s.made_at
        FROM keyring.secret s JOIN unnest(p_names, p_wrapped) AS w (name, wrapped) ON w.name = s.name;
    IF (SELECT count(*) FROM keyring.secret_next) <> (SELECT count(*) FROM keyring.secret) THEN
        RAISE EXCEPTION 'a secret is not among those wrapped anew' USING ERRCODE = 'DK003';
    END IF;
    PERFORM keyring.take_over('data_key');
    PERFORM keyring.take_over('secret');
    INSERT INTO keyring.kek (id, wrapped, created_at) VALUES (rewrite.kek_id, rewrite.kek_wrapped, p_now);
    DELETE FROM keyring.kek k WHERE k.id <> rewrite.kek_id;
    UPDATE keyring.rewrite r SET state = 'DONE', finished_at = p_now, kek_wrapped = NULL WHERE r.id = p_rewrite;
    -- a copy begun before the shredding may hold the key
    UPDATE keyring.shredding s
        SET rewrites = s.rewrites + 1, counted_on = (p_now AT TIME ZONE 'UTC')::date,
            done_at = CASE WHEN s.rewrites = 2 THEN p_now END
        WHERE s.rewrites < 3 AND s.after_rewrite < p_rewrite
          AND (s.counted_on IS NULL OR s.counted_on < (p_now AT TIME ZONE 'UTC')::date);
END
$$;

-- What is asked for stands in the ledger before anything is done; asked for again it is what it was.
CREATE FUNCTION keyring.plan_shredding(p_stream uuid, p_tombstone uuid, p_kind text, p_reason_code text, p_legal_basis text,
    p_command_tag bytea, p_body_tag bytea, p_now timestamptz) RETURNS SETOF keyring.shredding
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM keyring.shredding s WHERE s.stream = p_stream OR s.command_tag = p_command_tag) THEN
        IF EXISTS (SELECT 1 FROM keyring.data_key k WHERE k.id = p_stream
                   AND k.regime <> 'ERASABLE' AND NOT (p_kind = 'WRONG_RECORD' AND k.regime = 'STATUTORY')) THEN
            RAISE EXCEPTION 'the regime of the stream does not allow it' USING ERRCODE = 'DK005';
        END IF;
        INSERT INTO keyring.shredding (stream, tombstone, kind, reason_code, legal_basis, command_tag, body_tag, asked_at)
            VALUES (p_stream, p_tombstone, p_kind, p_reason_code, p_legal_basis, p_command_tag, p_body_tag, p_now)
            ON CONFLICT DO NOTHING;
    END IF;
    RETURN QUERY SELECT * FROM keyring.shredding s WHERE s.stream = p_stream OR s.command_tag = p_command_tag;
END
$$;

-- Drops the keys of what stands in the ledger. From here on nobody opens the stream; older copies die with their KEK.
CREATE FUNCTION keyring.shred(p_stream uuid, p_now timestamptz) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    last_rewrite bigint := (SELECT coalesce(max(r.id), 0) FROM keyring.rewrite r);
BEGIN
    UPDATE keyring.shredding s SET shredded_at = p_now, after_rewrite = last_rewrite
        WHERE s.stream = p_stream AND s.shredded_at IS NULL;
    IF NOT EXISTS (SELECT 1 FROM keyring.shredding s WHERE s.stream = p_stream) THEN
        RETURN false;
    END IF;
    DELETE FROM keyring.data_key k WHERE k.id = p_stream AND k.regime <> 'JOB';
    RETURN true;
END
$$;

-- After an older copy of the keyring was put back: what the log says was shredded goes again, and counts anew.
CREATE FUNCTION keyring.shred_again(p_stream uuid, p_tombstone uuid, p_kind text, p_reason_code text, p_legal_basis text,
    p_asked_at timestamptz, p_now timestamptz) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    last_rewrite bigint := (SELECT coalesce(max(r.id), 0) FROM keyring.rewrite r);
BEGIN
    IF EXISTS (SELECT 1 FROM keyring.shredding s WHERE s.stream = p_stream AND s.shredded_at IS NOT NULL)
       AND NOT EXISTS (SELECT 1 FROM keyring.data_key k WHERE k.id = p_stream AND k.regime <> 'JOB') THEN
        RETURN false;
    END IF;
    INSERT INTO keyring.shredding AS s
            (stream, tombstone, kind, reason_code, legal_basis, asked_at, shredded_at, after_rewrite)
        VALUES (p_stream, p_tombstone, p_kind, p_reason_code, p_legal_basis, p_asked_at, p_now, last_rewrite)
        ON CONFLICT (stream) DO UPDATE
            SET shredded_at = p_now, after_rewrite = last_rewrite, rewrites = 0, counted_on = NULL, done_at = NULL;
    DELETE FROM keyring.data_key k WHERE k.id = p_stream AND k.regime <> 'JOB';
    RETURN true;
END
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA keyring FROM PUBLIC;

GRANT SELECT ON keyring.rewrite, keyring.shredding TO kr_registry, kr_query;
GRANT EXECUTE ON FUNCTION keyring.make_secret(text, uuid, bytea) TO kr_registry;

-- Copies what it cannot read without the KEK, into a table that nobody else sees; shreds what the ledger names.
GRANT USAGE ON SCHEMA keyring TO kr_rekeyer;
GRANT SELECT ON keyring.kek, keyring.data_key, keyring.secret, keyring.rewrite, keyring.shredding TO kr_rekeyer;
GRANT EXECUTE ON FUNCTION keyring.begin_rewrite(uuid, jsonb, timestamptz) TO kr_rekeyer;
GRANT EXECUTE ON FUNCTION keyring.advance_rewrite(bigint, uuid, integer, uuid, integer, bigint) TO kr_rekeyer;
GRANT EXECUTE ON FUNCTION keyring.end_copy(bigint) TO kr_rekeyer;
GRANT EXECUTE ON FUNCTION keyring.take_changes(bigint, integer) TO kr_rekeyer;
GRANT EXECUTE ON FUNCTION keyring.abandon_rewrite(bigint) TO kr_rekeyer;
GRANT EXECUTE ON FUNCTION keyring.lock_for_swap() TO kr_rekeyer;
GRANT EXECUTE ON FUNCTION keyring.swap(bigint, text[], bytea[], timestamptz) TO kr_rekeyer;
GRANT EXECUTE ON FUNCTION keyring.plan_shredding(uuid, uuid, text, text, text, bytea, bytea, timestamptz) TO kr_rekeyer;
GRANT EXECUTE ON FUNCTION keyring.shred(uuid, timestamptz) TO kr_rekeyer;
GRANT EXECUTE ON FUNCTION keyring.shred_again(uuid, uuid, text, text, text, timestamptz, timestamptz) TO kr_rekeyer;
CREATE POLICY rekeyer_reads ON keyring.data_key FOR SELECT TO kr_rekeyer USING (true);
CREATE POLICY rekeyer_reads ON keyring.secret FOR SELECT TO kr_rekeyer USING (true);
