package eu.diplomatics;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.eventstore.EventContext;
import eu.diplomatics.eventstore.axon.Placement;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.PartialDate;
import eu.diplomatics.qualification.Qualification;
import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.qualification.RejectionCode;
import eu.diplomatics.vault.OpenedEvent;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What prints itself prints no text a supplier or a person gave: a log or a message may repeat any record (R04). */
class RedactionTest {
    private static final String GIVEN = "a text that somebody gave";
    private static final LocalDate BIRTH = LocalDate.of(1907, 5, 3);

    /** Values that hold no text anybody gave, or that say by contract that they do not. */
    private static final Map<Class<?>, Object> FIXED = Map.ofEntries(
            Map.entry(String.class, GIVEN),
            Map.entry(Object.class, GIVEN),
            Map.entry(int.class, 1),
            Map.entry(Integer.class, 1),
            Map.entry(long.class, 1L),
            Map.entry(boolean.class, true),
            Map.entry(Boolean.class, true),
            Map.entry(byte[].class, new byte[32]),
            Map.entry(UUID.class, new UUID(0, 1)),
            Map.entry(Instant.class, Instant.EPOCH),
            Map.entry(LocalDate.class, BIRTH),
            Map.entry(Insz.class, Examples.insz(1)),
            Map.entry(PartialDate.class, new PartialDate(1907, 5, 3)),
            Map.entry(EventContext.class, new EventContext(new UUID(0, 1), 1, "Type", 1)),
            Map.entry(Rejection.class, new Rejection(RejectionCode.MALFORMED, "", "")));

    /** Of these the text is a name of a type, or whatever the caller wrapped. */
    private static final Set<String> EXEMPT =
            Set.of("TypeKey", "Valid", "Rejection", "PartialDate", "RequestRules", "AcceptedNumbers");

    @TestFactory
    Stream<DynamicTest> everyRecordThatCarriesTextsPrintsNoneOfThem() {
        List<Class<?>> records = Stream.of(Qualification.class, OpenedEvent.class, Placement.class)
                .flatMap(RedactionTest::recordsBeside)
                .toList();
        assertThat(records).hasSizeGreaterThan(30);
        return records.stream()
                .filter(type -> !EXEMPT.contains(type.getSimpleName()))
                .map(type -> DynamicTest.dynamicTest(
                        type.getName(),
                        () -> assertThat(value(type).toString())
                                .doesNotContain(GIVEN)
                                .doesNotContain(Examples.insz(1).digits())
                                .doesNotContain(BIRTH.toString())));
    }

    private static Stream<Class<?>> recordsBeside(Class<?> known) {
        try {
            Path classes = Path.of(
                    known.getProtectionDomain().getCodeSource().getLocation().toURI());
            String folder = known.getPackageName().replace('.', '/');
            try (Stream<Path> files = Files.list(classes.resolve(folder))) {
                return files
                        .map(file -> file.getFileName().toString())
                        .filter(name -> name.endsWith(".class") && !name.startsWith("package-info"))
                        .<Class<?>>map(name -> load(known.getPackageName() + "." + name.replace(".class", "")))
                        .filter(Class::isRecord)
                        .toList()
                        .stream();
            }
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object value(Type type) {
        return switch (type) {
            case ParameterizedType generic
            when generic.getRawType() == List.class -> List.of(value(generic.getActualTypeArguments()[0]));
            case ParameterizedType generic
            when generic.getRawType() == Set.class -> Set.of(value(generic.getActualTypeArguments()[0]));
            case ParameterizedType generic when generic.getRawType() == Map.class -> Map.of(GIVEN, GIVEN);
            case ParameterizedType generic -> value(generic.getRawType());
            case TypeVariable<?> variable -> value(variable.getBounds()[0]);
            case Class<?> known when FIXED.containsKey(known) -> FIXED.get(known);
            case Class<?> constants when constants.isEnum() -> constants.getEnumConstants()[0];
            case Class<?> sealed when sealed.isSealed() -> value(sealed.getPermittedSubclasses()[0]);
            case Class<?> record when record.isRecord() -> filled(record);
            default -> throw new IllegalStateException("give " + type.getTypeName() + " a value here");
        };
    }

    private static Object filled(Class<?> record) {
        RecordComponent[] components = record.getRecordComponents();
        try {
            Constructor<?> constructor = record.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return constructor.newInstance(Arrays.stream(components)
                    .map(c -> value(c.getGenericType()))
                    .toArray());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(record.getName(), e);
        }
    }
}
