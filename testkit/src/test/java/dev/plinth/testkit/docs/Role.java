package dev.plinth.testkit.docs;

/// What a [User] may do.
public enum Role {
  MEMBER,
  MODERATOR,
  ADMIN
}
