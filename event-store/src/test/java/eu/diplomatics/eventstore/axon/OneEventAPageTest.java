package eu.diplomatics.eventstore.axon;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.EventStoreFixture;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;

/** The same suite where every page ends after one event: a short page is never the end. */
class OneEventAPageTest extends SealedEventStorageEngineTest {
    private static final Set<String> PAGED = Set.of("after", "matching");

    @Override
    EventReader reader(EventStoreFixture opened) {
        EventReader reader = opened.openReader();
        return (EventReader) Proxy.newProxyInstance(
                EventReader.class.getClassLoader(), new Class<?>[] {EventReader.class}, (self, method, arguments) -> {
                    if (PAGED.contains(method.getName())) {
                        arguments[1] = 1;
                    }
                    try {
                        return method.invoke(reader, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
