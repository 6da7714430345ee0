package dev.plinth.internal.engine.sqlite;

import dev.plinth.internal.engine.TaughtFunctions;
import dev.plinth.internal.shape.JsonMatch;
import dev.plinth.internal.shape.JsonMerge;
import dev.plinth.spi.ColumnType;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;
import org.sqlite.Collation;
import org.sqlite.Function;
import tools.jackson.core.JacksonException;

/// What SQLite lacks for values to behave as on every engine.
///
/// Only queries use these; no table or index depends on them, so any program can open the file.
final class SqliteFunctions {

  /// Whether a text ends with another.
  static final String ENDS_WITH = "plinth_ends_with";

  /// A sum that stays in the range of its column's type, and is exact for decimals.
  static final String SUM = "plinth_sum";

  /// An order of decimals by value: 2 before 10, 1.0 equal to 1.00.
  static final String DECIMAL = "plinth_decimal";

  /// On each side of the point: what PostgreSQL holds.
  private static final int MOST_DIGITS = 16_383;

  /// What the sum says when it cannot be held.
  static final String OUT_OF_RANGE = "the sum is beyond what the column can hold";

  /// What functions say of values that cannot be.
  static final List<String> COMPLAINTS = List.of(OUT_OF_RANGE, JsonMerge.NO_OBJECT);

  private SqliteFunctions() {}

  static void register(Connection connection) throws SQLException {
    int flags = Function.FLAG_DETERMINISTIC;
    Function.create(connection, TaughtFunctions.FOLDED, new Folded(), 1, flags);
    Function.create(connection, ENDS_WITH, new EndsWith(), 2, flags);
    Function.create(connection, SUM, new Sum(), 3, flags);
    Function.create(connection, TaughtFunctions.JSON, new Matches(), 2, flags);
    Function.create(connection, TaughtFunctions.MERGED, new Merged(JsonMerge::shallow), 2, flags);
    Function.create(connection, TaughtFunctions.PATCHED, new Merged(JsonMerge::patched), 2, flags);
    Collation.create(connection, DECIMAL, new ByValue());
  }

  private static final class Folded extends Function {
    @Override
    protected void xFunc() throws SQLException {
      String text = value_text(0);
      if (text == null) {
        result();
      } else {
        result(TaughtFunctions.folded(text));
      }
    }
  }

  private static final class EndsWith extends Function {
    @Override
    protected void xFunc() throws SQLException {
      String text = value_text(0);
      if (text == null) {
        result();
      } else {
        result(text.endsWith(value_text(1)) ? 1 : 0);
      }
    }
  }

  private static final class Matches extends Function {
    private String text = "";
    private @Nullable JsonMatch match; // of that text: a query asks the same of every row

    @Override
    protected void xFunc() throws SQLException {
      String document = value_text(0);
      if (document == null) {
        result();
        return;
      }
      String asked = value_text(1);
      if (match == null || !text.equals(asked)) {
        match = JsonMatch.of(asked);
        text = asked;
      }
      result(match.meets(document) ? 1 : 0);
    }
  }

  private static final class Merged extends Function {
    private final BinaryOperator<String> merge;

    Merged(BinaryOperator<String> merge) {
      this.merge = merge;
    }

    @Override
    protected void xFunc() throws SQLException {
      try {
        result(merge.apply(value_text(0), value_text(1)));
      } catch (IllegalArgumentException | JacksonException e) {
        error(JsonMerge.NO_OBJECT);
      }
    }
  }

  private static final class Sum extends Function {
    @Override
    protected void xFunc() throws SQLException {
      try {
        switch (ColumnType.valueOf(value_text(2))) {
          case SHORT -> result(whole(Short.MIN_VALUE, Short.MAX_VALUE));
          case INTEGER -> result(whole(Integer.MIN_VALUE, Integer.MAX_VALUE));
          case LONG -> result(whole(Long.MIN_VALUE, Long.MAX_VALUE));
          case FLOAT -> result((double) (float) finite(Float.MAX_VALUE));
          case DOUBLE -> result(finite(Double.MAX_VALUE));
          default -> result(decimal());
        }
      } catch (ArithmeticException | NumberFormatException e) {
        error(OUT_OF_RANGE);
      }
    }

    private long whole(long least, long most) throws SQLException {
      long sum = Math.addExact(value_long(0), value_long(1)); // null counts as 0
      if (sum < least || sum > most) {
        throw new ArithmeticException();
      }
      return sum;
    }

    private double finite(double most) throws SQLException {
      double sum = value_double(0) + value_double(1);
      if (!(Math.abs(sum) <= most)) {
        throw new ArithmeticException();
      }
      return sum;
    }

    private String decimal() throws SQLException {
      String stored = value_text(0);
      BigDecimal first = stored == null ? BigDecimal.ZERO : new BigDecimal(stored);
      BigDecimal sum = first.add(new BigDecimal(value_text(1)));
      if (sum.precision() - sum.scale() > MOST_DIGITS || sum.scale() > MOST_DIGITS) {
        throw new ArithmeticException();
      }
      return sum.toPlainString();
    }
  }

  private static final class ByValue extends Collation {
    @Override
    protected int xCompare(String a, String b) {
      try {
        return new BigDecimal(a).compareTo(new BigDecimal(b));
      } catch (NumberFormatException e) {
        return a.compareTo(b); // other programs can store anything; the order stays total
      }
    }
  }
}
