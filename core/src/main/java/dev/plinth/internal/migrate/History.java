package dev.plinth.internal.migrate;

import dev.plinth.error.MigrationException;
import dev.plinth.migration.MigrationStatus;
import dev.plinth.migration.MigrationStatus.State;
import dev.plinth.migration.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What was run, beside what is at hand.
///
/// Immutable.
///
/// @param applied what was run, in that order
/// @param steps what is at hand, in order
public record History(List<Applied> applied, List<Step> steps) {

  /// How each of them stands, in order.
  public List<MigrationStatus> statuses() {
    Map<String, Applied> rows = byName();
    List<MigrationStatus> statuses = new ArrayList<>();
    for (Step step : steps) {
      Applied row = rows.remove(step.id());
      statuses.add(status(step.version(), step.description(), state(step, row), row));
    }
    for (Applied row : rows.values()) {
      State state = row.kind() == Applied.Kind.BASELINE ? State.BASELINE : State.MISSING;
      statuses.add(status(version(row), row.description(), state, row));
    }
    statuses.sort(
        Comparator.comparing(
            MigrationStatus::version, Comparator.nullsLast(Comparator.naturalOrder())));
    return statuses;
  }

  private static MigrationStatus status(
      @Nullable Version version, String description, State state, @Nullable Applied row) {
    return row == null
        ? new MigrationStatus(version, description, state, null, null, null)
        : new MigrationStatus(
            version, description, state, row.at(), row.actor(), Duration.ofMillis(row.millis()));
  }

  private Map<String, Applied> byName() {
    Map<String, Applied> rows = new LinkedHashMap<>();
    applied.forEach(row -> rows.put(row.name(), row));
    return rows;
  }

  private State state(Step step, @Nullable Applied row) {
    Version version = step.version();
    if (row == null) {
      if (version != null
          && baseline().filter(first -> version.compareTo(first) <= 0).isPresent()) {
        return State.BASELINE;
      }
      return version != null && newest().filter(last -> version.compareTo(last) < 0).isPresent()
          ? State.OUT_OF_ORDER
          : State.PENDING;
    }
    if (row.kind() == Applied.Kind.BASELINE) {
      return State.BASELINE;
    }
    if (row.remaining() > 0) {
      return State.BROKEN_OFF;
    }
    String checksum = step.checksum();
    boolean same = checksum == null || checksum.equals(row.checksum());
    return same ? State.APPLIED : version == null ? State.PENDING : State.EDITED;
  }

  private Optional<Version> baseline() {
    return applied.stream()
        .filter(row -> row.kind() == Applied.Kind.BASELINE)
        .map(History::version)
        .max(Comparator.naturalOrder());
  }

  private Optional<Version> newest() {
    return applied.stream()
        .map(History::version)
        .filter(version -> version != null)
        .max(Comparator.naturalOrder());
  }

  /// The row's version; null for what is repeated.
  public static @Nullable Version version(Applied row) {
    return row.name().startsWith("R ") ? null : Version.of(row.name());
  }

  /// What is still to be run, up to a version.
  ///
  /// @param target the last version; null for all, and for what is repeated
  public List<Step> pending(@Nullable Version target) {
    Map<String, Applied> rows = byName();
    return steps.stream()
        .filter(step ->
            target == null || (step.version() != null && step.version().compareTo(target) <= 0))
        .filter(step ->
            switch (state(step, rows.get(step.id()))) {
              case PENDING, BROKEN_OFF -> true;
              default -> false;
            })
        .toList();
  }

  /// Refuses what was edited, is missing, or comes too late.
  ///
  /// @throws MigrationException if there is any; it names all of them
  public void check() {
    List<String> wrong =
        statuses().stream()
            .filter(status ->
                switch (status.state()) {
                  case EDITED, MISSING, OUT_OF_ORDER -> true;
                  default -> false;
                })
            .map(MigrationStatus::toString)
            .toList();
    if (!wrong.isEmpty()) {
      throw new MigrationException(
          "The migrations at hand are not those that were run: %s. Put them back as they were, or call repair()."
              .formatted(String.join("; ", wrong)));
    }
  }
}
