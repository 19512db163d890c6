package eu.diplomatics.query;

import eu.diplomatics.accesslog.AccessSeal;
import eu.diplomatics.local.Database;
import java.util.HexFormat;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the access log says, opened with the service's key. */
final class LoggedRows {
    private static final String NEWEST = """
            SELECT concat_ws('|', id, seal_key, encode(sealed, 'hex'), encode(subject, 'hex'))
              FROM accesslog.entry ORDER BY at DESC LIMIT 1""";

    private LoggedRows() {}

    static JsonNode newest(QueryFixture fixture) {
        String[] row = fixture.strings(Database.ACCESSLOG, NEWEST).getFirst().split("\\|");
        HexFormat hex = HexFormat.of();
        String details = new AccessSeal(fixture.keyring())
                .open(
                        UUID.fromString(row[0]),
                        Integer.parseInt(row[1]),
                        row.length == 4 ? hex.parseHex(row[3]) : null,
                        hex.parseHex(row[2]));
        return JsonMapper.shared().readTree(details);
    }
}
