/// Reads migrations, knows which of them a database has, and runs the others.
@NullMarked
package dev.plinth.internal.migrate;

import org.jspecify.annotations.NullMarked;
