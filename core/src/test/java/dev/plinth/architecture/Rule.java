package dev.plinth.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.conditions.ArchConditions.be;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;

/// The rules of the house, for any root package: the real one and the planted one.
///
/// Every rule names the planted classes that break it, so none can be written that never fails.
enum Rule {
  /// The words everybody uses know nothing of who uses them.
  VOCABULARY("query.Curious") {
    @Override
    ArchRule in(String root) {
      String[] words = {root + ".entity..", root + ".error..", root + ".query.."};
      return classes()
          .that()
          .resideInAnyPackage(words)
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(words).or(not(resideInAPackage(root + ".."))));
    }
  },

  /// Whoever reads a package need not read all the others with it.
  NO_CYCLES("internal.engine.Nosy", "internal.pipeline.Direct") {
    @Override
    ArchRule in(String root) {
      return slices().assignedFrom(packagesBelow(root)).should().beFreeOfCycles();
    }
  },

  /// Drivers are spoken to in the engines, so everything above is the same for each of them.
  DRIVERS_IN_ENGINES("spi.Careless", "internal.pipeline.Direct") {
    @Override
    ArchRule in(String root) {
      return noClasses()
          .that()
          .resideOutsideOfPackages(
              root + ".internal.engine..",
              root + ".internal.migrate..",
              root + ".internal.backup..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.sql..",
              "javax.sql..",
              "org.sqlite..",
              "org.postgresql..",
              "org.duckdb..",
              "com.zaxxer.hikari..",
              "io.github.resilience4j..");
    }
  },

  /// Calls go down, never up.
  ENGINES_BELOW_PIPELINE("internal.engine.Nosy") {
    @Override
    ArchRule in(String root) {
      return noClasses()
          .that()
          .resideInAPackage(root + ".internal.engine..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(root + ".internal.pipeline..");
    }
  },

  /// A name says what a class is for; these say only that it was left over.
  TELLING_NAMES("error.CauseImpl", "error.TextUtil", "util.Words") {
    @Override
    ArchRule in(String root) {
      return noClasses()
          .should(
              be(
                  simpleNameEndingWith("Impl")
                      .or(simpleNameEndingWith("Util"))
                      .or(simpleNameEndingWith("Utils"))
                      .or(resideInAnyPackage(root + "..util..", root + "..utils.."))));
    }
  };

  private final List<String> plants;

  Rule(String... plants) {
    this.plants = List.of(plants);
  }

  abstract ArchRule in(String root);

  /// The classes, below the planted root, that the rule must report.
  List<String> plants() {
    return plants;
  }

  private static SliceAssignment packagesBelow(String root) {
    return new SliceAssignment() {
      @Override
      public String getDescription() {
        return "packages of " + root;
      }

      @Override
      public SliceIdentifier getIdentifierOf(JavaClass type) {
        String name = type.getPackageName();
        return name.equals(root) || name.startsWith(root + ".")
            ? SliceIdentifier.of(name)
            : SliceIdentifier.ignore();
      }
    };
  }
}
