package dev.plinth.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/// The processor time of the whole JVM per operation, garbage collection included.
///
/// Unlike elapsed time it does not count waiting, neither for the disk nor for other programs.
public final class CpuProfiler implements InternalProfiler {

  /// The figure's name among the results.
  static final String NAME = "cpu";

  private static long aside; // what the running iteration took to prepare its runs

  private long before;

  /// A profiler; JMH makes it in the measuring JVM.
  public CpuProfiler() {}

  /// Does what a run needs or leaves, and does not count it.
  static void aside(Runnable work) {
    long start = nanos();
    work.run();
    aside += nanos() - start;
  }

  @Override
  public String getDescription() {
    return "processor time per operation";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    aside = 0;
    before = nanos();
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    double micros = (nanos() - before - aside) / 1000.0 / result.getMetadata().getMeasuredOps();
    return List.of(new ScalarResult(NAME, micros, "us/op", AggregationPolicy.AVG));
  }

  private static long nanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
