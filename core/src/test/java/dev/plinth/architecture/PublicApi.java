package dev.plinth.architecture;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.TypeVariable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The public API as text, in an order that depends on names alone.
///
/// Left out is what every reader knows: the members a record or an enum has anyway, and `equals`,
/// `hashCode` and `toString`.
final class PublicApi {
  private static final Set<String> FROM_OBJECT =
      Set.of("equals(Object)", "hashCode()", "toString()");

  private static final Comparator<Member> BY_NAME =
      comparing(Member::getName).thenComparing(PublicApi::text);

  private PublicApi() {}

  /// Everything the module exports to all.
  static String of(ModuleDescriptor module, Path classes) {
    return module.exports().stream()
        .filter(exports -> !exports.isQualified())
        .map(ModuleDescriptor.Exports::source)
        .sorted()
        .map(name -> "package " + name + "\n\n" + types(name, classes))
        .collect(joining("\n"));
  }

  private static String types(String name, Path classes) {
    try (Stream<Path> files = Files.list(classes.resolve(name.replace('.', '/')))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".class") && !file.equals("package-info.class"))
          .map(file -> load(name + "." + file.substring(0, file.length() - ".class".length())))
          .filter(PublicApi::visible)
          .sorted(comparing(Class::getName))
          .map(PublicApi::text)
          .collect(joining("\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, PublicApi.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean visible(Class<?> type) {
    for (Class<?> each = type; each != null; each = each.getDeclaringClass()) {
      if (!seen(each.getModifiers()) || each.isAnonymousClass() || each.isLocalClass()) {
        return false;
      }
    }
    return true;
  }

  private static boolean seen(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  /// One type: a line for its head, a line for each member.
  static String text(Class<?> type) {
    String constants = type.isEnum() ? "  " + constants(type) + "\n" : "";
    String lines =
        Stream.of(
                type.getDeclaredFields(), type.getDeclaredConstructors(), type.getDeclaredMethods())
            .flatMap(members -> Stream.of(members).filter(PublicApi::ours).sorted(BY_NAME))
            .map(member -> "  " + text(member) + "\n")
            .collect(joining());
    return shortened(head(type) + "\n" + constants + lines, type.getPackageName());
  }

  private static String head(Class<?> type) {
    String name = type.getName().substring(type.getPackageName().length() + 1);
    StringBuilder head = new StringBuilder();
    head.append(Modifier.isProtected(type.getModifiers()) ? "protected " : "");
    head.append(type.isSealed() ? "sealed " : "");
    boolean plain = !type.isInterface() && !type.isRecord() && !type.isEnum();
    if (plain && Modifier.isAbstract(type.getModifiers())) {
      head.append("abstract ");
    } else if (plain && Modifier.isFinal(type.getModifiers())) {
      head.append("final ");
    }
    head.append(kind(type)).append(' ').append(name).append(variables(type.getTypeParameters()));
    if (type.isRecord()) {
      head.append(
          Stream.of(type.getRecordComponents())
              .map(component -> component.getAnnotatedType() + " " + component.getName())
              .collect(joining(", ", "(", ")")));
    }
    if (plain && type.getSuperclass() != Object.class) {
      head.append(" extends ").append(type.getAnnotatedSuperclass());
    }
    if (!type.isAnnotation() && type.getInterfaces().length > 0) {
      head.append(type.isInterface() ? " extends " : " implements ");
      head.append(listed(type.getAnnotatedInterfaces()));
    }
    if (type.isSealed()) {
      head.append(" permits ");
      head.append(
          Stream.of(type.getPermittedSubclasses())
              .map(Class::getName)
              .sorted()
              .collect(joining(", ")));
    }
    return head.toString();
  }

  private static String kind(Class<?> type) {
    if (type.isAnnotation()) {
      return "@interface";
    }
    if (type.isInterface()) {
      return "interface";
    }
    return type.isRecord() ? "record" : type.isEnum() ? "enum" : "class";
  }

  private static String constants(Class<?> type) {
    return Stream.of(type.getDeclaredFields())
        .filter(Field::isEnumConstant)
        .map(Field::getName)
        .collect(joining(", "));
  }

  /// Worth a line: seen from outside, written by hand, and not said by the head.
  private static boolean ours(Member member) {
    if (!seen(member.getModifiers()) || member.isSynthetic()) {
      return false;
    }
    Class<?> type = member.getDeclaringClass();
    return switch (member) {
      case Field field -> !field.isEnumConstant();
      case Constructor<?> constructor -> !type.isRecord() || !canonical(constructor);
      case Method method -> !FROM_OBJECT.contains(call(method)) && !implied(type, method);
      default -> true;
    };
  }

  private static boolean canonical(Constructor<?> constructor) {
    return Arrays.equals(
        constructor.getParameterTypes(),
        Stream.of(constructor.getDeclaringClass().getRecordComponents())
            .map(RecordComponent::getType)
            .toArray());
  }

  private static boolean implied(Class<?> type, Method method) {
    if (type.isRecord()) {
      return Stream.of(type.getRecordComponents()).anyMatch(c -> c.getAccessor().equals(method));
    }
    return type.isEnum() && Set.of("values()", "valueOf(String)").contains(call(method));
  }

  private static String call(Method method) {
    return Stream.of(method.getParameterTypes())
        .map(Class::getSimpleName)
        .collect(joining(", ", method.getName() + "(", ")"));
  }

  private static String text(Member member) {
    StringBuilder text = new StringBuilder(modifiers(member));
    if (member instanceof Field field) {
      return text.append(field.getAnnotatedType()).append(' ').append(field.getName()).toString();
    }
    Executable executable = (Executable) member;
    String variables = variables(executable.getTypeParameters());
    text.append(variables.isEmpty() ? "" : variables + " ");
    if (executable instanceof Method method) {
      text.append(method.getAnnotatedReturnType()).append(' ').append(method.getName());
    } else {
      text.append(executable.getDeclaringClass().getSimpleName());
    }
    text.append('(').append(parameters(executable)).append(')');
    if (executable.getExceptionTypes().length > 0) {
      text.append(" throws ").append(listed(executable.getAnnotatedExceptionTypes()));
    }
    if (executable instanceof Method method && method.getDefaultValue() != null) {
      text.append(" default ").append(value(method.getDefaultValue()));
    }
    return text.toString();
  }

  private static String modifiers(Member member) {
    int modifiers = member.getModifiers();
    Class<?> type = member.getDeclaringClass();
    StringBuilder text = new StringBuilder();
    text.append(Modifier.isProtected(modifiers) ? "protected " : "");
    text.append(Modifier.isStatic(modifiers) ? "static " : "");
    text.append(Modifier.isAbstract(modifiers) && !type.isInterface() ? "abstract " : "");
    text.append(member instanceof Method method && method.isDefault() ? "default " : "");
    boolean finalAnyway = Modifier.isFinal(type.getModifiers()) && member instanceof Method;
    text.append(Modifier.isFinal(modifiers) && !finalAnyway ? "final " : "");
    return text.toString();
  }

  private static String parameters(Executable executable) {
    AnnotatedType[] types = executable.getAnnotatedParameterTypes();
    String text = listed(types);
    return executable.isVarArgs() ? text.replaceFirst("\\[\\]$", "...") : text;
  }

  private static String variables(TypeVariable<?>[] variables) {
    return variables.length == 0
        ? ""
        : Stream.of(variables).map(PublicApi::variable).collect(joining(", ", "<", ">"));
  }

  private static String variable(TypeVariable<?> variable) {
    String bounds =
        Stream.of(variable.getAnnotatedBounds()).map(Object::toString).collect(joining(" & "));
    return bounds.equals("java.lang.Object")
        ? variable.getName()
        : variable.getName() + " extends " + bounds;
  }

  private static String listed(AnnotatedType[] types) {
    return Stream.of(types).map(Object::toString).collect(joining(", "));
  }

  private static String value(Object value) {
    if (value.getClass().isArray()) {
      return IntStream.range(0, Array.getLength(value))
          .mapToObj(index -> value(Array.get(value, index)))
          .collect(joining(", ", "{", "}"));
    }
    return value instanceof String text ? '"' + text + '"' : value.toString();
  }

  /// Without the packages a reader takes for granted; a type of another package keeps its name.
  private static String shortened(String text, String ownPackage) {
    return text.replace('$', '.')
        .replace("@org.jspecify.annotations.Nullable()", "@Nullable")
        .replaceAll("\\bjava\\.(lang|time|util|util\\.function|util\\.stream)\\.(?=[A-Z@])", "")
        .replaceAll("\\b" + ownPackage.replace(".", "\\.") + "\\.(?=[A-Z@])", "");
  }
}
