package dev.plinth.error;

import org.jspecify.annotations.Nullable;

/// The root of everything that the layer throws.
///
/// The tree is sealed, so a `switch` over it can be complete. Every kind has a stable [#code()], the
/// cause is kept, and no message holds a password or a value marked `@Secret`. Unchecked.
public abstract sealed class DatabaseException extends RuntimeException
    permits AccessException,
        ConfigurationException,
        ConflictException,
        ConnectionException,
        ConstraintException,
        DataException,
        MappingException,
        MigrationException,
        NotFoundException,
        OutcomeUnknownException,
        QueryException,
        StaleVersionException,
        StorageException,
        TimeoutException,
        TransactionException,
        UnsupportedException,
        ValidationException {

  private static final long serialVersionUID = 1;

  private final String code;

  DatabaseException(String code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /// The stable code of this kind, such as `NOT_FOUND`; fit for logs, metrics and API answers.
  public final String code() {
    return code;
  }

  /// The message alone; [#toString()] adds the code.
  @Override
  public String getMessage() {
    String message = super.getMessage();
    return message == null ? code : message;
  }

  @Override
  public String toString() {
    return getClass().getName() + " [" + code + "]: " + getMessage();
  }
}
