package dev.plinth.bench;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// What came out for one workload: each contender's rounds, side by side.
///
/// @param workload the workload
/// @param plinth Plinth's rounds
/// @param jdbc JDBC's rounds
record Measurement(Workload workload, List<Round> plinth, List<Round> jdbc) {

  /// One contender's turn in a JVM of its own.
  ///
  /// @param micros microseconds per operation
  /// @param cpuMicros microseconds of processor time per operation
  /// @param bytes bytes allocated per operation
  record Round(double micros, double cpuMicros, double bytes) {}

  List<Round> of(Contender.Kind kind) {
    return switch (kind) {
      case PLINTH -> plinth;
      case JDBC -> jdbc;
    };
  }

  /// How many times as long a contender takes as JDBC: the median over the rounds.
  ///
  /// Each round compares turns that followed one another, so that what else the machine did at the
  /// time counts for both.
  double ratio(Contender.Kind kind) {
    return ratio(kind, Round::micros);
  }

  /// As [#ratio(Contender.Kind)], of processor time.
  double cpuRatio(Contender.Kind kind) {
    return ratio(kind, Round::cpuMicros);
  }

  private double ratio(Contender.Kind kind, ToDoubleFunction<Round> time) {
    double[] ratios = new double[jdbc.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = time.applyAsDouble(of(kind).get(i)) / time.applyAsDouble(jdbc.get(i));
    }
    return median(ratios);
  }

  double micros(Contender.Kind kind) {
    return median(of(kind).stream().mapToDouble(Round::micros).toArray());
  }

  double bytes(Contender.Kind kind) {
    return median(of(kind).stream().mapToDouble(Round::bytes).toArray());
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
