package eu.diplomatics.custodian;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "eu.diplomatics", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    /** Another organisation's process: it shares no code with the registry. */
    @ArchTest
    static final ArchRule DEPENDS_ON_NOTHING_OF_OURS = classes()
            .that()
            .resideInAPackage("eu.diplomatics.custodian..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "eu.diplomatics.custodian..",
                    "java..",
                    "javax.crypto..",
                    "javax.naming..",
                    "javax.net.ssl..",
                    "javax.security.auth.login..",
                    "javax.security.auth.x500..",
                    "com.sun.net.httpserver..",
                    "tools.jackson..",
                    "com.fasterxml.jackson.annotation..",
                    "org.slf4j..",
                    "org.jspecify..");

    /** So that one kind of token can take the other's place. */
    @ArchTest
    static final ArchRule ONLY_THE_START_KNOWS_THE_FILE_TOKEN = noClasses()
            .that()
            .doNotHaveSimpleName("CustodianServer")
            .and()
            .doNotHaveSimpleName("KeyFile")
            .and()
            .haveNameNotMatching(".*FileToken.*")
            .and()
            .resideInAPackage("eu.diplomatics.custodian..")
            .should()
            .dependOnClassesThat()
            .haveSimpleName("FileToken");

    @ArchTest
    static final ArchRule ONLY_THE_START_KNOWS_THE_PKCS11_TOKEN = noClasses()
            .that()
            .doNotHaveSimpleName("CustodianServer")
            .and()
            .haveNameNotMatching(".*(Pkcs11|SelfSigned).*")
            .and()
            .resideInAPackage("eu.diplomatics.custodian..")
            .should()
            .dependOnClassesThat()
            .haveNameMatching(".*[.]Pkcs11(Token|Session|Login|Library).*");
}
