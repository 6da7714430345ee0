package dev.plinth.health;

/// The connections of a database, at one moment.
///
/// @param active how many are in use
/// @param idle how many are open and wait to be used
/// @param waiting how many calls wait for one
/// @param most how many there can be
public record PoolHealth(int active, int idle, int waiting, int most) {

  /// Both together.
  public PoolHealth plus(PoolHealth other) {
    return new PoolHealth(
        active + other.active, idle + other.idle, waiting + other.waiting, most + other.most);
  }
}
