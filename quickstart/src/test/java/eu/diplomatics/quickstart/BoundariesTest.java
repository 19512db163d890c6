package eu.diplomatics.quickstart;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The walk and the load use the services as a stranger would: over HTTP, without a look at databases or keys. */
@AnalyzeClasses(packages = "eu.diplomatics.quickstart", importOptions = DoNotIncludeTests.class)
class BoundariesTest {
    @ArchTest
    static final ArchRule STRANGERS = noClasses()
            .that()
            .resideInAnyPackage("eu.diplomatics.quickstart.demo..", "eu.diplomatics.quickstart.load..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "eu.diplomatics.local..",
                    "eu.diplomatics.eventstore..",
                    "eu.diplomatics.keyring..",
                    "eu.diplomatics.vault..",
                    "eu.diplomatics.custodian..",
                    "java.sql..");

    @ArchTest
    static final ArchRule STARTING_KNOWS_NO_USE = noClasses()
            .that()
            .resideInAPackage("eu.diplomatics.quickstart.stack..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "eu.diplomatics.quickstart.demo..",
                    "eu.diplomatics.quickstart.load..",
                    "eu.diplomatics.quickstart.sample..");
}
