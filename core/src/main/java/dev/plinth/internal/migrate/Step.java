package dev.plinth.internal.migrate;

import dev.plinth.migration.Version;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A migration as it is at hand: of SQL, or of Java.
///
/// @param version null for one that is run again whenever it has changed
/// @param name where it comes from, for messages
/// @param up what it does
/// @param down what undoes it; null if nothing does
/// @param check what must be true afterwards; null for nothing
public record Step(
    @Nullable Version version,
    String description,
    String name,
    Part up,
    @Nullable Part down,
    @Nullable Part check) {

  /// In the order in which they are run: what is repeated comes last.
  public static final Comparator<Step> ORDER =
      Comparator.comparing(Step::version, Comparator.nullsLast(Comparator.naturalOrder()))
          .thenComparing(Step::description);

  /// What is to be done.
  public sealed interface Part {}

  /// SQL.
  ///
  /// @param text the statements
  /// @param firstLine where they begin in their file, from 1
  /// @param alone whether they cannot be run in a transaction
  /// @param lossy whether they lose data
  public record Script(String text, int firstLine, boolean alone, boolean lossy) implements Part {}

  /// Java.
  public record Code(Runnable work) implements Part {}

  /// The name that its row in the history has.
  public String id() {
    return version == null ? "R " + description : version.toString();
  }

  /// What is kept of it, to notice that it was edited; null for Java, whose text nobody knows.
  public @Nullable String checksum() {
    if (!(up instanceof Script(var text, var _, var _, var _))) {
      return null;
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      Consumer<@Nullable String> add =
          part -> {
            digest.update((part == null ? "" : trimmed(part)).getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
          };
      add.accept(description);
      add.accept(text);
      add.accept(text(down));
      add.accept(text(check));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e); // every Java has it
    }
  }

  // an editor that takes blanks away at the ends of lines does not edit a migration
  private static String trimmed(String text) {
    return text.lines().map(String::stripTrailing).collect(Collectors.joining("\n")).strip();
  }

  /// The SQL of a part; null if it has none.
  static @Nullable String text(@Nullable Part part) {
    return part instanceof Script script ? script.text() : null;
  }
}
