package dev.plinth.spi;

/// What engines can do or cannot, in one table.
///
/// The documentation's table is made from this and from [Engine#capabilities()].
public enum Capability {
  /// A part of a transaction can be undone alone.
  SAVEPOINTS("A part of a transaction that fails is undone alone; without it the whole is undone."),
  /// A failed statement leaves its transaction usable.
  STATEMENT_ROLLBACK(
      "A failed statement leaves its transaction usable; without it the layer sets savepoints."),
  /// Several transactions write at the same time.
  PARALLEL_WRITERS("Several transactions write at once; without it they take turns, in order."),
  /// A transaction can choose what it sees of others.
  ISOLATION_LEVELS("A transaction chooses its isolation; without it every one is serializable."),
  /// Several processes use the store at the same time.
  PROCESSES("Several processes share the store."),
  /// A unique rule that concerns only some rows.
  PARTIAL_UNIQUE("Uniqueness among live rows by a partial index; without it by another means."),
  /// Rows are referred to by foreign keys that the database checks.
  FOREIGN_KEYS("The database checks references."),
  /// A connection hears what others announce.
  NOTIFICATIONS("A connection hears what others announce."),
  /// Reads can go to copies of the store.
  REPLICAS("Reads can go to replicas of the primary server."),
  /// A statement is stopped when its time is over.
  TIME_LIMITS("A statement is stopped when its time limit is over."),
  /// Words are found by an index, and rows ranked.
  FULL_TEXT("Words are found through an index, the best rows first."),
  /// The database itself keeps row policies.
  ROW_LEVEL_SECURITY("The database itself keeps row policies; without it the layer does.");

  private final String sentence;

  Capability(String sentence) {
    this.sentence = sentence;
  }

  /// What it is, in one sentence.
  public String sentence() {
    return sentence;
  }
}
