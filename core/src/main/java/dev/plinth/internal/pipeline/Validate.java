package dev.plinth.internal.pipeline;

import dev.plinth.error.ValidationException;
import dev.plinth.error.ValidationException.Violation;
import dev.plinth.spi.Call;
import dev.plinth.spi.Column;
import dev.plinth.spi.Operation;
import dev.plinth.spi.Operation.Assignment;
import dev.plinth.spi.Outcome;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Step;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.NoProviderFoundException;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import jakarta.validation.metadata.BeanDescriptor;
import jakarta.validation.metadata.PropertyDescriptor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Checks records by their Jakarta Validation constraints, where a provider is present.
///
/// A new row is checked as a whole, class-level constraints included, as is a row given to
/// `update(row)`; a patch is checked value by value.
public final class Validate implements Step {

  private static final Logger LOG = LoggerFactory.getLogger("dev.plinth.validate");

  private @Nullable Validator validator;
  private boolean looked;
  private final Set<Shape<?>> concerned = ConcurrentHashMap.newKeySet();

  /// Whether a record has constraints that somebody can check.
  public boolean concerns(Shape<?> shape) {
    if (!Constraints.on(shape.type())) {
      return false; // so that nobody pays for a validator who uses none
    }
    Validator present = validator();
    if (present == null) {
      return false;
    }
    BeanDescriptor descriptor = present.getConstraintsForClass(shape.type());
    if (descriptor.isBeanConstrained()) {
      concerned.add(shape);
      return true;
    }
    return false;
  }

  private synchronized @Nullable Validator validator() {
    if (!looked) {
      looked = true;
      try {
        validator = Validation.buildDefaultValidatorFactory().getValidator();
      } catch (NoProviderFoundException e) {
        LOG.info(
            "Records have validation constraints, but no Jakarta Validation provider is present: "
                + "they are not checked. Add org.hibernate.validator:hibernate-validator.");
      }
    }
    return validator;
  }

  @Override
  public Outcome apply(Call call, Next next) {
    Shape<?> shape = call.operation().shape();
    Validator present = validator();
    if (present != null && concerned.contains(shape)) {
      List<Violation> violations = new ArrayList<>();
      switch (call.operation()) {
        case Operation.Insert insert -> {
          for (@Nullable Object[] row : insert.rows()) {
            collect(shape, "", present.validate(whole(shape, row)), violations);
          }
        }
        case Operation.Save save ->
            collect(shape, "", present.validate(whole(shape, save.row())), violations);
        case Operation.UpdateRows update -> {
          for (Operation.RowUpdate row : update.rows()) {
            @Nullable Object[] whole = row.whole();
            if (whole != null) {
              collect(shape, "", present.validate(shape.build(whole)), violations);
            } else {
              values(present, shape, row.set(), violations);
            }
          }
        }
        case Operation.UpdateWhere update -> values(present, shape, update.set(), violations);
        default -> {}
      }
      if (!violations.isEmpty()) {
        violations.sort(
            Comparator.comparing(Violation::property).thenComparing(Violation::message));
        throw new ValidationException(shape.type().getSimpleName() + " is not valid", violations);
      }
    }
    return next.apply(call);
  }

  // a number that the database is still to give is 0 in a record that cannot say null
  private static Object whole(Shape<?> shape, @Nullable Object[] row) {
    Column key = shape.with(Column.Role.KEY);
    if (key == null || row[key.position()] != null || !key.javaType().isPrimitive()) {
      return shape.build(row);
    }
    @Nullable Object[] numbered = row.clone();
    numbered[key.position()] = key.encode(0);
    return shape.build(numbered);
  }

  private static void values(
      Validator present, Shape<?> shape, List<Assignment> set, List<Violation> violations) {
    for (Assignment assignment : set) {
      Column column = assignment.column();
      if (!assignment.sets() || column.role() != Column.Role.VALUE || column.position() < 0) {
        continue;
      }
      Object value = column.decode(assignment.value());
      String property = column.property();
      collect(shape, "", present.validateValue(shape.type(), property, value), violations);
      PropertyDescriptor descriptor =
          present.getConstraintsForClass(shape.type()).getConstraintsForProperty(property);
      if (value != null && descriptor != null && descriptor.isCascaded()) {
        // a single value is not looked into by itself
        collect(shape, property + ".", present.validate(value), violations);
      }
    }
  }

  private static void collect(
      Shape<?> shape,
      String prefix,
      Set<? extends ConstraintViolation<?>> found,
      List<Violation> violations) {
    for (ConstraintViolation<?> violation : found) {
      String path = prefix + violation.getPropertyPath();
      violations.add(
          new Violation(path, isSecret(shape, path) ? "is not valid" : violation.getMessage()));
    }
  }

  // a constraint's own message may repeat the value
  private static boolean isSecret(Shape<?> shape, String path) {
    String property = path.split("[.\\[<]", 2)[0];
    return shape.columns().stream()
        .anyMatch(column -> column.secret() && column.property().equals(property));
  }
}
