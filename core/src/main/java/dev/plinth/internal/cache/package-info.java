/// What is kept in memory of what was read, and how it is known to hold still.
@NullMarked
package dev.plinth.internal.cache;

import org.jspecify.annotations.NullMarked;
