package eu.diplomatics.quickstart.whole;

import static eu.diplomatics.quickstart.whole.People.SUPPLIER;
import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.quickstart.whole.WholeRegistry.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Acknowledged registrations survive SIGKILL of every process at once: present, once, and answered after the restart.
 * Those without an answer are sent again, as a client would, and are there once too.
 */
class NothingIsLostInACrashIT {
    private static final int CLERKS = 4;
    private static final int ACKNOWLEDGED_BEFORE_THE_CRASH = 120;
    private static final int ROUNDS = 2;

    @TempDir
    private Path folder;

    @Test
    void everyReceiptStillHoldsAndNothingIsThereTwice() throws Exception {
        Map<Integer, String> receipts = new ConcurrentHashMap<>();
        Set<Integer> unanswered = ConcurrentHashMap.newKeySet();
        AtomicInteger next = new AtomicInteger();
        try (WholeRegistry registry = new WholeRegistry(folder.resolve("home")).start()) {
            for (int round = 0; round < ROUNDS; round++) {
                registerUntilItCrashes(registry, receipts, unanswered, next);
                registry.start();
                assertThat(unanswered).as("requests that the crash cut off").isNotEmpty();
                for (int person : unanswered) {
                    Answer retried = registry.register(SUPPLIER, registration(person));
                    assertThat(retried.status()).as(retried.text()).isIn(200, 201);
                    receipts.put(person, retried.text());
                }
                unanswered.clear();
            }
            long last = 0;
            Map<Long, Integer> positions = new TreeMap<>();
            for (Map.Entry<Integer, String> entry : receipts.entrySet()) {
                int person = entry.getKey();
                Answer again = registry.register(SUPPLIER, registration(person));
                assertThat(again.status()).as("registered again").isEqualTo(200);
                assertThat(again.text()).as("the first receipt").isEqualTo(entry.getValue());
                long position = again.json().path("position").asLong();
                assertThat(positions.put(position, person)).isNull();
                last = Math.max(last, position);
            }
            for (int person : receipts.keySet()) {
                Answer found = registry.consult(People.insz(person), last);
                assertThat(found.json().path("qualifications").size())
                        .as(found.text())
                        .isEqualTo(1);
            }
        }
    }

    private static void registerUntilItCrashes(
            WholeRegistry registry, Map<Integer, String> receipts, Set<Integer> unanswered, AtomicInteger next)
            throws Exception {
        CountDownLatch enough = new CountDownLatch(ACKNOWLEDGED_BEFORE_THE_CRASH);
        AtomicBoolean crashed = new AtomicBoolean();
        List<Thread> clerks = new ArrayList<>();
        for (int clerk = 0; clerk < CLERKS; clerk++) {
            clerks.add(Thread.ofVirtual().start(() -> {
                while (!crashed.get()) {
                    int person = next.getAndIncrement();
                    try {
                        Answer answer = registry.register(SUPPLIER, registration(person));
                        if (answer.status() == 201) {
                            receipts.put(person, answer.text());
                            enough.countDown();
                        } else {
                            unanswered.add(person);
                        }
                    } catch (IOException e) {
                        unanswered.add(person); // registered or not: the registry went away before it said
                        return;
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        return;
                    }
                }
            }));
        }
        assertThat(enough.await(60, TimeUnit.SECONDS)).isTrue();
        registry.crash();
        crashed.set(true);
        for (Thread clerk : clerks) {
            clerk.join();
        }
    }

    private static String registration(int person) {
        return People.withNumber("CRASH-" + person, People.insz(person), "Master of Science in de sociologie");
    }
}
