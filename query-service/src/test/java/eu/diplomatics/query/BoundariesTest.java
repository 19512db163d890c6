package eu.diplomatics.query;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.targetOwner;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.constructors;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.query.accesslog.AccessLog;
import eu.diplomatics.query.accesslog.AccessRows;
import eu.diplomatics.query.accesslog.NoticeLedger;
import eu.diplomatics.query.disclosure.AccessGate;
import eu.diplomatics.query.disclosure.Accesses;
import eu.diplomatics.query.disclosure.Answers;
import eu.diplomatics.query.disclosure.CaseFollower;
import eu.diplomatics.query.disclosure.CaseGate;
import eu.diplomatics.query.disclosure.Cases;
import eu.diplomatics.query.disclosure.DisclosureGate;
import eu.diplomatics.query.disclosure.Inquiry;
import eu.diplomatics.query.disclosure.NoticeGate;
import eu.diplomatics.query.disclosure.Notices;
import eu.diplomatics.query.disclosure.Search;
import eu.diplomatics.query.disclosure.SupplierBook;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.OpenedEvent;
import org.springframework.web.bind.annotation.RestController;

/** L04: one gate; the packages around it can neither open anything nor make an answer. */
@AnalyzeClasses(packages = "eu.diplomatics.query", importOptions = ImportOption.DoNotIncludeTests.class)
class BoundariesTest {
    private static final String DISCLOSURE = "eu.diplomatics.query.disclosure";

    @ArchTest
    static final ArchRule onlyTheDisclosurePackageOpensEvents = noClasses()
            .that()
            .resideOutsideOfPackage(DISCLOSURE)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("eu.diplomatics.vault")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(DataKey.class);

    @ArchTest
    static final ArchRule controllersReachNothingButTheGateAndItsAnswers = noClasses()
            .that()
            .areAnnotatedWith(RestController.class)
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                    "eu.diplomatics.vault",
                    "eu.diplomatics.eventstore",
                    "eu.diplomatics.keyring",
                    "eu.diplomatics.query.projection",
                    "eu.diplomatics.query.source",
                    "eu.diplomatics.query.accesslog",
                    "java.sql"));

    @ArchTest
    static final ArchRule theGateIsTheOnlyClassOfItsPackageThatOthersCanUseToAsk = classes()
            .that()
            .resideInAPackage(DISCLOSURE)
            .and()
            .arePublic()
            .and()
            .areTopLevelClasses()
            .should()
            .be(DisclosureGate.class)
            .orShould()
            .be(AccessGate.class)
            .orShould()
            .be(Accesses.class)
            .orShould()
            .be(NoticeGate.class)
            .orShould()
            .be(Notices.class)
            .orShould()
            .be(CaseGate.class)
            .orShould()
            .be(CaseFollower.class)
            .orShould()
            .be(Cases.class)
            .orShould()
            .be(Search.class)
            .orShould()
            .be(Answers.class)
            .orShould()
            .be(Inquiry.class)
            .orShould()
            .be(SupplierBook.class);

    @ArchTest
    static final ArchRule onlyTheGateMakesAnswersToAConsultation = constructors()
            .that()
            .areDeclaredInClassesThat()
            .belongToAnyOf(
                    Answers.Consultation.class,
                    Answers.Batch.class,
                    Answers.One.class,
                    Answers.History.class,
                    Answers.Verdict.class)
            .should(new BeCalledOnlyBy(DisclosureGate.class));

    @ArchTest
    static final ArchRule onlyItsGateMakesAnswersFromTheAccessLog = constructors()
            .that()
            .areDeclaredInClassesThat()
            .belongToAnyOf(Accesses.Mine.class, Accesses.Found.class, Accesses.Statistics.class)
            .should(new BeCalledOnlyBy(AccessGate.class));

    /** R30: and no counts before their columns were held against the classes. */
    @ArchTest
    static final ArchRule theGateThatMakesCountsHasTheirColumnsChecked = classes()
            .that()
            .areAssignableTo(AccessGate.class)
            .should()
            .callMethodWhere(targetOwner(simpleName("CountColumns")).and(target(name("requireWithin"))));

    @ArchTest
    static final ArchRule onlyTheGateOfTheAccessLogReadsIt = noClasses()
            .that()
            .areNotAssignableTo(AccessGate.class)
            .and()
            .resideOutsideOfPackage("eu.diplomatics.query.accesslog")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(AccessRows.class);

    @ArchTest
    static final ArchRule onlyItsGateTellsNotices = constructors()
            .that()
            .areDeclaredInClassesThat()
            .belongToAnyOf(Notices.Page.class, Notices.Told.class, Notices.Acknowledged.class)
            .should(new BeCalledOnlyBy(NoticeGate.class));

    @ArchTest
    static final ArchRule onlyItsGateReadsNoticesAndTheirMakerWritesThem = noClasses()
            .that()
            .areNotAssignableTo(NoticeGate.class)
            .and()
            .resideOutsideOfPackages("eu.diplomatics.query.accesslog", "eu.diplomatics.query.notice")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(NoticeLedger.class);

    @ArchTest
    static final ArchRule onlyTheGatesWriteTheAccessLog = noClasses()
            .that()
            .areNotAssignableTo(DisclosureGate.class)
            .and()
            .areNotAssignableTo(AccessGate.class)
            .and()
            .areNotAssignableTo(NoticeGate.class)
            .and()
            .areNotAssignableTo(CaseGate.class)
            .and()
            .resideOutsideOfPackage("eu.diplomatics.query.accesslog")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(AccessLog.class);

    @ArchTest
    static final ArchRule onlyTheirGateAnswersAboutCases = constructors()
            .that()
            .areDeclaredInClassesThat()
            .belongToAnyOf(Cases.Opened.class, Cases.Page.class, Cases.Listed.class, Cases.Closed.class)
            .should(new BeCalledOnlyBy(CaseGate.class));

    @ArchTest
    static final ArchRule theProjectionHasNoKeysAndKnowsNoContent = noClasses()
            .that()
            .resideInAPackage("eu.diplomatics.query.projection")
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                    "eu.diplomatics.keyring", "eu.diplomatics.qualification", "eu.diplomatics.vault"));

    @ArchTest
    static final ArchRule openedEventsStayWithThoseWhoMakeAnswers = noClasses()
            .that()
            .resideOutsideOfPackage(DISCLOSURE)
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(OpenedEvent.class, EventVault.class);

    @ArchTest
    static final ArchRule packagesDoNotGoInCircles =
            slices().matching("eu.diplomatics.query.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule theQuerySideNeverCallsTheRegistrySide =
            noClasses().that(alwaysTrue()).should().dependOnClassesThat(resideInAPackage("eu.diplomatics.registry.."));
}
