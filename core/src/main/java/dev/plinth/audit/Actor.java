package dev.plinth.audit;

import dev.plinth.error.ValidationException;
import org.jspecify.annotations.Nullable;

/// Who acts, and on whose behalf: recorded with every change.
///
/// Bound to a piece of work by `db.actingAs(actor, …)`, never to a shared object; work without an
/// actor is recorded as [#SYSTEM]. Immutable, thread-safe.
///
/// @param id who acts, at most 255 characters
/// @param session the session it happens in; null if unknown
/// @param correlation what ties this to other work, such as a request's id; null if unknown
/// @param address the network address that asked for it; null if unknown
/// @param userAgent the program that asked for it; null if unknown
public record Actor(
    String id,
    @Nullable String session,
    @Nullable String correlation,
    @Nullable String address,
    @Nullable String userAgent) {

  /// Work that no actor was named for.
  public static final Actor SYSTEM = of("system");

  private static final ScopedValue<Actor> CURRENT = ScopedValue.newInstance();

  /// An actor with everything known about it.
  public Actor {
    if (id.isBlank() || id.length() > 255) {
      throw new ValidationException("An actor's id has 1 to 255 characters.");
    }
  }

  /// An actor of whom only the id is known.
  public static Actor of(String id) {
    return new Actor(id, null, null, null, null);
  }

  /// The actor of the work that this thread is doing; [#SYSTEM] if none was named.
  public static Actor current() {
    return CURRENT.orElse(SYSTEM);
  }

  /// The same in a session.
  public Actor session(String session) {
    return new Actor(id, session, correlation, address, userAgent);
  }

  /// The same with a correlation.
  public Actor correlation(String correlation) {
    return new Actor(id, session, correlation, address, userAgent);
  }

  /// The same from a network address.
  public Actor address(String address) {
    return new Actor(id, session, correlation, address, userAgent);
  }

  /// The same by way of a program.
  public Actor userAgent(String userAgent) {
    return new Actor(id, session, correlation, address, userAgent);
  }

  /// Does the work as this actor and gives its result; what it throws passes through.
  public <R extends @Nullable Object, X extends Throwable> R call(
      ScopedValue.CallableOp<? extends R, X> work) throws X {
    return ScopedValue.where(CURRENT, this).call(work);
  }
}
