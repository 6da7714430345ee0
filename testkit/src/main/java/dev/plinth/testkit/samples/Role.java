package dev.plinth.testkit.samples;

/// What a [User] may do.
public enum Role {
  /// What everybody may do.
  MEMBER,
  /// What helpers may do besides.
  MODERATOR,
  /// Everything.
  ADMIN
}
