package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** R22: no process calls out. */
class NothingCallsOutTest {
    @Test
    void every_connection_of_a_service_that_starts_and_registers_goes_to_this_machine() {
        Queue<URI> connections = new ConcurrentLinkedQueue<>();
        ProxySelector usual = ProxySelector.getDefault();
        ProxySelector.setDefault(new ProxySelector() {
            @Override
            public List<Proxy> select(URI uri) {
                connections.add(uri);
                return List.of(Proxy.NO_PROXY);
            }

            @Override
            public void connectFailed(URI uri, SocketAddress address, IOException failure) {
                connections.add(uri);
            }
        });
        try (RegistryFixture registry = RegistryFixture.prepared().start()) {
            assertThat(registry.client()
                            .post("/v1/qualifications", Samples.registration(Samples.reference(), Samples.insz(1)))
                            .status())
                    .isEqualTo(201);
        } finally {
            ProxySelector.setDefault(usual);
        }
        assertThat(connections)
                .as("those of the databases show that connections are seen")
                .isNotEmpty()
                .allSatisfy(uri -> assertThat(uri.getHost()).isIn("127.0.0.1", "localhost"));
        assertThatThrownBy(() -> Class.forName("org.axonframework.update.UpdateChecker"))
                .isInstanceOf(ClassNotFoundException.class);
    }
}
