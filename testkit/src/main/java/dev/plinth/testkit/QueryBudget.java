package dev.plinth.testkit;

import dev.plinth.spi.Sent;
import dev.plinth.spi.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How many statements a work may send: a test fails if it sends more, and prints them.
///
/// ```java
/// expectQueries(2, () -> users.query().as(UserWithPayments.class).list());
/// ```
///
/// Counted is what this thread sends to any engine of the layer, writes included; a batch is one
/// statement, what is answered from memory none. Statements that begin, end or set up transactions
/// are not counted, for engines differ in whether they send any.
public final class QueryBudget {

  private static final Set<String> CONTROL =
      Set.of("begin", "commit", "rollback", "savepoint", "release", "set");

  private QueryBudget() {}

  /// Work without a result.
  ///
  /// @param <X> what it may throw
  @FunctionalInterface
  public interface Work<X extends Throwable> {
    /// Does the work.
    void run() throws X;
  }

  /// Does the work, which may send so many statements at the most, and gives its result.
  ///
  /// @throws AssertionError if it sends more; the message lists them, with how often each was sent
  public static <R extends @Nullable Object, X extends Throwable> R expectQueries(
      int most, ScopedValue.CallableOp<? extends R, X> work) throws X {
    List<String> sent = new ArrayList<>();
    R result = Sent.<R, X>to(statement -> note(statement, sent), work);
    if (sent.size() > most) {
      throw new AssertionError(message(most, sent));
    }
    return result;
  }

  /// As [#expectQueries(int, ScopedValue.CallableOp)], for work without a result.
  public static <X extends Throwable> void expectQueries(int most, Work<X> work) throws X {
    QueryBudget.<@Nullable Object, X>expectQueries(
        most,
        () -> {
          work.run();
          return null;
        });
  }

  private static void note(Statement statement, List<String> sent) {
    String sql = statement.sql().strip();
    if (!CONTROL.contains(sql.split("\\W", 2)[0])) {
      sent.add(sql);
    }
  }

  private static String message(int most, List<String> sent) {
    Map<String, Integer> times = new LinkedHashMap<>();
    sent.forEach(sql -> times.merge(sql, 1, Integer::sum));
    StringBuilder text =
        new StringBuilder("At most %d statements were expected, but ".formatted(most))
            .append(sent.size())
            .append(" were sent:");
    times.forEach((sql, count) -> text.append("\n%5d × %s".formatted(count, sql)));
    return text.toString();
  }
}
