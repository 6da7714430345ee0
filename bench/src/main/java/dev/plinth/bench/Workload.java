package dev.plinth.bench;

import java.util.Arrays;
import java.util.List;
import org.openjdk.jmh.annotations.Mode;

/// The workloads by name, with how each is measured.
///
/// Reads of microseconds are averaged over seconds, garbage collection included. Of durable writes
/// the median counts: on most machines a few of them wait a hundred times as long for the disk as
/// the others, and an average would compare only those. What takes tens of milliseconds is timed
/// one by one, and the median counts as well. What many threads write is averaged: how many writes
/// are durable after a second is what counts.
enum Workload {
  FIND_BY_KEY("findByKey", Mode.AverageTime),
  INSERT("insert", Mode.SampleTime),
  INSERT_AUDITED("insertAudited", Mode.SampleTime),
  UPDATE("update", Mode.SampleTime),
  PATCH("patch", Mode.SampleTime),
  PAGE_100("page100", Mode.AverageTime),
  COUNT("count", Mode.AverageTime),
  STREAM_100K("stream100k", Mode.SingleShotTime),
  CREATE_ALL_100K("createAll100k", Mode.SingleShotTime),
  UPDATE_ALL_10K("updateAll10k", Mode.SingleShotTime),
  TX_10("tx10", Mode.SampleTime),
  INSERT_BY_64("insertBy64", Mode.AverageTime);

  private final String method;
  private final Mode mode;

  Workload(String method, Mode mode) {
    this.method = method;
    this.mode = mode;
  }

  /// The names, in the order of the table.
  static List<String> names() {
    return Arrays.stream(values()).map(Workload::toString).toList();
  }

  static Workload of(String name) {
    return Arrays.stream(values())
        .filter(workload -> workload.method.equals(name))
        .findFirst()
        .orElseThrow(() ->
            new UsageException(
                "There is no workload '%s'. There are: %s, %s."
                    .formatted(name, String.join(", ", names()), StreamMemory.NAME)));
  }

  Mode mode() {
    return mode;
  }

  boolean timedOneByOne() {
    return mode == Mode.SingleShotTime;
  }

  /// Whether it is measured on this engine: writers share commits on SQLite alone.
  boolean on(Engine engine) {
    return this != INSERT_BY_64 || engine == Engine.SQLITE;
  }

  /// The regular expression that JMH knows it by.
  String pattern() {
    return Workloads.class.getName().replace(".", "\\.") + "\\." + method + "$";
  }

  @Override
  public String toString() {
    return method;
  }
}
