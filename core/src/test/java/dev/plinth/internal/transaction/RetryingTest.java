package dev.plinth.internal.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.plinth.config.RetryPolicy;
import dev.plinth.error.ConflictException;
import dev.plinth.error.ConnectionException;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.DataException;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.NotFoundException;
import dev.plinth.error.OutcomeUnknownException;
import dev.plinth.error.QueryException;
import dev.plinth.error.StaleVersionException;
import dev.plinth.error.StorageException;
import dev.plinth.error.TimeoutException;
import dev.plinth.error.TransactionException;
import dev.plinth.error.UnsupportedException;
import dev.plinth.error.ValidationException;
import dev.plinth.spi.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is run again, how often and after which pauses; the pauses are noted and not slept.
final class RetryingTest {

  private final ConnectionException passing =
      new ConnectionException("the server starts", null, true);
  private final TimeoutException stopped = new TimeoutException("stopped", null, true);
  private final ConflictException conflict = new ConflictException("deadlock");

  private final List<Duration> pauses = new ArrayList<>();
  private double chance = 0.5;
  private final Retrying retrying = new Retrying(pauses::add, () -> chance);
  private int attempts;

  /// Fails so often as there are failures, and then gives the number of the attempt.
  private int run(
      RetryPolicy policy, boolean reads, @Nullable Duration limit, DatabaseException... failures) {
    attempts = 0;
    return retrying.<Integer, RuntimeException>run(
        policy,
        reads,
        limit == null ? null : Deadline.in(limit),
        () -> {
          attempts++;
          if (attempts <= failures.length) {
            throw failures[attempts - 1];
          }
          return attempts;
        });
  }

  private static DatabaseException[] times(int count, DatabaseException failure) {
    DatabaseException[] failures = new DatabaseException[count];
    Arrays.fill(failures, failure);
    return failures;
  }

  private static List<Duration> millis(long... millis) {
    return Arrays.stream(millis).mapToObj(Duration::ofMillis).toList();
  }

