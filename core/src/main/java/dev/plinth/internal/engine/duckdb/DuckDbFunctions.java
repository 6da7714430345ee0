package dev.plinth.internal.engine.duckdb;

import dev.plinth.internal.engine.TaughtFunctions;
import dev.plinth.internal.shape.JsonMatch;
import dev.plinth.internal.shape.JsonMerge;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.duckdb.DuckDBFunctions;
import org.duckdb.DuckDBScalarFunctionBuilder;
import org.jspecify.annotations.Nullable;

/// What DuckDB lacks for values to behave as on every engine.
///
/// They are registered with the instance, so all its connections have them, and end with it. Only
/// queries use these; no table or index depends on them, so any program can open the file.
final class DuckDbFunctions {

  /// A text whose order is the order of decimals by value, and which is the same for 1.0 and 1.00.
  static final String DECIMAL = "plinth_decimal";

  /// An exact sum of decimals.
  static final String DECIMAL_SUM = "plinth_decimal_sum";

  /// A sum of floating point numbers that is one itself: DuckDB goes on with infinity.
  static final String SUM = "plinth_sum";

  /// What the sum says when it cannot be held.
  static final String OUT_OF_RANGE = "the sum is beyond what the column can hold";

  /// On each side of the point: what PostgreSQL holds.
  private static final int MOST_DIGITS = 16_383;

  // makes the power of ten a positive number of six digits
  private static final int BIAS = 500_000;

  /// What functions say of values that cannot be.
  static final List<String> COMPLAINTS = List.of(OUT_OF_RANGE, JsonMerge.NO_OBJECT);

  private static final int KNOWN = 100;

  private DuckDbFunctions() {}

  static void register(Connection connection) throws SQLException {
    text(connection, TaughtFunctions.FOLDED, TaughtFunctions::folded);
    text(connection, DECIMAL, DuckDbFunctions::ordered);
    binary(connection, DECIMAL_SUM, String.class, DuckDbFunctions::exact);
    matches(connection);
    binary(connection, TaughtFunctions.MERGED, String.class, JsonMerge::shallow);
    binary(connection, TaughtFunctions.PATCHED, String.class, JsonMerge::patched);
    binary(connection, SUM, Double.class, DuckDbFunctions::finite);
  }

  private static void text(Connection connection, String name, UnaryOperator<String> function)
      throws SQLException {
    try (DuckDBScalarFunctionBuilder builder = DuckDBFunctions.scalarFunction()) {
      builder
          .withName(name)
          .withParameter(String.class)
          .withReturnType(String.class)
          .<@Nullable String, @Nullable String>withFunction(
              value -> value == null ? null : function.apply(value))
          .register(connection);
    }
  }

  private static void matches(Connection connection) throws SQLException {
    // a query asks the same of every row, but several queries may run at the same time
    Map<String, JsonMatch> known = new ConcurrentHashMap<>();
    try (DuckDBScalarFunctionBuilder builder = DuckDBFunctions.scalarFunction()) {
      builder
          .withName(TaughtFunctions.JSON)
          .withParameters(String.class, String.class)
          .withReturnType(Boolean.class)
          .<@Nullable String, @Nullable String, @Nullable Boolean>withFunction((document, text) -> {
            if (document == null || text == null) {
              return null;
            }
            if (known.size() > KNOWN) {
              known.clear();
            }
            return known.computeIfAbsent(text, JsonMatch::of).meets(document);
          })
          .register(connection);
    }
  }

  private static <T> void binary(
      Connection connection, String name, Class<T> type, BinaryOperator<T> function)
      throws SQLException {
    try (DuckDBScalarFunctionBuilder builder = DuckDBFunctions.scalarFunction()) {
      builder
          .withName(name)
          .withParameters(type, type)
          .withReturnType(type)
          .<@Nullable T, @Nullable T, @Nullable T>withFunction((stored, added) ->
              stored == null || added == null ? null : function.apply(stored, added))
          .register(connection);
    }
  }

  private static String ordered(String stored) {
    try {
      return ordered(new BigDecimal(stored));
    } catch (NumberFormatException e) {
      return "3" + stored; // other programs can store anything; the order stays total
    }
  }

  /// The text that [#DECIMAL] makes of a number: its sign, the place of its point, its digits.
  static String ordered(BigDecimal number) {
    BigDecimal shortest = number.stripTrailingZeros();
    if (shortest.signum() == 0) {
      return "1";
    }
    String digits = shortest.unscaledValue().abs().toString();
    String size = (BIAS + digits.length() - shortest.scale()) + digits;
    return shortest.signum() > 0 ? "2" + size : "0" + complement(size);
  }

  // the larger behind the sign, the smaller the number; the end is behind every digit
  private static String complement(String digits) {
    StringBuilder complement = new StringBuilder(digits.length() + 1);
    digits.chars().forEach(digit -> complement.append((char) ('0' + '9' - digit)));
    return complement.append(':').toString();
  }

  private static String exact(String stored, String added) {
    BigDecimal sum;
    try {
      sum = new BigDecimal(stored).add(new BigDecimal(added));
    } catch (NumberFormatException e) { // its message would repeat what is stored
      throw new ArithmeticException(OUT_OF_RANGE);
    }
    if (sum.precision() - sum.scale() > MOST_DIGITS || sum.scale() > MOST_DIGITS) {
      throw new ArithmeticException(OUT_OF_RANGE);
    }
    return sum.toPlainString();
  }

  private static Double finite(Double stored, Double added) {
    double sum = stored + added;
    if (!Double.isFinite(sum)) {
      throw new ArithmeticException(OUT_OF_RANGE);
    }
    return sum;
  }
}
