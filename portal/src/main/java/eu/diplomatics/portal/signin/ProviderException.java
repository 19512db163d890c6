package eu.diplomatics.portal.signin;

import org.jspecify.annotations.Nullable;

/** The provider did not answer, or refused. Neither message nor code names a person. */
final class ProviderException extends Exception {
    private static final long serialVersionUID = 1L;

    private final @Nullable String code;

    ProviderException(String message) {
        this(message, (String) null);
    }

    /** @param code of RFC 6749, which the provider named */
    ProviderException(String message, @Nullable String code) {
        super(code == null ? message : message + ": " + code);
        this.code = code;
    }

    ProviderException(String message, Throwable cause) {
        // what it says may repeat what was sent
        super(message + " (" + cause.getClass().getSimpleName() + ")");
        this.code = null;
    }

    @Nullable
    String code() {
        return code;
    }
}
