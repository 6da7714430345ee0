package dev.plinth.cli.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/// The command line goes through the users' door, as every other program does.
///
/// The compiler would not say so: this module is on the class path.
final class UsersDoorTest {
  private static final String PLANTED = "dev.plinth.cli.architecture.planted";

  @Test
  void theCommandLineSeesNoInternals() {
    seesNoInternalsOf("dev.plinth")
        .check(
            new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.plinth.cli"));
  }

  @Test
  void aPlantedViolationIsReported() {
    var report =
        seesNoInternalsOf(PLANTED + ".library")
            .evaluate(new ClassFileImporter().importPackages(PLANTED))
            .getFailureReport();

    assertThat(report.toString()).contains(PLANTED + ".Prying");
  }

  @Test
  void theCommandLineTalksNoJdbc() {
    talksNoJdbc()
        .check(
            new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.plinth.cli"));
  }

  @Test
  void plantedJdbcIsReported() {
    var report =
        talksNoJdbc().evaluate(new ClassFileImporter().importPackages(PLANTED)).getFailureReport();

    assertThat(report.toString()).contains(PLANTED + ".Bare").doesNotContain("Prying");
  }

  private static ArchRule talksNoJdbc() {
    return noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql..", "javax.sql..", "org.sqlite..");
  }

  private static ArchRule seesNoInternalsOf(String library) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(library + ".internal..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library + ".internal..");
  }
}
