package eu.diplomatics.portal;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** R24: pages have nothing by which they could answer more than the query-service does. */
@AnalyzeClasses(packages = "eu.diplomatics.portal", importOptions = DoNotIncludeTests.class)
class BoundariesTest {
    @ArchTest
    static final ArchRule NO_DATABASE_AND_NOTHING_OF_THE_REGISTRY = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "javax.sql..")
            .orShould()
            .dependOnClassesThat(DescribedPredicate.describe(
                    "are of another module",
                    (JavaClass each) -> each.getPackageName().startsWith("eu.diplomatics.")
                            && !each.getPackageName().startsWith("eu.diplomatics.portal")));

    @ArchTest
    static final ArchRule NOTHING_IS_WRITTEN = noClasses()
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(java.nio.file.Files.class, java.io.File.class, java.io.FileOutputStream.class);

    @ArchTest
    static final ArchRule ONE_DIRECTION =
            slices().matching("eu.diplomatics.portal.(*)..").should().beFreeOfCycles();
}