  @Test
  void whatSucceedsIsRunOnce() {
    assertThat(run(RetryPolicy.STANDARD, false, null)).isEqualTo(1);
    assertThat(pauses).isEmpty();
    assertThat(retrying.retries()).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aConflictIsTriedThreeTimesAfterRandomPartsOfItsPauses(boolean reads) {
    assertThat(run(RetryPolicy.STANDARD, reads, null, times(2, conflict))).isEqualTo(3);
    assertThat(pauses).isEqualTo(millis(25, 50)); // a half of 50 ms, and of twice that
    assertThat(retrying.retries()).isEqualTo(2);

    pauses.clear();
    ConflictException last = new ConflictException("the last one");
    assertThatThrownBy(() -> run(RetryPolicy.STANDARD, reads, null, conflict, conflict, last))
        .isSameAs(last);
    assertThat(attempts).isEqualTo(3);
    assertThat(pauses).isEqualTo(millis(25, 50));
  }

  @Test
  void aConflictsPauseIsBetweenNothingAndTwiceTheOneBefore() {
    RetryPolicy six = RetryPolicy.STANDARD.withAttempts(6);
    chance = 1;
    assertThat(run(six, false, null, times(5, conflict))).isEqualTo(6);
    assertThat(pauses).isEqualTo(millis(50, 100, 200, 400, 800));
    pauses.clear();
    chance = 0;
    assertThat(run(six, false, null, times(5, conflict))).isEqualTo(6);
    assertThat(pauses).isEqualTo(millis(0, 0, 0, 0, 0));
  }

  @Test
  void thePolicySaysHowOftenAndHowLong() {
    RetryPolicy own =
        new RetryPolicy(4, Duration.ofMillis(8), Duration.ofMillis(3)).withAttempts(5);
    assertThat(run(own, false, null, conflict, passing, conflict, passing)).isEqualTo(5);
    assertThat(pauses).isEqualTo(millis(4, 6, 16, 24));
    pauses.clear();
    assertThatThrownBy(() -> run(RetryPolicy.NONE, true, null, conflict)).isSameAs(conflict);
    assertThatThrownBy(() -> run(RetryPolicy.NONE, true, null, passing)).isSameAs(passing);
    assertThatThrownBy(() -> run(RetryPolicy.NONE, true, null, stopped)).isSameAs(stopped);
    assertThat(attempts).isEqualTo(1);
    assertThat(pauses).isEmpty();
  }

  /// Far out the doubling must neither overflow nor go below nothing.
  @Test
  void aThousandPausesAreAllSane() {
    chance = 1;
    RetryPolicy many = RetryPolicy.STANDARD.withAttempts(1001);
    assertThat(run(many, false, null, times(1000, conflict))).isEqualTo(1001);
    assertThat(run(many, false, null, times(1000, passing))).isEqualTo(1001);
    assertThat(pauses).hasSize(2000).allMatch(pause -> !pause.isNegative() && !pause.isZero());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aServerThatIsAwayForAMomentIsTriedAfterFixedPauses(boolean reads) {
    chance = 0.123; // has no part in it
    assertThat(run(RetryPolicy.STANDARD, reads, null, passing, passing)).isEqualTo(3);
    assertThat(pauses).isEqualTo(millis(500, 1000));
    assertThatThrownBy(() -> run(RetryPolicy.STANDARD, reads, null, times(9, passing)))
        .isSameAs(passing);
    assertThat(attempts).isEqualTo(3);
  }

  @Test
  void aReadThatItsLimitStoppedIsTriedOnceMoreAtOnce() {
    assertThat(run(RetryPolicy.STANDARD, true, null, stopped)).isEqualTo(2);
    assertThat(pauses).isEqualTo(millis(0));
    assertThatThrownBy(() -> run(RetryPolicy.STANDARD, true, null, stopped, stopped))
        .isSameAs(stopped);
    assertThat(attempts).isEqualTo(2);
    assertThatThrownBy(
            () -> run(RetryPolicy.STANDARD.withAttempts(9), true, null, times(9, stopped)))
        .isSameAs(stopped);
    assertThat(attempts).isEqualTo(2);
  }

  @Test
  void aWriteThatItsLimitStoppedIsNeverTriedAgain() {
    assertThatThrownBy(() -> run(RetryPolicy.STANDARD, false, null, stopped)).isSameAs(stopped);
    assertThat(attempts).isEqualTo(1);
    assertThat(pauses).isEmpty();
  }

  static Stream<DatabaseException> whatNoAttemptWouldMend() {
    return Stream.of(
        new ConnectionException("the password is wrong"),
        new ConnectionException("interrupted", new InterruptedException()),
        new TimeoutException("no connection came free"),
        new ConstraintException(
            ConstraintException.Kind.UNIQUE, "users", List.of("email"), null, "taken", null),
        new OutcomeUnknownException("the commit's answer was lost"),
        new ValidationException("too long"),
        new StaleVersionException("users", "somebody was faster", 1, 2),
        new NotFoundException("users", "no such user"),
        new DataException("two rows"),
        new QueryException("no such table"),
        new StorageException("the disk is full"),
        new TransactionException("it has ended"),
        new UnsupportedException("not here"));
  }

  @ParameterizedTest
  @MethodSource("whatNoAttemptWouldMend")
  void nothingElseIsTriedAgain(DatabaseException failure) {
    for (boolean reads : new boolean[] {true, false}) {
      assertThatThrownBy(() -> run(RetryPolicy.STANDARD, reads, null, failure)).isSameAs(failure);
      assertThat(attempts).isEqualTo(1);
      // and not when it follows what is tried again
      assertThatThrownBy(() -> run(RetryPolicy.STANDARD, reads, null, conflict, failure))
          .isSameAs(failure);
      assertThat(attempts).isEqualTo(2);
    }
    assertThat(pauses).isEqualTo(millis(25, 25));
  }

  @Test
  void whatTheWorkItselfThrowsPassesThrough() {
    for (Throwable own :
        List.of(new IllegalStateException(), new IOException(), new AssertionError())) {
      int[] runs = new int[1];
      Throwable thrown =
          catchThrowable(() ->
              retrying.<Integer, Throwable>run(
                  RetryPolicy.STANDARD,
                  true,
                  null,
                  () -> {
                    runs[0]++;
                    throw own;
                  }));
      assertThat(thrown).isSameAs(own);
      assertThat(runs[0]).isEqualTo(1);
    }
    assertThat(pauses).isEmpty();
  }

  @Test
  void noAttemptBeginsAfterTheTimeLimit() {
    RetryPolicy slow = RetryPolicy.STANDARD.withAttempts(9).withPauses(Duration.ZERO, seconds(10));
    // the second attempt would begin after 10 s, the third one after 20 s more
    assertThatThrownBy(() -> run(slow, false, seconds(8), times(9, passing))).isSameAs(passing);
    assertThat(attempts).isEqualTo(1);
    assertThat(pauses).isEmpty(); // and nobody pauses for an attempt that does not come
    assertThatThrownBy(() -> run(slow, false, seconds(15), times(9, passing))).isSameAs(passing);
    assertThat(attempts).isEqualTo(2);
    assertThat(pauses).containsExactly(seconds(10));
    pauses.clear();
    assertThat(run(slow, false, seconds(100_000), times(8, passing))).isEqualTo(9);
    assertThat(pauses).hasSize(8).endsWith(seconds(30));
  }

  @Test
  void theTimeOfTheAttemptsCountsForTheLimit() {
    Duration limit = Duration.ofMillis(30);
    RetryPolicy hasty = new RetryPolicy(200, Duration.ZERO, Duration.ZERO);
    int[] runs = new int[1];
    long start = System.nanoTime();
    assertThatThrownBy(() ->
            retrying.<Integer, InterruptedException>run(
                hasty,
                false,
                Deadline.in(limit),
                () -> {
                  runs[0]++;
                  Thread.sleep(10);
                  throw conflict;
                }))
        .isSameAs(conflict);
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(limit.toNanos());
    assertThat(runs[0]).isBetween(1, 3);
  }

  @Test
  void anInterruptEndsThePauseAndStaysSet() {
    int[] runs = new int[1];
    Retrying interrupted =
        new Retrying(
            pause -> {
              throw new InterruptedException();
            },
            () -> 1);
    Throwable thrown =
        catchThrowable(() ->
            interrupted.<Integer, RuntimeException>run(
                RetryPolicy.STANDARD,
                false,
                null,
                () -> {
                  runs[0]++;
                  throw passing;
                }));
    assertThat(Thread.interrupted()).isTrue(); // which takes it away for the tests behind
    assertThat(thrown).isSameAs(passing);
    assertThat(runs[0]).isEqualTo(1);
  }

  /// With the real means of waiting as well.
  @Test
  void whoIsInterruptedAlreadyDoesNotPause() {
    Thread.currentThread().interrupt();
    long start = System.nanoTime();
    Throwable thrown =
        catchThrowable(() ->
            new Retrying()
                .<Integer, RuntimeException>run(
                    RetryPolicy.STANDARD.withPauses(Duration.ZERO, seconds(30)),
                    true,
                    null,
                    () -> {
                      throw passing;
                    }));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(thrown).isSameAs(passing);
    assertThat(System.nanoTime() - start).isLessThan(seconds(10).toNanos());
  }

  @Test
  void aPolicyHasAnAttemptAndNoNegativePause() {
    assertThatThrownBy(() -> RetryPolicy.STANDARD.withAttempts(0))
        .isInstanceOf(ValidationException.class);
    assertThatThrownBy(() -> RetryPolicy.STANDARD.withPauses(Duration.ofMillis(-1), Duration.ZERO))
        .isInstanceOf(ValidationException.class);
    assertThatThrownBy(() -> RetryPolicy.STANDARD.withPauses(Duration.ZERO, Duration.ofMillis(-1)))
        .isInstanceOf(ValidationException.class);
  }

  private static Duration seconds(long seconds) {
    return Duration.ofSeconds(seconds);
  }

  @Test
  void pausesGrowUpToHalfAMinute() {
    ConnectionException away = new ConnectionException("away", null, true);
    run(RetryPolicy.STANDARD.withAttempts(40), false, null, times(39, away));
    assertThat(pauses.getLast()).isEqualTo(Duration.ofSeconds(30));
    pauses.clear();
    Duration first = Duration.ofMinutes(2);
    run(
        RetryPolicy.STANDARD.withAttempts(4).withPauses(Duration.ZERO, first),
        false,
        null,
        times(3, away));
    assertThat(pauses).as("never less than the first").containsExactly(first, first, first);
  }
}
