package eu.diplomatics.query.notice;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** Which hosts a request may go to: none that is this machine or stands in a network that is not the world's. */
final class PublicHosts {
    private PublicHosts() {}

    /**
     * Whether all addresses of a host are public. The JDK keeps what it looked up for some seconds, so that a request that
     * follows goes to one of them.
     */
    static boolean isPublic(String host) throws UnknownHostException {
        return Arrays.stream(InetAddress.getAllByName(host)).allMatch(PublicHosts::isPublic);
    }

    static boolean isPublic(InetAddress address) {
        if (address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        int[] bytes = new int[address.getAddress().length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = address.getAddress()[i] & 0xff;
        }
        return switch (address) {
            // this network, shared (RFC 6598), IETF protocols and tests, benchmarks (RFC 2544), reserved
            case Inet4Address four ->
                bytes[0] != 0
                        && !(bytes[0] == 100 && (bytes[1] & 0xc0) == 64)
                        && !(bytes[0] == 192 && bytes[1] == 0)
                        && !(bytes[0] == 198 && (bytes[1] & 0xfe) == 18)
                        && bytes[0] < 240;
            // only what is global unicast (2000::/3), and no other addresses wrapped into it: 6to4, Teredo
            case Inet6Address six ->
                (bytes[0] & 0xe0) == 0x20
                        && !(bytes[0] == 0x20 && bytes[1] == 0x02)
                        && !(bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] == 0 && bytes[3] == 0);
            default -> false;
        };
    }
}
