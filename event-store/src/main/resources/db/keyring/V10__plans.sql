-- What is asked for by values that are at hand is found by their index. The planner does not know how many they are, and may
-- rather read the whole table for a few hundred of them: a cost that grows with the number of holders.
DO $do$
DECLARE
    v_function regprocedure;
BEGIN
    FOREACH v_function IN ARRAY ARRAY[
        'keyring.create_keys(uuid[], integer[], text[], uuid, bytea[])',
        'keyring.claim_holders(bigint, bytea[], bytea[], uuid[], bytea[], bytea[])',
        'keyring.claim_next(keyring.index_state, bytea[], bytea[], bytea[])']::regprocedure[]
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET enable_seqscan = off', v_function);
        EXECUTE format('ALTER FUNCTION %s SET enable_hashjoin = off', v_function);
        EXECUTE format('ALTER FUNCTION %s SET enable_mergejoin = off', v_function);
    END LOOP;
END $do$;
