package eu.diplomatics.quickstart.stack;

import eu.diplomatics.quickstart.caller.CallerKeys;
import java.util.List;
import java.util.Map;

/** The pages for people, and the provider at which they sign in for them. */
public record PortalSetup(Layout layout, Addresses addresses) {
    private static final int HEAP = 128;
    private static final int PROVIDER_HEAP = 160;
    private static final String NAME = "portal";

    Child.Spec provider() {
        return new Child.Spec(
                "provider",
                layout.application("quickstart"),
                "eu.diplomatics.quickstart.provider.ProviderApplication",
                PROVIDER_HEAP,
                List.of(),
                List.of(),
                Map.of(
                        "PROVIDER_PORT", Integer.toString(addresses.provider()),
                        "PROVIDER_PORTAL", addresses.portalUrl(),
                        "PROVIDER_KEYS", layout.callerKeys().toString()));
    }

    Child.Spec portal() {
        return new Child.Spec(
                NAME,
                layout.application(NAME),
                "eu.diplomatics.portal.PortalApplication",
                HEAP,
                List.of(),
                List.of(),
                environment());
    }

    /** What the portal is told. */
    public Map<String, String> environment() {
        return Map.of(
                "SERVER_PORT",
                Integer.toString(addresses.portal()),
                "SPRING_PROFILES_ACTIVE",
                "insecure",
                "DIPLOMATICS_PORTAL_ORIGIN",
                addresses.portalUrl(),
                "DIPLOMATICS_PORTAL_QUERY",
                addresses.queryUrl(),
                "DIPLOMATICS_PORTAL_PROVIDER_ISSUER",
                addresses.providerUrl(),
                "DIPLOMATICS_PORTAL_PROVIDER_CLIENTID",
                CallerKeys.PORTAL,
                "DIPLOMATICS_PORTAL_PROVIDER_KEY",
                new CallerKeys(layout.callerKeys())
                        .keyFile(CallerKeys.PORTAL)
                        .toUri()
                        .toString(),
                "DIPLOMATICS_PORTAL_PROVIDER_ACR",
                "substantial");
    }
}
