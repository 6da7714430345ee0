/// The SQLite engine: one writer, several readers, prepared statements kept per connection.
@NullMarked
package dev.plinth.internal.engine.sqlite;

import org.jspecify.annotations.NullMarked;
