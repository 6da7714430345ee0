package dev.plinth.internal.shape;

import dev.plinth.error.MappingException;
import java.lang.invoke.MethodHandles;

/// The right to see a mapped type's members, and the words for lacking it.
final class Access {

  private Access() {}

  /// A lookup with all rights on the type, from the caller's lookup or from an open package.
  static MethodHandles.Lookup to(Class<?> type, MethodHandles.Lookup caller) {
    // what a module opens to another can be seen only by one that reads it, and the layer cannot
    // declare that it reads its users
    Access.class.getModule().addReads(type.getModule());
    try {
      return MethodHandles.privateLookupIn(type, caller);
    } catch (IllegalAccessException e) {
      throw closed(type, e);
    }
  }

  static MappingException closed(Class<?> type, IllegalAccessException cause) {
    String home = type.getPackageName();
    boolean open =
        !type.getModule().isNamed() || type.getModule().isOpen(home, Access.class.getModule());
    return new MappingException(
        open
            ? type.getName() + " cannot be mapped: " + cause.getMessage() + "."
            : "%s cannot be mapped, because its package is closed. Add to its module-info: opens %s to dev.plinth; or pass MethodHandles.lookup() to db.repository(…) or db.schema().create(…)."
                .formatted(type.getName(), home),
        cause);
  }
}
