package dev.plinth.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.module.ModuleDescriptor;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The house keeps its rules, and each rule was seen to fail on a planted violation.
final class ArchitectureTest {
  private static final String HOUSE = "dev.plinth";
  private static final String PLANTED = "dev.plinth.architecture.planted";

  private static final JavaClasses HOUSE_CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_JARS)
          .importPackages(HOUSE);
  private static final JavaClasses PLANTED_CLASSES =
      new ClassFileImporter().importPackages(PLANTED);

  @ParameterizedTest
  @EnumSource
  void theHouseKeepsTheRule(Rule rule) {
    rule.in(HOUSE).check(HOUSE_CLASSES);
  }

  @ParameterizedTest
  @EnumSource
  void theRuleReportsItsPlants(Rule rule) {
    String report = rule.in(PLANTED).evaluate(PLANTED_CLASSES).getFailureReport().toString();
    for (String plant : rule.plants()) {
      assertThat(report).contains(PLANTED + "." + plant);
    }
  }

  /// A test that looks at nothing would pass as well.
  @Test
  void theHouseIsSeen() {
    assertThat(HOUSE_CLASSES.size()).isGreaterThan(50);
    assertThat(HOUSE_CLASSES).noneMatch(type -> type.getName().contains(".planted."));
  }

  @Test
  void internalsAreNotExported() {
    assertThat(openInternals(Checkout.module(), HOUSE)).isEmpty();
  }

  @Test
  void anExportedInternalIsReported() {
    ModuleDescriptor planted =
        ModuleDescriptor.newModule("planted")
            .exports(PLANTED + ".query")
            .exports(PLANTED + ".internal.engine")
            .exports(PLANTED + ".internal.shape", Set.of("friend"))
            .opens(PLANTED + ".internal.pipeline")
            .build();

    assertThat(openInternals(planted, PLANTED))
        .containsExactly(
            PLANTED + ".internal.engine",
            PLANTED + ".internal.pipeline",
            PLANTED + ".internal.shape");
  }

  private static List<String> openInternals(ModuleDescriptor module, String root) {
    var exported = module.exports().stream().map(ModuleDescriptor.Exports::source);
    var opened = module.opens().stream().map(ModuleDescriptor.Opens::source);
    return Stream.concat(exported, opened)
        .filter(name -> (name + ".").startsWith(root + ".internal."))
        .sorted()
        .toList();
  }
}
