package eu.diplomatics.tls;

import java.net.InetAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Which addresses may be asked at all. */
public final class Transport {
    private Transport() {}

    /** Whether nobody on the way can read or change what is said there: it is https, or does not leave this machine. */
    public static boolean isProtected(URI address) {
        return "https".equals(address.getScheme()) || isThisMachine(address.getHost());
    }

    private static boolean isThisMachine(@Nullable String host) {
        if (host == null) {
            return false;
        }
        try {
            return InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return "localhost".equals(host);
        }
    }
}
