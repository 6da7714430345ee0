package dev.plinth.internal.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.entity.DeletedAt;
import dev.plinth.entity.Id;
import dev.plinth.entity.Version;
import jakarta.validation.constraints.Size;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// How much of the layer stands between a caller and the driver when a row is read by its key.
final class ReadDepthTest {

  private static final int BUDGET = 23; // five of them for the step that runs it again

  record Watched(
      @Id UUID id,
      @Size(max = 9) String name,
      @Version long version,
      @DeletedAt @Nullable Instant deletedAt) {}

  /// A table that does not exist fails at the driver's door, and the trace tells the way there.
  @Test
  void aReadByKeyOfARecordWithEveryConcernStaysInItsBudget() {
    try (Database db = Database.open("sqlite::memory:")) {
      Repository<Watched, UUID> rows = db.repository(Watched.class);
      Throwable thrown = catchThrowable(() -> rows.find(UUID.randomUUID()));
      List<StackTraceElement> trace = Arrays.asList(driverError(thrown).getStackTrace());
      List<StackTraceElement> prepare =
          trace.stream().filter(frame -> frame.getMethodName().equals("prepareStatement")).toList();
      assertThat(prepare).isNotEmpty();
      List<StackTraceElement> below =
          trace.subList(trace.lastIndexOf(prepare.getLast()) + 1, trace.size());
      List<StackTraceElement> layer =
          below.stream()
              .takeWhile(frame -> !frame.getClassName().startsWith(ReadDepthTest.class.getName()))
              .filter(frame -> frame.getClassName().startsWith("dev.plinth."))
              .toList();
      assertThat(layer.getLast().getMethodName()).isEqualTo("find");
      assertThat(layer).hasSizeBetween(5, BUDGET);
    }
  }

  private static SQLException driverError(@Nullable Throwable thrown) {
    for (Throwable at = thrown; at != null; at = at.getCause()) {
      if (at instanceof SQLException found) {
        return found;
      }
    }
    throw new AssertionError("the driver refused nothing", thrown);
  }
}
