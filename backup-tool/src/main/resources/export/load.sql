-- Loads all *.jsonl.zst of the working folder. For another database: make table event as below, load each line's members
-- into its columns, and keep the views, with that database's way to reach into JSON.
CREATE TABLE line AS SELECT * FROM read_json('*.jsonl.zst', format = 'newline_delimited', compression = 'zstd', columns = {
    position: 'BIGINT', subject: 'UUID', streamversion: 'BIGINT', type: 'VARCHAR', typeversion: 'INTEGER',
    "time": 'VARCHAR', holder: 'UUID', command: 'UUID', unitevents: 'INTEGER', content: 'VARCHAR', regime: 'VARCHAR',
    commitment: 'VARCHAR', leaf: 'VARCHAR', opening: 'VARCHAR', data: 'JSON'}, maximum_object_size = 2097152);

CREATE TABLE event (
    position       BIGINT      NOT NULL PRIMARY KEY,
    stream         VARCHAR(36) NOT NULL,
    stream_version BIGINT      NOT NULL,
    type           VARCHAR(100) NOT NULL,
    type_version   INTEGER     NOT NULL,
    recorded_at    VARCHAR(27) NOT NULL, -- RFC 3339, UTC, microseconds
    holder         VARCHAR(36) NOT NULL,
    command        VARCHAR(36) NOT NULL,
    unit_events    INTEGER     NOT NULL,
    content        VARCHAR(8)  NOT NULL CHECK (content IN ('present', 'shredded', 'lost')),
    regime         VARCHAR(9),
    commitment     CHAR(64)    NOT NULL,
    leaf           CHAR(64)    NOT NULL,
    opening        CHAR(64),
    data           JSON,
    UNIQUE (stream, stream_version)
);

INSERT INTO event
SELECT position, CAST(subject AS VARCHAR), streamversion, type, typeversion, "time", CAST(holder AS VARCHAR),
    CAST(command AS VARCHAR), unitevents, content, regime, commitment, leaf, opening, data
FROM line ORDER BY position;

DROP TABLE line;

-- Who a holder is; nobody where the identity was erased.
CREATE VIEW holder AS
SELECT stream AS id, data ->> '$.event.identity.insz' AS insz, data ->> '$.event.identity.familyName' AS family_name,
    data ->> '$.event.identity.givenNames' AS given_names, data ->> '$.event.identity.birthDate' AS birth_date
FROM event WHERE type = 'HolderIdentified' AND content = 'present';

-- Each version of each qualification.
CREATE VIEW qualification_version AS
SELECT stream AS reference, stream_version AS version, type, recorded_at, holder,
    data ->> '$.event.supplier' AS supplier, data ->> '$.event.supplierReference' AS supplier_reference,
    data ->> '$.event.basis.fullName' AS full_name, data ->> '$.event.basis.awardedOn' AS awarded_on,
    data ->> '$.event.reasonCode' AS reason_code, data ->> '$.metadata.actor' AS actor
FROM event WHERE type LIKE 'Qualification%' AND type <> 'QualificationReceived';
