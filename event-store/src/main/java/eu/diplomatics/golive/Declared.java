package eu.diplomatics.golive;

import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A condition that is one question, or one whose answer is known. */
public final class Declared implements GoLiveCondition {
    private final String id;
    private final String requirement;
    private final BooleanSupplier holds;
    private final String green;
    private final String red;
    private final String whatToDo;

    private Declared(String id, String requirement, BooleanSupplier holds, String green, String red, String whatToDo) {
        this.id = id;
        this.requirement = requirement;
        this.holds = holds;
        this.green = green;
        this.red = red;
        this.whatToDo = whatToDo;
    }

    /** @param insecure whether callers are taken at their word */
    public static GoLiveCondition notInsecure(boolean insecure) {
        return new Declared(
                "profile",
                "R33",
                () -> !insecure,
                "the profile insecure is off",
                "the profile insecure is on: every caller on this machine is taken at its word",
                "start without the profile insecure");
    }

    /** @param hardware asks the custodian, at every endpoint */
    public static GoLiveCondition hardwareToken(BooleanSupplier hardware) {
        return new Declared(
                "custodian-hardware",
                "R33",
                hardware,
                "every custodian says that its keys are in a hardware security module",
                "a custodian keeps its keys in a file or in software",
                "give each custodian a PKCS #11 token in hardware (docs/key-custodian.md)");
    }

    /** @param served whether the service's own port speaks TLS and nothing else */
    public static GoLiveCondition callersTls(boolean served) {
        return new Declared(
                "callers-tls",
                "R25",
                () -> served,
                "callers are served over TLS only",
                "callers are served without TLS, from this machine",
                "name a bundle in server.ssl.bundle, behind a proxy too (docs/tls.md)");
    }

    /** @param configured whether the service speaks to Kafka over TLS only */
    public static GoLiveCondition kafkaTls(boolean configured) {
        return new Declared(
                "kafka-tls",
                "R25",
                () -> configured,
                "Kafka is spoken to over TLS 1.3 only, with certificates of both sides",
                "Kafka is spoken to without TLS (what it carries is sealed)",
                "give the service its stores in diplomatics.kafka.tls (docs/tls.md)");
    }

    /**
     * The conditions given, and of those that later versions bring, each that is not among them yet. So none can be left
     * out, and one that comes takes its place by its id.
     */
    public static List<GoLiveCondition> completed(List<GoLiveCondition> conditions) {
        Set<String> there = conditions.stream().map(GoLiveCondition::id).collect(Collectors.toSet());
        return Stream.concat(conditions.stream(), notThereYet().stream().filter(later -> !there.contains(later.id())))
                .toList();
    }

    /**
     * What belongs to go-live and this version cannot do yet. Until a condition looks for each, no installation of this version takes real numbers.
     */
    private static List<GoLiveCondition> notThereYet() {
        return List.of(
                notThereYet("kafka-tls", "R25", "Kafka is spoken to without TLS (what it carries is sealed)"),
                notThereYet("callers", "R07", "callers cannot prove who they are, and no role matrix binds them"),
                notThereYet("keys-in-time", "R16", "not every type of key is watched for its age"),
                notThereYet("verified-generation", "R17", "no generation of the store was verified as a whole"),
                notThereYet("log-copy", "R06", "nothing here looks at a copy of the access log at the controller's"),
                notThereYet("drill", "R33", "no restore was rehearsed"));
    }

    private static GoLiveCondition notThereYet(String id, String requirement, String what) {
        return new Declared(
                id, requirement, () -> false, "", what, "this version cannot do it: wait for one that does");
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String requirement() {
        return requirement;
    }

    @Override
    public Verdict check() {
        return holds.getAsBoolean() ? Verdict.green(green) : Verdict.red(red, whatToDo);
    }
}
