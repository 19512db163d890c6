package eu.diplomatics.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A server that answers by TLS 1.3 only, and only who shows a certificate of the authority that is not revoked, beside the
 * password.
 */
record PostgresTls(LocalAuthority authority, String server) {
    private static final String INSTALLER = "installer";

    Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("ssl", "on");
        settings.put("ssl_min_protocol_version", "TLSv1.3");
        settings.put("ssl_cert_file", authority.certificatePem(server).toString());
        settings.put("ssl_key_file", authority.keyPem(server).toString());
        settings.put("ssl_ca_file", authority.trustPem().toString());
        settings.put("ssl_crl_file", authority.revoked().toString());
        return settings;
    }

    /** At each start, so that data of an earlier version are served no other way. */
    static void only(Path dataDirectory) throws IOException {
        Files.writeString(
                dataDirectory.resolve("pg_hba.conf"),
                "hostssl all all 127.0.0.1/32 scram-sha-256 clientcert=verify-ca\n",
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.SYNC);
    }

    String parameters() {
        return authority.jdbcParameters(INSTALLER);
    }

    String parameters(String client) {
        return authority.jdbcParameters(client);
    }
}
