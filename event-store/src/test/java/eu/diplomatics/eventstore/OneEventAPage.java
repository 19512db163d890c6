package eu.diplomatics.eventstore;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;

/** A reader whose every page ends after one event, as a page of large events may: a short page is never the end. */
public final class OneEventAPage {
    private static final Set<String> PAGED = Set.of("after", "matching");

    private OneEventAPage() {}

    public static EventReader of(EventReader reader) {
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
