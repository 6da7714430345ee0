package dev.plinth.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The public API is a file in the repository, so that a change of it is seen in review.
final class ApiFileTest {
  private static final String COMMAND =
      "./mvnw -pl core test -Dtest=ApiFileTest -Dplinth.api.update=true";

  @Test
  void theFileSaysWhatIsPublic() throws IOException {
    Path file = Checkout.root().resolve("api/plinth.api");
    String api = PublicApi.of(Checkout.module(), Checkout.classes());
    if (Boolean.getBoolean("plinth.api.update")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, api);
    }
    compare(file, api);
  }

  @Test
  void aChangeIsReported(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("plinth.api");

    assertThatThrownBy(() -> compare(file, "a\n")).hasMessageContaining(COMMAND);

    Files.writeString(file, "class A\n  void old()\nclass B\n");
    assertThatThrownBy(() -> compare(file, "class A\n  void fresh(int)\nclass B\n"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContainingAll(COMMAND, "void old()", "void fresh(int)", "line 2");
  }

  private static void compare(Path file, String api) {
    assertThat(file)
        .as("The public API changed. If that is meant, run: " + COMMAND)
        .exists()
        .hasContent(api);
  }

  /// Planted, to see each kind of type and member once.
  public abstract static sealed class Shown<T extends Comparable<T>> implements Runnable {
    public static final int MOST = 3;

    protected Shown(T first, @Nullable String name) {
      this.hidden = name == null ? first.toString() : name;
    }

    final String hidden;

    /// A record with a hidden accessor and a constructor of its own.
    public record Pair<K, V>(K key, @Nullable V value, List<? extends K> others) {
      public Pair(K key) {
        this(key, null, List.of());
      }
    }

    /// Two constants.
    public enum Size {
      SMALL,
      LARGE
    }

    /// A marker.
    public @interface Marked {
      String value() default "";

      Class<?>[] types() default {};
    }

    /// The only one.
    public static final class Only extends Shown<String> {
      public Only() {
        super("", null);
      }

      @Override
      public void run() {}
    }

    @SafeVarargs
    public static <E extends @Nullable Object> List<E> listed(UnaryOperator<E> each, E... all) {
      return List.of(all).stream().map(each).toList();
    }

    protected abstract static class Kept {
      abstract void hidden();

      protected abstract @Nullable Duration shown(int[] numbers) throws IOException;
    }
  }

  @Test
  void everyKindIsWritten() {
    assertThat(PublicApi.text(Shown.class))
        .isEqualTo(
            """
            sealed abstract class ApiFileTest.Shown<T extends Comparable<T>> \
            implements Runnable permits ApiFileTest.Shown.Only
              static final int MOST
              protected Shown(T, @Nullable String)
              static <E extends @Nullable Object> List<E> listed(UnaryOperator<E>, E...)
            """);
    assertThat(PublicApi.text(Shown.Pair.class))
        .isEqualTo(
            """
            record ApiFileTest.Shown.Pair<K, V>(K key, @Nullable V value, List<? extends K> others)
              Pair(K)
            """);
    assertThat(PublicApi.text(Shown.Size.class))
        .isEqualTo(
            """
            enum ApiFileTest.Shown.Size
              SMALL, LARGE
            """);
    assertThat(PublicApi.text(Shown.Marked.class))
        .isEqualTo(
            """
            @interface ApiFileTest.Shown.Marked
              Class<?>[] types() default {}
              String value() default ""
            """);
    assertThat(PublicApi.text(Shown.Only.class))
        .isEqualTo(
            """
            final class ApiFileTest.Shown.Only extends ApiFileTest.Shown<String>
              Only()
              void run()
            """);
    assertThat(PublicApi.text(Shown.Kept.class))
        .isEqualTo(
            """
            protected abstract class ApiFileTest.Shown.Kept
              protected Kept()
              protected abstract @Nullable Duration shown(int[]) throws java.io.IOException
            """);
  }
}
