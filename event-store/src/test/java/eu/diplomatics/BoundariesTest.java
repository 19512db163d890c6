package eu.diplomatics;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.GeneralCodingRules;
import eu.diplomatics.envelope.SecretBytes;
import java.util.Random;

/** Who may know whom in this module. */
@AnalyzeClasses(packages = "eu.diplomatics", importOptions = BoundariesTest.ThisModule.class)
class BoundariesTest {
    private static final String OURS = "eu.diplomatics..";

    /** Main classes of this module only: other modules that tests use have boundaries of their own. */
    static final class ThisModule implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return location.contains("/event-store/target/classes/");
        }
    }

    @ArchTest
    static final ArchRule the_envelope_depends_on_nothing_of_ours = dependsOfOursOnly("envelope");

    @ArchTest
    static final ArchRule receipts_depend_on_the_envelope_only = dependsOfOursOnly("receipt", "envelope");

    @ArchTest
    static final ArchRule the_tree_sees_hashes_and_knows_no_event =
            dependsOfOursOnly("transparency", "envelope", "receipt");

    @ArchTest
    static final ArchRule a_witness_knows_trees_and_no_registry =
            dependsOfOursOnly("witness", "envelope", "receipt", "tls", "transparency");

    @ArchTest
    static final ArchRule verifying_offline_needs_no_database_and_no_network = classes()
            .that()
            .resideInAPackage("eu.diplomatics.verify")
            .should()
            .onlyDependOnClassesThat(resideOutsideOfPackages(OURS, "java.net..", "java.sql..", "javax.sql..")
                    .or(resideInAnyPackage(
                            "eu.diplomatics.verify",
                            "eu.diplomatics.receipt",
                            "eu.diplomatics.timestamp",
                            "eu.diplomatics.transparency")));

    @ArchTest
    static final ArchRule time_stamps_depend_on_nothing_of_ours = dependsOfOursOnly("timestamp");

    @ArchTest
    static final ArchRule bouncy_castle_is_for_time_stamps_only = noClasses()
            .that()
            .resideOutsideOfPackage("eu.diplomatics.timestamp")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.bouncycastle..");

    @ArchTest
    static final ArchRule the_keyring_knows_numbers_of_persons_but_no_events =
            dependsOfOursOnly("keyring", "envelope", "qualification", "tls");

    @ArchTest
    static final ArchRule the_engine_sees_bytes_and_never_domain_types =
            dependsOfOursOnly("eventstore", "envelope", "keyring", "eventstore.axon");

    @ArchTest
    static final ArchRule the_domain_knows_no_framework_no_database_and_no_encryption = noClasses()
            .that()
            .resideInAnyPackage("eu.diplomatics.qualification..", "eu.diplomatics.taxonomy..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.springframework..",
                    "java.sql..",
                    "javax.sql..",
                    "org.axonframework..",
                    "org.apache.kafka..",
                    "javax.crypto..",
                    "eu.diplomatics.envelope..",
                    "eu.diplomatics.keyring..",
                    "eu.diplomatics.eventstore..",
                    "eu.diplomatics.receipt..",
                    "eu.diplomatics.vault..");

    @ArchTest
    static final ArchRule axon_stays_in_its_package = noClasses()
            .that()
            .resideOutsideOfPackage("eu.diplomatics.eventstore.axon..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.axonframework..");

    @ArchTest
    static final ArchRule no_spring_in_this_library =
            noClasses().should().dependOnClassesThat().resideInAPackage("org.springframework..");

    @ArchTest
    static final ArchRule no_cycles =
            slices().matching("eu.diplomatics.(**)").should().beFreeOfCycles();

    /** What R09 and R18 lean on: the places that hold keys in their hands can be counted. */
    @ArchTest
    static final ArchRule only_cryptography_reveals_secrets = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "eu.diplomatics.envelope..", "eu.diplomatics.keyring..", "eu.diplomatics.receipt..")
            .should()
            .callMethod(SecretBytes.class, "reveal");

    @ArchTest
    static final ArchRule only_cryptography_uses_ciphers_and_macs = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "eu.diplomatics.envelope..", "eu.diplomatics.keyring..", "eu.diplomatics.receipt..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("javax.crypto..");

    @ArchTest
    static final ArchRule nothing_random_is_guessable =
            noClasses().should().dependOnClassesThat().haveFullyQualifiedName(Random.class.getName());

    @ArchTest
    static final ArchRule no_java_util_logging = GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

    @ArchTest
    static final ArchRule no_standard_streams_but_by_commands = noClasses()
            .that()
            .haveSimpleNameNotEndingWith("Application")
            .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS);

    @ArchTest
    static final ArchRule no_generic_exceptions_thrown = GeneralCodingRules.NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS;

    @ArchTest
    static final ArchRule nobody_catches_every_checked_exception = codeUnits().should(new NotCatch(Exception.class));

    @ArchTest
    static final ArchRule nobody_sleeps = noClasses().should().callMethod(Thread.class, "sleep", long.class);

    @ArchTest
    static final ArchRule jackson_2_is_not_used = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.fasterxml.jackson.core..", "com.fasterxml.jackson.databind..");

    private static ArchRule dependsOfOursOnly(String name, String... others) {
        String[] allowed = new String[others.length + 1];
        allowed[0] = "eu.diplomatics." + name;
        for (int i = 0; i < others.length; i++) {
            allowed[i + 1] = "eu.diplomatics." + others[i];
        }
        return classes()
                .that()
                .resideInAPackage("eu.diplomatics." + name)
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackages(OURS).or(resideInAnyPackage(allowed)));
    }

    private static final class NotCatch extends ArchCondition<JavaCodeUnit> {
        private final Class<?> type;

        NotCatch(Class<?> type) {
            super("not catch " + type.getSimpleName());
            this.type = type;
        }

        @Override
        public void check(JavaCodeUnit unit, ConditionEvents events) {
            unit.getTryCatchBlocks().stream()
                    .filter(block ->
                            block.getCaughtThrowables().stream().anyMatch(caught -> caught.isEquivalentTo(type)))
                    .forEach(block -> events.add(SimpleConditionEvent.violated(
                            unit,
                            unit.getFullName() + " catches " + type.getName() + " in "
                                    + block.getSourceCodeLocation())));
        }
    }
}
