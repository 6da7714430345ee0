/// Committed changes, as they come.
@NullMarked
package dev.plinth.change;

import org.jspecify.annotations.NullMarked;
