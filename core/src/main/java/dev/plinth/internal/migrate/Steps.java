package dev.plinth.internal.migrate;

import dev.plinth.error.MigrationException;
import dev.plinth.internal.migrate.SqlFile.Kind;
import dev.plinth.internal.migrate.Step.Script;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The migrations at hand for one engine, in their order.
public final class Steps {

  private Steps() {}

  /// Those of a folder.
  public static List<Step> in(Path folder, String engine) {
    return ordered(of(SqlFiles.in(folder), engine));
  }

  /// Those of a folder on the class path.
  public static List<Step> onClassPath(ClassLoader loader, String location, String engine) {
    return ordered(of(SqlFiles.onClassPath(loader, location), engine));
  }

  /// All of them in order.
  ///
  /// @throws MigrationException if two have the same version
  public static List<Step> ordered(List<Step> steps) {
    Map<String, Step> byId = new HashMap<>();
    for (Step step : steps) {
      Step other = byId.put(step.id(), step);
      if (other != null) {
        throw new MigrationException(
            "%s and %s are both migration %s.".formatted(other.name(), step.name(), step.id()));
      }
    }
    return steps.stream().sorted(Step.ORDER).toList();
  }

  static List<Step> of(List<SqlFile> files, String engine) {
    Map<List<?>, SqlFile> chosen = new LinkedHashMap<>();
    for (SqlFile file : files) {
      if (file.engine() != null && !file.engine().equals(engine)) {
        continue;
      }
      List<?> id = file.version() == null ? List.of(file.description()) : id(file, file.kind());
      SqlFile other = chosen.get(id);
      if (other != null && Objects.equals(other.engine(), file.engine())) {
        throw new MigrationException(
            "%s and %s are the same migration.".formatted(other.name(), file.name()));
      }
      if (other == null || file.engine() != null) { // an engine's own goes before that of all
        chosen.put(id, file);
      }
    }
    List<Step> steps = new ArrayList<>();
    for (SqlFile file : chosen.values()) {
      if (file.kind() != Kind.UNDO) {
        SqlFile undo = file.kind() == Kind.REPEATABLE ? null : chosen.get(id(file, Kind.UNDO));
        steps.add(step(file, undo));
      } else if (!chosen.containsKey(id(file, Kind.VERSIONED))) {
        throw new MigrationException("%s undoes no migration at hand.".formatted(file.name()));
      }
    }
    return steps;
  }

  private static List<?> id(SqlFile file, Kind kind) {
    return List.of(kind, Objects.requireNonNull(file.version()));
  }

  private static Step step(SqlFile file, @Nullable SqlFile undo) {
    Script up = script(file, "up");
    if (up == null) {
      throw new MigrationException(
          "%s does nothing: it has no part '-- migrate:up'.".formatted(file.name()));
    }
    Script down = script(file, "down");
    if (undo != null && down != null) {
      throw new MigrationException(
          "%s and %s both undo the same migration.".formatted(file.name(), undo.name()));
    }
    Script check = script(file, "check");
    if (check != null && up.alone()) {
      throw new MigrationException(
          "%s runs outside a transaction, so no check can undo it: check in a migration after it."
              .formatted(file.name()));
    }
    if (file.kind() == Kind.REPEATABLE && down != null) {
      throw new MigrationException(
          "%s is run again and again, so it cannot be undone.".formatted(file.name()));
    }
    return new Step(
        file.version(),
        file.description(),
        file.name(),
        up,
        undo == null ? down : script(undo, "down"),
        check);
  }

  private static @Nullable Script script(SqlFile file, String name) {
    SqlFile.Part part = file.part(name);
    return part == null
        ? null
        : new Script(
            part.sql(),
            part.firstLine(),
            part.options().contains("transaction:false"),
            part.options().contains("lossy"));
  }
}
