package eu.diplomatics.backup.tail;

import eu.diplomatics.backup.generation.BackupFixture;
import eu.diplomatics.backup.generation.GenerationId;
import eu.diplomatics.backup.generation.GenerationKeys;
import eu.diplomatics.backup.segment.CopyFormat;
import eu.diplomatics.backup.source.SourceDatabase;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.local.DatabaseAccess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tails of a {@link BackupFixture}, and what is in them. */
final class TailFixture {
    private final BackupFixture fixture;

    TailFixture(BackupFixture fixture) {
        this.fixture = fixture;
    }

    FollowGeneration following(FollowGeneration.Steps steps) throws IOException {
        return new FollowGeneration(
                new TailStore(fixture.store()),
                fixture.sources(),
                fixture.custodian(),
                fixture.clock,
                new FollowGeneration.Settings(BackupFixture.SEGMENT_BYTES, "test"),
                steps);
    }

    TailManifest follow(FollowGeneration.Steps steps) throws Exception {
        return following(steps).follow();
    }

    TailManifest follow() throws Exception {
        return follow(step -> {});
    }

    VerifyTail.Report verify(TailManifest tail) throws IOException {
        return new VerifyTail(new TailStore(fixture.store()))
                .verify(GenerationId.parse(tail.generation()), fixture.custodian());
    }

    TailManifest.Table table(TailManifest tail, String name) {
        return tail.sources().stream()
                .flatMap(source -> source.tables().stream())
                .filter(table -> table.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    interface Row {
        void of(TailManifest.Table table, ByteBuffer row);
    }

    void rows(TailManifest tail, String name, Row rows) throws Exception {
        GenerationId id = GenerationId.parse(tail.generation());
        for (TailManifest.Source source : tail.sources()) {
            String wrapped =
                    fixture.store().manifest(id).orElseThrow().manifest().keys().getOrDefault(source.part(), "");
            try (SecretBytes key = GenerationKeys.unwrap(fixture.custodian(), id, source.part(), wrapped)) {
                for (TailManifest.Table table : source.tables()) {
                    for (int i = 0;
                            table.name().equals(name) && i < table.segments().size();
                            i++) {
                        Optional<?> wrong = new TailReader(new TailStore(fixture.store()), id)
                                .read(tail, source, table, i, Optional.of(key), row -> rows.of(table, row));
                        if (wrong.isPresent()) {
                            throw new IllegalStateException(wrong.toString());
                        }
                    }
                }
            }
        }
    }

    List<Long> longs(TailManifest tail, String name, String column) throws Exception {
        List<Long> values = new ArrayList<>();
        rows(
                tail,
                name,
                (table, row) ->
                        values.add(CopyFormat.field(row, 0, table.columns().indexOf(column))
                                .getLong()));
        return values;
    }

    void at(SourceDatabase database, String... statements) throws Exception {
        DatabaseAccess access = fixture.access(database);
        try (Connection connection = DriverManager.getConnection(
                access.url(), access.migrator().username(), access.migrator().password())) {
            for (String statement : statements) {
                connection.createStatement().execute("SET ROLE " + owner(database));
                connection.createStatement().execute(statement);
            }
        }
    }

    private static String owner(SourceDatabase database) {
        return switch (database) {
            case EVENTSTORE -> "es_owner";
            case ACCESSLOG -> "al_owner";
            case REGISTRY -> "rg_owner";
            case KEYRING -> "kr_owner";
        };
    }
}
