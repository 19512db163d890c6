package eu.diplomatics.query.notice;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How notices are written and brought.
 *
 * @param every so long between two looks for what is to be told, or to be brought
 * @param webhooks of agencies that do not want to ask
 * @param signing with what requests to webhooks are signed; required where there are any
 * @param trust by which their servers are known; null for those that the JDK knows
 * @param patience after a first failure, doubled with each further one
 * @param patienceAtMost between two attempts
 */
@ConfigurationProperties("diplomatics.notices")
record NoticeSettings(
        @DefaultValue("10s") Duration every,
        @DefaultValue List<Webhook> webhooks,
        @Nullable Store signing,
        @Nullable Store trust,
        @DefaultValue("5s") Duration patience,
        @DefaultValue("1h") Duration patienceAtMost) {
    NoticeSettings {
        webhooks = List.copyOf(webhooks);
        Set<String> agencies = new HashSet<>();
        for (Webhook webhook : webhooks) {
            if (!agencies.add(webhook.agency())) {
                throw new IllegalArgumentException("diplomatics.notices.webhooks names an agency twice");
            }
        }
        if (!webhooks.isEmpty() && signing == null) {
            throw new IllegalArgumentException(
                    "diplomatics.notices.signing is missing: the store with the key that webhooks are signed with");
        }
    }

    /** Where an agency wants its notices brought. */
    record Webhook(String agency, URI url) {
        Webhook {
            boolean fits = url.isAbsolute()
                    && url.getScheme().toLowerCase(Locale.ROOT).equals("https")
                    && url.getHost() != null
                    && url.getUserInfo() == null
                    && url.getFragment() == null;
            if (!fits) {
                throw new IllegalArgumentException(
                        "diplomatics.notices.webhooks has an address that is not https://host[:port]/path");
            }
        }
    }

    /** A store, PKCS #12. */
    record Store(Path keyStore, String password) {
        @Override
        public String toString() {
            return "Store[" + keyStore + ", redacted]";
        }
    }
}
