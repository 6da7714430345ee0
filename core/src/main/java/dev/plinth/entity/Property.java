package dev.plinth.entity;

import dev.plinth.error.MappingException;
import java.io.Serializable;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A reference to a record's component, written as a method reference: `User::email`.
///
/// It is a serializable lambda whose target is read once per call site; it is never called. In a
/// named module the package must be open to `dev.plinth`, which mapping its records needs as well,
/// or a repository must have been made with a `Lookup` of that module. Immutable, thread-safe.
///
/// @param <T> the record
/// @param <V> the component's type
@FunctionalInterface
public interface Property<T, V extends @Nullable Object> extends Function<T, V>, Serializable {

  /// Which component this is, resolved once per call site.
  ///
  /// @throws MappingException if this is no method reference, or its package is closed; the message
  ///     says what to write
  default Name name() {
    AtomicReference<@Nullable Name> cached = Name.CACHE.get(getClass());
    Name name = cached.get();
    if (name == null) {
      name = Name.resolve(this);
      cached.set(name);
    }
    return name;
  }

  /// Lets property references of the lookup's module be read although its packages are closed.
  static void trust(MethodHandles.Lookup lookup) {
    Name.LOOKUPS.put(lookup.lookupClass().getModule(), lookup);
  }

  /// A component's name and, where it came from a method reference, the type it was read from.
  ///
  /// Immutable.
  ///
  /// @param text the accessor's or component's Java name, or a column name, as it was given
  /// @param owner the binary name of the referred type; null for a name given as text
  record Name(String text, @Nullable String owner) {

    private static final ClassValue<AtomicReference<@Nullable Name>> CACHE =
        new ClassValue<>() {
          @Override
          protected AtomicReference<@Nullable Name> computeValue(Class<?> lambda) {
            return new AtomicReference<>();
          }
        };

    private static final Map<Module, MethodHandles.Lookup> LOOKUPS = new ConcurrentHashMap<>();

    /// A name given as text: a component's or a column's.
    public static Name of(String text) {
      return new Name(text, null);
    }

    private static Name resolve(Property<?, ?> property) {
      Class<?> lambda = property.getClass();
      SerializedLambda target;
      // what a module opens to another can be seen only by one that reads it
      Name.class.getModule().addReads(lambda.getModule());
      try {
        MethodHandles.Lookup ours =
            LOOKUPS.getOrDefault(lambda.getModule(), MethodHandles.lookup());
        MethodHandle writeReplace =
            MethodHandles.privateLookupIn(lambda, ours)
                .findVirtual(lambda, "writeReplace", MethodType.methodType(Object.class));
        target = (SerializedLambda) writeReplace.invoke(property);
      } catch (IllegalAccessException e) {
        String name = lambda.getPackageName();
        throw new MappingException(
            "Package %s is closed, so property references in it cannot be read. Add to its module-info: opens %s to dev.plinth;"
                .formatted(name, name),
            e);
      } catch (Throwable e) {
        throw new MappingException(
            "A property must be a method reference such as User::email, but this is a "
                + lambda.getName(),
            e);
      }
      String method = target.getImplMethodName();
      if (method.startsWith("lambda$")) {
        throw new MappingException(
            "A property must be a method reference such as User::email; a lambda has no name that "
                + "could be read. Or give the component's name as text.");
      }
      return new Name(method, target.getImplClass().replace('/', '.'));
    }

    /// The property behind a getter: `getEmail` and `isEmail` both mean `email`.
    public String withoutPrefix() {
      for (String prefix : new String[] {"get", "is"}) {
        int at = prefix.length();
        if (text.length() > at
            && text.startsWith(prefix)
            && Character.isUpperCase(text.charAt(at))) {
          return Character.toLowerCase(text.charAt(at)) + text.substring(at + 1);
        }
      }
      return text;
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
