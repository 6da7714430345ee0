package dev.plinth.internal.shape;

import dev.plinth.error.MappingException;
import java.lang.invoke.MethodHandles;

/// The right to see a mapped type's members, and the words for lacking it.
final class Access {

  private Access() {}

  /// A lookup with all rights on the type, from the caller's lookup or from an open package.
  static MethodHandles.Lookup to(Class<?> type, MethodHandles.Lookup caller) {
    try {
      return MethodHandles.privateLookupIn(type, caller);
    } catch (IllegalAccessException e) {
      throw closed(type, e);
    }
  }

  static MappingException closed(Class<?> type, Exception cause) {
    return new MappingException(
        "%s cannot be mapped, because its package is closed. Add to its module-info: opens %s to dev.plinth; or pass MethodHandles.lookup() to db.repository(…) or db.schema().create(…)."
            .formatted(type.getName(), type.getPackageName()),
        cause);
  }
}
