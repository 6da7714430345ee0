package dev.plinth.spi;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The surroundings of a call.
///
/// @param session the session of the transaction that the call is part of; null outside one
/// @param group what ties the rows of one bulk or set-based change together; null for a single row
public record Context(@Nullable Session session, @Nullable UUID group) {

  /// No transaction, no group.
  public static final Context PLAIN = new Context(null, null);
}
