package dev.plinth.spi;

import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A column of a [Shape], with what the record says about it.
///
/// Immutable.
///
/// @param position where it stands in the shape, from 0
/// @param name the database's name for it
/// @param property the record's name for it
/// @param type how it is stored
/// @param element how what an array holds is stored; null for whatever is none, and where it is unknown
/// @param javaType what the record holds, boxed
/// @param nullable whether it may hold no value
/// @param role what the layer does with it
/// @param unique whether live rows differ in it
/// @param secret whether its values are masked outside the table
/// @param check a condition for the schema; empty for none
/// @param references the record whose key it holds; null for none
/// @param cascade whether a row is softly deleted and restored with the one that it refers to
/// @param encoder from any acceptable Java value that is not null to the canonical one
/// @param decoder from the canonical value that is not null to the record's
public record Column(
    int position,
    String name,
    String property,
    ColumnType type,
    @Nullable ColumnType element,
    Class<?> javaType,
    boolean nullable,
    Role role,
    boolean unique,
    boolean secret,
    String check,
    @Nullable Class<?> references,
    boolean cascade,
    UnaryOperator<Object> encoder,
    Function<Object, @Nullable Object> decoder) {

  /// What the layer does with a column.
  public enum Role {
    /// Nothing: it belongs to the caller.
    VALUE("a value"),
    /// The key.
    KEY("@Id"),
    /// Counts the row's writes.
    VERSION("@Version"),
    /// The instant of creation.
    CREATED_AT("@CreatedAt"),
    /// The instant of the last write.
    UPDATED_AT("@UpdatedAt"),
    /// The instant of deletion.
    DELETED_AT("@DeletedAt"),
    /// A number that whole-row writes leave alone.
    COUNTER("@Counter");

    private final String words;

    Role(String words) {
      this.words = words;
    }

    /// The annotation that gives the role, for messages.
    @Override
    public String toString() {
      return words;
    }
  }

  /// The name of the column that says by which deletion a row went.
  public static final String DELETION_ID = "deletion_id";

  static Column deletionId() {
    return new Column(
        -1,
        DELETION_ID,
        "deletionId",
        ColumnType.UUID,
        null,
        UUID.class,
        true,
        Role.VALUE,
        false,
        false,
        "",
        null,
        false,
        UnaryOperator.identity(),
        canonical -> canonical);
  }

  /// The same at another place.
  Column at(int place) {
    return new Column(
        place,
        name,
        property,
        type,
        element,
        javaType,
        nullable,
        role,
        unique,
        secret,
        check,
        references,
        cascade,
        encoder,
        decoder);
  }

  /// The canonical value of what a caller gave.
  ///
  /// @throws dev.plinth.error.ValidationException if the value does not fit the column
  public @Nullable Object encode(@Nullable Object value) {
    return value == null ? null : encoder.apply(value);
  }

  /// The record's value of a canonical one.
  public @Nullable Object decode(@Nullable Object canonical) {
    return canonical == null ? null : decoder.apply(canonical);
  }

  @Override
  public String toString() {
    return name;
  }
}
