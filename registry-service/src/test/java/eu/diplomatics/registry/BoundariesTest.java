package eu.diplomatics.registry;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may know whom in this service. */
@AnalyzeClasses(packages = "eu.diplomatics.registry", importOptions = BoundariesTest.ThisModule.class)
class BoundariesTest {
    static final class ThisModule implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return location.contains("/registry-service/target/classes/");
        }
    }

    @ArchTest
    static final ArchRule no_cycles =
            slices().matching("eu.diplomatics.registry.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule the_query_side_is_unknown_here =
            noClasses().should().dependOnClassesThat().resideInAPackage("eu.diplomatics.query..");

    @ArchTest
    static final ArchRule axon_stays_with_the_command_handlers = noClasses()
            .that()
            .resideOutsideOfPackage("eu.diplomatics.registry.registration..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.axonframework..");

    @ArchTest
    static final ArchRule kafka_stays_with_the_relay = noClasses()
            .that()
            .resideOutsideOfPackage("eu.diplomatics.registry.relay..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka..");

    @ArchTest
    static final ArchRule the_relay_holds_no_key_and_opens_nothing = noClasses()
            .that()
            .resideInAPackage("eu.diplomatics.registry.relay..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "eu.diplomatics.keyring..",
                    "eu.diplomatics.vault..",
                    "eu.diplomatics.envelope..",
                    "eu.diplomatics.qualification..");

    @ArchTest
    static final ArchRule secrets_are_revealed_in_one_place_only = noClasses()
            .that()
            .doNotHaveSimpleName("TaggedBody")
            .should()
            .callMethod("eu.diplomatics.envelope.SecretBytes", "reveal");

    @ArchTest
    static final ArchRule nothing_is_written_to_a_file = noClasses()
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.io.FileOutputStream")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.nio.file.Files");

    @ArchTest
    static final ArchRule the_root_holds_the_application_only = classes()
            .that()
            .resideInAPackage("eu.diplomatics.registry")
            .should()
            .haveSimpleName("RegistryApplication")
            .orShould()
            .haveSimpleName("package-info");
}
