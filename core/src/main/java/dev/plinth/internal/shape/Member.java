package dev.plinth.internal.shape;

import dev.plinth.error.MappingException;
import java.lang.annotation.Annotation;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One component, field or property of a mapped type, whatever kind of member it is.
///
/// @param name its Java name
/// @param type its type with type arguments
/// @param raw its class
/// @param annotatedType its type with the annotations on it
/// @param annotated what bears its annotations
/// @param getter a handle (Object) → Object
/// @param setter a handle (type, value) → void; null for a record's component
record Member(
    String name,
    Type type,
    Class<?> raw,
    AnnotatedType annotatedType,
    List<AnnotatedElement> annotated,
    MethodHandle getter,
    @Nullable MethodHandle setter) {

  private static final MethodType GETTER = MethodType.methodType(Object.class, Object.class);

  MethodHandle set() {
    return Objects.requireNonNull(setter, "records have no setters");
  }

  <A extends Annotation> @Nullable A annotation(Class<A> kind) {
    for (AnnotatedElement element : annotated) {
      A found = element.getAnnotation(kind);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  boolean has(Class<? extends Annotation> kind) {
    return annotation(kind) != null;
  }

  /// Whether an annotation of this simple name is on the member or its type, whoever declares it.
  boolean hasNamed(String... simpleNames) {
    List<String> wanted = Arrays.asList(simpleNames);
    List<Annotation> all = new ArrayList<>(Arrays.asList(annotatedType.getAnnotations()));
    annotated.forEach(element -> all.addAll(Arrays.asList(element.getAnnotations())));
    return all.stream().anyMatch(a -> wanted.contains(a.annotationType().getSimpleName()));
  }

  static List<Member> ofRecord(Class<?> type, MethodHandles.Lookup lookup) {
    List<Member> members = new ArrayList<>();
    try {
      for (RecordComponent component : type.getRecordComponents()) {
        members.add(
            new Member(
                component.getName(),
                component.getGenericType(),
                component.getType(),
                component.getAnnotatedType(),
                List.of(component, type.getDeclaredField(component.getName())),
                lookup.unreflect(component.getAccessor()).asType(GETTER),
                null));
      }
    } catch (IllegalAccessException e) {
      throw Access.closed(type, e);
    } catch (NoSuchFieldException e) {
      throw new AssertionError(e); // every component has its field
    }
    return members;
  }

  /// Fields, or getters and setters where `@Id` stands on a getter.
  static List<Member> ofClass(
      Class<?> type, Class<? extends Annotation> key, MethodHandles.Lookup caller) {
    boolean byMethods =
        Arrays.stream(type.getMethods()).anyMatch(method -> method.isAnnotationPresent(key));
    try {
      return byMethods ? properties(type, Access.to(type, caller)) : fields(type, caller);
    } catch (IllegalAccessException e) {
      throw Access.closed(type, e);
    }
  }

  private static List<Member> fields(Class<?> type, MethodHandles.Lookup caller)
      throws IllegalAccessException {
    List<Class<?>> line = new ArrayList<>();
    for (Class<?> up = type; up != null && up != Object.class; up = up.getSuperclass()) {
      line.addFirst(up);
    }
    Map<String, Member> members = new LinkedHashMap<>();
    for (Class<?> owner : line) {
      MethodHandles.Lookup inner = Access.to(owner, caller);
      for (Field field : owner.getDeclaredFields()) {
        int modifiers = field.getModifiers();
        if (Modifier.isStatic(modifiers)
            || Modifier.isTransient(modifiers)
            || field.isSynthetic()) {
          continue;
        }
        String where = type.getName() + "." + field.getName();
        if (Modifier.isFinal(modifiers)) {
          throw new MappingException(
              where
                  + " is final, so it cannot be filled: make the class a record, or the field"
                  + " not final, or mark it transient to leave it out.");
        }
        Member member =
            new Member(
                field.getName(),
                field.getGenericType(),
                field.getType(),
                field.getAnnotatedType(),
                List.of(field),
                inner.unreflectGetter(field).asType(GETTER),
                inner.unreflectSetter(field));
        if (members.put(field.getName(), member) != null) {
          throw new MappingException(where + " hides a field of a superclass: rename one of them.");
        }
      }
    }
    return List.copyOf(members.values());
  }

  private static List<Member> properties(Class<?> type, MethodHandles.Lookup lookup)
      throws IllegalAccessException {
    Map<String, Member> members = new LinkedHashMap<>();
    for (Method getter : type.getMethods()) {
      String name = property(getter);
      if (name == null) {
        continue;
      }
      Method setter = setter(type, name, getter.getReturnType());
      if (setter == null) {
        continue; // a computed property, not a stored one
      }
      members.put(
          name,
          new Member(
              name,
              getter.getGenericReturnType(),
              getter.getReturnType(),
              getter.getAnnotatedReturnType(),
              List.of(getter, setter),
              lookup.unreflect(getter).asType(GETTER),
              lookup
                  .unreflect(setter)
                  .asType(MethodType.methodType(void.class, type, getter.getReturnType()))));
    }
    List<Member> sorted = new ArrayList<>(members.values());
    sorted.sort(java.util.Comparator.comparing(Member::name)); // reflection has no stable order
    return sorted;
  }

  private static @Nullable String property(Method method) {
    String name = method.getName();
    if (method.getParameterCount() != 0
        || Modifier.isStatic(method.getModifiers())
        || method.getReturnType() == void.class
        || method.getDeclaringClass() == Object.class
        || method.isSynthetic()) {
      return null;
    }
    return dev.plinth.entity.Property.Name.of(name).withoutPrefix();
  }

  private static @Nullable Method setter(Class<?> type, String property, Class<?> value) {
    String classic = "set" + Character.toUpperCase(property.charAt(0)) + property.substring(1);
    for (String name : List.of(classic, property)) {
      for (Method method : type.getMethods()) {
        if (method.getName().equals(name)
            && method.getParameterCount() == 1
            && method.getParameterTypes()[0] == value) {
          return method;
        }
      }
    }
    return null;
  }
}
