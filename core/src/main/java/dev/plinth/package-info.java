/// The users' door: open a database, get repositories, run transactions.
///
/// Begin at [Database].
@NullMarked
package dev.plinth;

import org.jspecify.annotations.NullMarked;
