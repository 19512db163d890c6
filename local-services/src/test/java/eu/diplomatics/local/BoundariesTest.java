package eu.diplomatics.local;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Every module's tests use this one, so it may use none of them (docs/decisions/0004). */
@AnalyzeClasses(packages = "eu.diplomatics", importOptions = DoNotIncludeTests.class)
class BoundariesTest {
    @ArchTest
    static final ArchRule NOTHING_OF_OURS = noClasses()
            .that()
            .resideInAPackage("eu.diplomatics.local..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "eu.diplomatics.custodian..",
                    "eu.diplomatics.envelope..",
                    "eu.diplomatics.eventstore..",
                    "eu.diplomatics.keyring..",
                    "eu.diplomatics.registry..",
                    "eu.diplomatics.query..",
                    "eu.diplomatics.quickstart..");

    @ArchTest
    static final ArchRule CONTAINERS_STAY_OPTIONAL = classes()
            .that()
            .haveNameNotMatching(".*\\.Container[A-Za-z]+")
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackages("org.testcontainers..", "com.github.dockerjava..");
}
