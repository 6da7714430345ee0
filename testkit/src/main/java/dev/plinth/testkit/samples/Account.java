package dev.plinth.testkit.samples;

import dev.plinth.entity.Column;
import dev.plinth.entity.Id;
import dev.plinth.entity.Unique;
import dev.plinth.entity.Version;

/// A record with a key that the database numbers, a version, a check and a physical delete.
public record Account(
    @Id long id,
    @Unique String owner,
    @Column(check = "balance >= 0") long balance,
    @Version long version) {

  /// An account that is about to be created.
  public static Account of(String owner, long balance) {
    return new Account(0, owner, balance, 0);
  }

  /// The same with this balance.
  public Account withBalance(long balance) {
    return new Account(id, owner, balance, version);
  }

  /// The same with this owner.
  public Account withOwner(String owner) {
    return new Account(id, owner, balance, version);
  }
}
