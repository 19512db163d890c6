package eu.diplomatics.edge;

import eu.diplomatics.local.LocalAuthority;
import java.util.LinkedHashMap;
import java.util.Map;

/** What makes a service speak TLS, by the names of its configuration. */
public final class TlsSettings {
    private TlsSettings() {}

    /** With the certificate of this name, asking callers for theirs; changes are seen within a second. */
    public static Map<String, String> of(LocalAuthority authority, String name) {
        Map<String, String> settings = new LinkedHashMap<>();
        String bundle = "spring.ssl.bundle.jks.edge.";
        String password = new String(authority.password());
        settings.put("server.ssl.bundle", "edge");
        settings.put(bundle + "reload-on-update", "true");
        settings.put(bundle + "keystore.type", "PKCS12");
        settings.put(
                bundle + "keystore.location", authority.keyStore(name).toUri().toString());
        settings.put(bundle + "keystore.password", password);
        settings.put(bundle + "truststore.type", "PKCS12");
        settings.put(
                bundle + "truststore.location", authority.trustStore().toUri().toString());
        settings.put(bundle + "truststore.password", password);
        settings.put("spring.ssl.bundle.watch.file.quiet-period", "200ms");
        settings.put("diplomatics.edge.tls.revoked", authority.revoked().toString());
        settings.put("diplomatics.edge.tls.reread", "200ms");
        return settings;
    }
}
