package eu.diplomatics.query.notice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.query.notice.NoticeSettings.Webhook;
import java.net.InetAddress;
import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No webhook makes the service call itself or what stands beside it. */
class PublicHostsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "10.1.2.3",
                "100.64.0.1",
                "100.127.255.254",
                "127.0.0.1",
                "127.9.9.9",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.254",
                "192.0.0.8",
                "192.0.2.1",
                "192.168.1.1",
                "198.18.0.1",
                "198.19.255.254",
                "224.0.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "64:ff9b::a00:1",
                "fc00::1",
                "fd12:3456::1",
                "fe80::1",
                "ff02::1",
                "2002:a00:1::1",
                "2001:0:a00::1"
            })
    void whatIsNotTheWorldsIsNoPublicHost(String address) {
        assertThat(PublicHosts.isPublic(InetAddress.ofLiteral(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "100.63.0.1",
                "100.128.0.1",
                "172.32.0.1",
                "193.190.198.1",
                "198.20.0.1",
                "2a02:1234::1"
            })
    void whatIsTheWorldsIs(String address) {
        assertThat(PublicHosts.isPublic(InetAddress.ofLiteral(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://agency.example/notices",
                "ftp://agency.example/notices",
                "file:///etc/passwd",
                "https:///notices",
                "https://user@agency.example/notices",
                "https://agency.example/notices#part",
                "/notices"
            })
    void anAddressThatIsNotHttpsToAHostIsRefusedAtTheStart(String url) {
        assertThatThrownBy(() -> new Webhook("vdab", URI.create(url))).isInstanceOf(IllegalArgumentException.class);
    }
}
